"""The whole province in one meeting: servers that share rooms, and a district joined by a relay."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from giaoban.waiting import wait_until
from tests.twin.centre import Centre
from tests.twin.meetings import DISTRICT, HALL, ROOM, SENDS, SERVER, Meetings, Told, track

_LOG = logging.getLogger(__name__)

pytestmark = [pytest.mark.twin, pytest.mark.full]

FIRST, SECOND = "sv-meeting-1", "sv-meeting-2"
PROVINCE = "vc-trung-tam-du-lieu"
MEETING, CHAIR = "giao-ban-toan-tinh", "chu-toa"
REJOIN_SECONDS = 10


@pytest.fixture
def above(centre: Centre) -> Iterator[Meetings]:
    carry = json.dumps({"carry": [CHAIR, ROOM]})
    closer = Meetings(centre, SECOND, MEETING)
    with Meetings(centre, FIRST, MEETING).opened(closer=closer, metadata=carry) as held:
        yield held


@pytest.fixture
def below(centre: Centre) -> Iterator[Meetings]:
    with Meetings(centre, SERVER, MEETING).opened() as held:
        yield held


@contextmanager
def _relayed(above: Meetings, below: Meetings) -> Iterator[None]:
    task = {"meeting": MEETING, "name": DISTRICT, "above": above.half, "below": below.half}
    file, unit = f"/etc/giaoban/relays/{MEETING}.json", f"giaoban-relay@{MEETING}"
    said = above.centre.said
    said(SERVER, f"umask 077; cat >{file} <<'END'\n{json.dumps(task)}\nEND")
    said(SERVER, f"systemctl start {unit}")
    joined = f"journalctl -u {unit} -b -o cat | grep -c joined || :"
    try:
        assert wait_until(lambda: said(SERVER, joined) != "0", seconds=20), "no relay joined"
        yield
    finally:
        said(SERVER, f"systemctl stop {unit}; rm {file}; journalctl --rotate --vacuum-time=1s")


def _chair(above: Meetings, pool: ThreadPoolExecutor, seconds: float) -> Future[Told]:
    return pool.submit(above.told, PROVINCE, *SENDS, identity=CHAIR, seconds=seconds)


def _seen(told: Told, source: str, of: str) -> dict[str, Any]:
    seen = track(told, source, of)
    assert seen["lost"] == 0, seen
    assert seen["freezes"] == 0, seen
    return seen


# One province server or the other


def test_who_comes_to_either_server_is_in_the_same_room(centre: Centre, above: Meetings) -> None:
    other = Meetings(centre, SECOND, MEETING)
    with ThreadPoolExecutor() as pool:
        here = pool.submit(above.told, HALL, *SENDS)
        there = pool.submit(other.told, ROOM, *SENDS)
        told = here.result(), there.result()
    assert track(told[0], "camera", ROOM)["frames"] > 60
    assert track(told[1], "camera", HALL)["frames"] > 60


@pytest.mark.parametrize(("lost", "left"), [(FIRST, SECOND), (SECOND, FIRST)])
def test_a_server_without_power_is_lost_for_seconds(
    centre: Centre, above: Meetings, lost: str, left: str
) -> None:
    """What is remembered and who is inside may be on either; each is lost once."""
    del above
    survivor = Meetings(centre, left, MEETING)
    with ThreadPoolExecutor() as pool:
        inside = pool.submit(survivor.told, ROOM, seconds=30)
        time.sleep(3)  # what it was in the middle of, it is in the middle of
        assert centre.province.twin("break", "server-down", lost).returncode == 0
        began = time.monotonic()

        def joins() -> bool:
            signed = survivor.token(PROVINCE)
            return survivor.tried(PROVINCE, signed, "-camera", seconds=1).returncode == 0

        try:
            assert wait_until(joins, seconds=30, step=0.2)
            seconds = time.monotonic() - began - 1
            # Who is inside is seen by who came since, so he was not left alone.
            told = inside.result()
        finally:
            assert centre.province.twin("mend", "server-down", lost).returncode == 0
    _LOG.info("%s without power: others join after %.1f s", lost, seconds)
    assert seconds < REJOIN_SECONDS
    assert told.get("left", "") == ""
    follows = "/usr/lib/giaoban/meeting-state ask {0}.daknong.example 6379 INFO replication"
    linked = "master_link_status:up"
    assert wait_until(
        lambda: linked in centre.tried(lost, follows.format(lost)).stdout, seconds=60
    ), f"{lost} does not follow {left} again"


# Province and district


def test_a_relay_carries_who_is_named_both_ways_and_nobody_else(
    above: Meetings, below: Meetings
) -> None:
    with _relayed(above, below), ThreadPoolExecutor() as pool:
        chair = _chair(above, pool, 16)
        hall = pool.submit(below.told, HALL, *SENDS, seconds=12)
        commune = below.told(ROOM, *SENDS, seconds=11)
        halls, chairs = hall.result(), chair.result()
    for told in (commune, halls):
        picture = _seen(told, "camera", CHAIR)
        assert picture["delay_ms"]["p95"] < 100
        assert (picture["width"], picture["height"]) == (640, 360)
        assert _seen(told, "microphone", CHAIR)["frames"] > 300
    assert track(chairs, "camera", ROOM)["frames"] > 75
    assert {one["from"] for one in chairs["tracks"]} == {ROOM}
    # Its own half has him once, and not as the relay's again.
    assert sorted(one["source"] for one in halls["tracks"] if one["from"] == ROOM) == [
        "camera",
        "microphone",
    ]


def _received(centre: Centre) -> int:
    """Give the bytes that came down the district's circuits."""
    counters = "cat /sys/class/net/wan*/statistics/rx_bytes"
    return sum(map(int, centre.said(f"rt-{DISTRICT}", counters).split()))


def _load(centre: Centre, viewers: list[Any]) -> float:
    """Give the bits a second that come down while some watch, in the middle of their watching."""
    with ThreadPoolExecutor(max_workers=len(viewers)) as pool:
        watching = [pool.submit(viewer) for viewer in viewers]
        time.sleep(4)  # everybody sees by then; what is measured is a span, not an event
        before, began = _received(centre), time.monotonic()
        time.sleep(5)
        rate = 8 * (_received(centre) - before) / (time.monotonic() - began)
        for one in watching:
            assert track(one.result(), "camera", CHAIR)["frames"] > 90
    return rate


def test_a_districts_circuit_carries_one_copy_however_many_watch(
    centre: Centre, above: Meetings, below: Meetings
) -> None:
    """Against viewers who come to the province's server directly."""

    def watch(server: Meetings, number: int) -> Any:
        return lambda: server.told(HALL, identity=f"xem-{number}", seconds=11)

    with ThreadPoolExecutor() as pool:
        chair = _chair(above, pool, 90)
        with _relayed(above, below):
            relayed = {n: _load(centre, [watch(below, k) for k in range(n)]) for n in (1, 5, 11)}
        direct = {n: _load(centre, [watch(above, k) for k in range(n)]) for n in (1, 5)}
        chair.result()
    for how, loads in (("relayed", relayed), ("direct", direct)):
        kilobits = {viewers: round(rate / 1000) for viewers, rate in loads.items()}
        _LOG.info("%s, kbit/s down the district's circuits by viewers: %s", how, kilobits)
    # Both layers of the picture and the sound, against one layer and the sound.
    assert max(relayed.values()) < 1.3 * direct[1]
    assert max(relayed.values()) < 1.1 * min(relayed.values())
    assert direct[5] > 4 * direct[1]


def test_a_district_cut_off_from_the_province_meets_on(centre: Centre, below: Meetings) -> None:
    circuits = [f"{DISTRICT}-1", f"{DISTRICT}-2"]
    for name in circuits:
        assert centre.province.twin("break", "circuit-down", name).returncode == 0
    try:
        told = below.take_part({HALL: SENDS, ROOM: SENDS})
    finally:
        for name in circuits:
            assert centre.province.twin("mend", "circuit-down", name).returncode == 0
    assert _seen(told[ROOM], "camera", HALL)["frames"] > 60
    assert _seen(told[HALL], "camera", ROOM)["frames"] > 60
