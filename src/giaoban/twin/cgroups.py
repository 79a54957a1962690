"""A cgroup for each node, on machines with hybrid cgroups, with pure v2, and under systemd.

A node is what is in its cgroup: that is how nodes are found and ended.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from giaoban.commands import run, succeeds
from giaoban.errors import OperationError
from giaoban.twin.names import PREFIX
from giaoban.waiting import wait_until

_ROOT = Path("/sys/fs/cgroup")
_SHARES = 1024  # what a process, or a group, weighs in the v1 hierarchy `cpu`
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


def v1_roots() -> list[Path]:
    """Give the root of each mounted v1 hierarchy: only those have `tasks`."""
    return [path for path in sorted(_ROOT.iterdir()) if (path / "tasks").exists()]


def make_v1_groups(twin: str, node: str) -> list[Path]:
    """Make a node's cgroup in each v1 hierarchy.

    A node left in a hierarchy's root could mount that root and have the machine's kernel run its
    `release_agent`, as the machine's root and outside of any node.
    """
    groups = []
    for root in v1_roots():
        group = root
        for part in (PREFIX, twin, node):
            group = group / part
            group.mkdir(exist_ok=True)
            _take_over_cpuset(group)
            if part != node:
                _weigh(group)
        groups.append(group)
    return groups


def _take_over_cpuset(group: Path) -> None:
    """Give a new group of the hierarchy `cpuset` all that is above it: it has nothing at first."""
    for name in ("cpuset.cpus", "cpuset.mems"):
        file = group / name
        if file.exists() and not file.read_text(encoding="ascii").strip():
            file.write_text((group.parent / name).read_text(encoding="ascii"), encoding="ascii")


def _weigh(group: Path) -> None:
    """Let all nodes together weigh as much as those that boot at once would one by one."""
    shares = group / "cpu.shares"
    if shares.exists():
        shares.write_text(str(_SHARES * 4 * (os.cpu_count() or 1)), encoding="ascii")


def members(group: Path) -> Iterator[int]:
    """Give the processes in a cgroup and all below it."""
    for folder, _, _ in os.walk(group):
        try:
            text = (Path(folder) / "cgroup.procs").read_text(encoding="ascii")
        except OSError:  # it went away while we walked
            continue
        yield from map(int, text.split())


def first_process(group: Path) -> int | None:
    """Give the process that is a node's init, or None where none is.

    What an init just forked is in its cgroup too for a moment, with any number.
    """
    scope = group / "payload" / "init.scope" / "cgroup.procs"
    try:
        pids = [int(pid) for pid in scope.read_text(encoding="ascii").split()]
    except OSError:
        return None
    return next(filter(_is_first_in_its_namespace, pids), None)


def _is_first_in_its_namespace(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    numbers = next(line for line in status.splitlines() if line.startswith("NSpid:"))
    return numbers.split()[-1] == "1"


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
    group = twin_group(twin) if node is None else twin_group(twin) / node
    _remove_tree(group)
    for root in v1_roots():
        _remove_tree(root / PREFIX / twin / (node or ""))
    if node is not None:
        return
    if _SYSTEMD.is_dir():
        if group.parent.is_dir():
            succeeds(["systemctl", "stop", _unit(twin)])
    else:
        _remove_if_empty(group.parent)
    for root in v1_roots():
        _remove_if_empty(root / PREFIX)


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
