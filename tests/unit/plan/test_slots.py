"""What one entry of intent gives an application: server, name, certificates, database, watch."""

from __future__ import annotations

from typing import Any

import pytest

from giaoban.intent.load import load
from giaoban.intent.model import Intent
from giaoban.plan import Plan, build
from giaoban.plan.services import slot_databases
from tests.support.checkout import ROOT

SERVER, HOST = "sv-trang-so-tttt", "stttt.daknong.example"
FRONTS = {"10.64.39.11", "10.64.39.12", "fd67:6700:a64:17::b", "fd67:6700:a64:17::c"}


@pytest.fixture(scope="module")
def intent() -> Intent:
    return load(ROOT / "inventory" / "daknong")


@pytest.fixture(scope="module")
def plan(intent: Intent) -> Plan:
    return build(intent)


def _addresses(plan: Plan, server: str, name: str) -> set[str]:
    zone = plan.devices[server].variables["dns__zones"][0]
    return {row["value"] for row in zone["records"] if row["name"] == name}


def _variables(plan: Plan, server: str) -> dict[str, Any]:
    return plan.devices[server].variables


def test_its_server_is_one_like_any_other(plan: Plan) -> None:
    device, server = plan.devices[SERVER], plan.servers[SERVER]
    assert str(device.management.ipv4) == "10.64.40.71"
    assert device.groups == ("department-site", "slots")
    assert (server.port.device, server.port.name) == ("hv-kvm-1", "s80-71")
    guarded = _variables(plan, "hv-kvm-1")["lan_switch__access_ports"]
    assert [row["name"] for row in guarded if row["box"] == SERVER] == ["s80-71"]
    services = _variables(plan, SERVER)["base__services"]
    assert {port for service in services for port in service["ports"]} == {80, 443, 9100}
    assert _variables(plan, SERVER)["backup__class"] == "daily"


def test_its_name_leads_to_the_web_servers_in_both_families(plan: Plan) -> None:
    for server in ("sv-dns-1", "sv-dns-2"):
        assert _addresses(plan, server, "stttt") == FRONTS
    pointers = {
        row["value"]
        for zone in _variables(plan, "sv-dns-1")["dns__zones"]
        for row in zone["records"]
        if row["type"] == "PTR"
    }
    assert f"{HOST}." not in pointers


@pytest.mark.parametrize("public", [True, False])
def test_the_outside_is_told_of_what_is_public(intent: Intent, *, public: bool) -> None:
    (slot,) = intent.slots
    outside = intent.data_centre.servers[-1].model_copy(
        update={"name": "ns-1", "zone": "dmz", "exposed": True, "groups": ["dns"]}
    )
    centre = intent.data_centre
    centre = centre.model_copy(update={"servers": [*centre.servers, outside]})
    slots = [slot.model_copy(update={"public": public})]
    plan = build(intent.model_copy(update={"data_centre": centre, "slots": slots}))
    assert _addresses(plan, "sv-ns-1", "stttt") == (FRONTS if public else set())
    assert _addresses(plan, "sv-dns-1", "stttt") == FRONTS


def test_each_web_server_proves_each_slots_name(plan: Plan) -> None:
    for number in (1, 2):
        variables = _variables(plan, f"sv-web-{number}")
        assert variables["certificate__names"] == [f"sv-web-{number}.daknong.example", HOST]
        assert variables["certificate__webroot"] == variables["web_front__challenges"]
    assert _variables(plan, SERVER)["certificate__names"] == [f"{SERVER}.daknong.example"]
    assert _variables(plan, SERVER)["certificate__webroot"] == ""


def test_web_servers_ask_each_other_for_proofs_and_never_themselves(plan: Plan) -> None:
    others = {n: _variables(plan, f"sv-web-{n}")["web_front__others"] for n in (1, 2)}
    assert others == {1: ["10.64.39.12"], 2: ["10.64.39.11"]}


def test_web_servers_know_whose_server_to_believe(plan: Plan) -> None:
    (slot,) = _variables(plan, "sv-web-1")["web_front__slots"]
    assert slot["server"] == f"{SERVER}.daknong.example"
    assert slot["addresses"] == ["10.64.40.71", "[fd67:6700:a64:18::47]"]
    assert slot["owner"] == "Sở Thông tin và Truyền thông"
    fronts = _variables(plan, SERVER)["department_site__fronts"]
    assert fronts == ["sv-web-1.daknong.example", "sv-web-2.daknong.example"]


def test_its_database_is_on_the_database_servers(plan: Plan, intent: Intent) -> None:
    assert slot_databases(plan) == ["trang-so-tttt"]
    rows = [_variables(plan, f"sv-db-{n}")["database__databases"] for n in (1, 2)]
    assert rows == [[{"name": "trang-so-tttt"}]] * 2
    asked = _variables(plan, SERVER)["department_site__database"]
    assert asked["hosts"] == ["sv-db-1.daknong.example", "sv-db-2.daknong.example"]
    without = [intent.slots[0].model_copy(update={"database": False})]
    assert slot_databases(build(intent.model_copy(update={"slots": without}))) == []


def test_a_slot_that_comes_changes_nothing_of_the_boxes_of_others(intent: Intent) -> None:
    """Its hypervisor gets a port; every network device else stays as it is."""
    without = build(intent.model_copy(update={"slots": []}))
    with_it = build(intent)
    changed = {
        name
        for name, device in without.devices.items()
        if device.variables != with_it.devices[name].variables
    }
    served = {"sv-dns-1", "sv-dns-2", "sv-web-1", "sv-web-2", "sv-db-1", "sv-db-2", "sv-backup-1"}
    # These know every box, and the CA whose names are whose.
    served |= {"sv-log-1", "sv-monitoring-1", "sv-bastion-1", "sv-pki-1"}
    assert changed == {"hv-kvm-1", *served}
