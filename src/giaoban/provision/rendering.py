"""The task of a rendering role: its part of every box's candidate tree, in one process.

Ansible forks once for every task and box; a province has hundreds of boxes, and rendering one takes
milliseconds. So one call renders for all boxes of the play, each with its own variables.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from giaoban.errors import GiaobanError
from giaoban.render.candidate import RoleTemplates, write_candidate

_NAMED = 5  # boxes that a message names, where more have the same trouble


class RenderAction(ActionBase):  # type: ignore[misc] # ansible ships no types
    """Renders the calling role's part for every box of the play.

    It runs once for all of them, so `when`, `loop` and `delegate_to` do not see the single box.
    """

    TRANSFERS_FILES = False
    BYPASS_HOST_LOOP = True
    _requires_connection = False

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Write the files; a candidate is no change, so this never reports one.

        All boxes or none: where one cannot be rendered, nothing goes on.
        """
        result: dict[str, Any] = super().run(tmp, task_vars)
        _, arguments = self.validate_argument_spec(
            argument_spec={
                "candidate_dir": {"type": "path", "required": True},
                "fresh": {"type": "bool", "default": False},
            }
        )
        templates = RoleTemplates(Path(self._task._role._role_path))  # noqa: SLF001 (no public way)
        troubles: dict[str, list[str]] = {}
        candidates = Path(arguments["candidate_dir"])
        boxes = (task_vars or {})["ansible_play_batch"]
        for box, variables in self._variables(boxes):
            try:
                files = templates.render(variables)
                write_candidate(candidates / box, files, fresh=arguments["fresh"])
            except GiaobanError as failure:
                troubles.setdefault(str(failure), []).append(box)
        if troubles:
            raise AnsibleActionFail("\n".join(_said(*trouble) for trouble in troubles.items()))
        return result | {"changed": False, "msg": f"rendered for {len(boxes)} boxes"}

    def _variables(self, boxes: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
        """Give each box with its variables as Ansible resolves them for this task."""
        manager, play = self._task.get_variable_manager(), self._task.play
        inventory = manager._inventory  # noqa: SLF001 (get_vars wants a Host)
        for box in boxes:
            found = manager.get_vars(
                play=play, host=inventory.get_host(box), task=self._task, include_hostvars=False
            )
            templar = self._templar.copy_with_new_env(available_variables=found)
            yield (
                box,
                {
                    name: templar.template(value) if _is_template(value) else value
                    for name, value in found.items()
                    if "__" in name
                },
            )


def _is_template(value: Any) -> bool:
    """Tell whether Ansible has something to fill in; going through everything costs it far more."""
    if isinstance(value, str):
        return "{{" in value or "{%" in value or "{#" in value
    if isinstance(value, Mapping):
        return any(_is_template(item) for pair in value.items() for item in pair)
    if isinstance(value, (list, tuple)):
        return any(map(_is_template, value))
    return False


def _said(trouble: str, boxes: list[str]) -> str:
    more = f" and {len(boxes) - _NAMED} more" if len(boxes) > _NAMED else ""
    return f"{', '.join(boxes[:_NAMED])}{more}: {trouble}"
