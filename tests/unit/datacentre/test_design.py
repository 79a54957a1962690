"""The plan's data centre as resources: complete, stable, and addressed by the plan."""

from __future__ import annotations

from dataclasses import replace

import pytest

from giaoban.datacentre.design import Design, demand_policy, design_of
from giaoban.datacentre.first_boot import Identity
from giaoban.datacentre.policy import PolicyError
from giaoban.datacentre.stack import said_of
from giaoban.intent.load import load
from giaoban.plan import Plan, build
from tests.support.checkout import ROOT


@pytest.fixture(scope="module")
def plan() -> Plan:
    return build(load(ROOT / "inventory" / "daknong"))


def _design(plan: Plan) -> Design:
    identity = Identity("key\n", "ssh-ed25519 AAAA bench\n", ("10.64.38.0/24",))
    return design_of(plan, dict.fromkeys(plan.virtual_servers, identity))


def test_every_virtual_server_is_asked_for_once(plan: Plan) -> None:
    design = _design(plan)
    assert [server.name for server in design.servers] == list(plan.virtual_servers)
    used = {server.network for server in design.servers}
    assert used == {network.name for network in design.networks}
    demand_policy(design)


def test_a_server_is_where_and_what_the_plan_says(plan: Plan) -> None:
    design = _design(plan)
    server = design.groups["dns"][0]
    device = plan.devices["sv-dns-1"]
    assert server.addresses[0].split("/")[0] == str(device.management.ipv4)
    assert server.addresses[1].split("/")[0] == str(device.management.ipv6)
    assert (server.hypervisor, server.port) == ("hv-kvm-1", "s80-21")
    row = next(
        row
        for row in plan.devices["hv-kvm-1"].variables["lan_switch__access_ports"]
        if row["name"] == server.port
    )
    assert (row["vlan"], row["box"]) == (80, "sv-dns-1")
    assert row["guest"]
    assert (row["sender"]["mac"], row["sender"]["ipv4"]) == (server.mac, "10.64.40.21")


def test_the_first_boot_brings_it_into_the_network_and_no_further(plan: Plan) -> None:
    design = _design(plan)
    files = {file.path: file for file in design.groups["dns"][0].first_boot}
    network = files["/etc/systemd/network/20-eth0.network"].text
    assert "Address=10.64.40.21/24\n" in network
    assert "Gateway=10.64.40.1\n" in network
    assert files["/root/.ssh/authorized_keys"].text == (
        'restrict,pty,from="10.64.38.0/24" ssh-ed25519 AAAA bench\n'
    )
    assert {path: file.mode for path, file in files.items() if file.mode != "0644"} == {
        "/etc/ssh/ssh_host_ed25519_key": "0600",
        "/root/.ssh/authorized_keys": "0600",
    }


def test_a_rack_of_its_own_is_nobodys_to_make(plan: Plan) -> None:
    assert {"sv-noc-1", "sv-probe-1"}.isdisjoint(plan.virtual_servers)


_KEPT = (
    "sv-a: it is protected, since intent adopted it, and was not touched. If it is to go, have"
    " it in data-centre.yml without `adopt: true` and run giaoban dc up; then take it out"
)


@pytest.mark.parametrize(
    ("errors", "text", "expected"),
    [
        (["a sentence", "update failed", "a sentence"], "", "a sentence"),
        ([], "x\n  error: what went wrong\nerror: what went wrong", "what went wrong"),
        ([], "nothing of use", "nothing of use"),
        *(
            ([said.format('"urn:pulumi:twin::giaoban::giaoban:index:Server::sv-a"')], "", _KEPT)
            for said in (
                "resource {} cannot be deleted\nbecause it is protected. To unprotect the",
                "unable to replace resource {}\nas it is currently marked for protection. To",
            )
        ),
    ],
)
def test_what_went_wrong_is_said_once(errors: list[str], text: str, expected: str) -> None:
    assert said_of(errors, text) == expected


def test_exposed_zones_are_what_the_matrix_lets_the_centre_ask(plan: Plan) -> None:
    assert _design(plan).exposed == {"dmz"}


def test_servers_that_share_any_group_are_kept_apart(plan: Plan) -> None:
    """Two that serve different things first, and one thing together."""
    design = _design(plan)
    together = ("sv-mirror-1", "sv-dns-1")
    with pytest.raises(PolicyError, match="group time: sv-mirror-1, sv-dns-1 stand on hv-kvm-1"):
        demand_policy(replace(design, members=design.members | {"time": together}))


def test_a_slot_has_a_server_like_any_other_and_an_address(plan: Plan) -> None:
    design = _design(plan)
    (slot,) = design.slots
    assert (slot.name, slot.url) == ("trang-so-tttt", "https://stttt.daknong.example/")
    assert (slot.server.name, slot.server.network) == ("sv-trang-so-tttt", "internal")
    assert slot.server.owner == "so-thong-tin-va-truyen-thong"
    assert slot.server.name not in {one.name for group in design.groups.values() for one in group}


def test_two_slots_on_one_hypervisor_are_not_told_apart_and_what_they_are_is_judged(
    plan: Plan,
) -> None:
    """Departments' sites do not stand in for each other; what one may not be, no slot may."""
    (slot,) = plan.intent.slots
    another = slot.model_copy(update={"name": "trang-so-y-te", "host": "syt", "number": 72})
    design = _design(build(plan.intent.model_copy(update={"slots": [slot, another]})))
    demand_policy(design)
    large = slot.machine.model_copy(update={"cpus": 128})
    too_large = another.model_copy(update={"machine": large})
    design = _design(build(plan.intent.model_copy(update={"slots": [slot, too_large]})))
    with pytest.raises(PolicyError, match="hv-kvm-1: its servers ask for"):
        demand_policy(design)
