"""Media servers: which boxes they are, who reaches them by which name, and what they share."""

from __future__ import annotations

from typing import Any

import pytest

from giaoban.intent.load import load
from giaoban.plan import Plan, build
from giaoban.plan.model import Port
from giaoban.plan.services import meets_by, proven_names, serving
from tests.support import provinces
from tests.support.checkout import ROOT

DISTRICT = "huyen-cu-jut"
SERVER = f"ms-{DISTRICT}"
SHARING = ["sv-meeting-1", "sv-meeting-2"]


@pytest.fixture(scope="module")
def plan() -> Plan:
    return build(load(ROOT / "inventory" / "daknong"))


def _of(plan: Plan, device: str) -> dict[str, Any]:
    return plan.devices[device].variables


def test_each_district_has_a_media_server_on_its_own_switch(plan: Plan) -> None:
    districts = [slug for slug, site in plan.sites.items() if site.site.tier == "district"]
    assert len(districts) == 8
    for slug in districts:
        server = plan.servers[f"ms-{slug}"]
        assert server.port == Port(f"sw-{slug}", "s50-10")
        assert server.address.ipv4.ip in plan.sites[slug].segment("meeting").networks.ipv4
        assert server.device in serving(plan)
        ports = _of(plan, f"sw-{slug}")["lan_switch__access_ports"]
        (port,) = (row for row in ports if row["name"] == "s50-10")
        assert (port["zone"], port["vlan"]) == ("meeting", 50)
        assert port["sender"]["ipv4"] == str(server.address.ipv4.ip)


def test_a_district_without_one_gets_no_box() -> None:
    plan = build(provinces.tiny())
    assert not [name for name in plan.devices if name.startswith("ms-")]


def test_servers_of_the_data_centre_share_their_rooms_and_a_districts_has_its_own(
    plan: Plan,
) -> None:
    shared, alone = _of(plan, SHARING[0]), _of(plan, SERVER)
    assert shared["meeting_server__key"] == _of(plan, SHARING[1])["meeting_server__key"]
    assert alone["meeting_server__key"] != shared["meeting_server__key"]
    assert alone["meeting_server__key"].endswith(SERVER)
    assert (shared["meeting_server__shares_rooms"], alone["meeting_server__shares_rooms"]) == (
        True,
        False,
    )
    assert [server["name"] for server in shared["meeting_state__servers"]] == SHARING
    assert shared["meeting_state__votes"] == ["sv-backup-1", *SHARING]
    assert "meeting_state__servers" not in alone


def test_only_those_who_share_are_answered_about_what_they_remember(plan: Plan) -> None:
    for server in SHARING:
        rows = {row["name"]: row["sources"] for row in _of(plan, server)["base__services"]}
        sources = {
            str(address)
            for name in ("sv-backup-1", *SHARING)
            for address in (
                plan.servers[name].address.ipv4.ip,
                plan.servers[name].address.ipv6.ip,
            )
        }
        assert set(rows["valkey"]) == set(rows["valkey-vote"]) == sources
        assert rows["media-udp"] == []


def test_who_votes_on_two_things_lists_names_in_one_order(plan: Plan) -> None:
    """A box whose file differs from run to run would be changed by every run."""
    names = [row["name"] for row in _of(plan, "sv-backup-1")["base__hosts"]]
    assert list(dict.fromkeys(names)) == ["sv-db-1", "sv-db-2", *SHARING]


def test_it_proves_a_second_name_for_where_only_tls_passes(plan: Plan) -> None:
    names = proven_names(plan, plan.servers[SERVER])
    assert names == [SERVER, f"turn-{SERVER}"]
    records = _of(plan, "sv-dns-1")["dns__zones"][0]["records"]
    for name in names:
        values = {row["value"] for row in records if row["name"] == name}
        assert values == {
            str(plan.devices[SERVER].management.ipv4),
            str(plan.devices[SERVER].management.ipv6),
        }
    hosts = {row["name"] for row in _of(plan, "sv-pki-1")["base__hosts"]}
    assert hosts >= set(names)


def test_the_shared_name_leads_to_the_data_centre_only(plan: Plan) -> None:
    records = _of(plan, "sv-dns-1")["dns__zones"][0]["records"]
    values = {row["value"] for row in records if row["name"] == "meeting"}
    centre = [plan.devices[name].management for name in SHARING]
    assert values == {str(a) for one in centre for a in (one.ipv4, one.ipv6)}


def test_boxes_that_send_media_mark_it(plan: Plan) -> None:
    for device in (SERVER, SHARING[0], "vc-xa-dak-wil"):
        assert _of(plan, device)["base__media_ports"] == [7881, 7882]
    for device in ("sv-dns-1", "rt-xa-dak-wil", "sw-xa-dak-wil"):
        assert _of(plan, device)["base__media_ports"] == []


@pytest.mark.parametrize(
    ("site", "servers"),
    [
        ("xa-dak-wil", [SERVER]),
        (DISTRICT, [SERVER]),
        ("so-noi-vu", SHARING),
        ("trung-tam-du-lieu", SHARING),
    ],
)
def test_a_meeting_room_knows_its_media_server_without_being_told(
    plan: Plan, site: str, servers: list[str]
) -> None:
    known = {(row["name"], row["address"]) for row in _of(plan, f"vc-{site}")["base__hosts"]}
    assert known == {
        (name, str(address))
        for server in servers
        for name in (server, f"turn-{server}")
        for address in (plan.devices[server].management.ipv4, plan.devices[server].management.ipv6)
    }


def test_a_commune_meets_where_its_site_says() -> None:
    intent = load(ROOT / "inventory" / "daknong")
    sites = [
        site.model_copy(update={"meeting_node": "huyen-dak-mil"})
        if site.slug == "xa-dak-wil"
        else site
        for site in intent.sites
    ]
    plan = build(intent.model_copy(update={"sites": sites}))
    assert [one.device for one in meets_by(plan, "xa-dak-wil")] == ["ms-huyen-dak-mil"]
