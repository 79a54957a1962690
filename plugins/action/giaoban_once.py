"""Runs a command whose outcome is not there yet."""

from __future__ import annotations

import shlex
from typing import Any

from ansible.errors import AnsibleActionFail

from giaoban.provision.asking import AskingAction


class ActionModule(AskingAction):
    """`ansible.builtin.shell` with `creates`, by the box's shell, without a Python there.

    Arguments: `cmd` for the shell, and `creates`, the path that is there once it is done.
    """

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Report a change where it ran, or would."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _, arguments = self.validate_argument_spec(
            argument_spec={
                "cmd": {"type": "str", "required": True},
                "creates": {"type": "path", "required": True},
            }
        )
        there = self.ask(f"test -e {shlex.quote(arguments['creates'])}")
        if there["rc"] == 0 or self._task.check_mode:
            return result | {"changed": there["rc"] != 0}
        done = self.ask(arguments["cmd"])
        if done["rc"] != 0:
            said = f"{done['stdout'].strip()}\n{done['stderr'].strip()}".strip()
            raise AnsibleActionFail(
                f"{arguments['cmd']}: ended with {done['rc']}, expected 0: {said}"
            )
        return result | {"changed": True, "stdout": done["stdout"]}
