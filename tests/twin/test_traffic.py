"""What packets may do in a province at work: sockets on the wall, and the central government."""

from __future__ import annotations

import ipaddress
import socket
import struct
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import pytest

from giaoban.plan import Plan
from giaoban.plan.model import Port
from giaoban.plan.variables.view import mac_address
from giaoban.twin import names, namespaces
from giaoban.twin.waiting import wait_until
from giaoban.verify.doors import plan_of
from tests.twin.configured import Province

pytestmark = pytest.mark.twin

SITE = "xa-dak-wil"
PC = f"pc-{SITE}"
ROGUE = ipaddress.IPv6Network("2001:db8:bad::/64")
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


def test_a_laptop_cannot_play_the_router(province: Province) -> None:
    switch, flows = f"sw-{SITE}", "/etc/giaoban/openflow"

    def believed() -> bool:
        namespaces.ask(wall, _advertising(link))
        return str(ROGUE.network_address)[:-1] in province.inside(PC, "ip", "-6", "address")

    with _plugged_in(province, 3) as (wall, link):
        # The first may be spoken before the link-local address is there.
        assert not wait_until(believed, seconds=6)
        try:
            province.inside(
                switch, "sh", "-c", "echo actions=NORMAL | ovs-ofctl replace-flows br-lan -"
            )
            assert wait_until(believed, seconds=10)
        finally:
            province.inside(switch, "ovs-ofctl", "replace-flows", "br-lan", flows)
            province.inside(PC, "networkctl", "reconfigure", "eth0")
