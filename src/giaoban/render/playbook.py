"""Which roles a box gets: read from the playbook itself, so that it is said in one place."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

COMMIT = "commit"


@cache
def roles_by_group(playbook: Path) -> dict[str, tuple[str, ...]]:
    """Give the rendering roles of each group that a play of `playbook` names."""
    plays: list[dict[str, Any]] = yaml.safe_load(playbook.read_text(encoding="utf-8"))
    groups: dict[str, tuple[str, ...]] = {}
    for play in plays:
        roles = [_name(role) for role in play.get("roles", ())]
        for group in str(play.get("hosts", "")).split(":"):
            rendering = tuple(role for role in roles if role != COMMIT)
            groups[group] = groups.get(group, ()) + rendering
    return groups


def _name(role: str | dict[str, Any]) -> str:
    return role if isinstance(role, str) else str(role["role"])
