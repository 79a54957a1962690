"""A part of the data centre: its servers, and what those stand on."""

from __future__ import annotations

import pytest

from giaoban.datacentre.choice import UnknownGroupError, chosen, targets
from giaoban.intent.load import load
from giaoban.plan import Plan, build
from tests.support.checkout import ROOT

_CENTRE = "**::giaoban:index:DataCentre"


@pytest.fixture(scope="module")
def plan() -> Plan:
    return build(load(ROOT / "inventory" / "daknong"))


def test_a_group_is_chosen_by_any_of_its_names(plan: Plan) -> None:
    for groups in (["dns"], ["time"], ["time", "dns"]):
        assert [server.device for server in chosen(plan, groups)] == ["sv-dns-1", "sv-dns-2"]


def test_a_server_is_aimed_at_with_what_it_stands_on(plan: Plan) -> None:
    assert targets(plan, ["time"], []) == [
        f"{_CENTRE}::data-centre",
        f"{_CENTRE}$giaoban:index:Image::debian-13",
        f"{_CENTRE}$giaoban:index:Network::internal",
        f"{_CENTRE}$giaoban:index:ServerGroup::dns",
        f"{_CENTRE}$giaoban:index:ServerGroup$giaoban:index:Server::sv-dns-1",
        f"{_CENTRE}$giaoban:index:ServerGroup$giaoban:index:Server::sv-dns-2",
    ]


def test_a_slots_server_is_aimed_at_with_its_slot(plan: Plan) -> None:
    slot, server = "trang-so-tttt", "sv-trang-so-tttt"
    assert targets(plan, [slot_group(plan, server)], [])[-2:] == [
        f"{_CENTRE}$giaoban:index:ServiceSlot::{slot}",
        f"{_CENTRE}$giaoban:index:ServiceSlot$giaoban:index:Server::{server}",
    ]


def slot_group(plan: Plan, server: str) -> str:
    return plan.servers[server].server.groups[0]


def test_what_stands_already_and_others_share_is_not_aimed_at(plan: Plan) -> None:
    patterns = targets(plan, ["pki"], [])
    urns = [pattern.replace("**", "urn:pulumi:twin::giaoban") for pattern in patterns]
    (own,) = targets(plan, ["pki"], urns)
    assert own == patterns[-1]
    assert own.endswith("::sv-pki-1")


@pytest.mark.parametrize(
    ("group", "sentence"),
    [
        ("mirorr", "--groups: no virtual server is in group 'mirorr'; did you mean 'mirror'?"),
        ("noc", "--groups: no virtual server is in group 'noc'; known: bastion, da"),  # in the rack
        ("", "--groups: no virtual server is in group ''; known: bastion, da"),
    ],
)
def test_a_group_of_nobody_is_refused(plan: Plan, group: str, sentence: str) -> None:
    with pytest.raises(UnknownGroupError) as refused:
        targets(plan, ["dns", group], [])
    assert str(refused.value).startswith(sentence)
