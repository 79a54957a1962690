"""What the devices said, and how it is read: questions, answers and the NOC's echoes."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from functools import wraps
from typing import Any, Concatenate, NoReturn, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

MOST_DIGITS = 20  # of a whole number: the kernel's counters have 64 bits


class NoAnswer(Exception):  # noqa: N818 - the absence of evidence is not an error
    """Nobody could be asked; `device` is who."""

    def __init__(self, device: str) -> None:
        super().__init__(device)
        self.device = device


class Unreadable(Exception):  # noqa: N818 - as above
    """A device answered something that is no answer to the question."""

    def __init__(self, device: str, command: str) -> None:
        super().__init__(device, command)
        self.device = device
        self.command = command


@dataclass(frozen=True, slots=True, order=True)
class Question:
    """A command for a device. Lower stages are asked first.

    `load` is the traffic it makes, in bits per second; only so much is made at a time.
    """

    stage: int
    device: str
    command: str
    load: int = 0


EVERYTHING = 10**12  # bits per second: a load that nothing else runs beside
# Stages: configuration and counters, echoes, bursts, counters once more.
STATE, ECHOES, BURST, AFTER = range(4)


@dataclass(frozen=True, slots=True)
class Train:
    """Echoes to one address: how many were sent, how many came back, their mean in milliseconds."""

    sent: int
    received: int
    mean_ms: float | None = None

    @property
    def lost(self) -> int:
        """Echoes that did not come back."""
        return self.sent - self.received

    def __add__(self, other: Train) -> Train:
        means = [t for t in (self, other) if t.mean_ms is not None and t.received]
        total = sum(t.received for t in means)
        mean = sum((t.mean_ms or 0) * t.received for t in means) / total if total else None
        return Train(self.sent + other.sent, self.received + other.received, mean)


class Login(StrEnum):
    """How logging in to a device ended."""

    OK = "ok"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    HOST_KEY = "host-key"
    NOT_TRIED = "not-tried"


@dataclass(frozen=True)
class Answers:
    """Everything that was said in a run.

    `said` maps a device to its answers by command, `trains` an address to the NOC's echoes,
    `logins` a device to how the login ended.
    """

    said: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    trains: Mapping[str, Train] = field(default_factory=dict)
    logins: Mapping[str, Login] = field(default_factory=dict)
    _read: dict[Hashable, Any] = field(default_factory=dict, compare=False, repr=False)

    def text(self, device: str, command: str) -> str:
        """Give what a device said.

        Raises:
            NoAnswer: the device was not asked or said nothing.
            Unreadable: it refused the question.

        """
        answer = self.said.get(device, {}).get(command)
        if answer is None:
            raise NoAnswer(device)
        if not answer.strip() or answer.lstrip().startswith("%"):
            raise Unreadable(device, command)
        return answer

    def json(self, device: str, command: str) -> Any:
        """Give what a device said as JSON.

        Raises:
            NoAnswer: the device was not asked.
            Unreadable: the answer is no JSON, is cut off or is something else's.

        """
        text = self.text(device, command)
        try:
            return decoded(text)
        except (ValueError, RecursionError) as broken:
            raise Unreadable(device, command) from broken

    def asked(self, device: str) -> bool:
        """Whether the device let us in."""
        return self.logins.get(device) is Login.OK


def decoded(text: str) -> Any:
    """Read JSON without the numbers that only a broken or hostile box sends.

    Raises:
        ValueError: no JSON, or a number that is not finite or longer than any counter.
        RecursionError: nested too deep.

    """
    return json.loads(text, parse_int=_whole, parse_float=_real, parse_constant=_refuse)


def _whole(digits: str) -> int:
    if len(digits.lstrip("-")) > MOST_DIGITS:
        _refuse(digits[:MOST_DIGITS])
    return int(digits)


def _real(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value) or abs(value) >= 10.0**MOST_DIGITS:
        _refuse(digits[:MOST_DIGITS])
    return value


def _refuse(digits: str) -> NoReturn:
    message = f"{digits} is no number that a device counts"
    raise ValueError(message)


_STUMBLES = (
    LookupError,
    TypeError,
    ValueError,
    ArithmeticError,
    AttributeError,
    RecursionError,
)


@contextmanager
def reading(device: str, command: str) -> Iterator[None]:
    """Turn whatever a parser stumbles over into `Unreadable`."""
    try:
        yield
    except _STUMBLES as stumbled:
        raise Unreadable(device, command) from stumbled


def once(read: Callable[Concatenate[Answers, P], T]) -> Callable[Concatenate[Answers, P], T]:
    """Let a parser read an answer once, however many checks ask for it."""

    @wraps(read)
    def remembered(answers: Answers, /, *arguments: P.args, **named: P.kwargs) -> T:
        key = (read.__qualname__, arguments, tuple(named.items()))
        memory: dict[Hashable, Any] = answers._read  # noqa: SLF001 - the memory is for this
        if key not in memory:
            try:
                memory[key] = read(answers, *arguments, **named)
            except Unreadable as broken:
                memory[key] = broken
        found: T | Unreadable = memory[key]
        if isinstance(found, Unreadable):
            raise Unreadable(found.device, found.command)
        return found

    return remembered
