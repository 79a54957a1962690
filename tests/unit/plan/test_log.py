"""Who is told what boxes have to say, and by which addresses it is known who said it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from giaoban.intent.load import load
from giaoban.plan import Plan, build

INTENT = Path(__file__).parents[3] / "inventory" / "daknong"


@pytest.fixture(scope="module")
def plan() -> Plan:
    return build(load(INTENT))


def _without(group: str, folder: Path) -> Plan:
    intent = folder / "daknong"
    shutil.copytree(INTENT, intent)
    file = intent / "data-centre.yml"
    text = file.read_text()
    assert f"groups: [{group}]" in text
    file.write_text(text.replace(f"groups: [{group}]", "groups: [spare]"))
    return build(load(intent))


def _variables(plan: Plan, device: str) -> dict[str, Any]:
    return plan.devices[device].variables


@pytest.mark.parametrize(
    "device",
    ["rt-core-1", "rt-xa-dak-wil", "sw-xa-dak-wil", "hv-kvm-1", "vc-xa-dak-wil", "sv-db-1"],
)
def test_every_box_sends_to_the_log_server_by_its_name(plan: Plan, device: str) -> None:
    server = {"name": "sv-log-1.daknong.example", "address": "10.64.40.51"}
    assert _variables(plan, device)["base__log_servers"] == [server]


@pytest.mark.parametrize("group", ["log", "pki"])
def test_nothing_is_sent_where_nobody_takes_it_or_can_prove_who_he_is(
    group: str, tmp_path: Path
) -> None:
    plan = _without(group, tmp_path)
    assert _variables(plan, "rt-xa-dak-wil")["base__log_servers"] == []


def test_every_address_of_every_box_is_one_boxs_own(plan: Plan) -> None:
    devices = _variables(plan, "sv-log-1")["log__devices"]
    for name, device in plan.devices.items():
        if "base__hostname" not in device.variables:
            continue
        assert devices[str(device.management.ipv4)] == name
        assert devices[str(device.management.ipv6)] == name
    addresses = [
        address
        for device in plan.devices.values()
        for interface in device.variables.get("base__interfaces", ())
        for address in interface["addresses"]
    ]
    assert len(addresses) == len(devices)


def test_a_core_is_known_by_its_address_in_the_data_centre(plan: Plan) -> None:
    """A connected network is reached from the address in it, not from the loopback."""
    assert _variables(plan, "sv-log-1")["log__devices"]["10.64.40.2"] == "rt-core-1"


def test_only_a_log_server_knows_whose_addresses_are(plan: Plan) -> None:
    assert "log__devices" not in _variables(plan, "sv-db-1")


def test_what_one_sender_may_send_is_limited_where_lines_are_taken(plan: Plan) -> None:
    services = {s["name"]: s for s in _variables(plan, "sv-log-1")["base__services"]}
    assert services["syslog-tls"]["sender_kbytes_s"] == 256
    assert "sender_kbytes_s" not in services["http"]
