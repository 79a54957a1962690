"""What Pulumi tells Ansible: which servers exist. A file: Ansible needs no Pulumi."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from giaoban.errors import GiaobanError

SCHEMA = 1
FILE = "servers.json"


class HandoverError(GiaobanError):
    """The file cannot be read as what it should be."""

    def __init__(self, file: Path, found: object) -> None:
        super().__init__(
            f"{file}: schema {found!r} found, {SCHEMA} expected; write it again with this version:"
            " giaoban dc refresh"
        )


@dataclass(frozen=True, slots=True)
class Born:
    """A virtual server that exists; `born` differs from birth to birth."""

    hypervisor: str
    born: str


def read_servers(state: Path) -> dict[str, Born]:
    """Give the virtual servers that exist, by device; none where nobody ever made any.

    Raises:
        HandoverError: the file is of another version.

    """
    file = state / FILE
    if not file.exists():
        return {}
    content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    if content.get("schema") != SCHEMA:
        raise HandoverError(file, content.get("schema"))
    return {name: Born(**row) for name, row in content["servers"].items()}


def handover_text(servers: Mapping[str, Mapping[str, str]]) -> str:
    """Give the file's text: each server's name to its `hypervisor` and `born`. Pure."""
    rows = {name: dict(row) for name, row in sorted(servers.items())}
    return json.dumps({"schema": SCHEMA, "servers": rows}, indent=1) + "\n"
