"""Virtual servers in a province at work: made by Pulumi, configured in-band, gone and back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from giaoban.plan.variables.view import mac_address
from giaoban.twin import names, namespaces
from giaoban.waiting import wait_until
from tests.support import frames
from tests.twin.configured import BASE, Province, succeeded

pytestmark = pytest.mark.twin

SERVERS = {"sv-mirror-1", "sv-dns-1", "sv-dns-2", "sv-pki-1"}


@pytest.fixture(scope="module")
def served(province: Province) -> Iterator[Province]:
    """The province with its virtual servers; they go when the tests are done."""
    assert _base(province).endswith("up: 11 create")
    yield province
    province.dc("destroy", "--yes")


def _base(province: Province) -> str:
    return province.dc("up", "--groups", ",".join(BASE))


def _changes(province: Province) -> set[str]:
    recap = succeeded(province.playbook("servers.yml"))
    assert set(recap) >= SERVERS
    return {name for name, counts in recap.items() if counts["changed"]}


def test_a_server_comes_into_the_network_and_stays_as_it_is(served: Province) -> None:
    assert _changes(served) == SERVERS
    assert _changes(served) == set()


def test_a_server_that_was_made_anew_is_configured_anew(served: Province) -> None:
    served.dc("destroy", "--yes")
    hosts = served.run(
        "ansible-inventory", "-i", str(served.inventory), "--graph", "servers"
    ).stdout
    assert "sv-noc-1" in hosts
    assert "sv-dns-1" not in hosts
    assert _base(served).endswith("up: 11 create")
    # One of them still boots, and refuses whoever logs in, time and again.
    served.inside("sv-dns-1", "systemctl", "stop", "ssh.service")
    before = _refused(served)
    with ThreadPoolExecutor() as aside:
        changed = aside.submit(_changes, served)
        waits = wait_until(lambda: _refused(served) >= before + _PATIENT, seconds=60)
        served.inside("sv-dns-1", "systemctl", "start", "ssh.service")
        assert changed.result() == SERVERS
    assert waits
    assert _changes(served) == set()


_PATIENT = 8  # refusals, in both families; the first step alone takes half as many


def _refused(province: Province) -> int:
    said = province.inside("sv-dns-1", "nstat", "-asz", "TcpOutRsts")
    return int(re.findall(r"TcpOutRsts\s+(\d+)", said)[0])


def test_a_server_without_power_answers_nobody_until_it_is_mended(served: Province) -> None:
    """An end by signals alone would leave its addresses answering."""

    def answers() -> bool:
        ping = ("ping", "-c", "1", "-W", "1", "10.64.40.22")
        return served.twin("run", "sv-noc-1", *ping).returncode == 0

    assert answers()
    wrong = served.twin("break", "server-down", "sv-dns-3")
    assert "did you mean 'sv-dns-" in wrong.stderr
    assert served.twin("break", "server-down", "sv-dns-2").returncode == 0
    try:
        assert not answers()
        assert served.twin("up").returncode == 0
        assert not answers()
    finally:
        assert served.twin("mend").returncode == 0
    assert wait_until(answers, seconds=20)


def test_every_server_answers_the_noc(served: Province) -> None:
    done = served.run(
        "giaoban", "verify", "--inventory", str(served.inventory), "--site", "trung-tam-du-lieu"
    )
    assert done.returncode == 0, done.stdout


def test_a_server_speaks_for_itself_only(served: Province) -> None:
    """Nobody inside a virtual server takes another one's address."""
    theirs, gateway = "10.64.40.22", "10.64.40.1"

    def reaches(source: str) -> bool:
        words = ("run", "sv-dns-1", "ping", "-c", "2", "-W", "1", "-I", source, gateway)
        return served.twin(*words).returncode == 0

    assert reaches("10.64.40.21")
    served.inside("sv-dns-1", "ip", "address", "add", f"{theirs}/24", "dev", "eth0", "nodad")
    try:
        assert not reaches(theirs)
        assert reaches("10.64.40.21")
    finally:
        served.inside("sv-dns-1", "ip", "address", "del", f"{theirs}/24", "dev", "eth0")


MAC = mac_address("sv-dns-1", "eth0")
OWN, OTHER = "fd67:6700:a64:18::15", "fd67:6700:a64:18::16"


def _icmpv6(body: bytes, source: str) -> bytes:
    return frames.ethernet(0x86DD, frames.ipv6(58, body, source), MAC)


def _arp(packet: bytes) -> bytes:
    return frames.ethernet(0x0806, packet, MAC)


@pytest.mark.parametrize(
    ("frame", "verdict"),
    [
        pytest.param(_arp(frames.arp("10.64.40.21", mac=MAC)), "NORMAL", id="own-arp"),
        pytest.param(_arp(frames.arp("10.64.40.21")), "drop", id="own-arp-for-another-card"),
        pytest.param(_arp(frames.arp("10.64.40.22", mac=MAC)), "drop", id="arp-for-another"),
        pytest.param(_arp(frames.arp_probe("10.64.40.21", MAC)), "NORMAL", id="own-probe"),
        pytest.param(_arp(frames.arp_probe("10.64.40.22", MAC)), "drop", id="probe-for-another"),
        pytest.param(_icmpv6(frames.neighbour(OWN), OWN), "NORMAL", id="own-neighbour"),
        pytest.param(_icmpv6(frames.neighbour(OWN), OTHER), "drop", id="neighbour-by-another"),
        pytest.param(_icmpv6(frames.neighbour(OTHER), OWN), "drop", id="neighbour-for-another"),
        pytest.param(_icmpv6(frames.solicitation(OWN), "::"), "NORMAL", id="own-detection"),
        pytest.param(_icmpv6(frames.solicitation(OTHER), "::"), "drop", id="detects-another"),
        pytest.param(_icmpv6(bytes([128]) + bytes(7), "::"), "drop", id="echo-from-nobody"),
        pytest.param(frames.ethernet(0x88B5, bytes(46), MAC), "drop", id="no-internet-protocol"),
    ],
)
def test_a_servers_port_takes_its_own_frames_only(
    served: Province, frame: bytes, verdict: str
) -> None:
    def counted() -> dict[str, int]:
        lines = served.inside("hv-kvm-1", "ovs-ofctl", "dump-flows", "br-lan").splitlines()
        found = (re.search(r"n_packets=([0-9]+),.* (priority=.*)", line) for line in lines)
        own = re.compile("in_port=10021|priority=0 ")
        return {match[2]: int(match[1]) for match in found if match and own.search(match[2])}

    def grown() -> set[str]:
        now = counted()
        return {rule.rpartition("=")[2] for rule in now if now[rule] > before[rule]}

    namespace = names.namespace(served.paths.name, "sv-dns-1")
    before = counted()
    namespaces.ask(namespace, partial(frames.send, "eth0", frame))
    assert wait_until(lambda: verdict in grown(), seconds=5), grown()


def test_a_server_does_not_become_the_root_of_the_spanning_tree(served: Province) -> None:
    def is_root() -> bool:
        shown = served.inside("sw-trung-tam-du-lieu", "ovs-appctl", "rstp/show", "br-lan")
        return "This bridge is the root" in shown

    namespace = names.namespace(served.paths.name, "sv-dns-1")
    assert is_root()
    for _ in range(3):
        namespaces.ask(namespace, partial(frames.send, "eth0", frames.bridge_to_be_root()))
        assert not wait_until(lambda: not is_root(), seconds=1)


def test_servers_come_back_with_the_twin(served: Province) -> None:
    for name in SERVERS:
        assert served.twin("run", name, "poweroff", "-f").returncode in (0, 1, 255)
    assert served.twin("up").returncode == 0
    status = served.twin("status")
    assert status.returncode == 0, status.stdout
    assert _changes(served) == set()
