"""Full-size packets cross a circuit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from giaoban.plan.model import CircuitPlan
from giaoban.verify.answers import ECHOES, Answers, NoAnswer, Question, Train, Unreadable
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
from giaoban.verify.checks.circuit import (
    FIRST_TRAIN,
    asking_end,
    circuit_targets,
    crossing,
    far_addresses,
)
from giaoban.verify.model import Layer
from giaoban.verify.needs import CIRCUIT, CONFIGURED, MTU, of_circuit, of_port
from giaoban.verify.parse.linux import echoes
from giaoban.verify.view import View

SMALLER = (1492, 1472, 1454, 1428, 1400, 1350, 1300, 1280)
CHANCE = 0.001


@dataclass(frozen=True, slots=True)
class Sizes:
    """Echoes of the circuit's full size, small ones beside them, the largest size that passes."""

    ipv4: Train
    ipv6: Train
    small: Train
    largest: int | None = None


def mtu_question(view: View, circuit: CircuitPlan, size: int, answers: Answers | None) -> Question:
    """Give the question for unfragmented echoes of `size` bytes, IP header included."""
    device = asking_end(view, circuit, answers)
    addresses = " ".join(far_addresses(circuit, device))
    return Question(ECHOES, device, f"measure mtu {size} {addresses}")


def _trains(view: View, circuit: CircuitPlan, answers: Answers, size: int) -> tuple[Train, Train]:
    question = mtu_question(view, circuit, size, answers)
    trains = echoes(answers, question.device, question.command)
    try:
        ipv4, ipv6 = (trains[one] for one in far_addresses(circuit, question.device))
    except KeyError as missing:
        raise Unreadable(question.device, question.command) from missing
    return ipv4, ipv6


class PathMtu(Check[CircuitPlan, Sizes]):
    """Packets of the circuit's full size cross it unfragmented, in both families.

    Why: a tunnel or a media converter with a smaller MTU lets pings through and stalls mail, web
    pages and video, because nobody tells the sender.
    """

    id = MTU
    layer = Layer.NETWORK
    needs = ("circuit", "interface-configured")
    thresholds = (
        Threshold(
            "one of four echoes of the circuit's `mtu` (bytes, IP header included) comes back",
            "RFC 8899 section 3; RFC 4821 section 7.2 for the sizes tried below it",
        ),
    )
    causes: ClassVar[dict[str, Kind]] = {"black-hole": Kind("mtu-black-hole", "carrier")}

    def targets(self, view: View) -> Iterable[Target[CircuitPlan]]:
        """Every circuit."""
        return circuit_targets(view)

    def questions(self, view: View, target: Target[CircuitPlan]) -> Iterable[Question]:
        """Send full-size echoes from the lower end."""
        yield mtu_question(view, target.subject, target.subject.mtu, None)

    def follow_ups(
        self, view: View, target: Target[CircuitPlan], answers: Answers
    ) -> Iterable[Question]:
        """Where full-size echoes vanish, look for the size that passes."""
        circuit = target.subject
        yield mtu_question(view, circuit, circuit.mtu, answers)
        try:
            trains = _trains(view, circuit, answers, circuit.mtu)
            small = crossing(view, circuit, answers, FIRST_TRAIN)
        except (NoAnswer, Unreadable):
            return
        alive = small.ipv4.received and small.ipv6.received
        if alive and not all(train.received for train in trains):
            for size in (one for one in SMALLER if one < circuit.mtu):
                yield mtu_question(view, circuit, size, answers)

    def evidence(self, view: View, target: Target[CircuitPlan], answers: Answers) -> Sizes:
        """Read the full-size echoes, the small ones and the largest size that passes."""
        circuit = target.subject
        ipv4, ipv6 = _trains(view, circuit, answers, circuit.mtu)
        small = crossing(view, circuit, answers, FIRST_TRAIN)
        largest = None
        for size in (one for one in SMALLER if one < circuit.mtu):
            try:
                trains = _trains(view, circuit, answers, size)
            except (NoAnswer, Unreadable):
                continue
            if all(train.received for train in trains):
                largest = size
                break
        return Sizes(ipv4, ipv6, small.ipv4 + small.ipv6, largest)

    def verdict(self, view: View, target: Target[CircuitPlan], evidence: Sizes) -> Verdict:
        """Judge: with heavy loss, four missing echoes prove nothing."""
        del view
        circuit = target.subject
        full = (evidence.ipv4, evidence.ipv6)
        if not evidence.small.received or not all(train.sent for train in full):
            return unknown("no-echo", circuit=circuit.name)
        if all(train.received for train in full):
            return passed(circuit=circuit.name, mtu=circuit.mtu)
        loss = evidence.small.lost / evidence.small.sent
        if loss ** min(train.sent for train in full) > CHANCE:
            return unknown("too-lossy", circuit=circuit.name, percent=round(100 * loss, 1))
        largest = evidence.largest or 0
        return failed(
            "black-hole", circuit.name, circuit=circuit.name, mtu=circuit.mtu, largest=largest
        )

    def needs_of(self, view: View, target: Target[CircuitPlan]) -> Needs:
        """The circuit is alive and both ports have the planned MTU."""
        circuit = target.subject
        ends = [port for port in (circuit.lower, circuit.upper) if view.ours(port.device)]
        ports = tuple(of_port(view, CONFIGURED, port) for port in ends)
        return ((of_circuit(CIRCUIT, circuit), *ports),)
