"""A cgroup for each node, on machines with hybrid cgroups, with pure v2, and under systemd.

A node is what is in its cgroup: that is how nodes are found and ended.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from giaoban.errors import OperationError
from giaoban.twin.commands import run, succeeds
from giaoban.twin.names import PREFIX
from giaoban.twin.waiting import wait_until

_ROOT = Path("/sys/fs/cgroup")
_SYSTEMD = Path("/run/systemd/system")  # exists where systemd is the first process


class NotEndingError(OperationError):
    """Processes that were killed are still there."""

    def __init__(self, group: Path) -> None:
        super().__init__(
            f"{group}: its processes do not end; look at them with"
            f" `cat {group}/**/cgroup.procs`, then run `giaoban twin down` again"
        )


def unified_root() -> Path:
    """Give the root of the v2 hierarchy."""
    hybrid = _ROOT / "unified"
    return hybrid if (hybrid / "cgroup.procs").exists() else _ROOT


def _unit(twin: str) -> str:
    return f"{PREFIX}-{twin}.service"


def twin_group(twin: str) -> Path:
    """Give a twin's cgroup; it need not exist."""
    if _SYSTEMD.is_dir():
        return unified_root() / "system.slice" / _unit(twin) / "nodes"
    return unified_root() / PREFIX / twin


def make_twin_group(twin: str) -> Path:
    """Make a twin's cgroup, so that its nodes do not end with the caller's login."""
    group = twin_group(twin)
    if _SYSTEMD.is_dir() and not group.parent.is_dir():
        unit = [f"--unit={_unit(twin)}", "--property=Delegate=yes", "--property=KillMode=none"]
        run(["systemd-run", "--quiet", *unit, "sleep", "infinity"])
    group.mkdir(parents=True, exist_ok=True)
    return group


def members(group: Path) -> Iterator[int]:
    """Give the processes in a cgroup and all below it."""
    for folder, _, _ in os.walk(group):
        try:
            text = (Path(folder) / "cgroup.procs").read_text(encoding="ascii")
        except OSError:  # it went away while we walked
            continue
        yield from map(int, text.split())


def first_process(group: Path) -> int | None:
    """Give the process that is a node's init, or None where none is."""
    init = group / "payload" / "init.scope" / "cgroup.procs"
    try:
        pids = [int(pid) for pid in init.read_text(encoding="ascii").split()]
    except OSError:
        return None
    return min(pids, default=None)


def end(group: Path) -> None:
    """Kill everything in a cgroup and wait until it is gone.

    Not by cgroup.kill: a recent kernel (seen on 6.18) counts such kills in every cgroup below, and
    from then on kills what systemd spawns from a cgroup that was counted into one that was not.

    Raises:
        NotEndingError: something outlived SIGKILL by half a minute.

    """
    if not group.is_dir():
        return

    def ended() -> bool:
        left = list(members(group))
        for process in left:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        return not left

    if not wait_until(ended, seconds=30):
        raise NotEndingError(group)


def remove(twin: str, node: str | None = None) -> None:
    """Remove the empty cgroups of a twin or of one node, in every hierarchy that has them."""
    below = PREFIX if node is None else f"{PREFIX}/{twin}/{node}"
    if _SYSTEMD.is_dir():
        group = twin_group(twin)
        _remove_tree(group if node is None else group / node)
        if node is None and group.parent.is_dir():
            succeeds(["systemctl", "stop", _unit(twin)])
        return
    for root in (_ROOT, *(path for path in _ROOT.iterdir() if path.is_dir())):
        if node is None:
            _remove_tree(root / PREFIX / twin)
            _remove_if_empty(root / PREFIX)
        else:
            _remove_tree(root / below)


def _remove_tree(top: Path) -> None:
    for folder, _, _ in os.walk(top, topdown=False):
        _remove_if_empty(Path(folder))


def _remove_if_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except FileNotFoundError:
        pass
    except OSError:  # another twin lives below
        return
