"""Builds that are made once: a folder named by what went into it, whole or not there."""

from __future__ import annotations

import fcntl
import hashlib
import math
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

Progress = Callable[[str], None]


def digest(*inputs: str) -> str:
    """Give what tells inputs apart, short enough for a folder's name."""
    return hashlib.sha256("\0".join(inputs).encode()).hexdigest()[:12]


def sha256_of(file: Path) -> str:
    """Give a file's SHA-256, in hexadecimal digits."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def cache(kind: str) -> Path:
    """Give where builds of a kind are kept: root's for all, a user's own otherwise."""
    if os.geteuid() == 0:
        return Path("/var/cache/giaoban") / kind
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "giaoban" / kind


def once(place: Path, progress: Progress, what: str, build: Callable[[Path], None]) -> None:
    """Have `build` fill a folder beside `place`, and rename it; one builder at a time."""
    if is_there(place):
        return
    progress(f"{what}: building")
    with alone(lock_of(place)):
        if is_there(place):
            return
        beside = place.with_name(f".{place.name}.new")
        if beside.exists():
            shutil.rmtree(beside)
        beside.mkdir(mode=0o755)
        build(beside)
        os.utime(beside)  # else as old as what was unpacked into it
        beside.rename(place)
    progress(f"{what}: built")


def is_there(place: Path) -> bool:
    """Tell whether a build stands, and note that it is wanted: what removes old ones leaves it."""
    try:
        os.utime(place)
    except FileNotFoundError:
        return False
    return True


def lock_of(place: Path) -> Path:
    """Give the lock file of a build, of one that stands or is being made."""
    name = place.name.removeprefix(".")
    return place.with_name(f".{name.partition('.new')[0]}.lock")


def last_wanted(place: Path) -> float:
    """Give when a build was last wanted or begun, in seconds since the epoch.

    The folder of one that is being made may be as old as what is unpacked into it. For ever where
    another run renamed or removed it.
    """
    try:
        times = [place.stat().st_mtime]
        with suppress(FileNotFoundError):
            times.append(lock_of(place).stat().st_mtime)
    except FileNotFoundError:
        return math.inf
    return max(times)


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Hold a lock file while the block runs; wait for whoever holds it."""
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
