"""What this machine's kernel can do, asked once by trying, and what stands in for the rest."""

from __future__ import annotations

import json
import socket
import struct
from dataclasses import dataclass

from giaoban.commands import succeeds
from giaoban.files import write_whole
from giaoban.twin import names, namespaces
from giaoban.twin.paths import TwinPaths


@dataclass(frozen=True, slots=True)
class Trial:
    """A capability: the command that needs it, and what stands in for it.

    The command runs in a scratch namespace that has the interfaces `p0` and `p1`.
    """

    name: str
    argv: tuple[str, ...]
    stand_in: str


def _link(name: str, *kind: str) -> tuple[str, ...]:
    return ("ip", "link", "add", name, "type", *kind)


def _qdisc(*kind: str) -> tuple[str, ...]:
    return ("tc", "qdisc", "replace", "dev", "p0", "root", *kind)


TRIALS = (
    Trial(
        "vlan_8021q",
        ("ip", "link", "add", "link", "p0", "name", "p0.2", "type", "vlan", "id", "2"),
        "an Open vSwitch bridge on the router, with an internal port a zone",
    ),
    Trial("fq_codel", _qdisc("fq_codel"), "pfifo in the leaves of the queues"),
    Trial("netem", _qdisc("netem", "loss", "1%"), "nftables' numgen drops, tbf shapes"),
    Trial("htb", _qdisc("htb"), "nothing: the role qos needs it"),
    Trial("tbf", _qdisc("tbf", "rate", "1mbit", "burst", "10k", "latency", "50ms"), "nothing"),
    Trial("prio", _qdisc("prio"), "htb classes with priorities"),
    Trial("vrf", _link("vrf0", "vrf", "table", "10"), "network namespaces"),
    Trial("wireguard", _link("wg0", "wireguard"), "wireguard-go in user space"),
    Trial("dummy", _link("dummy0", "dummy"), "loopback addresses on lo"),
    Trial("bond", _link("bond0", "bond"), "single cables"),
    Trial(
        "bridge_vlan_filtering",
        _link("br0", "bridge", "vlan_filtering", "1"),
        "Open vSwitch with its datapath in user space",
    ),
    Trial(
        "nft_numgen",
        (
            "nft",
            (
                "add table netdev t;"
                " add chain netdev t c { type filter hook ingress device p0 priority 0; };"
                " add rule netdev t c numgen random mod 1000 < 50 drop"
            ),
        ),
        "netem for loss",
    ),
)
# Asked by a system call rather than a command.
OTHERS = {
    "tcp_md5": "BGP sessions without a password",
    "openvswitch_kernel": "Open vSwitch with its datapath in user space",
    "clock_control": "chronyd -x: a node's clock is the machine's",
}


def ask_kernel(paths: TwinPaths) -> dict[str, bool]:
    """Try everything in a scratch namespace, write capabilities.json and give its contents."""
    scratch = names.namespace(paths.name, names.PROBE)
    namespaces.remove(namespaces.found(scratch))
    namespaces.make([scratch])
    namespaces.configure(scratch, "ip", ["link add p0 type veth peer p1"])
    inside = ("ip", "netns", "exec", scratch)
    found = {trial.name: succeeds([*inside, *trial.argv]) for trial in TRIALS}
    found["tcp_md5"] = namespaces.ask(scratch, _has_tcp_md5)
    found["openvswitch_kernel"] = namespaces.ask(scratch, _has_openvswitch)
    found["clock_control"] = False  # nodes are not given CAP_SYS_TIME
    namespaces.remove([scratch])
    write_whole(paths.capabilities, json.dumps(found, indent=1, sort_keys=True) + "\n")
    return found


def _has_tcp_md5() -> bool:
    option = 14  # TCP_MD5SIG, linux/tcp.h
    address = struct.pack("=HH4s120x", socket.AF_INET, 0, socket.inet_aton("192.0.2.1"))
    signature = address + struct.pack("=BBHI80s", 0, 0, 3, 0, b"key")
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as channel:
        try:
            channel.setsockopt(socket.IPPROTO_TCP, option, signature)
        except OSError:
            return False
    return True


def _has_openvswitch() -> bool:
    """Ask generic netlink (linux/genetlink.h) for the family of the kernel's datapath."""
    family = b"ovs_datapath\0"
    padded = family + bytes(-len(family) % 4)
    attribute = struct.pack("=HH", 4 + len(family), 2) + padded  # CTRL_ATTR_FAMILY_NAME
    body = struct.pack("=BBH", 3, 1, 0) + attribute  # CTRL_CMD_GETFAMILY
    header = struct.pack("=IHHII", 16 + len(body), 16, 1, 1, 0)  # GENL_ID_CTRL, NLM_F_REQUEST
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16) as channel:  # NETLINK_GENERIC
        channel.send(header + body)
        answer = channel.recv(4096)
    error = 2  # NLMSG_ERROR
    return int(struct.unpack_from("=H", answer, 4)[0]) != error


def lacking(found: dict[str, bool]) -> list[tuple[str, str]]:
    """Give each capability that is lacking, with what stands in for it. Pure."""
    stand_ins = {trial.name: trial.stand_in for trial in TRIALS} | OTHERS
    return [(name, stand_ins[name]) for name in stand_ins if not found.get(name, False)]
