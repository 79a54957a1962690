"""Interfaces have carrier."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from giaoban.verify.check import Kind, Needs, Target, Verdict, failed, passed, unknown
from giaoban.verify.checks.interface_configured import InterfaceCheck, PlannedInterface
from giaoban.verify.model import Layer
from giaoban.verify.needs import CARRIER, CIRCUIT, of_circuit, of_port, reachable
from giaoban.verify.needs import CONFIGURED as CONFIGURED_ID
from giaoban.verify.parse.linux import Interface
from giaoban.verify.view import View


class InterfaceUp(InterfaceCheck):
    """Each interface of a router that should have a cable or a circuit sees carrier.

    Why: no carrier is the plainest sign of an unplugged cable or a dead box at the other end.
    """

    id = CARRIER
    layer = Layer.LINK
    needs = ("interface-configured", "circuit")
    causes: ClassVar[dict[str, Kind]] = {"no-carrier": Kind("no-carrier")}

    def targets(self, view: View) -> Iterable[Target[PlannedInterface]]:
        """Every planned interface that something is connected to."""
        return (target for target in super().targets(view) if target.subject.connected)

    def verdict(
        self, view: View, target: Target[PlannedInterface], evidence: Interface | None
    ) -> Verdict:
        """Judge."""
        del view
        if evidence is None or not evidence.enabled:
            return unknown("not-enabled", port=target.name)
        if not evidence.carrier:
            return failed("no-carrier", target.name, port=target.name)
        return passed(port=target.name)

    def needs_of(self, view: View, target: Target[PlannedInterface]) -> Needs:
        """The interface is enabled; on a circuit, the circuit's own check names what is wrong."""
        port = target.subject.port
        circuit = view.circuit_at(port)
        line = (of_circuit(CIRCUIT, circuit),) if circuit else ()
        return ((reachable(view, port.device), of_port(view, CONFIGURED_ID, port), *line),)
