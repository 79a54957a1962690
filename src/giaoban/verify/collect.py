"""Asks a whole province: who is there, then everything, then what the answers make one ask."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from giaoban.plan.model import Device
from giaoban.verify.answers import AFTER, BURST, ECHOES, STATE, Answers, Login, Question, Train
from giaoban.verify.assess import first_questions, further_questions
from giaoban.verify.parse.linux import fping
from giaoban.verify.transport import Door, Fleet
from giaoban.verify.view import View

ROUNDS = 6
WORKERS = 8 * (os.cpu_count() or 1)
_PRESENCE = "fping -q -C 3 -p 100 -i 1 -t 800"
_QUALITY = "fping -q -C 50 -p 40 -i 1 -t 800"
_LINE = 3500  # characters: a terminal takes 4,095 in one line
_ADDRESSES = 128  # in one line: as many as /etc/giaoban/observe takes

Progress = Callable[[str], None]


class Asking(Protocol):
    """What collects answers; the fleet, or a recording in a test."""

    logins: dict[str, Login]

    def ask(self, questions: Iterable[Question], heard: Callable[[str, str, str], None]) -> None:
        """Ask, and call `heard` with device, command and answer."""

    def wait_for_busy(self) -> None:
        """Be patient from now on: who is asked is known to be there."""

    def close(self) -> None:
        """Log out everywhere."""


def collect(view: View, fleet: Asking, progress: Progress | None = None) -> Answers:
    """Ask everything in scope and give the answers."""
    said: dict[str, dict[str, str]] = {}
    trains: dict[str, Train] = {}

    def heard(device: str, command: str, answer: str) -> None:
        if command.startswith("fping "):
            for address, train in fping(answer, int(command.split()[3])).items():
                trains[address] = trains[address] + train if address in trains else train
        said.setdefault(device, {})[command] = answer
        if progress is not None:
            progress(device)

    try:
        there = _presence(view, fleet, heard, trains)
        # A stage at a time: bursts are measured while nothing else runs.
        first = list(_round_one(view, there))
        for stages in (STATE, ECHOES), (BURST,), (AFTER,):
            fleet.ask([question for question in first if question.stage in stages], heard)
        answers = Answers(said, trains, fleet.logins)
        for _ in range(ROUNDS):
            further = further_questions(view, answers)
            if not further:
                break
            fleet.ask(further, heard)
    finally:
        fleet.close()
    return Answers(said, trains, _logins(fleet, said))


def _round_one(view: View, there: set[str]) -> Iterator[Question]:
    yield from (question for question in first_questions(view) if question.device in there)
    # A box nobody has a question for is still asked to let us in.
    yield from (Question(STATE, device, "ip -j route") for device in there)
    if view.noc:
        routers = [device for device in view.devices if device.role == "router"]
        for line in _lines(_QUALITY, routers):
            yield Question(ECHOES, view.noc, line)


def _presence(
    view: View,
    fleet: Asking,
    heard: Callable[[str, str, str], None],
    trains: dict[str, Train],
) -> set[str]:
    """Give the devices worth a login: those that answer an echo, or all where nobody can send."""
    devices = list(view.devices)
    everybody = {device.name for device in devices}
    if view.noc is None:
        return everybody
    fleet.ask([Question(STATE, view.noc, line) for line in _lines(_PRESENCE, devices)], heard)
    if not trains:
        return everybody
    fleet.wait_for_busy()
    silent = {
        device.name
        for device in devices
        if not any(train.received for address in _both(device) if (train := trains.get(address)))
    }
    return everybody - silent


def _logins(fleet: Asking, said: dict[str, dict[str, str]]) -> dict[str, Login]:
    """A login that was followed by no answer at all is no login."""
    return {
        device: Login.TIMEOUT if login is Login.OK and device not in said else login
        for device, login in fleet.logins.items()
    }


def _both(device: Device) -> tuple[str, str]:
    return str(device.management.ipv4), str(device.management.ipv6)


def _lines(command: str, devices: Iterable[Device]) -> Iterator[str]:
    """Give `fping` for both addresses of many devices, in lines that a terminal takes."""
    line, count = command, 0
    for device in devices:
        both = _both(device)
        more = " ".join(both)
        if len(line) + len(more) >= _LINE or count + len(both) > _ADDRESSES:
            yield line
            line, count = command, 0
        line, count = f"{line} {more}", count + len(both)
    if line != command:
        yield line


def fleet_of(doors: Iterable[Door]) -> Fleet:
    """Give the fleet behind these doors."""
    return Fleet(doors, WORKERS)
