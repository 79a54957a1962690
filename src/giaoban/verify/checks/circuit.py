"""Circuits carry packets at all, and lose none."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import ClassVar

from giaoban.plan.model import CircuitPlan
from giaoban.verify.answers import ECHOES, STATE, Answers, NoAnswer, Question, Train, Unreadable
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
from giaoban.verify.needs import (
    CIRCUIT,
    CONFIGURED,
    LOSS,
    of_circuit,
    of_port,
    reachable,
)
from giaoban.verify.parse.linux import ADDRESSES, echoes, interfaces
from giaoban.verify.view import View

FIRST_TRAIN, SECOND_TRAIN = 100, 400
LOSS_OBJECTIVE = 0.001
CONFIDENCE = 0.999


def circuit_targets(view: View) -> Iterable[Target[CircuitPlan]]:
    """Give every circuit in scope."""
    return (Target(circuit.site, circuit.name, circuit) for circuit in view.circuits)


def far_addresses(circuit: CircuitPlan, device: str) -> tuple[str, str]:
    """Give the addresses at the other end of a circuit, IPv4 first."""
    lower = circuit.lower.device == device
    far = circuit.upper_address if lower else circuit.lower_address
    return str(far.ipv4.ip), str(far.ipv6.ip)


def asking_end(view: View, circuit: CircuitPlan, answers: Answers | None) -> str:
    """Give the router that probes a circuit: the lower one unless it cannot be asked."""
    lower, upper = circuit.lower.device, circuit.upper.device
    if not view.ours(lower) or (answers is not None and not answers.asked(lower)):
        return upper
    return lower


def loss_question(
    view: View, circuit: CircuitPlan, count: int, answers: Answers | None
) -> Question:
    """Give the question for a train of small echoes over a circuit, both families."""
    device = asking_end(view, circuit, answers)
    addresses = " ".join(far_addresses(circuit, device))
    return Question(ECHOES, device, f"measure loss {count} {addresses}")


@dataclass(frozen=True, slots=True)
class Crossing:
    """Echoes over a circuit in each family, and carrier at each end (None: not said)."""

    ipv4: Train
    ipv6: Train
    lower_carrier: bool | None = None
    upper_carrier: bool | None = None


def crossing(view: View, circuit: CircuitPlan, answers: Answers, count: int) -> Crossing:
    """Read one train of echoes.

    Raises:
        NoAnswer: neither end could be asked.
        Unreadable: what was said is no answer.

    """
    question = loss_question(view, circuit, count, answers)
    trains = echoes(answers, question.device, question.command)
    try:
        ipv4, ipv6 = (trains[one] for one in far_addresses(circuit, question.device))
    except KeyError as missing:
        raise Unreadable(question.device, question.command) from missing
    return Crossing(ipv4, ipv6, _carrier(answers, circuit.lower), _carrier(answers, circuit.upper))


def _carrier(answers: Answers, port: object) -> bool | None:
    device, _, name = str(port).partition(":")
    try:
        found = interfaces(answers, device).get(name)
    except (NoAnswer, Unreadable):
        return None
    return found.carrier if found and found.enabled else None


class CircuitAlive(Check[CircuitPlan, Crossing]):
    """A circuit carries packets between its two ends, in both families.

    Why: everything else at a site rests on it. The router at the lower end asks its neighbour over
    the circuit itself, so a standby circuit is tried as well; where it cannot, the upper end asks.
    """

    id = CIRCUIT
    layer = Layer.LINK
    needs = ("interface-configured", "device-reachable")
    thresholds = (Threshold("one echo of 100 comes back", "presence, not quality"),)
    causes: ClassVar[dict[str, Kind]] = {
        "silent": Kind("circuit-down", "carrier"),
        "no-carrier": Kind("circuit-down", "carrier"),
        "one-family": Kind("circuit-one-family", "carrier"),
    }

    def targets(self, view: View) -> Iterable[Target[CircuitPlan]]:
        """Every circuit."""
        return circuit_targets(view)

    def questions(self, view: View, target: Target[CircuitPlan]) -> Iterable[Question]:
        """Send a train from the lower end, and look at the ports of both."""
        ends = (target.subject.lower.device, target.subject.upper.device)
        yield from (Question(STATE, end, ADDRESSES) for end in ends if view.ours(end))
        yield loss_question(view, target.subject, FIRST_TRAIN, None)

    def follow_ups(
        self, view: View, target: Target[CircuitPlan], answers: Answers
    ) -> Iterable[Question]:
        """Where the lower end could not be asked, ask from the upper one."""
        yield loss_question(view, target.subject, FIRST_TRAIN, answers)

    def evidence(self, view: View, target: Target[CircuitPlan], answers: Answers) -> Crossing:
        """Read the train and the ports."""
        return crossing(view, target.subject, answers, FIRST_TRAIN)

    def verdict(self, view: View, target: Target[CircuitPlan], evidence: Crossing) -> Verdict:
        """Judge."""
        del view
        circuit = target.subject
        figures: dict[str, str | int | float] = {
            "circuit": circuit.name,
            "lower": circuit.lower.device,
            "upper": circuit.upper.device,
            "sent": evidence.ipv4.sent + evidence.ipv6.sent,
        }
        alive = [train.received > 0 for train in (evidence.ipv4, evidence.ipv6)]
        if not evidence.ipv4.sent or not evidence.ipv6.sent:
            return unknown("not-sent", circuit=circuit.name)
        if all(alive):
            return passed(**figures)
        if any(alive):
            family = "IPv6" if alive[0] else "IPv4"
            return failed("one-family", circuit.name, family=family, **figures)
        dark = [
            str(port)
            for port, carrier in (
                (circuit.lower, evidence.lower_carrier),
                (circuit.upper, evidence.upper_carrier),
            )
            if carrier is False
        ]
        if dark:
            return failed("no-carrier", circuit.name, ports=", ".join(dark), **figures)
        return failed("silent", circuit.name, **figures)

    def needs_of(self, view: View, target: Target[CircuitPlan]) -> Needs:
        """One end answers, and the ports of the ends that can be asked are configured."""
        circuit = target.subject
        ends = [port for port in (circuit.lower, circuit.upper) if view.ours(port.device)]
        ports = tuple(of_port(view, CONFIGURED, port) for port in ends)
        return tuple((reachable(view, port.device), *ports) for port in reversed(ends))


def worse_than(train: Train, objective: float = LOSS_OBJECTIVE) -> bool:
    """Whether a sample proves more loss than the objective: P(at least that many) < 0.1 %."""
    below = sum(
        math.comb(train.sent, k) * objective**k * (1 - objective) ** (train.sent - k)
        for k in range(train.lost)
    )
    return train.lost > 0 and 1 - below < 1 - CONFIDENCE


def loss_bound_percent(train: Train) -> float:
    """Give the loss that a clean sample cannot exclude (95 %: the rule of three), in percent."""
    return round(300 / train.sent, 2) if train.sent else 100.0


class CircuitLoss(Check[CircuitPlan, Crossing]):
    """A circuit loses no more packets than its class may.

    Why: from one percent on, sound stutters and transfers crawl, while every lamp is green.
    """

    id = LOSS
    layer = Layer.NETWORK
    needs = ("circuit",)
    thresholds = (
        Threshold(
            "0.1 % of echoes, proven at 99.9 % (100 of each family; 400 more when one is missing)",
            "ITU-T Y.1541 table 1, IPLR of classes 0-4",
        ),
    )
    causes: ClassVar[dict[str, Kind]] = {"loss": Kind("circuit-loss", "carrier")}

    def targets(self, view: View) -> Iterable[Target[CircuitPlan]]:
        """Every circuit."""
        return circuit_targets(view)

    def questions(self, view: View, target: Target[CircuitPlan]) -> Iterable[Question]:
        """The same train that shows whether the circuit is alive."""
        yield loss_question(view, target.subject, FIRST_TRAIN, None)

    def follow_ups(
        self, view: View, target: Target[CircuitPlan], answers: Answers
    ) -> Iterable[Question]:
        """One missing echo asks for a larger sample."""
        circuit = target.subject
        try:
            first = crossing(view, circuit, answers, FIRST_TRAIN)
        except (NoAnswer, Unreadable):
            return
        if any(0 < train.lost < train.sent for train in (first.ipv4, first.ipv6)):
            yield loss_question(view, circuit, SECOND_TRAIN, answers)

    def evidence(self, view: View, target: Target[CircuitPlan], answers: Answers) -> Crossing:
        """Add up both trains."""
        first = crossing(view, target.subject, answers, FIRST_TRAIN)
        try:
            second = crossing(view, target.subject, answers, SECOND_TRAIN)
        except (NoAnswer, Unreadable):
            return first
        return replace(first, ipv4=first.ipv4 + second.ipv4, ipv6=first.ipv6 + second.ipv6)

    def verdict(self, view: View, target: Target[CircuitPlan], evidence: Crossing) -> Verdict:
        """Judge both families together: the line does not know which is which."""
        del view
        circuit = target.subject
        both = evidence.ipv4 + evidence.ipv6
        if not both.received or not both.sent:
            return unknown("no-echo", circuit=circuit.name)
        percent = round(100 * both.lost / both.sent, 2)
        if worse_than(both):
            return failed(
                "loss",
                circuit.name,
                circuit=circuit.name,
                percent=percent,
                lost=both.lost,
                sent=both.sent,
            )
        return passed(
            circuit=circuit.name,
            lost=both.lost,
            sent=both.sent,
            bound=loss_bound_percent(both),
        )

    def needs_of(self, view: View, target: Target[CircuitPlan]) -> Needs:
        """The circuit is alive."""
        del view
        return ((of_circuit(CIRCUIT, target.subject),),)
