"""One command at a time changes a twin."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from giaoban.errors import OperationError


class TwinBusyError(OperationError):
    """Another command holds the twin's lock."""

    def __init__(self, name: str, pid: str) -> None:
        super().__init__(
            f"the twin {name!r} is being changed by another giaoban (process {pid}); wait for it,"
            " or end it and run the same command again"
        )


@contextmanager
def alone(lock: Path, name: str) -> Iterator[None]:
    """Hold a twin's lock; the kernel lets go of it when this process ends, however it ends.

    Raises:
        TwinBusyError: another process holds it.

    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise TwinBusyError(name, file.read().strip() or "unknown") from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
