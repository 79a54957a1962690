"""Renders the calling role's part of a box's candidate tree, on the controller."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from giaoban.errors import GiaobanError
from giaoban.render.candidate import RoleTemplates, write_candidate


class ActionModule(ActionBase):
    """Takes the role's variables as Ansible resolves them, and renders the role's templates."""

    TRANSFERS_FILES = False
    _requires_connection = False

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Write the files; a candidate is no change, so this never reports one."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        variables = task_vars or {}
        _, arguments = self.validate_argument_spec(
            argument_spec={"fresh": {"type": "bool", "default": False}}
        )
        role = RoleTemplates(Path(self._task._role._role_path))  # noqa: SLF001 (no public way to it)
        folder = Path(variables["commit__candidate_dir"]) / variables["inventory_hostname"]
        try:
            files = role.render(self._role_variables(variables))
            write_candidate(folder, files, fresh=arguments["fresh"])
        except GiaobanError as failure:
            raise AnsibleActionFail(str(failure)) from None
        return result | {"changed": False, "files": [file.path for file in files]}

    def _role_variables(self, variables: dict[str, Any]) -> dict[str, Any]:
        own = {name: value for name, value in variables.items() if "__" in name}
        resolved: dict[str, Any] = self._templar.template(own)
        return resolved
