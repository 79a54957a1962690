"""One command at a time changes a twin."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from giaoban.errors import OperationError
from giaoban.twin.files import open_private, private_folder


class TwinBusyError(OperationError):
    """Another command holds the twin's lock."""

    def __init__(self, name: str, pid: str) -> None:
        super().__init__(
            f"the twin {name!r} is being changed by another giaoban (process {pid}); wait for it,"
            " or end it and run the same command again"
        )


def _held(lock: Path, name: str) -> TextIO:
    """Open and lock the file; again where `down` removed it in between, for it guards nothing."""
    while True:
        file = open_private(lock, "a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            pid = file.read().strip() or "unknown"
            file.close()
            raise TwinBusyError(name, pid) from None
        with suppress(FileNotFoundError):
            if os.path.samestat(lock.stat(), os.fstat(file.fileno())):
                return file
        file.close()


@contextmanager
def alone(lock: Path, name: str) -> Iterator[None]:
    """Hold a twin's lock; the kernel lets go of it when this process ends, however it ends.

    Raises:
        TwinBusyError: another process holds it.

    """
    private_folder(lock.parent)
    with _held(lock, name) as file:
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
