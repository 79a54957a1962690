"""A libvirt daemon of a test's own: no systemd, no files of the machine's, and no way out.

It lives in a mount namespace over empty folders of libvirt's, and in a network namespace with a
loopback alone, where a server's port appears.
"""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from giaoban.waiting import wait_until

_START_SECONDS = 30
_SCRIPT = """\
set -eu
ip link set lo up
for folder in /etc/libvirt /run/libvirt /var/lib/libvirt /var/log/libvirt /var/cache/libvirt; do
  mkdir -p "$folder"
  mount -t tmpfs tmpfs "$folder"
done
cp "$1/qemu.conf" /etc/libvirt/
# The account that libvirt-daemon-system would make on this machine.
for file in passwd group; do
  cp "/etc/$file" "$1/$file"
  grep -q ^libvirt-qemu: "$1/$file" || cat "$1/$file.more" >>"$1/$file"
  mount --bind "$1/$file" "/etc/$file"
done
# As the first process of its namespace the shell reaps machines that ended; libvirt would not.
libvirtd --config "$1/libvirtd.conf" --pid-file "$1/pid" &
wait
"""
# No cgroups, no log daemon and no security module of the machine's, which may have none.
_QEMU = """\
user = "root"
group = "root"
security_driver = "none"
cgroup_controllers = []
namespaces = []
stdio_handler = "file"
"""


@dataclass(frozen=True)
class PrivateHypervisor:
    """A running daemon: `folder` holds its socket and the pool `disks`, `pid` its namespaces."""

    folder: Path
    pid: int

    @property
    def uri(self) -> str:
        """Where it listens."""
        return f"qemu+unix:///system?socket={self.folder}/libvirt-sock"

    @property
    def disks(self) -> Path:
        """The folder of its storage pool."""
        return self.folder / "disks"

    def inside(self, *argv: str, seconds: int = 30) -> subprocess.CompletedProcess[str]:
        """Run a program in its network namespace."""
        entered = ["nsenter", f"--net=/proc/{self.pid}/ns/net", "--", *argv]
        return subprocess.run(entered, capture_output=True, text=True, check=False, timeout=seconds)

    def virsh(self, *words: str) -> str:
        """Run virsh on it, as a technician would."""
        argv = ["virsh", "--quiet", "--connect", self.uri, *words]
        done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout


@contextmanager
def private_hypervisor(folder: Path) -> Iterator[PrivateHypervisor]:
    """Start a daemon with a storage pool `disks`, and end it with what it runs."""
    (folder / "disks").mkdir(parents=True)
    (folder / "qemu.conf").write_text(_QEMU)
    (folder / "passwd.more").write_text("libvirt-qemu:x:64055:64055::/nonexistent:/bin/false\n")
    (folder / "group.more").write_text("libvirt-qemu:x:64055:\n")
    (folder / "libvirtd.conf").write_text(
        f'unix_sock_dir = "{folder}"\nauth_unix_rw = "none"\nauth_unix_ro = "none"\n'
    )
    argv = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
    with (folder / "log").open("w") as log:
        daemon = subprocess.Popen(
            [*argv, "sh", "-c", _SCRIPT, "sh", str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        socket = folder / "libvirt-sock"
        assert wait_until(socket.exists, seconds=_START_SECONDS), (folder / "log").read_text()
        found = PrivateHypervisor(folder, _child(daemon.pid))
        found.virsh("pool-define-as", "disks", "dir", "--target", str(found.disks))
        found.virsh("pool-start", "disks")
        yield found
    finally:
        # The first process of its PID namespace takes every machine along.
        daemon.send_signal(signal.SIGKILL)
        daemon.wait()


def _child(pid: int) -> int:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(children[0])
