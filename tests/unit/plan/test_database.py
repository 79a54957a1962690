"""Who votes on what leads, and who may ask databases, out of the plan."""

from __future__ import annotations

from typing import Any

import pytest

from giaoban.intent.load import load
from giaoban.intent.model import Intent, Rule
from giaoban.plan import Plan, build
from tests.support.checkout import ROOT

VOTES = ["sv-backup-1", "sv-db-1", "sv-db-2"]


@pytest.fixture(scope="module")
def intent() -> Intent:
    return load(ROOT / "inventory" / "daknong")


@pytest.fixture(scope="module")
def plan(intent: Intent) -> Plan:
    return build(intent)


def _of(plan: Plan, server: str) -> dict[str, Any]:
    return plan.devices[server].variables


def test_votes_are_an_odd_number_that_does_not_fail_together(plan: Plan) -> None:
    assert [_of(plan, server)["vote__servers"] for server in VOTES] == [VOTES] * 3
    machines = [plan.servers[server].server.machine for server in VOTES]
    assert len({machine.hypervisor if machine else None for machine in machines}) == len(VOTES)


def test_each_database_server_knows_the_other_and_its_own_memory(plan: Plan) -> None:
    variables = _of(plan, "sv-db-1")
    assert variables["database__servers"] == _of(plan, "sv-db-2")["database__servers"]
    assert [server["name"] for server in variables["database__servers"]] == VOTES[1:]
    assert variables["database__servers"][0]["ipv4"] == "10.64.41.11"
    assert variables["database__memory_mib"] == 8192
    assert "database__servers" not in _of(plan, "sv-backup-1")


def test_those_may_ask_whom_the_matrix_lets_ask(intent: Intent, plan: Plan) -> None:
    internal = next(
        segment.networks
        for site in plan.sites.values()
        for segment in site.segments
        if segment.zone == "internal"
    )
    clients = [str(internal.ipv4), str(internal.ipv6)]
    assert _of(plan, "sv-db-1")["database__clients"] == clients

    def with_rule(scope: str) -> list[str]:
        rule = Rule.model_validate(
            {
                "source": "office",
                "target": "database",
                "services": ["postgresql"],
                "scope": scope,
            }
        )
        more = build(intent.model_copy(update={"rules": (*intent.rules, rule)}))
        found: list[str] = _of(more, "sv-db-1")["database__clients"]
        return found

    offices = {
        site: str(segment.networks.ipv4)
        for site, site_plan in plan.sites.items()
        for segment in site_plan.segments
        if segment.zone == "office"
    }
    own = offices["trung-tam-du-lieu"]
    assert set(offices.values()) <= set(with_rule("province"))
    assert set(offices.values()) & set(with_rule("site")) == {own}


def test_those_who_vote_find_each_other_without_a_name_server(plan: Plan) -> None:
    for server in VOTES:
        known = {host["name"] for host in _of(plan, server)["base__hosts"]}
        assert known >= set(VOTES) - {server}
    assert _of(plan, "sv-dns-1")["base__hosts"] == []


def test_only_those_who_vote_are_answered(plan: Plan) -> None:
    services = {row["name"]: row["sources"] for row in _of(plan, "sv-db-1")["base__services"]}
    addresses = {
        group: [
            str(address)
            for server in names
            for address in (
                plan.servers[server].address.ipv4.ip,
                plan.servers[server].address.ipv6.ip,
            )
        ]
        for group, names in (("etcd", VOTES), ("patroni", VOTES[1:]))
    }
    assert {name: services[name] for name in addresses} == addresses
    assert services["postgresql"] == []
