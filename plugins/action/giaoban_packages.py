"""Has packages installed; asks the module for it only where one is missing."""

from __future__ import annotations

import shlex
from typing import Any

from giaoban.provision.asking import AskingAction, missing_packages


class ActionModule(AskingAction):
    """`ansible.builtin.apt` for packages that are to be there, in whichever version.

    That module opens apt's lists to see what dpkg tells at once: half a second for each of some
    hundred tasks and servers. So dpkg is asked first. Arguments are `name`, a list, and
    `policy_rc_d`, as that module has them; recommended packages are not installed.
    """

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Give that module's result, or that nothing changed."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _, arguments = self.validate_argument_spec(
            argument_spec={
                "name": {"type": "list", "elements": "str", "required": True},
                "policy_rc_d": {"type": "int"},
            }
        )
        asked = ["dpkg-query", "--show", "--showformat=${db:Status-Status} ${Package}\n"]
        # It fails where one is not known: what it tells of the others counts all the same.
        told = self.ask(shlex.join([*asked, *arguments["name"]]))["stdout"]
        missing = missing_packages(told, arguments["name"])
        if not missing:
            return result | {"changed": False, "msg": "all are there"}
        wanted = arguments | {"name": missing, "install_recommends": False}
        return result | self._execute_module(
            module_name="ansible.builtin.apt", module_args=wanted, task_vars=task_vars
        )
