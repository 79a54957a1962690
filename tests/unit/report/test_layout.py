"""On the map of any province every site has its own place and every circuit its own line."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from giaoban.intent.model import Intent
from giaoban.plan.build import build
from giaoban.plan.model import Plan
from giaoban.report.collation import collation_key
from giaoban.report.geometry import Box, rounded
from giaoban.report.layout import Drawing, draw
from giaoban.report.scene import Scene, scene
from giaoban.verify.model import State
from tests.support.provinces import circuit, province, site, tiny, two_tier
from tests.unit.report.samples import run


def mixed() -> Intent:
    """What no rule forbids: a district behind a district, communes on a core, two lines to one."""
    sites = [
        site("so-a", "department", 1),
        site("huyen-a", "district", 2),
        site("huyen-b", "district", 3),
        site("xa-a", "commune", 1, "huyen-a"),
        site("xa-b", "commune", 2, "huyen-a"),
        site("xa-c", "commune", 3, "huyen-b"),
        site("xa-d", "commune", 4, "huyen-b"),
    ]
    circuits = [
        circuit("so-a", "core-1"),
        {**circuit("so-a", "huyen-a", 2), "standby": True},
        circuit("huyen-a", "core-1"),
        circuit("huyen-b", "core-2"),
        {**circuit("huyen-b", "huyen-a", 2), "standby": True},
        circuit("xa-a", "huyen-a"),
        {**circuit("xa-a", "core-2", 2), "standby": True},
        circuit("xa-b", "huyen-a", 1),
        circuit("xa-b", "huyen-a", 2),
        circuit("xa-c", "core-1"),
        circuit("xa-c", "core-1", 3),
        {**circuit("xa-c", "huyen-b", 2), "standby": True},
        circuit("xa-d", "huyen-b"),
    ]
    return Intent.model_validate(province(sites, circuits))


PROVINCES = {"tiny": tiny, "two-tier": two_tier, "mixed": mixed}


@pytest.fixture(scope="module", params=[*PROVINCES, "daknong", "largest"])
def drawn(request: pytest.FixtureRequest) -> tuple[Plan, Scene, Drawing]:
    name = request.param
    made = name in PROVINCES
    plan = build(PROVINCES[name]()) if made else request.getfixturevalue("daknong")
    shown = scene(plan, run(plan))
    return plan, shown, draw(shown)


def test_every_site_stands_alone_inside_the_drawing(drawn: tuple[Plan, Scene, Drawing]) -> None:
    plan, _, drawing = drawn
    boxes = [node.box for node in drawing.nodes]
    assert {node.place.slug for node in drawing.nodes} == {*plan.sites, "centre"}
    for box in boxes:
        assert box.width > 80
        assert box.x >= 0 <= box.y
        assert box.right <= drawing.width
        assert box.bottom <= drawing.height
    ordered = sorted(boxes, key=lambda box: box.x)
    for number, one in enumerate(ordered):
        for other in ordered[number + 1 :]:
            assert not _overlap(one, other), (one, other)


def _overlap(one: Box, other: Box) -> bool:
    beside = one.right <= other.x or other.right <= one.x
    return not (beside or one.bottom <= other.y or other.bottom <= one.y)


def test_every_circuit_has_a_line_of_its_own(drawn: tuple[Plan, Scene, Drawing]) -> None:
    plan, _, drawing = drawn
    assert {stroke.line.name for stroke in drawing.strokes} == plan.circuits.keys()
    assert len({stroke.path for stroke in drawing.strokes}) == len(plan.circuits)
    for stroke in drawing.strokes:
        assert 0 <= stroke.badge[0] <= drawing.width
        assert 0 <= stroke.badge[1] <= drawing.height


PIECE = re.compile(r"([MLQC])([^MLQC]*)")


def straight_pieces(path: str) -> list[tuple[bool, float, float, float]]:
    """Give (upright, where, from, to) of every straight piece of a path longer than a corner."""
    pieces = []
    here = (0.0, 0.0)
    for command, numbers in PIECE.findall(path):
        x, y = map(float, numbers.split()[-1].split(","))
        if command == "L" and x == here[0]:
            pieces.append((True, x, min(here[1], y), max(here[1], y)))
        elif command == "L" and y == here[1]:
            pieces.append((False, y, min(here[0], x), max(here[0], x)))
        here = x, y
    return [piece for piece in pieces if piece[3] - piece[2] > 1]


def test_no_two_circuits_share_a_piece_of_line(drawn: tuple[Plan, Scene, Drawing]) -> None:
    _, _, drawing = drawn
    pieces = sorted(
        (*piece, stroke.line.name)
        for stroke in drawing.strokes
        for piece in straight_pieces(stroke.path)
    )
    for (kind, at, _, end, name), (kind_2, at_2, start_2, _, name_2) in pairwise(pieces):
        apart = (kind, at) != (kind_2, at_2) or end <= start_2
        assert apart or name == name_2, (name, name_2)


def test_a_lane_of_a_comb_is_nobody_elses(daknong: Plan) -> None:
    shown = scene(daknong, run(daknong))
    strokes = {stroke.line.name: stroke.path for stroke in draw(shown).strokes}
    for head in shown.of_kind("head"):
        lanes = [
            float(strokes[line.name].removeprefix("M").partition(",")[0])
            for leaf in shown.leaves(head.slug)
            for line in shown.lines
            if line.lower == leaf.slug and line.upper == head.slug
        ]
        assert all(before - after >= 1.9 for before, after in pairwise(lanes)), head.slug


def test_communes_follow_the_alphabet_and_departments_their_numbers(daknong: Plan) -> None:
    shown = scene(daknong, run(daknong))
    for head in shown.of_kind("head"):
        names = [leaf.name for leaf in shown.leaves(head.slug)]
        assert names == sorted(names, key=collation_key)
    numbers = [daknong.sites[side.slug].site.number for side in shown.of_kind("side")]
    assert numbers == sorted(numbers)
    assert len(numbers) == 20


def test_paths_come_of_circuits_and_not_of_the_parent() -> None:
    shown = scene(build(mixed()), run(build(mixed())))
    kinds = {slug: (place.kind, place.head) for slug, place in shown.places.items()}
    assert kinds["xa-c"] == ("direct", None)
    assert kinds["xa-d"] == ("leaf", "huyen-b")
    assert kinds["huyen-b"] == ("head", None)
    assert kinds["so-a"] == ("side", None)


def test_what_was_not_in_the_run_has_no_state(daknong: Plan) -> None:
    shown = scene(daknong, run(daknong, ["huyen-cu-jut"], {"huyen-cu-jut": State.FAIL}))
    states = {slug: place.state for slug, place in shown.places.items() if place.state}
    assert states == {"huyen-cu-jut": State.FAIL}
    lines = {line.name: line.state for line in shown.lines if line.state}
    assert lines == {"huyen-cu-jut-1": State.FAIL, "huyen-cu-jut-2": State.FAIL}


def test_what_failed_is_drawn_over_the_rest(daknong: Plan) -> None:
    drawing = draw(scene(daknong, run(daknong, states={"xa-dak-wil-1": State.FAIL})))
    assert drawing.strokes[-1].line.name == "xa-dak-wil-1"


def test_corners_are_rounded_no_further_than_their_pieces_reach() -> None:
    path = rounded(((0, 0), (0, 4), (10, 4)), radius=6)
    assert path == "M0.0,0.0L0.0,2.0Q0.0,4.0 2.0,4.0L10.0,4.0"
    assert rounded(((1, 1), (1, 1), (1, 1))) == "M1.0,1.0L1.0,1.0Q1.0,1.0 1.0,1.0L1.0,1.0"
