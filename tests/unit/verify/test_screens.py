"""What people and machines read: the table, one link, the view from a laptop, JUnit."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console

from giaoban.provision.reach import Reach
from giaoban.verify import here, messages, screen
from giaoban.verify.answers import Answers
from giaoban.verify.junit import junit
from giaoban.verify.model import Results, State, Text
from giaoban.verify.reference import catalogue
from giaoban.verify.results import Timing, results
from giaoban.verify.screen import Screen
from tests.unit.verify.cases import Edit, rate, together
from tests.unit.verify.healthy import echo_line, healthy, replaced, small, small_view
from tests.unit.verify.test_diagnose import DISTRICT_CUT, SCENES

ROOT = Path(__file__).parents[3]
REACH = Reach(Path("inventory"), Path("intent"), Path("state"), None)
OFFICE = small().sites["xa-a"].segment("office").networks.ipv4
LAPTOP = json.dumps(
    [{"addr_info": [{"family": "inet", "local": str(OFFICE[60]), "prefixlen": 25}]}]
)
PING = """3 packets transmitted, 3 received, 0% packet loss, time 600ms
rtt min/avg/max/mdev = 0.029/0.449/0.095/0.013 ms"""
LOST = "3 packets transmitted, 0 received, 100% packet loss, time 600ms"


def run_of(*edits: Edit) -> Results:
    view = small_view()
    return results(view, together(*edits)(healthy(view), view), Timing("", "", 9.0))


def on_standby(answers: Answers, _view: object) -> Answers:
    for family in ("4", "6"):
        command = f"ip -j -{family} route show default"
        answers = replaced(answers, "rt-xa-b", command, '[{"dst":"default","dev":"wan2"}]')
    return answers


def shown(draw: Callable[[Screen], None], language: messages.Language = "en") -> str:
    console = Console(file=io.StringIO(), width=160, color_system=None)
    draw(Screen(console, language))
    file = console.file
    assert isinstance(file, io.StringIO)
    return file.getvalue()


def laptop(**said: str) -> Callable[[Sequence[str]], str]:
    return lambda arguments: said.get(arguments[0], "")


def looks() -> list[list[here.Sight]]:
    plan = small()
    far = echo_line("10.0.0.1", 20, 20)
    dark = echo_line("10.0.0.1", 20, 0)
    tries = [
        laptop(ip="[]"),
        laptop(ip='Object "-j" is unknown'),
        laptop(ip=LAPTOP, ping=LOST),
        laptop(ip=LAPTOP, ping=PING),
        laptop(ip=LAPTOP, ping=PING, ssh=far),
        laptop(ip=LAPTOP, ping=PING, ssh=dark),
        laptop(ip=LAPTOP, ping=PING, ssh="% not a question"),
    ]
    return [here.look(plan, REACH, "xa-a", execute) for execute in tries]


def said_by_screens() -> set[str]:
    """Give the keys that all screens together say."""
    keys: set[str] = {"here.title"}
    true_text = messages.text

    def noted(key: str, figures: object = None) -> object:
        keys.add(key)
        return true_text(key, figures)  # type: ignore[arg-type]

    runs = [run_of(), run_of(*SCENES[0][1]), run_of(on_standby), run_of(rate("xa-a-1", 5e6, 0.02))]
    runs.append(run_of(DISTRICT_CUT))
    runs.append(results(small_view(), Answers(), Timing("", "", 1.0)))
    with patch.object(screen, "text", noted), patch.object(here, "text", noted):
        for one in runs:
            shown(lambda made, one=one: made.run(one, absent=3))
            shown(lambda made, one=one: made.link(small(), one, "xa-a"))
        shown(
            lambda made: keys.add(f"state.{made.state(State.NOT_APPLICABLE) and 'NOT APPLICABLE'}")
        )
        shown(lambda made: made.say("table.asking", devices=3))  # type: ignore[func-returns-value]
        looks()
    return keys | {key for key in messages.CATALOGUE if key.startswith("state.")}


def test_a_link_says_the_cause_first() -> None:
    text = shown(lambda made: made.link(small(), run_of(*SCENES[0][1]), "xa-a"))
    lines = text.splitlines()
    assert lines[0] == "The link of xa-a is not good."
    assert lines[1] == "1. circuit xa-a-1 is down"
    assert "VNPT, 0000\u00a0000\u00a0101, circuit number vnpt/xa-a/1" in text
    assert len(lines) < 24


def test_a_link_speaks_vietnamese() -> None:
    text = shown(lambda made: made.link(small(), run_of(*SCENES[0][1]), "xa-a"), "vi")
    assert "đường truyền xa-a-1 bị đứt" in text
    assert "số hiệu đường truyền vnpt/xa-a/1" in text


def test_a_good_link_shows_its_figures() -> None:
    text = shown(lambda made: made.link(small(), run_of(), "xa-a"))
    assert text.startswith("The link of xa-a is good.")
    assert "0 of 200 echoes lost" in text
    assert "19.0 Mbit/s of 20.0" in text


def test_the_standby_is_said() -> None:
    assert "carried by the standby circuit xa-b-2" in shown(
        lambda made: made.run(run_of(on_standby))
    )


@pytest.mark.parametrize(
    ("number", "last", "key"),
    [
        (0, State.FAIL, "here.no-address"),
        (1, State.FAIL, "here.no-address"),
        (2, State.FAIL, "here.gateway-silent"),
        (3, State.UNKNOWN, "here.no-login"),
        (4, State.PASS, "here.circuit-alive"),
        (5, State.FAIL, "here.circuit-silent"),
        (6, State.UNKNOWN, "here.circuit-unread"),
    ],
)
def test_from_here(number: int, last: State, key: str) -> None:
    sight = looks()[number][-1]
    assert (sight.state, sight.text.key) == (last, key)


def test_junit_has_a_case_for_each_result() -> None:
    run = run_of(*SCENES[0][1])
    root = ET.fromstring(junit(run).split("\n", 1)[1])  # noqa: S314 - our own text
    cases = list(root.iter("testcase"))
    names = [case.get("name") for case in cases]
    assert names == sorted(names, key=names.index)
    assert len(names) == len(set(names)) == len(run.checks)
    count = {state: sum(check.state is state for check in run.checks) for state in State}
    assert len(list(root.iter("failure"))) == count[State.FAIL] > 0
    assert len(list(root.iter("error"))) == count[State.UNKNOWN]


def test_a_terminal_is_not_told_what_to_do() -> None:
    evil = "\x1b]0;owned\x07\x9b2J\x00\u202e\ud800"
    run = run_of(*SCENES[0][1])
    said = Text("any", evil, evil)
    checks = tuple(replace(check, text=said, id=check.id + evil) for check in run.checks)
    causes = tuple(replace(cause, evidence=said) for cause in run.causes)
    hostile = replace(run, checks=checks, causes=causes)
    written = junit(hostile)
    ET.fromstring(written.split("\n", 1)[1])  # noqa: S314 - our own text
    silent = replace(hostile, checks=tuple(replace(c, state=State.UNKNOWN) for c in checks))
    drawn = shown(lambda made: made.run(silent)) + shown(
        lambda made: made.link(small(), hostile, "xa-a")
    )
    good = replace(run_of(), checks=tuple(replace(c, text=said) for c in run_of().checks))
    drawn += shown(lambda made: made.link(small(), good, "xa-a"))
    for text in (written, drawn):
        assert "owned" in text
        assert not set(evil) - set("]0;owned2J") & set(text)


def test_a_figure_is_said_without_its_control_characters() -> None:
    said = messages.text("any.no-evidence", {"device": "rt\x1b[2J\x00"})
    assert said.en == "rt\ufffd[2J\ufffd could not be asked"
    assert messages.shown(1.5) == 1.5


def test_the_reference_is_current() -> None:
    file = ROOT / "docs" / "reference" / "checks.md"
    assert file.read_text(encoding="utf-8") == catalogue(), (
        "run: giaoban verify --catalogue > docs/reference/checks.md"
    )
