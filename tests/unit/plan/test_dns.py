"""The province's zones, out of the plan."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

from giaoban.intent.load import load
from giaoban.intent.model import Intent
from giaoban.plan import Plan, build
from giaoban.plan.variables.dns import reverse_zone
from tests.support.checkout import ROOT


@pytest.fixture(scope="module")
def intent() -> Intent:
    return load(ROOT / "inventory" / "daknong")


@pytest.fixture(scope="module")
def plan(intent: Intent) -> Plan:
    return build(intent)


def _zones(plan: Plan, server: str = "sv-dns-1") -> dict[str, set[tuple[str, str, str]]]:
    return {
        zone["name"]: {(row["name"], row["type"], row["value"]) for row in zone["records"]}
        for zone in plan.devices[server].variables["dns__zones"]
    }


def test_every_device_of_ours_has_a_name_and_a_reverse_in_both_families(plan: Plan) -> None:
    zones = _zones(plan)
    domain = plan.intent.province.domain
    ours = [device for device in plan.devices.values() if device.owner != "centre"]
    for device in ours:
        for kind, address in (("A", device.management.ipv4), ("AAAA", device.management.ipv6)):
            assert (device.name, kind, str(address)) in zones[domain]
    pointers = [row for zone, rows in zones.items() if zone != domain for row in rows]
    assert len(pointers) == 2 * len(ours)
    assert {value for _, _, value in pointers} == {f"{device.name}.{domain}." for device in ours}


def test_a_reverse_record_reads_as_its_address(plan: Plan) -> None:
    address = plan.devices["sv-dns-2"].management.ipv4
    rows = _zones(plan)["64.10.in-addr.arpa"]
    name = next(name for name, _, value in rows if value.startswith("sv-dns-2."))
    assert f"{name}.64.10.in-addr.arpa" == address.reverse_pointer


def test_a_group_has_a_name_and_no_reverse(plan: Plan) -> None:
    zones = _zones(plan)
    rows = {row for row in zones[plan.intent.province.domain] if row[:2] == ("dns", "A")}
    assert rows == {("dns", "A", "10.64.40.21"), ("dns", "A", "10.64.40.22")}


def test_both_servers_serve_the_same(plan: Plan) -> None:
    one, other = (plan.devices[f"sv-dns-{n}"].variables for n in (1, 2))
    assert one["dns__zones"] == other["dns__zones"]


def test_one_that_is_exposed_knows_what_is_exposed_and_nothing_else(intent: Intent) -> None:
    exposed = intent.data_centre.servers[-1].model_copy(
        update={"name": "ns-1", "zone": "dmz", "exposed": True, "groups": ["dns"]}
    )
    centre = intent.data_centre
    inside_only = [server for server in centre.servers if not server.exposed]
    more = centre.model_copy(update={"servers": [*inside_only, exposed]})
    plan = build(intent.model_copy(update={"data_centre": more}))
    zones = _zones(plan, "sv-ns-1")
    assert set(zones) == {intent.province.domain}
    assert {name for name, _, _ in zones[intent.province.domain]} == {"sv-ns-1", "dns"}
    assert plan.devices["sv-ns-1"].variables["dns__recursion"] is False
    # Nobody inside asks it.
    assert "10.64.39.22" not in plan.devices["vc-xa-dak-wil"].variables["base__name_servers"]
    inside = {name for name, _, _ in _zones(plan)[intent.province.domain]}
    assert "sv-ns-1" in inside


@pytest.mark.parametrize(
    ("address", "zone"),
    [
        ("10.65.144.138", "65.10.in-addr.arpa"),
        ("172.30.5.9", "5.30.172.in-addr.arpa"),  # a site's own prefix, from its carrier
        ("fd67:6700:a64:18::15", "4.6.a.0.0.0.7.6.7.6.d.f.ip6.arpa"),
        ("2001:db8:1:2::3", "1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"),
    ],
)
def test_a_reverse_zone_holds_no_more_than_is_ours(address: str, zone: str) -> None:
    blocks = (ip_network("10.64.0.0/14"), ip_network("fd67:6700:a64::/48"))
    assert reverse_zone(ip_address(address), blocks) == zone


def test_guests_are_told_of_nobody(plan: Plan) -> None:
    pools = plan.devices["rt-xa-dak-wil"].variables["dhcp_server__pools"]
    told = {pool["interface"]: pool["name_servers"]["ipv4"] for pool in pools}
    assert told["office"] == told["video"] == ["10.64.40.21", "10.64.40.22"]
    assert told["guest"] == []


def test_time_goes_from_servers_to_cores_to_sites(plan: Plan) -> None:
    def asked(name: str) -> list[str]:
        servers: list[str] = plan.devices[name].variables["base__time_servers"]
        return servers

    assert asked("sv-dns-1") == ["10.64.40.22"]
    assert asked("rt-core-1") == ["10.64.40.21", "10.64.40.22", "10.64.16.2"]
    assert set(asked("rt-xa-dak-wil")) == {"10.64.16.1", "10.64.16.2"}
    network = plan.intent.network.model_copy(update={"time_sources": [ip_address("10.63.0.9")]})
    with_source = build(plan.intent.model_copy(update={"network": network}))
    assert with_source.devices["sv-dns-1"].variables["base__time_servers"][0] == "10.63.0.9"
