"""Which roles a box gets: read from the playbook itself, so that it is said in one place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

from giaoban.render.candidate import CandidateFile, RoleTemplates

COMMIT = "commit"


@cache
def roles_by_group(playbook: Path) -> dict[str, tuple[str, ...]]:
    """Give the rendering roles of each group that a play of `playbook` names."""
    plays: list[dict[str, Any]] = yaml.safe_load(playbook.read_text(encoding="utf-8"))
    groups: dict[str, tuple[str, ...]] = {}
    for play in plays:
        imports = [task["ansible.builtin.import_role"] for task in play.get("tasks", ())]
        roles = [str(role["name"]) for role in imports]
        for group in str(play.get("hosts", "")).split(":"):
            rendering = tuple(role for role in roles if role != COMMIT)
            groups[group] = groups.get(group, ()) + rendering
    return groups


@dataclass(frozen=True)
class ProjectTemplates:
    """The roles of a checkout with the playbook that says which box gets which."""

    project: Path

    @cached_property
    def _roles_by_group(self) -> dict[str, tuple[str, ...]]:
        return roles_by_group(self.project / "playbooks" / "network.yml")

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
