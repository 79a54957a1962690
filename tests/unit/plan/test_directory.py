"""The directory's servers, and the agencies they know."""

from __future__ import annotations

import pytest

from giaoban.intent.load import load
from giaoban.plan import Plan, build
from tests.support.checkout import ROOT


@pytest.fixture(scope="module")
def plan() -> Plan:
    return build(load(ROOT / "inventory" / "daknong"))


def test_each_server_has_a_number_of_its_own_and_knows_the_other(plan: Plan) -> None:
    one, two = (plan.devices[f"sv-directory-{n}"].variables for n in (1, 2))
    assert (one["directory__number"], two["directory__number"]) == (41, 42)
    assert one["directory__others"] == [{"device": "sv-directory-2", "number": 42}]
    assert two["directory__others"] == [{"device": "sv-directory-1", "number": 41}]


def test_every_agency_is_known_with_its_parent(plan: Plan) -> None:
    units = plan.devices["sv-directory-1"].variables["directory__units"]
    assert [unit["slug"] for unit in units] == [site.slug for site in plan.intent.sites]
    assert {
        "slug": "xa-dak-wil",
        "name": "Xã Đắk Wil",
        "tier": "commune",
        "parent": "huyen-cu-jut",
        "retired": False,
    } in units


def test_it_is_asked_over_tls_and_for_figures_and_by_the_ca_only(plan: Plan) -> None:
    services = plan.devices["sv-directory-1"].variables["base__services"]
    assert {port for service in services for port in service["ports"]} == {80, 636, 9100}


def test_other_servers_are_told_nothing_of_it(plan: Plan) -> None:
    variables = plan.devices["sv-dns-1"].variables
    assert not [name for name in variables if name.startswith("directory__")]
