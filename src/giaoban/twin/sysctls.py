"""Limits of the machine: raised for the first twin, put back after the last one.

The old values are kept below /run: after a reboot there is nothing to put back.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from giaoban.files import open_private, private_folder, write_whole
from giaoban.twin.paths import RUN_ROOT

# Least values for 2,000 nodes.
WANTED: dict[str, int] = {
    "fs.inotify.max_user_instances": 32_768,
    "fs.inotify.max_user_watches": 1_048_576,
    "kernel.keys.maxbytes": 2_000_000,
    "kernel.keys.maxkeys": 100_000,
    "kernel.keys.root_maxbytes": 25_000_000,
    "kernel.keys.root_maxkeys": 1_000_000,
    "kernel.pty.max": 8_192,
    "net.ipv4.neigh.default.gc_thresh1": 16_384,
    "net.ipv4.neigh.default.gc_thresh2": 32_768,
    "net.ipv4.neigh.default.gc_thresh3": 65_536,
    "net.ipv6.neigh.default.gc_thresh1": 16_384,
    "net.ipv6.neigh.default.gc_thresh2": 32_768,
    "net.ipv6.neigh.default.gc_thresh3": 65_536,
    "net.ipv6.route.max_size": 1_000_000,
}
_RECORD = RUN_ROOT / ".sysctls.json"
_LOCK = RUN_ROOT / ".sysctls.lock"


def _place(key: str) -> Path:
    return Path("/proc/sys") / key.replace(".", "/")


def _value(key: str) -> int | None:
    try:
        return int(_place(key).read_text(encoding="ascii"))
    except OSError:  # this kernel has no such limit
        return None


@contextmanager
def _alone() -> Iterator[None]:
    private_folder(RUN_ROOT.parent)
    private_folder(RUN_ROOT)
    with open_private(_LOCK, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def raise_limits() -> None:
    """Raise what is too low, once its old value is on record."""
    with _alone():
        old: dict[str, int] = json.loads(_RECORD.read_text()) if _RECORD.exists() else {}
        low: dict[str, int] = {}
        for key, wanted in WANTED.items():
            found = _value(key)
            if found is not None and found < wanted:
                low[key] = found
        if low:
            write_whole(_RECORD, json.dumps(low | old))
        for key in low:
            _place(key).write_text(str(WANTED[key]), encoding="ascii")


def restore_limits() -> None:
    """Put back what was raised."""
    with _alone():
        if not _RECORD.exists():
            return
        for key, value in json.loads(_RECORD.read_text()).items():
            _place(key).write_text(str(value), encoding="ascii")
        _RECORD.unlink()
