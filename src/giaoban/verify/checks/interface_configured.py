"""Interfaces are set as planned."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from giaoban.plan.model import Port
from giaoban.verify.answers import STATE, Answers, Question
from giaoban.verify.check import Check, Kind, Needs, Target, Verdict, failed, passed
from giaoban.verify.model import Layer
from giaoban.verify.needs import CONFIGURED, port_site, reachable
from giaoban.verify.parse.linux import ADDRESSES, Interface, interfaces
from giaoban.verify.view import View


@dataclass(frozen=True, slots=True)
class PlannedInterface:
    """A router's interface with its planned MTU (bytes) and addresses with lengths.

    `connected` where something at the other end is planned: a socket on the wall has nothing, and
    a bridge has carrier from its members only.
    """

    port: Port
    mtu: int
    addresses: frozenset[str]
    connected: bool


def planned_interfaces(view: View) -> Iterable[Target[PlannedInterface]]:
    """Give every interface of every router of ours whose far end is in scope, but loopbacks."""
    for device in view.devices:
        if device.role != "router":
            continue
        rows: list[dict[str, Any]] = view.planned(device.name, "base__interfaces") or []
        for row in rows:
            port = Port(device.name, row["name"])
            site = port_site(view, port)
            if row["kind"] == "loopback" or not view.port_in_scope(port):
                continue
            connected = row["kind"] not in ("bridge", "socket")
            planned = PlannedInterface(
                port, row["mtu"], frozenset(row["addresses"]), connected=connected
            )
            yield Target(site, str(port), planned)


class InterfaceCheck(Check[PlannedInterface, Interface | None]):
    """A question about each planned interface of a router, asked of all of them at once."""

    def targets(self, view: View) -> Iterable[Target[PlannedInterface]]:
        """Every planned interface of a router."""
        return planned_interfaces(view)

    def questions(self, view: View, target: Target[PlannedInterface]) -> Iterable[Question]:
        """Ask for all interfaces at once."""
        del view
        return (Question(STATE, target.subject.port.device, ADDRESSES),)

    def evidence(
        self, view: View, target: Target[PlannedInterface], answers: Answers
    ) -> Interface | None:
        """Find the interface."""
        del view
        port = target.subject.port
        return interfaces(answers, port.device).get(port.name)


class InterfaceConfigured(InterfaceCheck):
    """Each interface of a router exists, is enabled and has its planned MTU and addresses.

    Why: an interface that someone switched off or readdressed looks like a dead circuit from afar.
    """

    id = CONFIGURED
    layer = Layer.LINK
    needs = ("device-reachable",)
    causes: ClassVar[dict[str, Kind]] = {
        "missing": Kind("interface-missing"),
        "disabled": Kind("interface-disabled"),
        "mtu": Kind("interface-mtu"),
        "addresses": Kind("interface-addresses"),
    }

    def verdict(
        self, view: View, target: Target[PlannedInterface], evidence: Interface | None
    ) -> Verdict:
        """Judge."""
        del view
        planned, place = target.subject, target.name
        if evidence is None:
            return failed("missing", place, port=place)
        if not evidence.enabled:
            return failed("disabled", place, port=place)
        if evidence.mtu != planned.mtu:
            return failed("mtu", place, port=place, found=evidence.mtu, planned=planned.mtu)
        missing = planned.addresses - evidence.addresses
        if missing:
            return failed("addresses", place, port=place, missing=", ".join(sorted(missing)))
        return passed(port=place, mtu=planned.mtu)

    def needs_of(self, view: View, target: Target[PlannedInterface]) -> Needs:
        """The router answers."""
        return ((reachable(view, target.subject.port.device),),)
