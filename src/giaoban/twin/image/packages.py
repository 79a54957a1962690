"""Which Debian packages each kind of node boots with.

Routers, switches and endpoints leave the factory with all they need; servers install the rest from
the province's own mirror.
"""

from __future__ import annotations

from giaoban.twin.topology import Flavour

# What a flavour adds to what every box begins with.
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
