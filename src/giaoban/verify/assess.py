"""From what the devices said to results: every check judged, every failure traced to a root."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from giaoban.verify.answers import Answers, NoAnswer, Question, Unreadable
from giaoban.verify.check import AnyCheck, Needs, Target, Verdict, unknown
from giaoban.verify.checks import CHECKS
from giaoban.verify.messages import text
from giaoban.verify.model import State, Text
from giaoban.verify.view import View

_LOG = logging.getLogger(__name__)
BROKEN = (State.FAIL, State.BLOCKED)


@dataclass(frozen=True)
class Found:
    """One check judged at one target, before causes are known."""

    check: AnyCheck
    target: Target[object]
    verdict: Verdict
    needs: Needs
    explained_by: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The result's id."""
        return self.check.result_id(self.target)

    @cached_property
    def text(self) -> Text:
        """What was found, in both languages."""
        reason = self.verdict.reason
        key = reason if reason.startswith("any.") else f"{self.check.id}.{reason}"
        return text(key, self.verdict.figures)


def everything(view: View) -> Iterator[tuple[AnyCheck, Target[object]]]:
    """Give every check with each of its targets."""
    for check in CHECKS:
        for target in check.targets(view):
            yield check, target


def first_questions(view: View) -> set[Question]:
    """Give what is asked in the first round."""
    return {
        question
        for check, target in everything(view)
        if check.not_applicable(view, target) is None
        for question in check.questions(view, target)
    }


def further_questions(view: View, answers: Answers) -> set[Question]:
    """Give what is asked once these answers are there and has not been asked yet."""
    return {
        question
        for check, target in everything(view)
        if check.not_applicable(view, target) is None
        for question in _follow_ups(view, answers, check, target)
        if answers.asked(question.device)
        and question.command not in answers.said.get(question.device, {})
    }


def _follow_ups(
    view: View, answers: Answers, check: AnyCheck, target: Target[object]
) -> list[Question]:
    try:
        return list(check.follow_ups(view, target, answers))
    except Exception:  # noqa: BLE001 - whatever one box says, the others are asked
        _LOG.debug("%s at %s", check.id, target.name, exc_info=True)
        return []


def judge(view: View, answers: Answers) -> dict[str, Found]:
    """Judge every check at every target, by id."""
    found: dict[str, Found] = {}
    for check, target in everything(view):
        one = _found(view, answers, check, target)
        found[one.id] = one
    return found


def _found(view: View, answers: Answers, check: AnyCheck, target: Target[object]) -> Found:
    """Judge one check at one target; whatever a box says, it is this result's trouble alone."""
    needs = check.needs_of(view, target)
    try:
        verdict = _verdict(view, answers, check, target)
        explained_by = check.explained_by(view, target, verdict)
        one = Found(check, target, verdict, needs, explained_by)
        said = one.text
    except Exception:  # noqa: BLE001 - as the docstring says
        _LOG.debug("%s at %s", check.id, target.name, exc_info=True)
        return Found(
            check, target, unknown("any.unreadable", device=target.name, command=check.id), needs
        )
    del said
    return one


def _verdict(view: View, answers: Answers, check: AnyCheck, target: Target[object]) -> Verdict:
    beside = check.not_applicable(view, target)
    if beside is not None:
        return beside
    try:
        evidence = check.evidence(view, target, answers)
    except NoAnswer as absent:
        return unknown("any.no-evidence", device=absent.device)
    except Unreadable as broken:
        return unknown("any.unreadable", device=broken.device, command=broken.command)
    return check.verdict(view, target, evidence)


class Tracing:
    """Traces every FAIL and UNKNOWN to the failures that explain it.

    A result is blocked when each group of its needs has a member that failed, or when something
    failed that explains its verdict. What is merely
    unknown explains nothing: needs name the failure behind it as well.
    """

    def __init__(self, found: Mapping[str, Found]) -> None:
        self._found = found
        self._roots: dict[str, frozenset[str]] = {}

    def is_blocked(self, result: str) -> bool:
        """Whether other failures explain a result that did not pass."""
        one = self._found[result]
        wanting = one.verdict.state in (State.FAIL, State.UNKNOWN)
        groups = [self._broken(result, group) for group in one.needs]
        explained = bool(self._broken(result, one.explained_by))
        return wanting and (explained or (bool(groups) and all(groups)))

    def _broken(self, result: str, group: tuple[str, ...]) -> list[str]:
        return [
            need
            for need in group
            if need != result
            and need in self._found
            and self._found[need].verdict.state is State.FAIL
        ]

    def roots(self, result: str) -> frozenset[str]:
        """Give the ids of the failures behind a result: itself for a root, none for a PASS."""
        if result not in self._roots:
            self._roots[result] = frozenset()  # what holds inside a loop of needs
            self._roots[result] = self._trace(self._found[result])
        return self._roots[result]

    def _trace(self, one: Found) -> frozenset[str]:
        itself = frozenset({one.id}) if one.verdict.state is State.FAIL else frozenset[str]()
        if not self.is_blocked(one.id):
            return itself
        behind = {
            root
            for group in (one.explained_by, *one.needs)
            for need in self._broken(one.id, group)
            for root in self.roots(need)
        }
        return frozenset(behind - {one.id}) or itself
