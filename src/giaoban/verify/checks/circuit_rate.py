"""A circuit gives the rate its contract says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from giaoban.plan.model import CircuitPlan
from giaoban.verify.answers import BURST, EVERYTHING, Answers, NoAnswer, Question, Unreadable
from giaoban.verify.check import (
    Check,
    Kind,
    Needs,
    Target,
    Threshold,
    Verdict,
    failed,
    not_applicable,
    passed,
    unknown,
)
from giaoban.verify.checks.circuit import circuit_targets, far_addresses
from giaoban.verify.model import Layer, State
from giaoban.verify.needs import CIRCUIT, LOSS, MTU, QUEUES, of_circuit, of_port
from giaoban.verify.parse.linux import Burst, burst
from giaoban.verify.view import View

FAST = 50_000_000  # bits per second: from here on an echo is six frames, to spare the prober
SMALL, LARGE = 1400, 8872  # bytes of an echo
ECHO_BITS = {
    SMALL: 8 * (14 + 20 + 8 + SMALL),  # Ethernet, IPv4 and ICMP headers
    LARGE: 8 * (6 * (14 + 20) + 8 + LARGE),
}
WINDOW = {SMALL: 40, LARGE: 24}  # echoes in flight: some 10 to 30 ms of the circuit
BURST_SECONDS = 0.25
FEWEST, MOST = 60, 9000
ENOUGH = 0.80
SURE = 0.88  # below it, the burst is repeated
TOGETHER, ALONE = 2, 3  # bursts beside those of other circuits, then with nothing beside them
QUEUED = 3  # echoes: one that waited this long met a queue, so the circuit was full
DROPPED = 0.05
# Times our shaper held back for each packet: 0.3 to 1.7 where it was the bottleneck of a loop, 0 to
# 0.1 (the first window) where the circuit behind it was; measured in the twin at 20 and 300 Mbit/s.
HELD = 0.25


def echo_size(circuit: CircuitPlan) -> int:
    """Give the size of the echoes that measure a circuit, in bytes."""
    return LARGE if circuit.rate >= FAST else SMALL


def burst_questions(circuit: CircuitPlan) -> list[Question]:
    """Give the question and its repetitions; they differ by one packet each.

    The last ones are asked alone: a busy prober is slower than a fast circuit.
    """
    size = echo_size(circuit)
    echoes = round(circuit.rate * BURST_SECONDS / ECHO_BITS[size])
    count = min(max(echoes, FEWEST), MOST)
    far, _ = far_addresses(circuit, circuit.lower.device)
    lower = circuit.lower
    return [
        Question(
            BURST,
            lower.device,
            f"measure rate {lower.name} {far} {count + n} {WINDOW[size]} {size}",
            load=circuit.rate if n < TOGETHER else EVERYTHING,
        )
        for n in range(TOGETHER + ALONE)
    ]


class CircuitRate(Check[CircuitPlan, Burst]):
    """A circuit carries its committed rate, both ways.

    Why: a carrier that sells 20 and gives 10 is found in the first meeting, if not here. The router
    at the lower end sends a quarter of a second's worth of large echoes at the shaped rate to the
    upper end; what returns per second is what the slower direction carries, other traffic included.
    Echoes are sent as they come back, so the queue stands at the slowest place: where that is our
    own shaper, the circuit is no slower than what we let through, and it passes whatever a busy
    prober reached. A burst that neither waited nor was dropped did not fill the circuit: then
    nothing is said about the carrier.
    """

    id = "circuit-rate"
    layer = Layer.NETWORK
    needs = ("circuit", "circuit-loss", "path-mtu", "queues")
    thresholds = (
        Threshold(
            "80 % of the committed rate at layer 2, in the best of five bursts",
            "ITU-T Y.1564 asks for all of it; 5 % is kept by our own shaper, 15 % is what a short"
            " burst cannot resolve",
        ),
        Threshold(
            "or our own shaper held back at least once for four packets, and 5 % were lost at most",
            "measured: it is three times for ten, or more, where the shaper is the bottleneck, and"
            " once for ten at most where the circuit is",
        ),
    )
    causes: ClassVar[dict[str, Kind]] = {"low": Kind("rate-below-contract", "carrier")}

    def targets(self, view: View) -> Iterable[Target[CircuitPlan]]:
        """Every circuit."""
        return circuit_targets(view)

    def not_applicable(self, view: View, target: Target[CircuitPlan]) -> Verdict | None:
        """A far end that is not ours is not flooded."""
        ends = (target.subject.lower.device, target.subject.upper.device)
        if all(view.ours(end) for end in ends):
            return None
        return not_applicable("not-ours", circuit=target.name)

    def questions(self, view: View, target: Target[CircuitPlan]) -> Iterable[Question]:
        """Send one burst."""
        del view
        yield burst_questions(target.subject)[0]

    def follow_ups(
        self, view: View, target: Target[CircuitPlan], answers: Answers
    ) -> Iterable[Question]:
        """Repeat a burst that fell short."""
        del view
        for question in burst_questions(target.subject):
            try:
                measured = burst(answers, question.device, question.command)
            except NoAnswer:
                if question.device in answers.said and answers.asked(question.device):
                    yield question
                return
            except Unreadable:
                return
            if measured.rate >= SURE * target.subject.rate:
                return

    def evidence(self, view: View, target: Target[CircuitPlan], answers: Answers) -> Burst:
        """Take the best burst."""
        del view
        first, *repeated = burst_questions(target.subject)
        bursts = [burst(answers, first.device, first.command)]
        for question in repeated:
            try:
                bursts.append(burst(answers, question.device, question.command))
            except (NoAnswer, Unreadable):
                break
        best = max(bursts, key=lambda one: one.rate)
        if best.rate >= ENOUGH * target.subject.rate:
            return best
        return max(bursts, key=lambda one: (_is_shaped(one), one.rate))

    def verdict(self, view: View, target: Target[CircuitPlan], evidence: Burst) -> Verdict:
        """Judge."""
        del view
        circuit = target.subject
        if not evidence.received:
            return unknown("no-echo", circuit=circuit.name)
        measured, committed = evidence.rate / 1e6, circuit.rate / 1e6
        figures: dict[str, float | int | str] = {
            "circuit": circuit.name,
            "measured": round(measured, 1),
            "committed": round(committed, 1),
            "milliseconds": round(1000 * evidence.seconds),
            "lost": evidence.sent - evidence.received,
        }
        if measured >= ENOUGH * committed:
            return passed(**figures)
        if _is_shaped(evidence):
            return Verdict(State.PASS, "shaped", figures)
        if not _filled(evidence, ECHO_BITS[echo_size(circuit)]):
            return unknown("not-filled", **figures)
        return failed("low", circuit.name, **figures)

    def needs_of(self, view: View, target: Target[CircuitPlan]) -> Needs:
        """Only a sound circuit behind our own shapers can be measured."""
        circuit = target.subject
        line = tuple(of_circuit(check, circuit) for check in (CIRCUIT, LOSS, MTU))
        ends = [port for port in (circuit.lower, circuit.upper) if view.ours(port.device)]
        return ((*line, *(of_port(view, QUEUES, port) for port in ends)),)


def _is_shaped(seen: Burst) -> bool:
    """Whether our own shaper was the slowest place that a burst came through."""
    return seen.held >= HELD and seen.sent - seen.received <= DROPPED * seen.sent


def _filled(seen: Burst, echo_bits: int) -> bool:
    """Whether a burst met a queue or was dropped, as it is when the circuit is full."""
    echo_ms = 1000 * echo_bits / seen.rate if seen.rate else 0.0
    dropped = seen.sent - seen.received
    return seen.waited_ms > QUEUED * echo_ms or dropped > DROPPED * seen.sent
