"""What packets may do in a province at work: sockets on the wall, and the central government."""

from __future__ import annotations

import ipaddress
import re
import socket
import struct
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import pytest

from giaoban.plan import Plan
from giaoban.plan.model import Port
from giaoban.plan.variables.view import link_local, mac_address
from giaoban.twin import names, namespaces
from giaoban.verify.doors import plan_of
from giaoban.waiting import wait_until
from tests.support import frames
from tests.twin.configured import Province, recap

pytestmark = pytest.mark.twin

SITE = "xa-dak-wil"
PC = f"pc-{SITE}"
ROGUE = ipaddress.IPv6Network("2001:db8:bad::/64")
_STEPS_BACK_SECONDS = 90  # three looks, keepalived's delay of half a minute, and as much again
LAPTOP_HOST = 23  # below the pools, of no box


@pytest.fixture(scope="module")
def plan(province: Province) -> Plan:
    return plan_of(province.reach)


def _answers(province: Province, node: str, *command: str) -> bool:
    return province.twin("run", node, *command).returncode == 0


def _connects(province: Province, node: str, address: str, port: int) -> str:
    """Say whether a TCP connection is `open`, `refused` by its target, or `silent`: dropped."""
    done = province.twin("run", node, "nc", "-v", "-z", "-w", "3", address, str(port))
    if done.returncode == 0:
        return "open"
    return "refused" if "refused" in done.stdout + done.stderr else "silent"


def test_a_core_without_routes_steps_behind_the_other(province: Province, plan: Plan) -> None:
    """FRR ends on the core that has the servers' gateways: servers would send into the void."""
    instances = plan.devices["rt-core-1"].variables["wan_router__vrrp"]
    gateway = next(one["ipv4"] for one in instances if one["interface"] == "internal")

    def holds(core: str) -> bool:
        return f" {gateway} " in province.inside(core, "ip", "-br", "addr", "show", "internal")

    assert holds("rt-core-1")
    province.inside("rt-core-1", "systemctl", "stop", "frr")
    try:
        assert wait_until(lambda: holds("rt-core-2"), seconds=_STEPS_BACK_SECONDS, step=1)
        assert not holds("rt-core-1")
    finally:
        province.inside("rt-core-1", "systemctl", "start", "frr")
    assert wait_until(lambda: holds("rt-core-1"), seconds=_STEPS_BACK_SECONDS, step=1)


@pytest.mark.parametrize("family", ["ipv4", "ipv6"])
def test_an_office_reaches_the_centres_services_and_nothing_else(
    province: Province, plan: Plan, family: str
) -> None:
    centre = str(getattr(plan.devices["rt-centre"].management, family))
    # Nothing serves there: who answers "refused" is the centre itself.
    assert _connects(province, PC, centre, 443) == "refused"
    assert _connects(province, PC, centre, 80) == "silent"
    assert not _answers(province, PC, "ping", "-c", "1", "-W", "2", centre)
    assert _answers(province, "sv-noc-1", "ping", "-c", "3", "-W", "2", centre)


def test_the_centre_reaches_no_office(province: Province, plan: Plan) -> None:
    office = str(plan.devices[PC].management.ipv4)
    source = str(plan.devices["rt-centre"].management.ipv4)
    ask = ("ping", "-c", "2", "-W", "2", "-I", source)
    assert not _answers(province, "rt-centre", *ask, office)
    link = plan.circuits["centre-1"]
    assert _answers(
        province, "rt-centre", "ping", "-c", "2", "-W", "2", str(link.upper_address.ipv4.ip)
    )


@contextmanager
def _plugged_in(province: Province, number: int) -> Iterator[tuple[str, str]]:
    """Plug a laptop into a socket of the site: give its namespace and its interface."""
    wall = names.namespace(province.paths.name, names.SOCKETS)
    link = names.socket_link(Port(f"sw-{SITE}", f"p{number}"))
    namespaces.ask(wall, partial(namespaces.no_duplicate_detection, [link]))
    subprocess.run(["ip", "-n", wall, "link", "set", link, "up"], check=True)
    try:
        yield wall, link
    finally:
        subprocess.run(["ip", "-n", wall, "address", "flush", "dev", link], check=True)
        subprocess.run(["ip", "-n", wall, "link", "set", link, "down"], check=True)


def _say_something(address: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
        channel.sendto(b"", (address, 9))


@pytest.mark.parametrize(
    ("number", "zone", "other"), [(3, "office", "guest"), (6, "guest", "office")]
)
def test_a_socket_is_of_the_zone_that_intent_says(
    province: Province, plan: Plan, number: int, zone: str, other: str
) -> None:
    """A laptop finds the gateway of its zone, and not that of another."""
    with _plugged_in(province, number) as (wall, link):

        def finds(name: str) -> bool:
            segment = plan.sites[SITE].segment(name)
            mine = f"{segment.networks.ipv4[LAPTOP_HOST]}/{segment.networks.ipv4.prefixlen}"
            subprocess.run(["ip", "-n", wall, "address", "add", mine, "dev", link], check=True)
            gateway = str(segment.gateway.ipv4.ip)
            namespaces.ask(wall, partial(_say_something, gateway))
            asked = ["ip", "-n", wall, "-j", "neigh", "show", gateway]
            # A Linux router tells every zone of all its addresses, but with that zone's MAC.
            its = mac_address(f"rt-{SITE}", name)
            found = wait_until(lambda: its in subprocess.check_output(asked).decode(), seconds=3)
            subprocess.run(["ip", "-n", wall, "address", "del", mine, "dev", link], check=True)
            return found

        assert finds(zone)
        assert not finds(other)


def _advertising(link: str) -> Callable[[], None]:
    """Give what says once, over `link`, that it is an IPv6 router for ROGUE (RFC 4861, 4.2)."""

    def advertise() -> None:
        lifetime = 30  # seconds, of the router and of its prefix
        header = struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, lifetime, 0, 0)
        prefix = struct.pack("!BBBBIII", 3, 4, 64, 0xC0, lifetime, lifetime, 0)
        with socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6) as channel:
            channel.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
            index = socket.if_nametoindex(link)
            said = header + prefix + ROGUE.network_address.packed
            channel.sendto(said, ("ff02::1", 0, 0, index))

    return advertise


def _rogues(plan: Plan) -> dict[str, tuple[bytes, str]]:
    """Give what a laptop in the office may not say, and in Open vSwitch's words why not."""
    gateway = plan.sites[SITE].segment("office").gateway
    mac = mac_address(f"rt-{SITE}", "office")
    ipv4, ipv6, own = str(gateway.ipv4.ip), str(gateway.ipv6.ip), str(link_local(mac))
    anyone, router = "10.99.0.1", struct.pack("!BBHI", 134, 0, 0, 0)

    def icmpv6(body: bytes, source: str = "fe80::bad") -> bytes:
        return frames.ethernet(0x86DD, frames.ipv6(58, body, source))

    def detecting(wanted: str) -> bytes:
        return icmpv6(frames.solicitation(wanted), "::")

    two_tags = bytes.fromhex("00008100000086dd") + frames.ipv6(58, router)
    return {
        "dhcp": (
            frames.ethernet(0x0800, frames.ipv4(anyone, (6767, 68))),
            "udp,in_port=3,tp_dst=68",
        ),
        "dhcpv6": (
            frames.ethernet(0x86DD, frames.ipv6(17, struct.pack("!HHHH", 999, 546, 8, 0))),
            "udp6,in_port=3,tp_dst=546",
        ),
        "router": (icmpv6(router), "icmp_type=134"),
        "redirect": (icmpv6(b"\x89" + bytes(39)), "icmp_type=137"),
        "mac": (frames.ethernet(0x88B5, bytes(46), mac), f"dl_src={mac}"),
        "arp": (frames.ethernet(0x0806, frames.arp(ipv4)), f"arp_spa={ipv4}"),
        "arp-probe": (
            frames.ethernet(0x0806, frames.arp_probe(ipv4)),
            f"arp_spa=0.0.0.0,arp_tpa={ipv4}",
        ),
        "ipv4": (frames.ethernet(0x0800, frames.ipv4(ipv4, (5, 5))), f"nw_src={ipv4}"),
        "neighbour": (icmpv6(frames.neighbour(ipv6)), f"icmp_type=136,nd_target={ipv6}"),
        "neighbour-own": (icmpv6(frames.neighbour(own)), f"icmp_type=136,nd_target={own}"),
        "detection": (detecting(ipv6), f"icmp_type=135,nd_target={ipv6}"),
        "detection-own": (detecting(own), f"icmp_type=135,nd_target={own}"),
        "ipv6": (frames.ethernet(0x86DD, frames.ipv6(59, b"", ipv6)), f"ipv6_src={ipv6}"),
        "ipv6-own": (frames.ethernet(0x86DD, frames.ipv6(59, b"", own)), f"ipv6_src={own}"),
        "two-tags": (frames.ethernet(0x8100, two_tags), "dl_type=0x8100"),
        "odd-arp": (frames.ethernet(0x0806, frames.arp(ipv4, hardware=6)), "arp_op=0"),
        "odd-neighbour": (icmpv6(frames.neighbour(ipv6, 2)), "icmp_type=136,nd_target=::"),
    }


def _dropped(province: Province) -> dict[str, int]:
    """Give how much each rule of the switch has dropped at port 3."""
    lines = province.inside(f"sw-{SITE}", "ovs-ofctl", "dump-flows", "br-lan").splitlines()
    found = (
        re.search(r"n_packets=([0-9]+),.* (priority=\S+) actions=drop", line) for line in lines
    )
    return {match[2]: int(match[1]) for match in found if match and "in_port=3" in match[2]}


def test_what_a_laptop_may_not_say_is_dropped_for_that(province: Province, plan: Plan) -> None:
    with _plugged_in(province, 3) as (wall, link):
        for name, (frame, why) in _rogues(plan).items():
            before = _dropped(province)
            namespaces.ask(wall, partial(frames.send, link, frame))

            def grown(before: dict[str, int] = before) -> list[str]:
                now = _dropped(province)
                return [rule for rule in now if now[rule] > before.get(rule, 0)]

            assert wait_until(lambda grown=grown: grown() != [], seconds=5), name
            assert all(why in rule for rule in grown()), (name, grown())


def test_the_switch_remembers_its_rules(province: Province) -> None:
    """Open vSwitch forgets them when it ends, and a hand may take them away."""
    switch = f"sw-{SITE}"

    def rules() -> str:
        # Nothing while Open vSwitch is down.
        asked = province.twin("run", switch, "ovs-ofctl", "--no-stats", "dump-flows", "br-lan")
        return "\n".join(sorted(asked.stdout.splitlines()))

    planned = rules()
    assert "tp_dst=68 actions=drop" in planned
    province.inside(switch, "sh", "-c", "kill -9 $(pidof -s ovs-vswitchd)")
    # The bridge forwards, without rules, before they come back.
    assert wait_until(lambda: rules() == planned, seconds=20)
    province.inside(switch, "sh", "-c", "echo actions=NORMAL | ovs-ofctl replace-flows br-lan -")
    shown = province.playbook("network.yml", "-l", switch, "--check")
    assert recap(shown.stdout)[switch]["changed"] == 1
    healed = province.playbook("network.yml", "-l", switch)
    assert healed.returncode == 0, healed.stdout
    assert rules() == planned


def test_a_cable_from_socket_to_socket_stops_nobody(province: Province, plan: Plan) -> None:
    """RSTP cuts the loop, and the office goes on. A bridge that speaks no STP is the cable."""
    gateway = str(plan.sites[SITE].segment("office").gateway.ipv4.ip)

    def cut() -> bool:
        said = province.inside(f"sw-{SITE}", "ovs-appctl", "rstp/show", "br-lan")
        return re.search(r"p[34] +Backup +Discarding", said) is not None

    with _plugged_in(province, 3) as (wall, one), _plugged_in(province, 4) as (_, other):

        def ip(*words: str) -> None:
            subprocess.run(["ip", "-n", wall, "link", *words], check=True)

        ip("add", "cable", "type", "bridge")
        try:
            for link in (one, other):
                ip("set", link, "master", "cable")
            ip("set", "cable", "up")
            assert wait_until(cut, seconds=20)
            assert _answers(province, PC, "ping", "-c", "5", "-W", "2", gateway)
        finally:
            ip("del", "cable")


def _speaks_ipv6(wall: str, link: str) -> bool:
    """Tell whether a link has an address to speak from, found to be nobody else's."""
    shown = ["-6", "-oneline", "address", "show", "dev", link, "scope", "link", "-tentative"]
    return bool(subprocess.run(["ip", "-n", wall, *shown], check=True, capture_output=True).stdout)


def test_a_laptop_cannot_play_the_router(province: Province) -> None:
    switch, flows = f"sw-{SITE}", "/etc/giaoban/openflow"

    def has_rogue() -> bool:
        return str(ROGUE.network_address)[:-1] in province.inside(PC, "ip", "-6", "address")

    def believed() -> bool:
        namespaces.ask(wall, _advertising(link))
        return has_rogue()

    with _plugged_in(province, 3) as (wall, link):
        assert wait_until(lambda: _speaks_ipv6(wall, link), seconds=10)
        assert not wait_until(believed, seconds=6)
        try:
            province.inside(
                switch, "sh", "-c", "echo actions=NORMAL | ovs-ofctl replace-flows br-lan -"
            )
            assert wait_until(believed, seconds=10)
        finally:
            province.inside(switch, "ovs-ofctl", "replace-flows", "br-lan", flows)
            province.inside(PC, "networkctl", "reconfigure", "eth0")
            assert wait_until(lambda: not has_rogue(), seconds=10)
