"""The disk of a node: a writable layer with its factory configuration over the factory image."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path, PurePosixPath

from giaoban.commands import run
from giaoban.errors import OperationError
from giaoban.files import private_folder
from giaoban.twin.factory import File
from giaoban.twin.paths import STATE_ROOT, TwinPaths

_SECRET_FOLDERS = frozenset({"root", "root/.ssh"})


def make_disk(
    paths: TwinPaths, node: str, files: dict[str, File], layers: tuple[Path, ...]
) -> None:
    """Make a node's disk, unless it has one; it is whole or it is not there.

    Args:
        paths: the twin's.
        node: the node's name.
        files: its factory configuration, by path without the leading slash.
        layers: the image, uppermost first: what is replaced keeps its owner.

    """
    place = paths.node(node)
    if place.exists():
        return
    beside = place.with_name(f".{node}.new")
    shutil.rmtree(beside, ignore_errors=True)
    private_folder(beside)
    upper = beside / "upper"
    upper.mkdir()
    (beside / "work").mkdir()
    lower = ":".join(str(layer) for layer in layers)
    (beside / "lower").write_text(lower, encoding="utf-8")
    for name, file in files.items():
        for folder in reversed(PurePosixPath(name).parents[:-1]):
            _make_folder(upper, str(folder), layers)
        path = upper / name
        path.write_text(file.text, encoding="utf-8")
        path.chmod(file.mode)
        _own(path, name, layers)
    beside.rename(place)


def remove_disk(paths: TwinPaths, node: str) -> None:
    """Remove a node's disk, whatever its root left on it.

    Raises:
        OperationError: something of it is still there.

    """
    place = paths.node(node)
    gone = place.with_name(f".{node}.gone")
    for folder in (gone, place):
        if folder.exists():
            if folder == place:
                place.rename(gone)
            # A tree can be deeper than Python's own removal goes.
            run(["rm", "-rf", "--one-file-system", "--", str(gone)])
    if gone.exists() or place.exists():
        raise OperationError(f"{place}: the disk cannot be removed; look what is on it")


def lower_of(paths: TwinPaths, node: str) -> str:
    """Give the `lowerdir` option of a node: the image that its disk was made over, for good."""
    return (paths.node(node) / "lower").read_text(encoding="utf-8")


def lowers_in_use() -> list[str]:
    """Give the `lowerdir` option of every node of every twin on this machine."""
    found = []
    for twin in STATE_ROOT.iterdir():
        for node in _names_in(twin / "nodes"):
            # A disk that is being made is named, or has a `lower`, only later; one may be removed.
            with suppress(FileNotFoundError):
                found.append((twin / "nodes" / node / "lower").read_text(encoding="utf-8"))
    return found


def _names_in(folder: Path) -> list[str]:
    """List a folder; nothing where it went away, or never was one."""
    try:
        return [path.name for path in folder.iterdir()]
    except (FileNotFoundError, NotADirectoryError):
        return []


def _make_folder(upper: Path, name: str, layers: tuple[Path, ...]) -> None:
    folder = upper / name
    if folder.exists():
        return
    folder.mkdir()
    folder.chmod(0o700 if name in _SECRET_FOLDERS else 0o755)
    found = _own(folder, name, layers)
    if found is not None:
        folder.chmod(found.st_mode & 0o7777)


def _own(path: Path, name: str, layers: tuple[Path, ...]) -> os.stat_result | None:
    """Give `path` the owner that the image's file of that name has."""
    for layer in layers:
        original = layer / name
        if original.exists():
            found = original.stat()
            os.chown(path, found.st_uid, found.st_gid)
            return found
    return None
