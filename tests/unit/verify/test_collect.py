"""A run asks everything in a few rounds, and skips who does not answer an echo."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from giaoban.verify.answers import EVERYTHING, Login, Question
from giaoban.verify.assess import judge
from giaoban.verify.checks.circuit_rate import burst_questions
from giaoban.verify.collect import _lines, collect
from giaoban.verify.model import State
from giaoban.verify.transport import LOAD_AT_ONCE, Budget
from giaoban.verify.view import View
from tests.unit.verify.healthy import healthy, small, small_view


class Recording:
    """A fleet that answers from a healthy province; some of its devices are dead."""

    def __init__(self, view: View, *dead: str) -> None:
        self._said = healthy(view).said
        self._dead = dead
        self._gone = {
            str(address)
            for name in dead
            for address in (
                view.plan.devices[name].management.ipv4,
                view.plan.devices[name].management.ipv6,
            )
        }
        self.logins: dict[str, Login] = {}
        self.asked: list[list[Question]] = []
        self.closed = False

    def ask(self, questions: Iterable[Question], heard: Callable[[str, str, str], None]) -> None:
        asked = list(questions)
        self.asked.append(asked)
        for question in sorted(asked):
            if question.device in self._dead:
                self.logins[question.device] = Login.TIMEOUT
                continue
            self.logins[question.device] = Login.OK
            heard(question.device, question.command, self._answer(question))

    def _answer(self, question: Question) -> str:
        words = question.command.split()
        if words[0] == "fping":
            count = int(words[3])
            return "\n".join(
                f"{address} : {' '.join(['-' if address in self._gone else '0.5'] * count)}"
                for address in words[10:]
            )
        return self._said.get(question.device, {}).get(question.command, "[]")

    def wait_for_busy(self) -> None:
        """Nothing is slow here."""

    def close(self) -> None:
        self.closed = True


def test_a_healthy_province_is_asked_in_four_rounds() -> None:
    view = small_view()
    fleet = Recording(view)
    states = {one.verdict.state for one in judge(view, collect(view, fleet)).values()}
    assert states == {State.PASS, State.NOT_APPLICABLE}
    assert len(fleet.asked) <= 5
    assert fleet.closed


def test_the_dead_are_not_asked() -> None:
    view = small_view()
    fleet = Recording(view, "rt-xa-a")
    found = judge(view, collect(view, fleet))
    assert found["xa-a/device-reachable/rt-xa-a"].verdict.reason == "silent"
    assert "rt-xa-a" not in {question.device for asked in fleet.asked for question in asked}


def test_without_the_noc_everybody_is_tried() -> None:
    view = small_view()
    fleet = Recording(view, "sv-noc-1")
    found = judge(view, collect(view, fleet))
    assert found["xa-a/device-reachable/rt-xa-a"].verdict.reason == "no-probe"
    assert found["xa-a/circuit/xa-a-1"].verdict.state is State.PASS


def test_what_does_not_stand_is_not_asked() -> None:
    plan = small()
    standing = frozenset(name for name in plan.devices if not name.endswith("huyen-b"))
    view = View.of(plan, None, standing)
    assert {circuit.name for circuit in view.circuits} >= {"xa-b-1"}
    assert not any(circuit.name in ("xa-b-2", "huyen-b-1") for circuit in view.circuits)
    states = {one.verdict.state for one in judge(view, healthy(view)).values()}
    assert states == {State.PASS, State.NOT_APPLICABLE}


def test_only_so_much_load_runs_at_once() -> None:
    budget = Budget(100)
    entered = threading.Event()

    def second() -> None:
        with budget.taking(60):
            entered.set()

    with budget.taking(60):
        waiting = threading.Thread(target=second)
        waiting.start()
        assert not entered.wait(0.05)
    assert entered.wait(5)
    waiting.join(5)
    with budget.taking(1000):
        pass


def test_the_noc_is_never_asked_for_more_than_it_takes() -> None:
    devices = list(small().devices.values()) * 12
    lines = list(_lines("fping -q -C 50 -p 40", devices))
    asked = [line.split()[6:] for line in lines]
    assert sum(len(addresses) for addresses in asked) == 2 * len(devices)
    assert max(len(addresses) for addresses in asked) <= 128
    assert max(len(line) for line in lines) < 4095


def test_a_burst_that_fell_short_is_repeated_alone() -> None:
    loads = [question.load for question in burst_questions(small().circuits["xa-a-1"])]
    assert loads[2:] == [EVERYTHING] * 3
    assert max(loads[:2]) < LOAD_AT_ONCE < EVERYTHING
