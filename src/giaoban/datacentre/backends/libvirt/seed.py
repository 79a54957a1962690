"""The files of a server's first boot as a disk: a tar that the image's first boot unpacks. Pure."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterable

from giaoban.datacentre.specs import FirstBootFile, ServerSpec
from giaoban.image.factory import name_files

_BLOCK = 65_536  # bytes; a disk ends at a sector, and hypervisors like larger blocks
_PRIVATE_FOLDERS = ("root/.ssh",)


def seed_of(spec: ServerSpec) -> bytes:
    """Give the disk of a server's first boot: its name, and the files of its spec."""
    names = name_files(spec.name).items()
    return _tar(
        (*(FirstBootFile(path=f"/{path}", text=text) for path, text in names), *spec.first_boot)
    )


def was_taken(seed: bytes) -> bool:
    """Tell whether a server has overwritten the disk of its first boot."""
    return not any(seed)


def _tar(files: Iterable[FirstBootFile]) -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for folder in _PRIVATE_FOLDERS:
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o700
            tar.addfile(entry)
        for file in files:
            text = file.text.encode("utf-8")
            entry = tarfile.TarInfo(file.path.removeprefix("/"))
            entry.size, entry.mode = len(text), int(file.mode, 8)
            tar.addfile(entry, io.BytesIO(text))
    made = written.getvalue()
    return made + bytes(-len(made) % _BLOCK)
