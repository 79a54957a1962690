"""Running something in a node from below, without any network, and with no more than it may."""

from __future__ import annotations

import os
from collections.abc import Sequence

# What a node's root may do. Of systemd-nspawn's own set, a booted node does without the DROPPED.
KEPT = (
    "audit_write",
    "chown",
    "dac_override",
    "fowner",
    "fsetid",
    "kill",
    "net_admin",
    "net_bind_service",
    "net_broadcast",
    "net_raw",
    "setfcap",
    "setgid",
    "setpcap",
    "setuid",
    "sys_admin",
    "sys_boot",  # how its init asks for a reboot; the system call filter keeps kexec from it
    "sys_chroot",
    "sys_nice",
    "sys_resource",
)
DROPPED = (
    "audit_control",
    "dac_read_search",
    "ipc_owner",
    "lease",
    "linux_immutable",
    "mknod",
    "sys_ptrace",
    "sys_tty_config",
)
_NAMESPACES = ("-m", "-u", "-i", "-n", "-p", "-C", "--root", "--wdns=/")
_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def capability_options() -> list[str]:
    """Give what systemd-nspawn needs to leave a node the KEPT. Pure."""
    dropped = ",".join(f"CAP_{name.upper()}" for name in DROPPED)
    return ["--capability=CAP_NET_ADMIN", f"--drop-capability={dropped}"]


def inside_argv(init: int, command: Sequence[str]) -> list[str]:
    """Give the command that runs `command` in a node, as its root and with its bounding set. Pure.

    What is run there is the node's own file: it gets nothing of the caller's environment.
    """
    clean = ["env", "-i", "HOME=/root", "LANG=C.UTF-8", f"TERM={os.environ.get('TERM', 'dumb')}"]
    kept = ",".join(f"+{name}" for name in KEPT)
    bounded = ["setpriv", f"--bounding-set=-all,{kept}", "--inh-caps=-all", "--clear-groups"]
    return [*clean, _PATH, *bounded, "nsenter", "-t", str(init), *_NAMESPACES, *command]
