"""Which Debian packages each kind of node boots with.

Routers, switches and endpoints leave the factory with all they need; servers install the rest from
the province's own mirror.
"""

from __future__ import annotations

from giaoban.twin.topology import Flavour

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

# What a flavour adds to BASE.
ADDED: dict[Flavour, tuple[str, ...]] = {
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
    "endpoint": (),
    "bare": (),  # a virtual server installs what it serves with
    "workstation": ("bind9-host", "curl", "netcat-openbsd"),
    "server": (
        "dnsmasq-base",
        "fping",
        "iperf3",
        "mtr-tiny",
        "netcat-openbsd",
        "tcpdump",
        "traceroute",
    ),
}
