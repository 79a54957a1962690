"""Which roles a box gets: read from the playbook itself, so that it is said in one place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

from giaoban.errors import GiaobanError
from giaoban.render.candidate import CandidateFile, RoleTemplates

COMMIT = "commit"
_IMPORT = "ansible.builtin.import_role"


class PlaybookError(GiaobanError):
    """A play that renders holds something else than imports of roles."""


@cache
def roles_by_group(playbook: Path) -> dict[str, tuple[str, ...]]:
    """Give the roles of each group that a play of `playbook` names, `commit` among them.

    Raises:
        PlaybookError: a task is no import of a role.
    """
    plays: list[dict[str, Any]] = yaml.safe_load(playbook.read_text(encoding="utf-8"))
    groups: dict[str, tuple[str, ...]] = {}
    for play in plays:
        roles = tuple(_role(playbook, task) for task in play.get("tasks", ()))
        for group in str(play.get("hosts", "")).split(":"):
            groups[group] = groups.get(group, ()) + roles
    return groups


def _role(playbook: Path, task: dict[str, Any]) -> str:
    if _IMPORT not in task:
        raise PlaybookError(
            f"{playbook}: task {task.get('name', '?')!r} is no {_IMPORT}; a box's files come of"
            " roles alone: put it into one"
        )
    return str(task[_IMPORT]["name"])


@dataclass(frozen=True)
class ProjectTemplates:
    """The roles of a checkout with the playbook that says which box gets which."""

    project: Path

    @cached_property
    def _roles_by_group(self) -> dict[str, tuple[str, ...]]:
        groups = roles_by_group(self.project / "playbooks" / "network.yml")
        return {
            group: tuple(role for role in roles if role != COMMIT)
            for group, roles in groups.items()
        }

    @cached_property
    def _templates(self) -> dict[str, RoleTemplates]:
        names = {role for roles in self._roles_by_group.values() for role in roles}
        return {role: RoleTemplates(self.project / "roles" / role) for role in names}

    def files(self, groups: Iterable[str], variables: Mapping[str, Any]) -> list[CandidateFile]:
        """Give the whole candidate of a box in these groups; empty where no play names one.

        Raises:
            RenderError: a template asks for what the variables do not give.
        """
        roles = [role for group in groups for role in self._roles_by_group.get(group, ())]
        return [file for role in roles for file in self._templates[role].render(variables)]
