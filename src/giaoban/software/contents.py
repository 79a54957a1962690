"""Which Debian packages the province needs: what images boot with, and what roles install. Pure.

Every set is asked for by itself, since two of them need not fit on one box. A role says what it
installs in `roles/<role>/vars/main.yml`, as `<role>__packages`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from giaoban.errors import GiaobanError

SUITE = "trixie"

# What mmdebstrap's variant minbase begins with.
SYSTEM: Final = ("?essential", "?priority(required)", "apt")

# What every box of ours has.
BASE: Final = (
    "chrony",
    "dbus",  # networkctl and systemctl of Debian 13 ask over it
    "ethtool",
    "iproute2",
    "iputils-ping",
    "netbase",
    "nftables",
    "openssh-server",
    "procps",
    "python3",  # what Ansible's modules run on
    "rsyslog",
    "rsyslog-openssl",  # sends the journal over TLS, by the library that sshd has loaded already
    "sudo",
    "systemd-sysv",
)

# What a box leaves the factory with besides, by its flavour.
ADDED: Final[dict[str, tuple[str, ...]]] = {
    "router": (
        "conntrack",
        "dnsmasq",
        "frr",
        "frr-pythontools",
        "keepalived",
        "openvswitch-switch",
        "tcpdump",
    ),
    "switch": ("openvswitch-switch",),
    "endpoint": ("giaoban-participant",),  # our own, and until there is a kiosk all it meets by
    "bare": (),  # a virtual server installs what it serves with
    "workstation": ("bind9-host", "curl", "netcat-openbsd"),
    "server": (
        "dnsmasq-base",
        "fping",
        "iperf3",
        "ldap-utils",
        "mtr-tiny",
        "netcat-openbsd",
        "tcpdump",
        "traceroute",
    ),
}

# What a virtual machine's disk has besides: a kernel, and what makes its root as large as the disk.
MACHINE: Final = (
    "e2fsprogs",
    "initramfs-tools",
    "linux-image-cloud-amd64",  # Debian's kernel for virtual machines: virtio, no hardware
    "systemd-repart",
    "udev",
    "zstd",
)


class RolePackagesError(GiaobanError):
    """A role's list of packages is not one."""

    def __init__(self, file: Path, variable: str, found: object) -> None:
        super().__init__(
            f"{file}: {variable} is {found!r}, expected a list of Debian packages' names"
        )


def package_sets(roles: Path) -> dict[str, tuple[str, ...]]:
    """Give every set of packages that some box has installed together, by what it is for.

    Raises:
        RolePackagesError: a role's `vars/main.yml` lists something else.

    """
    sets = {f"image {flavour}": (*SYSTEM, *BASE, *added) for flavour, added in ADDED.items()}
    sets["disk image"] = (*SYSTEM, *BASE, *MACHINE)
    for file in sorted(roles.glob("*/vars/main.yml")):
        role = file.parents[1].name
        variables: Mapping[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
        names = variables.get(f"{role}__packages")
        if names is None:
            continue
        if not (isinstance(names, list) and all(isinstance(name, str) for name in names)):
            raise RolePackagesError(file, f"{role}__packages", names)
        sets[f"role {role}"] = (*SYSTEM, *BASE, *names)
    return sets
