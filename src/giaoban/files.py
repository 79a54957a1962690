"""Writing files so that a reader, or the next run, never sees half of one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal, TextIO

_PRIVATE_FILE, _PRIVATE_FOLDER = 0o600, 0o700


def write_whole(path: Path, text: str, mode: int = 0o644) -> None:
    """Write a file beside its place and rename it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    beside.chmod(mode)
    beside.rename(path)


def private_folder(path: Path) -> None:
    """Make a folder that root alone enters, and close one that was open to others."""
    path.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
    path.chmod(_PRIVATE_FOLDER)


def open_private(path: Path, mode: Literal["w", "a+"]) -> TextIO:
    """Open a text file; where it is made, it is made for root alone."""

    def opened(name: str, flags: int) -> int:
        return os.open(name, flags, _PRIVATE_FILE)

    return open(path, mode, encoding="ascii", opener=opened)
