"""What a check is: a class that documents itself, asks, and judges."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Literal, TypeVar

from giaoban.verify.answers import Answers, Question
from giaoban.verify.model import Layer, State
from giaoban.verify.view import View

S = TypeVar("S")  # what is asked about: a circuit, a device, a session …
E = TypeVar("E")  # what the verdict is drawn from

Figures = dict[str, float | int | str]
Needs = tuple[tuple[str, ...], ...]
NOTHING_NEEDED: Needs = ()


@dataclass(frozen=True, slots=True)
class Target(Generic[S]):
    """One thing that a check asks about; `name` is unique within the site and the check."""

    site: str
    name: str
    subject: S


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer; `reason` names its sentence, `figures` fill it, `place` says where it fails."""

    state: State
    reason: str = "pass"
    figures: Figures = field(default_factory=dict)
    place: str | None = None


def passed(**figures: float | str) -> Verdict:
    """Give a PASS."""
    return Verdict(State.PASS, "pass", figures)


def failed(reason: str, place: str | None = None, **figures: float | str) -> Verdict:
    """Give a FAIL for a reason."""
    return Verdict(State.FAIL, reason, figures, place)


def unknown(reason: str, **figures: float | str) -> Verdict:
    """Give an UNKNOWN for a reason."""
    return Verdict(State.UNKNOWN, reason, figures)


def not_applicable(reason: str, **figures: float | str) -> Verdict:
    """Give a NOT APPLICABLE for a reason."""
    return Verdict(State.NOT_APPLICABLE, reason, figures)


@dataclass(frozen=True, slots=True)
class Threshold:
    """A limit with its unit in words, and where the number comes from."""

    limit: str
    source: str


@dataclass(frozen=True, slots=True)
class Kind:
    """What a failure means when nothing explains it: a name, and who mends it."""

    name: str
    mends: Literal["carrier", "noc"] = "noc"


class Check(ABC, Generic[S, E]):
    """One question with an answer.

    `needs` are checks whose failure explains this one's; `causes` says for each reason of a FAIL
    what is wrong when nothing else explains it.
    """

    id: ClassVar[str]
    layer: ClassVar[Layer]
    needs: ClassVar[tuple[str, ...]] = ()
    thresholds: ClassVar[tuple[Threshold, ...]] = ()
    causes: ClassVar[dict[str, Kind]]

    @abstractmethod
    def targets(self, view: View) -> Iterable[Target[S]]:
        """Give everything in scope that this check asks about."""

    def not_applicable(self, view: View, target: Target[S]) -> Verdict | None:
        """Say why nothing can be asked about a target, or None where something can."""
        del view, target
        return None

    def questions(self, view: View, target: Target[S]) -> Iterable[Question]:
        """Give what is asked in the first round."""
        del view, target
        return ()

    def follow_ups(self, view: View, target: Target[S], answers: Answers) -> Iterable[Question]:
        """Give what is asked once the first answers are there (the same question is asked once)."""
        del view, target, answers
        return ()

    @abstractmethod
    def evidence(self, view: View, target: Target[S], answers: Answers) -> E:
        """Read the evidence out of the answers.

        Raises:
            NoAnswer: nobody could be asked.
            Unreadable: what was said is no answer.

        """

    @abstractmethod
    def verdict(self, view: View, target: Target[S], evidence: E) -> Verdict:
        """Judge; a pure function."""

    def needs_of(self, view: View, target: Target[S]) -> Needs:
        """Give ids of results that must not fail for this one: any one of the groups suffices."""
        del view, target
        return NOTHING_NEEDED

    def explained_by(self, view: View, target: Target[S], verdict: Verdict) -> tuple[str, ...]:
        """Give ids of results any one of which, when it fails, explains this very verdict."""
        del view, target, verdict
        return ()

    def result_id(self, target: Target[S]) -> str:
        """Give the id of this check's result at a target."""
        return result_id(target.site, self.id, target.name)


AnyCheck = Check[Any, Any]


def result_id(site: str, check: str, target: str) -> str:
    """Give the id of a result."""
    return f"{site}/{check}/{target}"
