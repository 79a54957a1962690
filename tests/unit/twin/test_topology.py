"""What must exist for a choice of sites."""

from __future__ import annotations

from collections import Counter

import pytest

from giaoban.plan import build
from giaoban.plan.model import Plan
from giaoban.twin import names
from giaoban.twin.topology import (
    Topology,
    UnknownSiteError,
    pilot_sites,
    topology,
    with_what_they_need,
)
from tests.support.provinces import large, tiny, two_tier


def _everything(plan: Plan) -> Topology:
    return topology(plan, "t", plan.sites)


def test_a_commune_brings_its_district_and_the_data_centre() -> None:
    plan = build(tiny())
    wanted = with_what_they_need(plan, ["xa-a"])
    tiers = Counter(plan.sites[slug].site.tier for slug in wanted)
    assert "xa-a" in wanted
    assert tiers == {"data_centre": 1, "district": 1, "commune": 1}


def test_an_unknown_site_is_named_with_the_nearest() -> None:
    with pytest.raises(UnknownSiteError) as refused:
        with_what_they_need(build(tiny()), ["xa-aa"])
    assert str(refused.value) == "site 'xa-aa' does not exist; did you mean 'xa-a'?"


def test_the_pilot_is_where_workstations_are() -> None:
    plan = build(tiny())
    assert all(plan.sites[slug].site.workstation for slug in pilot_sites(plan))


@pytest.mark.parametrize("province", [tiny, two_tier, large])
def test_every_port_of_the_plan_is_plugged_once(province: object) -> None:
    plan = build(province())  # type: ignore[operator]
    made = _everything(plan)
    ends = Counter((end.namespace, end.name) for cable in made.cables for end in (cable.a, cable.z))
    assert set(ends.values()) == {1}
    for device in plan.devices.values():
        namespace = names.namespace("t", device.name)
        plugged = {name for where, name in ends if where == namespace}
        sockets = plan.sites[device.site].access_ports if device.role == "switch" else ()
        assert plugged == {*device.ports, *sockets, "oob0"}


def test_a_cable_never_ends_outside_the_twins_namespaces() -> None:
    made = _everything(build(tiny()))
    for cable in made.cables:
        assert {cable.a.namespace, cable.z.namespace} <= set(made.namespaces)


def test_a_circuit_is_lit_when_both_ends_are_there() -> None:
    plan = build(tiny())
    made = topology(plan, "t", with_what_they_need(plan, ["xa-a"]))
    lit = {name for name, circuit in made.circuits.items() if circuit.lit}
    assert "xa-a-1" in lit
    for name in set(made.circuits) - lit:
        ends = {plan.circuits[name].lower.device, plan.circuits[name].upper.device}
        assert not ends <= set(made.nodes)


def test_circuits_carry_the_mtu_of_the_plan_at_both_ends() -> None:
    plan = build(tiny())
    made = _everything(plan)
    by_port = {(cable.a.namespace, cable.a.name): cable.mtu for cable in made.cables}
    for circuit in plan.circuits.values():
        for port in (circuit.lower, circuit.upper):
            assert by_port[names.namespace("t", port.device), port.name] == circuit.mtu


def test_a_larger_plan_renames_nothing() -> None:
    plan = build(tiny())
    some = topology(plan, "t", with_what_they_need(plan, ["xa-a"]))
    more = _everything(plan)
    assert set(some.cables) <= set(more.cables)
    assert set(some.namespaces) <= set(more.namespaces)
