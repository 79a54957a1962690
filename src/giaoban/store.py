"""Builds that are made once: a folder named by what went into it, whole or not there."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

Progress = Callable[[str], None]


def digest(*inputs: str) -> str:
    """Give what tells inputs apart, short enough for a folder's name."""
    return hashlib.sha256("\0".join(inputs).encode()).hexdigest()[:12]


def once(place: Path, progress: Progress, what: str, build: Callable[[Path], None]) -> None:
    """Have `build` fill a folder beside `place`, and rename it; one builder at a time."""
    if is_there(place):
        return
    progress(f"{what}: building")
    with alone(place.with_name(f".{place.name}.lock")):
        if is_there(place):
            return
        beside = place.with_name(f".{place.name}.new")
        if beside.exists():
            shutil.rmtree(beside)
        beside.mkdir(mode=0o755)
        build(beside)
        beside.rename(place)
    progress(f"{what}: built")


def is_there(place: Path) -> bool:
    """Tell whether a build stands, and note that it is wanted: what removes old ones leaves it."""
    try:
        os.utime(place)
    except FileNotFoundError:
        return False
    return True


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Hold a lock file while the block runs; wait for whoever holds it."""
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
