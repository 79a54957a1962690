"""Factory configurations."""

from __future__ import annotations

import pytest

from giaoban.image.packages import BASE
from giaoban.plan import build
from giaoban.twin.factory import Credentials, File, factory_files
from giaoban.twin.image import tuning
from giaoban.twin.image.packages import ADDED
from giaoban.twin.nodes import nspawn_options
from giaoban.twin.topology import topology
from tests.support.provinces import tiny

_PLAN = build(tiny())
_NODES = topology(_PLAN, "t", _PLAN.sites).nodes
_CREDENTIALS = Credentials("host key\n", "bench key\n", "operator key\n", "observer key\n")


def _files(node: str) -> dict[str, File]:
    return factory_files(_PLAN, "t", _NODES[node], _CREDENTIALS)


@pytest.mark.parametrize("node", _NODES)
def test_every_node_has_what_the_bench_needs(node: str) -> None:
    files = _files(node)
    assert files["etc/hostname"].text == f"{node}\n"
    assert "LinkLocalAddressing=ipv6" in files["etc/systemd/network/10-oob0.network"].text
    assert files["etc/ssh/ssh_host_ed25519_key"].mode == 0o600
    assert "bench key" in files["root/.ssh/authorized_keys"].text
    assert len(files["etc/machine-id"].text) == len("0" * 32 + "\n")


@pytest.mark.parametrize("node", [name for name in _NODES if not name.startswith(("pc-", "rt-c"))])
def test_nothing_but_the_management_port_is_configured(node: str) -> None:
    networks = [name for name in _files(node) if name.startswith("etc/systemd/network/")]
    assert networks == ["etc/systemd/network/10-oob0.network"]
    assert "operator key" not in "".join(file.text for file in _files(node).values())


def test_a_router_runs_what_every_configuration_needs_and_no_ospf() -> None:
    daemons = _files("rt-xa-a")["etc/frr/daemons"].text
    assert {"bgpd=yes", "bfdd=yes", "ospfd=no", "ospf6d=no"} <= set(daemons.split())


def test_frr_waits_for_a_configuration_where_the_factory_has_none() -> None:
    assert "frr.service" in tuning.DISABLED_UNITS
    started = [name for name in _NODES if "Wants=frr" in str(_files(name))]
    assert started == ["rt-centre"]


def test_the_centre_speaks_to_both_cores_and_announces_its_own() -> None:
    text = _files("rt-centre")["etc/frr/frr.conf"].text
    sessions = [session for session in _PLAN.sessions if session.kind == "centre"]
    assert sessions
    for session in sessions:
        for address in (session.upper.ipv4, session.upper.ipv6):
            assert f" neighbor {address} remote-as {session.upper.asn}\n" in text
            assert f"  neighbor {address} activate\n" in text
            assert f" neighbor {address} ttl-security hops 1\n" in text
        assert f"password @secret{{bgp/{session.circuit}/" in text
    for prefix in (*_PLAN.centre.prefixes_ipv4, *_PLAN.centre.prefixes_ipv6):
        assert f"  network {prefix}\n" in text


def test_the_centres_loopback_lies_in_its_prefix() -> None:
    loopback = _PLAN.devices["rt-centre"].management
    text = _files("rt-centre")["etc/systemd/network/20-lo.network"].text
    assert f"Address={loopback.ipv4}/32" in text
    assert loopback.ipv4 in _PLAN.centre.prefixes_ipv4[0]
    assert loopback.ipv6 in _PLAN.centre.prefixes_ipv6[0]


def test_nothing_is_both_masked_and_enabled() -> None:
    used = {*tuning.ENABLED_UNITS, *tuning.DISABLED_UNITS}
    assert not used & set(tuning.MASKED_UNITS)


def test_every_flavour_has_packages_and_only_switching_ones_a_tun() -> None:
    assert set(ADDED) == {node.flavour for node in _NODES.values()} | set(ADDED)
    assert "openssh-server" in BASE
    for flavour, added in ADDED.items():
        switches = "openvswitch-switch" in added
        assert (flavour in tuning.HAS_OVS) == switches
        assert ("--bind=/dev/net/tun" in nspawn_options(flavour)) == switches
