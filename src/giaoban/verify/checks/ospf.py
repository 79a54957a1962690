"""OSPF adjacencies of the core are Full."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from giaoban.plan.model import OspfAdjacency, Port
from giaoban.verify.answers import STATE, Answers, NoAnswer, Question
from giaoban.verify.check import Check, Kind, Needs, Target, Threshold, Verdict, failed, passed
from giaoban.verify.model import Layer
from giaoban.verify.needs import (
    BFD,
    CARRIER,
    CIRCUIT,
    FAMILIES,
    OSPF,
    adjacency_name,
    of_circuit,
    of_port,
    reachable,
)
from giaoban.verify.parse.frr import (
    OSPF_INTERFACES,
    OSPF_NEIGHBORS,
    OspfInterface,
    ospf_full,
    ospf_interfaces,
)
from giaoban.verify.view import View

FULL = "Full"
ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class FamilyAdjacency:
    """An adjacency in one family."""

    adjacency: OspfAdjacency
    family: str

    @property
    def ports(self) -> tuple[Port, Port]:
        """Both ends."""
        return self.adjacency.a, self.adjacency.z


@dataclass(frozen=True, slots=True)
class OspfEnd:
    """The neighbour's state as one end sees it, and that end's own parameters."""

    port: Port
    state: str
    own: OspfInterface | None


class Ospf(Check[FamilyAdjacency, tuple[OspfEnd, ...]]):
    """Cores and districts are Full OSPF neighbours on every core circuit, in OSPFv2 and OSPFv3.

    Why: the core's own addresses travel by OSPF; without it no session between routers stands.
    Both ends' area, timers, network type and MTU are compared.
    """

    id = OSPF
    layer = Layer.ROUTING
    needs = ("circuit", "interface-up", "bfd")
    thresholds = (Threshold("state Full at each end", "RFC 2328 section 10.1; RFC 5340"),)
    causes: ClassVar[dict[str, Kind]] = {
        "not-spoken": Kind("ospf-missing"),
        "mismatch": Kind("ospf-mismatch"),
        "not-full": Kind("ospf-down"),
    }

    def targets(self, view: View) -> Iterable[Target[FamilyAdjacency]]:
        """Every adjacency, in each family."""
        for adjacency in view.adjacencies:
            circuit = view.plan.circuits[adjacency.circuit] if adjacency.circuit else None
            site = circuit.site if circuit else view.data_centre.site.slug
            for family in FAMILIES:
                name = f"{adjacency_name(adjacency)}-{family}"
                yield Target(site, name, FamilyAdjacency(adjacency, family))

    def questions(self, view: View, target: Target[FamilyAdjacency]) -> Iterable[Question]:
        """Ask both ends."""
        for port in target.subject.ports:
            if view.ours(port.device):
                yield Question(STATE, port.device, OSPF_NEIGHBORS[target.subject.family])
                yield Question(STATE, port.device, OSPF_INTERFACES[target.subject.family])

    def evidence(
        self, view: View, target: Target[FamilyAdjacency], answers: Answers
    ) -> tuple[OspfEnd, ...]:
        """Read the ends that could be asked."""
        del view
        ends = []
        missing: NoAnswer | None = None
        for port in target.subject.ports:
            try:
                states = ospf_full(answers, port.device, target.subject.family)
                own = ospf_interfaces(answers, port.device, target.subject.family)
            except NoAnswer as absent:
                missing = absent
                continue
            ends.append(OspfEnd(port, states.get(port.name, ABSENT), own.get(port.name)))
        if not ends and missing:
            raise missing
        return tuple(ends)

    def verdict(
        self, view: View, target: Target[FamilyAdjacency], evidence: tuple[OspfEnd, ...]
    ) -> Verdict:
        """Judge."""
        del view
        name, place = target.name, adjacency_name(target.subject.adjacency)
        for end in evidence:
            if end.own is None:
                return failed("not-spoken", str(end.port), adjacency=name, port=str(end.port))
        bad = [end for end in evidence if end.state != FULL]
        if not bad:
            return passed(adjacency=name, ends=len(evidence))
        differing = _differences(evidence)
        if differing:
            return failed("mismatch", place, adjacency=name, parameters=differing)
        return failed("not-full", place, adjacency=name, port=str(bad[0].port), state=bad[0].state)

    def needs_of(self, view: View, target: Target[FamilyAdjacency]) -> Needs:
        """The circuit is alive and BFD holds, or the patch has carrier."""
        adjacency = target.subject.adjacency
        routers = tuple(reachable(view, port.device) for port in target.subject.ports)
        if adjacency.circuit:
            circuit = view.plan.circuits[adjacency.circuit]
            line = (of_circuit(CIRCUIT, circuit), of_circuit(BFD, circuit))
            return tuple((router, *line) for router in routers)
        ports = tuple(of_port(view, CARRIER, port) for port in target.subject.ports)
        return tuple((router, *ports) for router in routers)


def _differences(ends: tuple[OspfEnd, ...]) -> str:
    """Name the parameters in which two ends differ."""
    if len(ends) < len(("a", "z")):
        return ""
    first, second = (dict(end.own.parameters) if end.own else {} for end in ends)
    return ", ".join(
        f"{name} {first[name]} ≠ {second[name]}"
        for name in first
        if name in second and first[name] != second[name]
    )
