"""Circuits carry what they should, and faults break exactly what they say."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from giaoban.twin.faults import FAULTS, act
from giaoban.twin.faults.base import CannotBreakError, UnknownTargetError
from giaoban.twin.state import read_state
from tests.twin.conftest import DISTRICT, SITE, Twin

pytestmark = pytest.mark.twin

CIRCUIT = f"{SITE}-1"
LOWER, UPPER = f"rt-{SITE}", f"rt-{DISTRICT}"
_SEND = """
import socket, sys, time
listener = socket.create_server(("", 7000))
channel, _ = listener.accept()
total, start = 0, time.monotonic()
while chunk := channel.recv(65536):
    total += len(chunk)
print(total, time.monotonic() - start)
"""


@pytest.fixture(scope="module")
def circuit(twin: Twin) -> Iterator[Twin]:
    """The commune's circuit with its planned addresses, set by hand."""
    ends = twin.plan.circuits[CIRCUIT]
    for port, address in ((ends.lower, ends.lower_address), (ends.upper, ends.upper_address)):
        twin.said(
            port.device,
            f"ip addr replace {address.ipv4} dev {port.name};"
            f" ip -6 addr replace {address.ipv6} dev {port.name} nodad;"
            f" ip link set {port.name} up",
        )
    yield twin
    act.mend_faults(twin.paths, twin.plan, None)


@pytest.fixture(autouse=True)
def nothing_stays_broken(circuit: Twin) -> Iterator[None]:
    yield
    act.mend_faults(circuit.paths, circuit.plan, None)


def _ping(twin: Twin, options: str) -> float:
    """Ping the far end and give the percentage lost."""
    far = twin.plan.circuits[CIRCUIT].upper_address.ipv4.ip
    said = twin.inside(LOWER, f"ping -n {options} {far}").stdout
    lost = re.search(r"([\d.]+)% packet loss", said)
    assert lost, said
    return float(lost[1])


def _megabits(twin: Twin, megabytes: float) -> float:
    """Send over TCP and give the rate in Mbit/s of payload."""
    far = twin.plan.circuits[CIRCUIT].upper_address.ipv4.ip
    receive = f"timeout 60 python3 -c '{_SEND}' > /tmp/received 2>&1 < /dev/null &"
    twin.said(UPPER, receive)
    twin.said(UPPER, "timeout 10 sh -c 'until ss -ltn | grep -q :7000; do :; done'")
    count = int(megabytes * 1_000_000)
    twin.said(
        LOWER,
        f"""timeout 60 python3 -c 'import socket
channel = socket.create_connection(("{far}", 7000), timeout=60)
channel.sendall(bytes({count}))
channel.close()'""",
    )
    twin.said(UPPER, "timeout 30 sh -c 'while ss -ltn | grep -q :7000; do :; done'")
    total, seconds = twin.said(UPPER, "cat /tmp/received").split()
    assert int(total) == count
    return count * 8 / float(seconds) / 1e6


def test_tcp_crosses_at_the_committed_rate(circuit: Twin) -> None:
    rate = circuit.plan.circuits[CIRCUIT].rate / 1e6
    assert 0.80 * rate < _megabits(circuit, rate / 8 * 3) < 1.02 * rate


def test_full_frames_cross_and_larger_ones_do_not(circuit: Twin) -> None:
    mtu = circuit.plan.circuits[CIRCUIT].mtu
    assert _ping(circuit, f"-c 3 -i 0.01 -M do -s {mtu - 28}") == 0
    refused = circuit.inside(LOWER, f"ping -c 1 -M do -s {mtu - 27} 192.0.2.1")
    assert refused.returncode != 0


def test_both_families_cross(circuit: Twin) -> None:
    far = circuit.plan.circuits[CIRCUIT].upper_address.ipv6.ip
    assert ", 0% packet loss" in circuit.said(LOWER, f"ping -n -c 3 -i 0.01 {far}")


def test_offloads_are_off_on_every_cable(circuit: Twin) -> None:
    for node, port in ((LOWER, "wan1"), (LOWER, "lan0"), (f"sw-{SITE}", "up1")):
        features = circuit.said(node, f"ethtool -k {port}")
        for feature in (
            "tx-checksumming",
            "tx-tcp-segmentation",
            "generic-segmentation-offload",
            "generic-receive-offload",
        ):
            assert re.search(rf"^\s*{feature}: off", features, re.MULTILINE), (node, port, feature)


def test_a_cut_line_takes_the_link_from_both_ends(circuit: Twin) -> None:
    act.break_fault(circuit.paths, circuit.plan, "circuit-down", CIRCUIT)
    ends = circuit.plan.circuits[CIRCUIT]
    for port in (ends.lower, ends.upper):
        assert circuit.said(port.device, f"cat /sys/class/net/{port.name}/carrier") == "0"
    act.mend_faults(circuit.paths, circuit.plan, ("circuit-down", CIRCUIT))
    assert _ping(circuit, "-c 3 -i 0.05 -W 2") == 0


def test_loss_is_near_what_it_says(circuit: Twin) -> None:
    act.break_fault(circuit.paths, circuit.plan, "loss", CIRCUIT)
    # 5 % each way is 9.75 % of round trips; 600 of them stray by 3.7 at three deviations
    assert 5 < _ping(circuit, "-c 600 -i 0.002 -q") < 15
    act.mend_faults(circuit.paths, circuit.plan, None)
    assert _ping(circuit, "-c 200 -i 0.002 -q") == 0


def test_a_slow_line_gives_a_quarter(circuit: Twin) -> None:
    rate = circuit.plan.circuits[CIRCUIT].rate / 1e6
    act.break_fault(circuit.paths, circuit.plan, "rate", CIRCUIT)
    assert _megabits(circuit, rate / 8) < 0.27 * rate


def test_a_black_hole_lets_small_packets_pass_and_says_nothing(circuit: Twin) -> None:
    mtu = circuit.plan.circuits[CIRCUIT].mtu
    act.break_fault(circuit.paths, circuit.plan, "mtu", CIRCUIT)
    assert _ping(circuit, "-c 3 -i 0.01") == 0
    assert _ping(circuit, f"-c 3 -i 0.01 -W 1 -M do -s {mtu - 28}") == 100


def test_two_faults_at_once_are_mended_one_by_one(circuit: Twin) -> None:
    for fault in ("mtu", "rate"):
        act.break_fault(circuit.paths, circuit.plan, fault, CIRCUIT)
    act.mend_faults(circuit.paths, circuit.plan, ("mtu", CIRCUIT))
    assert [one.fault for one in read_state(circuit.paths).faults] == ["rate"]


def test_up_mends_nothing(circuit: Twin) -> None:
    act.break_fault(circuit.paths, circuit.plan, "circuit-down", CIRCUIT)
    circuit.up()
    assert circuit.said(LOWER, "cat /sys/class/net/wan1/carrier") == "0"


def test_the_wrong_vlan_comes_and_goes(circuit: Twin) -> None:
    switch = f"sw-{SITE}"
    circuit.said(
        switch,
        "ovs-vsctl --may-exist add-br lan -- set bridge lan datapath_type=netdev"
        " -- --may-exist add-port lan p2 tag=10",
    )
    act.break_fault(circuit.paths, circuit.plan, "access-vlan", SITE)
    act.break_fault(circuit.paths, circuit.plan, "access-vlan", SITE)
    assert circuit.said(switch, "ovs-vsctl get port p2 tag") != "10"
    act.mend_faults(circuit.paths, circuit.plan, None)
    assert circuit.said(switch, "ovs-vsctl get port p2 tag") == "10"
    circuit.said(switch, "ovs-vsctl del-br lan")


def test_the_wrong_as_comes_and_goes(circuit: Twin) -> None:
    circuit.said(LOWER, "systemctl start frr")
    session = next(one for one in circuit.plan.sessions if one.lower.device == LOWER)
    neighbours = (session.upper.ipv4, session.upper.ipv6)
    lines = [f"neighbor {address} remote-as {session.upper.asn}" for address in neighbours]
    lines += ["address-family ipv6 unicast", f"neighbor {session.upper.ipv6} activate"]
    words = "".join(f" -c '{line}'" for line in lines)
    circuit.said(LOWER, f"vtysh -c 'configure terminal' -c 'router bgp {session.lower.asn}'{words}")
    running = "vtysh -c 'show running-config'"
    right = f"neighbor {session.upper.ipv4} remote-as {session.upper.asn}\n"
    before = circuit.said(LOWER, running)
    act.break_fault(circuit.paths, circuit.plan, "bgp-as", SITE)
    assert right not in circuit.said(LOWER, running)
    act.mend_faults(circuit.paths, circuit.plan, None)
    assert circuit.said(LOWER, running) == before
    circuit.said(LOWER, f"vtysh -c 'configure terminal' -c 'no router bgp {session.lower.asn}'")


@pytest.mark.parametrize("fault", ["access-vlan", "bgp-as"])
def test_what_is_not_configured_cannot_be_broken_and_leaves_no_record(
    circuit: Twin, fault: str
) -> None:
    with pytest.raises(CannotBreakError, match=r"is the\s+network configured"):
        act.break_fault(circuit.paths, circuit.plan, fault, SITE)
    assert read_state(circuit.paths).faults == ()


@pytest.mark.parametrize("fault", [name for name in FAULTS if FAULTS[name].target != "server"])
def test_an_unknown_target_is_named_with_the_nearest(circuit: Twin, fault: str) -> None:
    kind = FAULTS[fault].target
    near = CIRCUIT if kind == "circuit" else SITE
    with pytest.raises(UnknownTargetError, match=f"did you mean '{near}'"):
        act.break_fault(circuit.paths, circuit.plan, fault, f"{near}x")
