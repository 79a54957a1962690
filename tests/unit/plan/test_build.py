"""Particular facts of the plan, by example."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from giaoban.intent.model import Intent
from giaoban.plan import build
from giaoban.plan.addressing import ZoneHasNoRoomError
from tests.support.provinces import circuit, large, province, site, tiny, two_tier


def test_addresses_follow_the_scheme() -> None:
    plan = build(tiny())
    assert str(plan.sites["trung-tam-du-lieu"].prefixes.ipv4) == "10.64.32.0/19"
    assert str(plan.sites["so-noi-vu"].prefixes.ipv4) == "10.64.64.0/22"
    assert str(plan.sites["xa-a"].prefixes.ipv4) == "10.65.128.0/24"
    assert str(plan.sites["xa-a"].prefixes.ipv6) == "fd67:6700:a64:1010::/60"
    assert str(plan.circuits["xa-a-1"].lower_address.ipv4) == "10.64.3.1/31"
    assert str(plan.devices["rt-xa-a"].management.ipv4) == "10.64.17.1"


def test_last_commune_still_lies_in_the_block() -> None:
    plan = build(Intent.model_validate(province([site("xa-z", "commune", 640)], [])))
    assert str(plan.sites["xa-z"].prefixes.ipv4) == "10.67.255.0/24"


def test_a_better_circuit_is_preferred_over_a_standby() -> None:
    plan = build(tiny())
    assert plan.circuits["xa-b-1"].preference > plan.circuits["xa-b-2"].preference


def test_a_district_speaks_ospf_and_a_commune_bgp() -> None:
    plan = build(tiny())
    district = plan.devices["rt-huyen-a"].variables
    commune = plan.devices["rt-xa-a"].variables
    assert [i["name"] for i in district["wan_router__ospf_interfaces"]] == ["wan1", "wan2"]
    assert commune["wan_router__ospf_interfaces"] == []
    assert commune["wan_router__asn"] == 4_200_671_001


def test_a_commune_may_announce_only_its_own() -> None:
    plan = build(tiny())
    lists = plan.devices["rt-huyen-a"].variables["wan_router__prefix_lists"]
    inbound = next(row for row in lists if row["name"] == "IN-c1-1" and row["family"] == "ipv4")
    allowed = [(entry["action"], entry["prefix"]) for entry in inbound["entries"]]
    assert allowed == [("permit", "10.65.128.0/24"), ("permit", "10.64.17.1/32")]


def test_ranks_grow_away_from_the_core() -> None:
    plan = build(tiny())
    ranks = [plan.devices[name].rank for name in ("rt-core-1", "rt-huyen-a", "rt-xa-a", "vc-xa-a")]
    assert ranks == [0, 1, 2, 3]


def test_two_tier_communes_peer_with_both_cores() -> None:
    plan = build(two_tier())
    uppers = {s.upper.device for s in plan.sessions if s.lower.device == "rt-xa-001"}
    assert uppers == {"rt-core-1", "rt-core-2"}


def test_the_largest_province_plans() -> None:
    plan = build(large())
    assert len(plan.sites) == 630


def test_a_zone_without_a_place_is_a_sentence() -> None:
    raw = province([site("xa-a", "commune", 1)], [circuit("xa-a", "core-1")])
    raw["zones"].append({"name": "lab", "number": 12, "vlan": 120, "tiers": ["commune"]})
    with pytest.raises(ZoneHasNoRoomError) as failure:
        build(Intent.model_validate(raw))
    assert str(failure.value) == (
        "zone 'lab': number 12 has no place in the prefix of a commune; the numbers with a place"
        " are 1, 2, 3, 4, 5; give the zone one of them, or leave commune out of its tiers"
    )


def test_a_key_raised_changes_the_shared_digest_of_both_ends() -> None:
    before = build(tiny()).devices
    raw = tiny().model_dump()
    for one in raw["circuits"]:
        one["rate"] = f"{one['rate'] // 1000} kbit/s"
        if (one["site"], one["ordinal"]) == ("xa-a", 1):
            one["key"] = 2
    for link in raw["centre"]["links"]:
        link["rate"] = f"{link['rate'] // 1000} kbit/s"
    after = build(Intent.model_validate(raw)).devices
    for name in ("rt-xa-a", "rt-huyen-a"):
        old = before[name].variables["commit__shared_links"]["xa-a-1"]
        assert old != after[name].variables["commit__shared_links"]["xa-a-1"]


def test_no_route_to_nowhere_covers_a_loopback_or_a_circuit() -> None:
    plan = build(tiny())
    for device in plan.devices.values():
        routes = device.variables.get("wan_router__null_routes", {"ipv4": [], "ipv6": []})
        for family in ("ipv4", "ipv6"):
            for prefix in map(ip_network, routes[family]):
                if prefix.prefixlen == 0:
                    continue
                for router in plan.devices.values():
                    if router.role == "router" and router.owner == "us":
                        assert getattr(router.management, family) not in prefix


def test_a_district_may_not_announce_what_is_the_cores() -> None:
    lists = build(tiny()).devices["rt-core-1"].variables["wan_router__prefix_lists"]
    district = next(r for r in lists if r["name"] == "DISTRICT" and r["family"] == "ipv4")
    denied = [entry["prefix"] for entry in district["entries"] if entry["action"] == "deny"]
    assert denied == ["10.64.16.1/32", "10.64.16.2/32", "10.64.32.0/19", "10.64.0.0/19"]


def test_a_router_without_a_switch_has_its_zones_on_its_own_ports() -> None:
    sites = [{**site("xa-a", "commune", 1, "trung-tam-du-lieu"), "lan": "router_ports"}]
    sites[0] |= {"workstation": True}
    plan = build(Intent.model_validate(province(sites, [circuit("xa-a", "core-1")])))
    assert {d.name for d in plan.devices_by_site["xa-a"]} == {"rt-xa-a", "vc-xa-a", "pc-xa-a"}
    router = plan.devices["rt-xa-a"]
    assert set(router.ports) == {"wan1", "p1", "p2"}
    rows = {row["name"]: row for row in router.variables["base__interfaces"]}
    assert {name: (row["kind"], row.get("bridge")) for name, row in rows.items()} == {
        "lo": ("loopback", None),
        "wan1": ("physical", None),
        "p1": ("member", "video"),
        "p2": ("member", "office"),
        **{f"p{number}": ("socket", "office") for number in (3, 4, 5)},
        "p6": ("socket", "guest"),
        **dict.fromkeys(("office", "video", "guest", "management"), ("bridge", None)),
    }
    assert rows["office"]["addresses"] == ["10.65.128.1/25", "fd67:6700:a64:1011::1/64"]
    assert router.variables["wan_router__trunk"] is None
    assert [zone["name"] for zone in router.variables["zone_firewall__zones"]] == [
        "office",
        "video",
        "guest",
        "management",
    ]


def test_a_site_says_itself_how_its_ports_are_wired() -> None:
    sites = [site("xa-a", "commune", 1, "trung-tam-du-lieu")]
    sites[0] |= {"access_ports": [{"zone": "guest", "ports": [1]}, {"zone": "video", "ports": [8]}]}
    plan = build(Intent.model_validate(province(sites, [circuit("xa-a", "core-1")])))
    assert plan.sites["xa-a"].access_ports == {"p1": "guest", "p8": "video"}
    rows = plan.devices["sw-xa-a"].variables["lan_switch__access_ports"]
    found = [(row["name"], row["number"], row["vlan"], row["box"]) for row in rows]
    assert found == [("p1", 1, 30, None), ("p8", 8, 20, "vc-xa-a")]
