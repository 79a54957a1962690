"""Starting, watching and ending nodes."""

from __future__ import annotations

import fcntl
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from giaoban.errors import OperationError
from giaoban.files import open_private
from giaoban.printable import printable
from giaoban.twin import cgroups, names
from giaoban.twin.disks import lower_of
from giaoban.twin.image.tuning import HAS_OVS, READY
from giaoban.twin.inside import capability_options, inside_argv
from giaoban.twin.paths import LAUNCHER, NETNS, TwinPaths
from giaoban.twin.topology import Flavour
from giaoban.waiting import wait_until

BOOT_SECONDS = 90.0
_JOURNAL_LINES = 12


class NodeNotUpError(OperationError):
    """A node was started and did not come up."""

    def __init__(self, node: str, seconds: float, journal: str) -> None:
        found = journal.splitlines()[-_JOURNAL_LINES:]
        lines = "".join(f"\n  {printable(line)}" for line in found)
        super().__init__(
            f"node {node!r} did not come up within {seconds:.0f} s; the end of its journal:"
            f"{lines or ' it wrote nothing'}\nrun `giaoban twin up` again to start it once more"
        )


@dataclass(frozen=True, slots=True)
class Box:
    """A node on this machine, whether it runs or not."""

    paths: TwinPaths
    name: str

    @property
    def group(self) -> Path:
        """Its cgroup."""
        return cgroups.twin_group(self.paths.name) / self.name

    @property
    def lock(self) -> Path:
        """Held by its launcher."""
        return self.paths.node(self.name) / "lock"

    @property
    def console(self) -> Path:
        """What its launcher and its init print."""
        return self.paths.node(self.name) / "console.log"

    @property
    def init(self) -> int | None:
        """Its first process."""
        return cgroups.first_process(self.group)

    @property
    def ready(self) -> bool:
        """Whether it came up: its last unit made a FIFO, which is seen without asking it."""
        init = self.init
        return init is not None and os.path.lexists(f"/proc/{init}/root{READY}")

    @property
    def launched(self) -> bool:
        """Whether a launcher lives, from before its first process to after its last."""
        if not self.lock.exists():
            return False
        with self.lock.open() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def await_up(self) -> None:
        """Wait until it came up.

        Raises:
            NodeNotUpError: it did not.

        """
        if not wait_until(lambda: self.ready, seconds=BOOT_SECONDS):
            raise NodeNotUpError(self.name, BOOT_SECONDS, self.journal())

    def journal(self) -> str:
        """Give the end of its journal, or of its console where it has none."""
        init = self.init
        if init is not None:
            done = subprocess.run(
                inside_argv(init, ["journalctl", "-n", str(_JOURNAL_LINES), "--no-pager"]),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
            if done.stdout:
                return done.stdout
        return self.console.read_text(errors="replace") if self.console.exists() else ""

    def end(self) -> None:
        """End it at once, as a power cut does."""
        ended = wait_until(self._ended, seconds=30)
        if not ended:
            raise cgroups.NotEndingError(self.group)

    def _ended(self) -> bool:
        # A launcher that has not joined its cgroup yet is not found there: its lock tells of it.
        cgroups.end(self.group)
        return not self.launched


def nspawn_options(flavour: Flavour) -> list[str]:
    """Give what a flavour's container needs and may do. Pure."""
    bound = ["--bind=/dev/net/tun"] if flavour in HAS_OVS else []
    return [*capability_options(), *bound]


def launcher_argv(
    paths: TwinPaths, name: str, flavour: Flavour, groups: Sequence[Path]
) -> list[str]:
    """Give the command that keeps a node running, in these cgroups."""
    disk, lower = paths.node(name), lower_of(paths, name)
    overlay = f"lowerdir={lower},upperdir={disk / 'upper'},workdir={disk / 'work'}"
    return [
        "sh",
        str(LAUNCHER),
        ":".join(map(str, groups)),
        str(NETNS / names.namespace(paths.name, name)),
        str(paths.mountpoint),
        overlay,
        name,
        *nspawn_options(flavour),
    ]


def launch(paths: TwinPaths, name: str, flavour: Flavour) -> None:
    """Start a node that does not run; its launcher outlives this process."""
    box = Box(paths, name)
    box.group.mkdir(exist_ok=True)
    groups = (box.group, *cgroups.make_v1_groups(paths.name, name))
    argv = launcher_argv(paths, name, flavour, groups)
    with open_private(box.lock, "w") as lock, box.console.open("ab") as console:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        _spawn(argv, lock.fileno(), console.fileno())


def _spawn(argv: Sequence[str], lock: int, console: int) -> None:
    subprocess.Popen(
        argv,
        stdin=subprocess.DEVNULL,
        stdout=console,
        stderr=console,
        pass_fds=(lock,),
        start_new_session=True,
        cwd="/",
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"},
    )
