"""Which servers answer what: the CA, and those that prove themselves to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from giaoban.intent.load import load
from giaoban.plan import Plan, build

INTENT = Path(__file__).parents[3] / "inventory" / "daknong"


@pytest.fixture(scope="module")
def plan() -> Plan:
    return build(load(INTENT))


def _ports(plan: Plan, server: str) -> set[int]:
    services = plan.devices[server].variables["base__services"]
    return {port for service in services for port in service["ports"]}


def test_a_server_with_a_certificate_answers_the_ca(plan: Plan) -> None:
    assert _ports(plan, "sv-dns-1") == {53, 80, 123, 9100}
    assert _ports(plan, "sv-pki-1") == {80, 443}
    assert _ports(plan, "sv-noc-1") == set()


def test_the_ca_may_ask_wherever_a_server_may_stand(plan: Plan) -> None:
    """It asks by HTTP, and is asked by HTTPS."""
    asks = {(rule.source, rule.target) for rule in plan.intent.rules if "http" in rule.services}
    asked = {(rule.source, rule.target) for rule in plan.intent.rules if "https" in rule.services}
    for zone in ("dmz", "meeting", "database"):
        assert ("internal", zone) in asks
        assert (zone, "internal") in asked


def test_a_certificate_is_for_names_that_are_one_servers_own(plan: Plan) -> None:
    def names(server: str) -> list[str]:
        found: list[str] = plan.devices[server].variables["certificate__names"]
        return found

    assert names("sv-mirror-1") == ["sv-mirror-1.daknong.example", "mirror.daknong.example"]
    # Two answer to the name `dns`: the CA would ask either of them.
    assert names("sv-dns-1") == ["sv-dns-1.daknong.example"]


def test_the_ca_asks_itself_for_nothing(plan: Plan) -> None:
    variables = plan.devices["sv-pki-1"].variables
    assert "certificate__names" not in variables
    assert variables["pki__generations"] == {"sv-pki-1": 1}


def test_a_ca_asks_nobody_where_a_server_is(plan: Plan) -> None:
    """One that was taken over would send it elsewhere, and prove any name."""
    rows = plan.devices["sv-pki-1"].variables["base__hosts"]
    known = {(row["name"], row["address"]) for row in rows}
    for device in plan.devices.values():
        for name in device.variables.get("certificate__names", []):
            addresses = {address for short, address in known if name.split(".")[0] == short}
            assert str(device.management.ipv4) in addresses, name
    assert ("stttt", "10.64.39.11") in known
    assert plan.devices["sv-dns-1"].variables["base__hosts"] == []
