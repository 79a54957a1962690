"""One command at a time changes a twin."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TextIO

from giaoban.errors import OperationError
from giaoban.files import open_private, private_folder
from giaoban.waiting import wait_until

_ORPHANS_SECONDS = 120  # the longest, an image being unpacked, takes less


class TwinBusyError(OperationError):
    """Another command holds the twin's lock, or what a killed one started does."""

    def __init__(self, name: str, pid: str) -> None:
        what = f"is being changed by another giaoban (process {pid}); wait for it, or end it"
        if not _lives(pid):
            what = (
                f"is still being changed by what a killed giaoban (process {pid}) started, after"
                f" {_ORPHANS_SECONDS} s; `fuser` of its lock says what that is: end it"
            )
        super().__init__(f"the twin {name!r} {what} and run the same command again")


def _try_lock(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(file: TextIO) -> str:
    file.seek(0)
    return file.read().strip() or "unknown"


def _lives(pid: str) -> bool:
    return Path("/proc", pid).exists()


def _locked_or_holder_lives(file: TextIO) -> bool:
    return _try_lock(file) or _lives(_holder(file))


def _held(lock: Path, name: str) -> TextIO:
    """Open and lock the file; again where `down` removed it in between, for it guards nothing.

    What a killed holder started, and what still runs, holds the lock too: it is waited for.
    """
    while True:
        file = open_private(lock, "a+")
        wait_until(partial(_locked_or_holder_lives, file), seconds=_ORPHANS_SECONDS)
        if not _try_lock(file):
            holder = _holder(file)
            file.close()
            raise TwinBusyError(name, holder)
        with suppress(FileNotFoundError):
            if os.path.samestat(lock.stat(), os.fstat(file.fileno())):
                return file
        file.close()


@contextmanager
def alone(lock: Path, name: str) -> Iterator[None]:
    """Hold a twin's lock until this process has ended, however it ends.

    The programs that `commands.run` starts meanwhile inherit it, so it is held until they have too.

    Raises:
        TwinBusyError: another process holds it.

    """
    private_folder(lock.parent)
    with _held(lock, name) as file:
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        os.set_inheritable(file.fileno(), True)  # noqa: FBT003 - its only form
        yield
