"""Has a program's own user; asks the module for it only where it is another, or none."""

from __future__ import annotations

import shlex
from typing import Any

from giaoban.provision.asking import AskingAction

_SHELL = "/usr/sbin/nologin"


class ActionModule(AskingAction):
    """`ansible.builtin.user` for a system's user whom nobody logs in as.

    Arguments: `name`, and `home`, which is not made.
    """

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Give that module's result, or that nothing changed."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _, arguments = self.validate_argument_spec(
            argument_spec={
                "name": {"type": "str", "required": True},
                "home": {"type": "str", "required": True},
            }
        )
        told = self.ask(shlex.join(["getent", "passwd", arguments["name"]]))["stdout"].strip()
        if told.split(":")[5:] == [arguments["home"], _SHELL]:
            return result | {"changed": False}
        wanted = arguments | {"system": True, "create_home": False, "shell": _SHELL}
        return result | self._execute_module(
            module_name="ansible.builtin.user", module_args=wanted, task_vars=task_vars
        )
