"""BFD watches every circuit as planned."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import ClassVar

from giaoban.plan.model import CircuitPlan, Port
from giaoban.verify.answers import STATE, Answers, NoAnswer, Question
from giaoban.verify.check import Check, Kind, Needs, Target, Threshold, Verdict, failed, passed
from giaoban.verify.checks.circuit import circuit_targets, far_addresses
from giaoban.verify.model import Layer
from giaoban.verify.needs import BFD, CIRCUIT, PARAMETERS, of_circuit, of_session, reachable
from giaoban.verify.parse.frr import BFD_PEERS, BfdPeer, bfd_peers
from giaoban.verify.view import View


@dataclass(frozen=True, slots=True)
class BfdEnd:
    """The BFD sessions over a circuit that one end has."""

    port: Port
    peers: tuple[BfdPeer, ...]


def _over(circuit: CircuitPlan, port: Port, peers: list[BfdPeer]) -> tuple[BfdPeer, ...]:
    far = far_addresses(circuit, port.device)
    return tuple(peer for peer in peers if peer.peer in far or peer.interface == port.name)


def _families(peers: tuple[BfdPeer, ...]) -> set[int]:
    return {ip_address(peer.peer.partition("%")[0]).version for peer in peers}


class Bfd(Check[CircuitPlan, tuple[BfdEnd, ...]]):
    """BFD is up on every circuit, at both ends, in both families, at the planned interval.

    Why: it is what moves traffic to the other circuit in seconds rather than minutes.
    """

    id = BFD
    layer = Layer.ROUTING
    needs = ("circuit", "bgp-parameters", "device-reachable")
    thresholds = (
        Threshold("state Up; interval and multiplier of intent's `network.bfd`", "RFC 5880"),
    )
    causes: ClassVar[dict[str, Kind]] = {
        "missing": Kind("bfd-missing"),
        "down": Kind("bfd-down"),
        "interval": Kind("bfd-interval"),
    }

    def targets(self, view: View) -> Iterable[Target[CircuitPlan]]:
        """Every circuit."""
        return circuit_targets(view)

    def questions(self, view: View, target: Target[CircuitPlan]) -> Iterable[Question]:
        """Ask both ends."""
        for port in (target.subject.lower, target.subject.upper):
            if view.ours(port.device):
                yield Question(STATE, port.device, BFD_PEERS)

    def evidence(
        self, view: View, target: Target[CircuitPlan], answers: Answers
    ) -> tuple[BfdEnd, ...]:
        """Read the ends that could be asked."""
        circuit = target.subject
        ends = []
        missing: NoAnswer | None = None
        for port in (circuit.lower, circuit.upper):
            if not view.ours(port.device):
                continue
            try:
                ends.append(BfdEnd(port, _over(circuit, port, bfd_peers(answers, port.device))))
            except NoAnswer as absent:
                missing = absent
        if not ends and missing:
            raise missing
        return tuple(ends)

    def verdict(
        self, view: View, target: Target[CircuitPlan], evidence: tuple[BfdEnd, ...]
    ) -> Verdict:
        """Judge."""
        circuit = target.subject
        multiplier = view.plan.intent.network.bfd.multiplier
        name = circuit.name
        for end in evidence:
            if len(_families(end.peers)) < len(("ipv4", "ipv6")):
                return failed("missing", str(end.port), circuit=name, port=str(end.port))
        for end in evidence:
            down = [peer.peer for peer in end.peers if not peer.up]
            if down:
                return failed("down", name, circuit=name, port=str(end.port), peer=down[0])
        for end in evidence:
            for peer in end.peers:
                if (peer.receive_ms, peer.transmit_ms, peer.multiplier) != (
                    circuit.bfd_ms,
                    circuit.bfd_ms,
                    multiplier,
                ):
                    return failed(
                        "interval",
                        str(end.port),
                        circuit=name,
                        port=str(end.port),
                        found=f"{peer.transmit_ms} ms × {peer.multiplier}",
                        planned=f"{circuit.bfd_ms} ms × {multiplier}",
                    )
        return passed(circuit=name, ends=len(evidence), interval=circuit.bfd_ms)

    def needs_of(self, view: View, target: Target[CircuitPlan]) -> Needs:
        """The circuit is alive, and the session that asks for BFD has both ends right."""
        circuit = target.subject
        session = view.session_over(circuit)
        line = [of_circuit(CIRCUIT, circuit)]
        if session:
            line.append(of_session(view, PARAMETERS, session))
        ends = [port for port in (circuit.lower, circuit.upper) if view.ours(port.device)]
        return tuple((reachable(view, port.device), *line) for port in ends)
