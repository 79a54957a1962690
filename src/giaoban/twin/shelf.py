"""What a twin's hypervisors offer besides servers, as records: networks and images, by kind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from giaoban.files import write_whole
from giaoban.twin.paths import TwinPaths


def read(paths: TwinPaths, kind: str, name: str) -> dict[str, Any] | None:
    """Give a record, or None."""
    file = _file(paths, kind, name)
    if not file.exists():
        return None
    content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return content


def write(paths: TwinPaths, kind: str, name: str, content: dict[str, Any]) -> None:
    """Write a record whole."""
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    write_whole(_file(paths, kind, name), text, 0o600)


def remove(paths: TwinPaths, kind: str, name: str) -> None:
    """Remove a record."""
    _file(paths, kind, name).unlink(missing_ok=True)


def _file(paths: TwinPaths, kind: str, name: str) -> Path:
    return paths.shelf / kind.rpartition(":")[2].lower() / f"{name}.json"
