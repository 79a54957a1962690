"""The plan as verify sees it: a choice of sites, and who depends on whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from giaoban.intent.model import CENTRE
from giaoban.plan.model import (
    BgpSession,
    Cable,
    CircuitPlan,
    Device,
    OspfAdjacency,
    Plan,
    Port,
    SitePlan,
)


@dataclass(frozen=True)
class View:
    """A plan with the sites that are asked about and those their paths lead through.

    `standing` are the devices that exist where only some do (a laboratory); None means all.
    """

    plan: Plan
    scope: frozenset[str]
    standing: frozenset[str] | None = None

    @classmethod
    def of(
        cls,
        plan: Plan,
        sites: Iterable[str] | None = None,
        standing: frozenset[str] | None = None,
    ) -> View:
        """Choose sites; the sites above them and the data centre come along."""
        everything = {*plan.sites, CENTRE}
        if standing is not None:
            everything &= {plan.devices[name].site for name in standing if name in plan.devices}
            everything.add(CENTRE)
        if sites is None:
            return cls(plan, frozenset(everything), standing)
        whole = cls(plan, frozenset(everything))
        chosen: set[str] = {whole.data_centre.site.slug}
        waiting = list(sites)
        while waiting:
            site = waiting.pop()
            if site not in chosen:
                chosen.add(site)
                waiting += whole.sites_above(site)
        return cls(plan, frozenset(chosen & everything), standing)

    def stands(self, device: str) -> bool:
        """Whether a device exists here."""
        return self.standing is None or device in self.standing

    @property
    def sites(self) -> Iterator[SitePlan]:
        """Sites in scope, in plan order."""
        return (site for slug, site in self.plan.sites.items() if slug in self.scope)

    @property
    def devices(self) -> Iterator[Device]:
        """Our devices in scope, in plan order."""
        return (
            device
            for device in self.plan.devices.values()
            if device.site in self.scope and device.owner == "us" and self.stands(device.name)
        )

    @property
    def foreign(self) -> Iterator[Device]:
        """A carrier's devices at sites in scope: judged from outside only."""
        return (
            device
            for device in self.plan.devices.values()
            if device.site in self.scope and device.owner == "carrier" and self.stands(device.name)
        )

    @property
    def circuits(self) -> Iterator[CircuitPlan]:
        """Circuits in scope, in plan order: their lower site is, and their upper one too."""
        for circuit in self.plan.circuits.values():
            upper = self.plan.devices[circuit.upper.device]
            if circuit.site in self.scope and upper.site in self.scope:
                yield circuit

    def port_in_scope(self, port: Port) -> bool:
        """Whether what a port leads to is in scope: both ends of its circuit, or its own site."""
        circuit = self.circuit_at(port)
        if circuit is None:
            return self.plan.devices[port.device].site in self.scope
        upper = self.plan.devices[circuit.upper.device]
        return circuit.site in self.scope and upper.site in self.scope

    @property
    def sessions(self) -> Iterator[BgpSession]:
        """BGP sessions with both ends in scope."""
        for session in self.plan.sessions:
            ends = (session.lower.device, session.upper.device)
            if all(self.plan.devices[end].site in self.scope for end in ends):
                yield session

    @property
    def adjacencies(self) -> Iterator[OspfAdjacency]:
        """OSPF adjacencies with both ends in scope."""
        for adjacency in self.plan.adjacencies:
            ends = (adjacency.a.device, adjacency.z.device)
            if all(self.plan.devices[end].site in self.scope for end in ends):
                yield adjacency

    @property
    def data_centre(self) -> SitePlan:
        """The data centre's site."""
        return self.plan.data_centre

    @cached_property
    def cores(self) -> tuple[str, str]:
        """The device names of the two cores."""
        return self.plan.core_link.a.device, self.plan.core_link.z.device

    @cached_property
    def noc(self) -> str | None:
        """The server that probes for us."""
        return self._server("noc")

    @cached_property
    def probe(self) -> str | None:
        """The server of the data centre that workstations probe."""
        return self._server("probe")

    def _server(self, group: str) -> str | None:
        for device in self.plan.devices.values():
            if device.role == "server" and group in device.groups:
                return device.name
        return None

    @cached_property
    def _circuits_of(self) -> dict[str, list[CircuitPlan]]:
        by_site: dict[str, list[CircuitPlan]] = defaultdict(list)
        for circuit in self.plan.circuits.values():
            by_site[circuit.site].append(circuit)
        return by_site

    def circuits_of(self, site: str) -> list[CircuitPlan]:
        """A site's circuits upwards, best first."""
        return sorted(self._circuits_of.get(site, []), key=lambda one: -one.preference)

    def circuit_at(self, port: Port) -> CircuitPlan | None:
        """The circuit that ends at a port."""
        return self._circuit_at.get(port)

    @cached_property
    def _circuit_at(self) -> dict[Port, CircuitPlan]:
        circuits = self.plan.circuits.values()
        return {end: circuit for circuit in circuits for end in (circuit.lower, circuit.upper)}

    def incident(self, router: str) -> list[CircuitPlan]:
        """Circuits that end at a router."""
        return [
            circuit
            for circuit in self.circuits
            if router in (circuit.lower.device, circuit.upper.device)
        ]

    def sites_above(self, site: str) -> list[str]:
        """Sites that a site's circuits lead to."""
        circuits = self.circuits_of(site)
        return [self.plan.devices[circuit.upper.device].site for circuit in circuits]

    def sites_below(self, site: str) -> list[str]:
        """Sites in scope all of whose circuits lead through a site, in plan order."""
        below: list[str] = []
        found = True
        while found:
            cut = {site, *below}
            found = False
            for slug in self.plan.sites:
                above = set(self.sites_above(slug))
                if slug in self.scope and slug not in cut and above and above <= cut:
                    below.append(slug)
                    found = True
        return [slug for slug in self.plan.sites if slug in below]

    def routers_of(self, site: str) -> tuple[str, ...]:
        """A site's routers: both cores at the data centre."""
        if site == self.data_centre.site.slug:
            return self.cores
        return tuple(d.name for d in self.plan.devices_by_site.get(site, ()) if d.role == "router")

    def switch_of(self, site: str) -> str | None:
        """A site's access switch, where it has one of ours."""
        for device in self.plan.devices_by_site.get(site, ()):
            if device.role == "switch":
                return device.name
        return None

    def forbidden_door(self, site: str) -> str | None:
        """The box of a site whose SSH is open for the NOC and closed for the site's offices."""
        boxes = {device.role: device.name for device in self.plan.devices_by_site.get(site, ())}
        return boxes.get("switch") or boxes.get("endpoint")

    def cable_of(self, device: str) -> Cable | None:
        """The patch cable of a device with one leg."""
        return self._cable_of.get(device)

    @cached_property
    def _cable_of(self) -> dict[str, Cable]:
        return {end.device: cable for cable in self.plan.cables for end in (cable.a, cable.z)}

    def session_over(self, circuit: CircuitPlan) -> BgpSession | None:
        """The BGP session over a circuit."""
        return self._session_over.get(circuit.name)

    @cached_property
    def _session_over(self) -> dict[str, BgpSession]:
        return {one.circuit: one for one in self.plan.sessions if one.circuit}

    def adjacency_over(self, circuit: CircuitPlan) -> OspfAdjacency | None:
        """The OSPF adjacency over a circuit."""
        return self._adjacency_over.get(circuit.name)

    @cached_property
    def _adjacency_over(self) -> dict[str, OspfAdjacency]:
        return {one.circuit: one for one in self.plan.adjacencies if one.circuit}

    def planned(self, device: str, variable: str) -> Any:
        """A variable of a device as planned; None where it has none."""
        return self.plan.devices[device].variables.get(variable)

    def ours(self, device: str) -> bool:
        """Whether the device may be asked at all."""
        return self.plan.devices[device].owner == "us"
