"""What one box says, however hostile, is that box's trouble: the run ends in finite figures."""

from __future__ import annotations

import functools
import json
from typing import Any
from unittest.mock import patch
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from giaoban.verify.answers import Answers, Login, Unreadable, decoded, reading
from giaoban.verify.assess import further_questions, judge
from giaoban.verify.checks import CHECKS
from giaoban.verify.junit import junit
from giaoban.verify.model import State
from giaoban.verify.parse.linux import train
from giaoban.verify.results import Timing, results
from giaoban.verify.view import View
from tests.unit.verify.healthy import healthy, replaced, small

# As they stand in the JSON text: Python's own encoder would not write most of them.
HOSTILE = (
    "1e999",
    "-1e999",
    "Infinity",
    "NaN",
    "9" * 400,
    "9" * 5000,
    "1e300",
    "-1",
    "true",
    "null",
    "[]",
    "[[]]",
    "{}",
    '[{"a": []}]',
    '{"dev": {}}',
    '""',
    '"\\u0000\\u001b[2J"',
    '"\\ud800"',
    '"' + "x" * 5000 + '"',
)
HERE = "\x00here\x00"


@functools.cache
def province() -> tuple[View, Answers]:
    view = View.of(small(), ["xa-a"])
    return view, healthy(view)


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Give the path of every value inside a JSON value, its own first."""
    keys: list[Any] = list(value) if isinstance(value, dict) else []
    if isinstance(value, list):
        keys = list(range(len(value)))
    return [path, *(leaf for key in keys for leaf in leaves(value[key], (*path, key)))]


def with_hostile(value: Any, path: tuple[Any, ...], token: str) -> str:
    """Give the JSON text of a value with one place of it hostile."""
    whole = [json.loads(json.dumps(value))]
    place: Any = whole
    *above, last = (0, *path)
    for key in above:
        place = place[key]
    place[last] = HERE
    return json.dumps(whole[0]).replace(json.dumps(HERE), token)


def whole_run(answers: Answers) -> dict[str, State]:
    """Judge all of it as the command does; give the states by result."""
    view, _ = province()
    further_questions(view, answers)
    run = results(view, answers, Timing("", "", 0.0))
    json.dumps(run.to_json(), allow_nan=False, ensure_ascii=False).encode()
    assert ET.fromstring(junit(run).split("\n", 1)[1]) is not None  # noqa: S314 - our own text
    return {check.id: check.state for check in run.checks}


@given(st.data())
def test_one_hostile_value_ends_no_run(data: st.DataObject) -> None:
    _, answers = province()
    spoken = [
        (device, command)
        for device, own in sorted(answers.said.items())
        for command, said in sorted(own.items())
        if said.startswith(("[", "{"))
    ]
    device, command = data.draw(st.sampled_from(spoken))
    value = json.loads(answers.said[device][command])
    path = data.draw(st.sampled_from(leaves(value)))
    text = with_hostile(value, path, data.draw(st.sampled_from(HOSTILE)))
    whole_run(replaced(answers, device, command, text))


@pytest.mark.parametrize("token", HOSTILE)
def test_a_hostile_default_route_ends_no_run(token: str) -> None:
    _, answers = province()
    command = "ip -j -4 route show default"
    said = f'[{{"dst": "default", "dev": {token}, "metric": {token}}}]'
    states = whole_run(replaced(answers, "rt-xa-a", command, said))
    assert states["xa-a/site-default/rt-xa-a"] is not State.PASS


@pytest.mark.parametrize("token", ["1e999", "-1e999", "1e300", "Infinity", "NaN", "9" * 21])
def test_a_number_that_nothing_counts_is_no_json(token: str) -> None:
    with pytest.raises(ValueError, match="no number"):
        decoded(f"[{token}]")


def test_a_counter_of_64_bits_is_read() -> None:
    assert decoded(f"[{2**64 - 1}, -0.5]") == [2**64 - 1, -0.5]


def test_a_parser_that_overflows_is_unreadable() -> None:
    with pytest.raises(Unreadable), reading("rt-xa-a", "ip -j route"):
        int(float("inf"))


@pytest.mark.parametrize(("sent", "mean"), [("9" * 400, "1"), ("5", "9" * 400)])
def test_a_hostile_summary_is_none(sent: str, mean: str) -> None:
    counted = f"{sent} packets transmitted, 5 received, 0% packet loss, time 1ms"
    with pytest.raises(ValueError, match=r"ordered|not a time"):
        train(f"{counted} rtt min/avg/max/mdev = 1/{mean}/1/1 ms")


def test_a_check_that_stumbles_is_unknown_and_alone() -> None:
    view, answers = province()
    check = next(one for one in CHECKS if one.id == "circuit-rate")
    before = judge(view, answers)
    with patch.object(type(check), "verdict", side_effect=RuntimeError("hostile")):
        after = judge(view, answers)
    changed = {key for key, one in after.items() if one.verdict != before[key].verdict}
    assert changed == {key for key in after if "/circuit-rate/" in key}
    assert {after[key].verdict.reason for key in changed} == {"any.unreadable"}
    with patch.object(type(check), "follow_ups", side_effect=RuntimeError("hostile")):
        further_questions(view, answers)


def test_an_unreadable_answer_is_read_once() -> None:
    answers = Answers({"rt-xa-a": {"show bfd peers json": "9" * 400}}, {}, {"rt-xa-a": Login.OK})
    view, _ = province()
    with patch("giaoban.verify.answers.decoded", wraps=decoded) as decoding:
        judge(view, answers)
    assert decoding.call_count == 1
