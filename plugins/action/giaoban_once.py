"""Runs a command that a path's presence makes needless."""

from __future__ import annotations

import shlex
from typing import Any

from giaoban.provision.asking import AskingAction


class ActionModule(AskingAction):
    """`ansible.builtin.shell` with `creates`, by the box's shell, without a Python there.

    Arguments: `cmd` for the shell, and `creates`, the paths (or the one) whose presence makes it
    needless.
    """

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Report a change where it ran, or would."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _, arguments = self.validate_argument_spec(
            argument_spec={
                "cmd": {"type": "str", "required": True},
                "creates": {"type": "list", "elements": "str", "required": True},
            }
        )
        tests = (f"test -e {shlex.quote(path)}" for path in arguments["creates"])
        there = self.ask(" && ".join(tests))
        if there["rc"] == 0 or self._task.check_mode:
            return result | {"changed": there["rc"] != 0}
        return result | {"changed": True, "stdout": self.tell(arguments["cmd"])}
