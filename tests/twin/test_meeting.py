"""A meeting by a district's media server: who takes part, over what, and who is kept out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from giaoban.waiting import wait_until
from tests.support.tokens import token
from tests.twin.centre import COMMUNE, DOMAIN, PC, Centre
from tests.twin.meetings import HALL, ROOM, SECONDS, SENDS, SERVER, Meetings, track

pytestmark = pytest.mark.twin

MEETING = "giao-ban-thu-hai"


@pytest.fixture(scope="module")
def meetings(centre: Centre) -> Iterator[Meetings]:
    with Meetings(centre, SERVER, MEETING).opened() as held:
        yield held


@contextmanager
def _without(centre: Centre, box: str, what: str) -> Iterator[None]:
    """Have nothing pass to a box that nftables calls so."""
    chain = f"chain in {{ type filter hook input priority -10; {what} drop; }}"
    centre.said(box, f"nft 'table inet away {{ {chain}; }}'")
    try:
        yield
    finally:
        centre.said(box, "nft delete table inet away")


# Taking part


def test_a_commune_and_its_district_see_and_hear_each_other(meetings: Meetings) -> None:
    told = meetings.take_part({HALL: SENDS, ROOM: SENDS})
    for box, other in ((HALL, ROOM), (ROOM, HALL)):
        assert told[box]["joined_ms"] < 2000
        picture, sound = (track(told[box], source) for source in ("camera", "microphone"))
        assert {picture["from"], sound["from"]} == {other}
        assert (picture["lost"], sound["lost"]) == (0, 0)
        assert picture["frames"] > 10 * (SECONDS - 3)
        assert sound["frames"] > 40 * (SECONDS - 3)
        assert (picture["width"], picture["height"]) == (640, 360)
        assert picture["delay_ms"]["p95"] < 150
        assert sound["delay_ms"]["p95"] < 150


@pytest.mark.parametrize(
    ("shut", "words"),
    [
        pytest.param("udp sport 7882", (), id="TCP where UDP does not pass"),
        pytest.param("th sport { 7881, 7882 }", ("-relayed",), id="TLS where nothing else passes"),
    ],
)
def test_a_commune_takes_part_where_less_passes(
    meetings: Meetings, shut: str, words: tuple[str, ...]
) -> None:
    with _without(meetings.centre, ROOM, shut):
        told = meetings.take_part({HALL: SENDS, ROOM: (*SENDS, *words)})
    for box in (HALL, ROOM):
        assert track(told[box], "camera")["frames"] > 5 * (SECONDS - 4)
        assert track(told[box], "microphone")["frames"] > 25 * (SECONDS - 4)


def test_sound_and_picture_are_marked_both_ways(meetings: Meetings) -> None:
    """On the commune's circuit sound is EF, picture AF41, though both share one flow."""
    router = f"rt-{COMMUNE}"
    capture = "timeout 30 tcpdump -i wan1 -nn -v -l -c 900 udp port 7882 2>/dev/null"
    with ThreadPoolExecutor() as pool:
        captured = pool.submit(meetings.centre.tried, router, f"{capture} || :")
        meetings.take_part({HALL: SENDS, ROOM: SENDS})
        lines = captured.result().stdout
    marks: dict[str, Counter[str]] = {"up": Counter(), "down": Counter()}
    for packet in re.split(r"\n(?=\S)", lines):
        if mark := re.search(r"(?:tos|class) 0x([0-9a-f]+)", packet):
            marks["down" if ".7882 > " in packet else "up"][mark[1]] += 1
    for counted in marks.values():
        assert set(counted) == {"b8", "88"}, marks
        assert min(counted.values()) > 50, marks


def test_a_media_server_that_dies_is_come_back_to(meetings: Meetings) -> None:
    """Its rooms are gone with it: a meeting is opened again by those who may."""
    pid = meetings.centre.said(SERVER, "systemctl show -P MainPID livekit-server")
    meetings.centre.said(SERVER, f"kill -KILL {pid}")
    running = "curl -sS -o /dev/null -w '%{http_code}' http://127.0.0.1:7880/"
    assert wait_until(lambda: meetings.centre.tried(SERVER, running).stdout == "200", seconds=10)
    meetings.control("CreateRoom", name=MEETING)
    told = meetings.take_part({HALL: SENDS, ROOM: ()})
    assert track(told[ROOM], "camera")["frames"] > 10 * (SECONDS - 3)


# Who is kept out


@pytest.mark.parametrize("kind", ["none", "forged", "run out", "of another room", "not to send"])
def test_who_has_no_right_token_takes_no_part(meetings: Meetings, kind: str) -> None:
    grant = {"roomJoin": True, "room": MEETING}
    signed = {
        "none": "x",
        "forged": token("y" * 43, ROOM, grant),
        "run out": token(meetings.secret, ROOM, grant, seconds=-90),
        "of another room": token(meetings.secret, ROOM, grant | {"room": "khac"}),
        "not to send": token(meetings.secret, ROOM, grant | {"canPublish": False}),
    }[kind]
    done = meetings.tried(ROOM, signed, *SENDS)
    assert done.returncode == 1, done.stdout
    assert done.stdout == ""


def test_nobody_controls_rooms_over_the_network(meetings: Meetings) -> None:
    """Not with a token that may, nor past the web server."""
    signed = token(meetings.secret, "control", {"roomCreate": True})
    name = f"{SERVER}.{DOMAIN}"
    address = meetings.centre.said(PC, f"host -t A {name} 10.64.40.21 | sed -n 's/.*address //p'")
    to = f"--resolve {name}:443:{address}"
    ask = f"curl -sSk -o /dev/null -w '%{{http_code}}' -H 'Authorization: Bearer {signed}' {to}"
    for path in ("CreateRoom", "ListRooms"):
        url = f"https://{name}/twirp/livekit.RoomService/{path}"
        assert meetings.centre.said(PC, f"{ask} -X POST -d '{{}}' {url}") == "403"
    for path in ("debug/", "metrics", "rtc/../metrics"):
        url = f"https://{name}/{path}"
        assert meetings.centre.said(PC, f"{ask} --path-as-is {url}") in {"404", "400"}
    for port in (7880, 5349, 6789):
        assert meetings.centre.tried(PC, f"nc -zw 3 {address} {port}").returncode == 1


def test_nothing_is_left_to_change(meetings: Meetings) -> None:
    assert meetings.centre.changes("--tags", "meeting", "-l", SERVER) == {}
