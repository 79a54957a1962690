"""Queues are as planned, and used."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from giaoban.plan.model import Port
from giaoban.verify.answers import AFTER, STATE, Answers, NoAnswer, Question, Unreadable
from giaoban.verify.check import (
    Check,
    Kind,
    Needs,
    Target,
    Threshold,
    Verdict,
    failed,
    passed,
    unknown,
)
from giaoban.verify.model import Layer
from giaoban.verify.needs import CIRCUIT, CONFIGURED, of_circuit, of_port, port_site, reachable
from giaoban.verify.needs import QUEUES as QUEUES_ID
from giaoban.verify.parse.queues import QUEUES, QUEUES_AFTER, QueueClass, queues
from giaoban.verify.view import View

SHAPER = 1
TOLERANCE = 0.01  # the kernel keeps rates in whole bytes per second


@dataclass(frozen=True, slots=True)
class PlannedShaper:
    """A port's shaped rate and its classes as (minor, rate, ceiling), in bits per second."""

    port: Port
    rate: int
    classes: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class Shaper:
    """Classes by minor number, before the run's own echoes and (where it was asked) after them."""

    before: dict[int, QueueClass] | None
    after: dict[int, QueueClass] | None


def _near(found: int, planned: int) -> bool:
    return abs(found - planned) <= TOLERANCE * planned + 8


def _as_planned(found: QueueClass | None, rate: int, ceiling: int) -> bool:
    return found is not None and _near(found.rate, rate) and _near(found.ceiling, ceiling)


class Queues(Check[PlannedShaper, Shaper]):
    """Each circuit port is shaped to 95 % of the committed rate with its classes, and they count.

    Why: without our own shaper the queue stands at the carrier, who drops sound as gladly as mail.
    """

    id = QUEUES_ID
    layer = Layer.NETWORK
    needs = ("device-reachable", "interface-configured")
    thresholds = (
        Threshold("rates and ceilings within 1 % of the plan's", "the kernel's own rounding"),
    )
    causes: ClassVar[dict[str, Kind]] = {
        "missing": Kind("queues-missing"),
        "rate": Kind("queues-wrong"),
        "classes": Kind("queues-wrong"),
        "still": Kind("queues-unused"),
    }

    def targets(self, view: View) -> Iterable[Target[PlannedShaper]]:
        """Every circuit port of our routers."""
        for device in view.devices:
            rows: list[dict[str, Any]] = view.planned(device.name, "qos__interfaces") or []
            for row in rows:
                port = Port(device.name, row["name"])
                site = port_site(view, port)
                classes = tuple((c["minor"], c["rate"], c["ceiling"]) for c in row["classes"])
                if view.port_in_scope(port):
                    yield Target(site, str(port), PlannedShaper(port, row["rate"], classes))

    def questions(self, view: View, target: Target[PlannedShaper]) -> Iterable[Question]:
        """Ask for the queues before and after the run's echoes."""
        del view
        device = target.subject.port.device
        yield Question(STATE, device, QUEUES)
        yield Question(AFTER, device, QUEUES_AFTER)

    def evidence(self, view: View, target: Target[PlannedShaper], answers: Answers) -> Shaper:
        """Read both."""
        del view
        port = target.subject.port
        before = queues(answers, port.device).get(port.name)
        try:
            after = queues(answers, port.device, QUEUES_AFTER).get(port.name)
        except (NoAnswer, Unreadable):
            after = None
        return Shaper(before, after)

    def verdict(self, view: View, target: Target[PlannedShaper], evidence: Shaper) -> Verdict:
        """Judge. The minor numbers of the plan are read as hexadecimal by tc."""
        del view
        planned, place = target.subject, target.name
        if not evidence.before or SHAPER not in evidence.before:
            return failed("missing", place, port=place)
        found = evidence.before[SHAPER]
        if not _near(found.rate, planned.rate):
            return failed(
                "rate", place, port=place, found=found.rate // 1000, planned=planned.rate // 1000
            )
        wrong = [
            f"1:{minor}"
            for minor, rate, ceiling in planned.classes
            if not _as_planned(evidence.before.get(int(str(minor), 16)), rate, ceiling)
        ]
        if wrong:
            return failed("classes", place, port=place, classes=", ".join(wrong))
        if evidence.after is None or SHAPER not in evidence.after:
            return unknown("no-second", port=place)
        moved = evidence.after[SHAPER].packets - found.packets
        if moved <= 0:
            return failed("still", place, port=place)
        return passed(port=place, rate=planned.rate // 1000, packets=moved)

    def needs_of(self, view: View, target: Target[PlannedShaper]) -> Needs:
        """The router answers, the port is there, and something can cross the circuit."""
        port = target.subject.port
        circuit = view.circuit_at(port)
        line = (of_circuit(CIRCUIT, circuit),) if circuit else ()
        return ((reachable(view, port.device), of_port(view, CONFIGURED, port), *line),)
