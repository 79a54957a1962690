"""Who may log in where, and whither the bastion leads."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from giaoban.intent.load import load
from giaoban.intent.model import Operator
from giaoban.plan import Plan, build
from giaoban.plan.people import open_to_people

INTENT = Path(__file__).parents[3] / "inventory" / "daknong"
CLOSED = {
    "sv-backup-1",
    "sv-bastion-1",
    "sv-log-1",
    "sv-monitoring-1",
    "sv-noc-1",
    "sv-pki-1",
    "sv-probe-1",
}


@pytest.fixture(scope="module")
def plan() -> Plan:
    return build(load(INTENT))


def test_where_keys_are_and_what_people_are_judged_by_nobody_logs_in(plan: Plan) -> None:
    assert {server.device for server in open_to_people(plan)} == set(plan.servers) - CLOSED
    for server in CLOSED - {"sv-bastion-1"}:
        assert "people__accounts" not in plan.devices[server].variables


def test_the_bastion_leads_to_ssh_of_open_servers_by_every_name(plan: Plan) -> None:
    variables = plan.devices["sv-bastion-1"].variables
    targets = variables["bastion__targets"]
    assert len(targets) == len(set(targets))
    assert [target for target in targets if "dns-1" in target] == [
        "sv-dns-1:22",
        "sv-dns-1.daknong.example:22",
    ]
    assert "mirror.daknong.example:22" in targets
    assert f"[{plan.devices['sv-db-1'].management.ipv6}]:22" in targets
    assert all(target.endswith(":22") for target in targets)
    closed = {str(plan.devices[server].management.ipv4) for server in CLOSED}
    assert not closed & {target.removesuffix(":22") for target in targets}
    assert "people__recorders" not in variables


def test_every_open_server_is_recorded_and_may_say_so(plan: Plan) -> None:
    may = {
        rule.source
        for rule in plan.intent.rules
        if rule.target == "noc" and "session-records" in rule.services
    }
    recorded = plan.devices["sv-bastion-1"].variables["bastion__recorded"]
    for server in open_to_people(plan):
        assert f"{server.device}.daknong.example" in recorded
        assert server.server.zone in {*may, "noc"}
        recorders = plan.devices[server.device].variables["people__recorders"]
        assert recorders == ["sv-bastion-1.daknong.example"]


def test_the_last_day_is_a_whole_day(plan: Plan) -> None:
    ba = Operator(
        slug="le-van-ba",
        name="Lê Văn Ba",
        level="observer",
        until=date(2026, 12, 31),
        key_generation=2,
    )
    changed = build(plan.intent.model_copy(update={"operators": [ba]}))
    assert changed.devices["sv-dns-1"].variables["people__accounts"] == [
        {
            "slug": "le-van-ba",
            "name": "Lê Văn Ba",
            "level": "observer",
            "principal": "le-van-ba.2",
            "expiry": "20270101",
        }
    ]


def test_without_a_bastion_nobody_is_let_in(plan: Plan) -> None:
    centre = plan.intent.data_centre
    servers = [server for server in centre.servers if "bastion" not in server.groups]
    without = centre.model_copy(update={"servers": servers})
    changed = build(plan.intent.model_copy(update={"data_centre": without}))
    assert not list(open_to_people(changed))
    for device in changed.devices.values():
        assert "people__accounts" not in device.variables
