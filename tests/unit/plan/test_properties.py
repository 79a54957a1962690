"""What must hold of the plan of every province, drawn by hypothesis."""

from __future__ import annotations

import itertools
from ipaddress import ip_interface
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from giaoban.intent.model import Intent
from giaoban.plan import Plan, build
from tests.support.provinces import CORES, DATA_CENTRE, both_cores, circuit, province, site

Parts = tuple[list[dict[str, Any]], list[dict[str, Any]]]


@st.composite
def parts(draw: st.DrawFn) -> Parts:
    """Sites and circuits of some province: two or three tiers, any numbers, some standby lines."""
    upper_numbers = draw(st.lists(st.integers(1, 80), min_size=1, max_size=8, unique=True))
    district_count = draw(st.integers(0, len(upper_numbers)))
    sites, circuits, districts = [], [], []
    for position, number in enumerate(upper_numbers):
        tier = "district" if position < district_count else "department"
        slug = f"{'huyen' if tier == 'district' else 'so'}-{number}"
        sites.append(site(slug, tier, number))
        circuits += both_cores(slug, "200 Mbit/s")
        if tier == "district":
            districts.append(slug)
    for number in draw(st.lists(st.integers(1, 640), max_size=12, unique=True)):
        uppers = draw(st.permutations(districts or list(CORES)))
        slug = f"xa-{number}"
        parent = uppers[0] if districts else DATA_CENTRE
        sites.append(site(slug, "commune", number, parent))
        circuits.append(circuit(slug, uppers[0]))
        if len(uppers) > 1 and draw(st.booleans()):
            circuits.append({**circuit(slug, uppers[1], 2), "standby": True})
    return sites, circuits


def plan_of(chosen: Parts) -> Plan:
    return build(Intent.model_validate(province(*chosen)))


def lines(plan: Plan) -> dict[str, Any]:
    return {name: device.variables for name, device in plan.devices.items()}


def changed(before: Plan, after: Plan) -> set[str]:
    """Devices that both plans have and that differ."""
    old, new = lines(before), lines(after)
    return {name for name in old.keys() & new.keys() if old[name] != new[name]}


def far_ends(plan: Plan, slug: str) -> set[str]:
    return {c.upper.device for c in plan.circuits.values() if c.site == slug}


@given(parts())
def test_no_address_is_given_twice(chosen: Parts) -> None:
    plan = plan_of(chosen)
    seen: dict[str, str] = {}
    virtual = {str(s.gateway.ipv4) for p in plan.sites.values() for s in p.segments}
    for device in plan.devices.values():
        for interface in device.variables.get("base__interfaces", ()):
            for address in interface["addresses"]:
                host = str(ip_interface(address).ip)
                where = f"{device.name}:{interface['name']}"
                assert host not in seen, f"{host} at {where} and {seen[host]}"
                seen[host] = where
    assert virtual


@given(parts())
def test_no_two_networks_overlap(chosen: Parts) -> None:
    plan = plan_of(chosen)
    for family in ("ipv4", "ipv6"):
        networks = [getattr(s.networks, family) for p in plan.sites.values() for s in p.segments]
        networks += [
            getattr(circuit.lower_address, family).network for circuit in plan.circuits.values()
        ]
        networks.append(getattr(plan.core_link.a_address, family).network)
        ordered = sorted(networks)
        for first, second in itertools.pairwise(ordered):
            assert not first.overlaps(second), f"{first} overlaps {second}"


@given(parts())
def test_every_site_lies_in_its_province_and_its_zones_in_their_site(chosen: Parts) -> None:
    plan = plan_of(chosen)
    blocks = plan.intent.province.blocks
    for planned in plan.sites.values():
        assert planned.prefixes.ipv4.subnet_of(blocks.ipv4)
        assert planned.prefixes.ipv6.subnet_of(blocks.ipv6)
        for segment in planned.segments:
            assert segment.networks.ipv4.subnet_of(planned.prefixes.ipv4)
            assert segment.networks.ipv6.subnet_of(planned.prefixes.ipv6)


@given(parts())
def test_the_same_intent_gives_the_same_plan(chosen: Parts) -> None:
    assert lines(plan_of(chosen)) == lines(plan_of(chosen))


@given(parts(), st.data())
def test_closing_a_site_touches_only_its_far_ends(chosen: Parts, data: st.DataObject) -> None:
    sites, circuits = chosen
    before = plan_of(chosen)
    ends = {c["to"] for c in circuits}
    leaf = data.draw(st.sampled_from([s for s in sites if s["slug"] not in ends]))
    closed = [{**s, "retired": True} if s is leaf else s for s in sites]
    remaining = [c for c in circuits if c["site"] != leaf["slug"]]
    after = plan_of((closed, remaining))
    assert changed(before, after) <= far_ends(before, leaf["slug"])
    assert leaf["slug"] not in after.sites


@given(parts(), st.data())
def test_adding_a_site_touches_only_its_far_ends(chosen: Parts, data: st.DataObject) -> None:
    sites, circuits = chosen
    after = plan_of(chosen)
    ends = {c["to"] for c in circuits}
    added = data.draw(st.sampled_from([s for s in sites if s["slug"] not in ends]))
    before = plan_of(
        ([s for s in sites if s is not added], [c for c in circuits if c["site"] != added["slug"]])
    )
    assert changed(before, after) <= far_ends(after, added["slug"])
    assert far_ends(after, added["slug"]) <= changed(before, after)


@given(parts(), st.data())
def test_renaming_a_site_touches_only_its_far_ends(chosen: Parts, data: st.DataObject) -> None:
    sites, circuits = chosen
    before = plan_of(chosen)
    ends = {c["to"] for c in circuits}
    old = data.draw(st.sampled_from([s["slug"] for s in sites if s["slug"] not in ends]))
    renamed = [{**s, "slug": "ten-moi"} if s["slug"] == old else s for s in sites]
    moved = [{**c, "site": "ten-moi"} if c["site"] == old else c for c in circuits]
    after = plan_of((renamed, moved))
    assert changed(before, after) <= far_ends(before, old)
    new_prefixes, old_prefixes = after.sites["ten-moi"].prefixes, before.sites[old].prefixes
    assert new_prefixes == old_prefixes


@given(parts())
def test_both_ends_of_a_session_agree(chosen: Parts) -> None:
    plan = plan_of(chosen)
    neighbors = {
        (name, row["address"]): row
        for name, device in plan.devices.items()
        for row in device.variables.get("wan_router__neighbors", ())
    }
    for session in plan.sessions:
        if session.kind == "centre":
            continue
        for family in ("ipv4", "ipv6"):
            up = neighbors[session.lower.device, str(getattr(session.upper, family))]
            down = neighbors[session.upper.device, str(getattr(session.lower, family))]
            assert up["password"] == down["password"]
            assert up["bfd_profile"] == down["bfd_profile"]
            assert up["asn"] == session.upper.asn
            assert down["asn"] == session.lower.asn
            assert up["preference"] == down["preference"]
