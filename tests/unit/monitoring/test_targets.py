"""What is asked, out of the plan: everything that stands, and nothing that does not."""

from __future__ import annotations

from typing import Any

import pytest

from giaoban.intent.load import load
from giaoban.monitoring.rules import alert_rules, standing_routers, standing_targets
from giaoban.plan import Plan, build
from giaoban.plan.addressing import Addressing
from giaoban.plan.variables.monitoring import slot_targets
from giaoban.plan.variables.view import Networks
from tests.support.checkout import ROOT

PILOT = {"rt-core-1", "rt-core-2", "rt-huyen-cu-jut", "rt-xa-dak-wil", "sv-dns-1"}


@pytest.fixture(scope="module")
def plan() -> Plan:
    return build(load(ROOT / "inventory" / "daknong"))


@pytest.fixture(scope="module")
def asked(plan: Plan) -> dict[str, Any]:
    return plan.devices["sv-monitoring-1"].variables


def test_every_box_is_asked_in_both_families(plan: Plan, asked: dict[str, Any]) -> None:
    found = {
        (target["device"], target["labels"]["family"])
        for target in asked["monitoring__targets"]
        if target["job"] == "ping"
    }
    boxes = {
        name
        for name, device in plan.devices.items()
        if device.owner != "centre" and device.role != "workstation"
    }
    assert found == {(name, family) for name in boxes for family in ("ipv4", "ipv6")}


@pytest.mark.parametrize(
    ("device", "above"),
    [
        ("rt-core-1", "cores"),
        ("sw-trung-tam-du-lieu", "cores"),
        ("hv-kvm-1", "sw-trung-tam-du-lieu"),
        ("sv-backup-1", "sw-trung-tam-du-lieu"),
        ("sv-dns-2", "hv-kvm-2"),
        ("rt-xa-dak-wil", ""),
        ("sw-xa-dak-wil", "rt-xa-dak-wil"),
        ("vc-xa-dak-wil", "rt-xa-dak-wil"),
    ],
)
def test_a_box_is_seen_through_the_one_above_it(
    asked: dict[str, Any], device: str, above: str
) -> None:
    labels = [t["labels"] for t in asked["monitoring__targets"] if t["device"] == device]
    assert {one["above"] for one in labels} == {above}


def test_every_circuit_is_asked_about_where_it_ends(plan: Plan, asked: dict[str, Any]) -> None:
    found = {
        one["circuit"]: router["device"]
        for router in asked["monitoring__routers"]
        for one in router["circuits"]
    }
    assert found == {name: circuit.upper.device for name, circuit in plan.circuits.items()}


def test_what_does_not_stand_is_not_asked(asked: dict[str, Any]) -> None:
    targets = standing_targets(asked["monitoring__targets"], PILOT, "ping")
    assert {target["labels"]["device"] for target in targets} == PILOT
    routers = standing_routers(asked["monitoring__routers"], PILOT)
    circuits = {one["circuit"] for router in routers for one in router["circuits"]}
    assert circuits == {"huyen-cu-jut-1", "huyen-cu-jut-2", "xa-dak-wil-1"}
    rules = alert_rules(asked["monitoring__circuits"], PILOT, 60)
    assert {rule["labels"]["circuit"] for rule in rules["groups"][0]["rules"]} == circuits


def test_a_certificate_is_asked_for_by_its_name_and_no_label_says_so(
    asked: dict[str, Any],
) -> None:
    (target,) = standing_targets(asked["monitoring__targets"], {"sv-pki-1"}, "service")
    assert target["targets"] == ["https://10.64.40.31/acme/province/directory"]
    assert target["labels"]["__param_hostname"] == "sv-pki-1.daknong.example"
    assert "name" not in target["labels"]


def test_an_application_is_asked_by_each_door_under_its_own_name(plan: Plan) -> None:
    targets = list(slot_targets(Networks(plan, Addressing(plan.intent.province.blocks))))
    assert [target["address"] for target in targets] == [
        "https://10.64.39.11/suc-khoe",
        "https://10.64.39.12/suc-khoe",
    ]
    (first, _) = standing_targets(targets, plan.devices, "slot")
    assert first["labels"]["__param_hostname"] == "stttt.daknong.example"
    assert first["labels"]["device"] == "sv-trang-so-tttt"


def test_figures_are_for_the_monitoring_server_only(plan: Plan) -> None:
    for server in ("sv-dns-1", "sv-db-1", "sv-backup-1"):
        services = plan.devices[server].variables["base__services"]
        (metrics,) = [one for one in services if one["name"] == "metrics"]
        assert metrics["sources"] == ["10.64.38.21", "fd67:6700:a64:16::15"]
        readers = plan.devices[server].variables["metrics__readers"]
        assert readers == ["sv-monitoring-1.daknong.example"]
    assert plan.devices["sv-db-1"].variables["metrics__database"]
    # In a rack, and made to serve nothing.
    assert plan.devices["sv-noc-1"].variables["base__services"] == []
