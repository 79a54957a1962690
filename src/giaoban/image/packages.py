"""Which Debian every box begins as."""

from __future__ import annotations

SUITE = "trixie"

BASE = (
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
    "sudo",
    "systemd-sysv",
)
