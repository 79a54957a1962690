"""What must exist for a choice of sites: nodes, cables, circuits. Pure: a function of the plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from giaoban.errors import GiaobanError, did_you_mean
from giaoban.plan.model import CircuitPlan, Device, Plan, Port, Role
from giaoban.twin import names

Flavour = Literal["router", "switch", "endpoint", "workstation", "server", "bare"]
_FLAVOUR: dict[Role, Flavour] = {
    "router": "router",
    "switch": "switch",
    "hypervisor": "switch",
    "endpoint": "endpoint",
    "workstation": "workstation",
    "server": "server",
}

ETHERNET_MTU = 1500


class UnknownSiteError(GiaobanError):
    """A site that the plan does not have."""

    def __init__(self, slug: str, known: Iterable[str]) -> None:
        super().__init__(f"site {slug!r} does not exist{did_you_mean(slug, known)}")


@dataclass(frozen=True, slots=True)
class LinkEnd:
    """One end of a veth pair; `mac` None leaves it to the kernel."""

    namespace: str
    name: str
    mac: str | None = None


@dataclass(frozen=True, slots=True)
class Cable:
    """A veth pair; `mtu` in bytes, IP header included, the same at both ends."""

    a: LinkEnd
    z: LinkEnd
    mtu: int = ETHERNET_MTU


@dataclass(frozen=True, slots=True)
class CarrierCircuit:
    """A circuit as the carrier sees it.

    `rate` in bits per second at layer 2. It is lit when the nodes at both ends exist; before,
    the ends that exist are plugged in and find no carrier.
    """

    name: str
    rate: int
    mtu: int
    lower: Port
    upper: Port
    lit: bool

    @property
    def bridge(self) -> str:
        """The bridge in the carrier's namespace."""
        return names.circuit_bridge(self.name)

    @property
    def lower_link(self) -> str:
        """The carrier's interface towards the lower end."""
        return names.circuit_lower(self.name)

    @property
    def upper_link(self) -> str:
        """The carrier's interface towards the upper end."""
        return names.circuit_upper(self.name)


@dataclass(frozen=True, slots=True)
class Node:
    """A box of the twin."""

    device: Device
    flavour: Flavour

    @property
    def name(self) -> str:
        """The device's name."""
        return self.device.name


@dataclass(frozen=True, slots=True)
class Topology:
    """Everything that must exist."""

    twin: str
    nodes: dict[str, Node]
    cables: tuple[Cable, ...]
    circuits: dict[str, CarrierCircuit]

    @property
    def namespaces(self) -> tuple[str, ...]:
        """Every network namespace, those of no node first."""
        nodes = (names.CARRIER, names.OOB, names.SOCKETS, *self.nodes)
        return tuple(names.namespace(self.twin, node) for node in nodes)


def pilot_sites(plan: Plan) -> tuple[str, ...]:
    """Give the sites that have a workstation."""
    return tuple(slug for slug, site in plan.sites.items() if site.site.workstation)


def with_what_they_need(plan: Plan, sites: Iterable[str]) -> tuple[str, ...]:
    """Add the data centre and the sites that the chosen sites' circuits lead to.

    Raises:
        UnknownSiteError: with the nearest site's name.

    """
    above = _sites_above(plan)
    wanted: set[str] = {
        slug for slug, site in plan.sites.items() if site.site.tier == "data_centre"
    }
    waiting = list(sites)
    for slug in waiting:
        if slug not in plan.sites:
            raise UnknownSiteError(slug, plan.sites)
    while waiting:
        slug = waiting.pop()
        if slug not in wanted:
            wanted.add(slug)
            waiting += above.get(slug, ())
    return tuple(slug for slug in plan.sites if slug in wanted)


def _sites_above(plan: Plan) -> dict[str, list[str]]:
    above: dict[str, list[str]] = {}
    for circuit in plan.circuits.values():
        lower, upper = (plan.devices[port.device] for port in (circuit.lower, circuit.upper))
        if not circuit.standby and upper.site in plan.sites:
            above.setdefault(lower.site, []).append(upper.site)
    return above


def topology(plan: Plan, twin: str, sites: Iterable[str]) -> Topology:
    """Give what must exist for `sites` and the central government's router.

    Virtual servers are not part of it: Pulumi makes them.
    """
    chosen = set(sites)
    nodes = {
        device.name: Node(device, _FLAVOUR[device.role])
        for device in plan.devices.values()
        if (device.site in chosen or device.owner == "centre")
        and device.name not in plan.virtual_servers
    }
    circuits = {
        circuit.name: _circuit(circuit, nodes)
        for circuit in plan.circuits.values()
        if circuit.lower.device in nodes or circuit.upper.device in nodes
    }
    cables = (
        *_oob_cables(twin, nodes),
        *_site_cables(plan, twin, nodes),
        *_socket_cables(plan, twin, nodes),
        *_circuit_cables(twin, nodes, circuits.values()),
    )
    return Topology(twin, nodes, cables, circuits)


def _circuit(circuit: CircuitPlan, nodes: dict[str, Node]) -> CarrierCircuit:
    return CarrierCircuit(
        name=circuit.name,
        rate=circuit.rate,
        mtu=circuit.mtu,
        lower=circuit.lower,
        upper=circuit.upper,
        lit=circuit.lower.device in nodes and circuit.upper.device in nodes,
    )


def _node_end(twin: str, port: Port) -> LinkEnd:
    return LinkEnd(names.namespace(twin, port.device), port.name, names.mac(twin, port))


def _oob_cables(twin: str, nodes: Iterable[str]) -> Iterator[Cable]:
    oob = names.namespace(twin, names.OOB)
    for node in nodes:
        yield Cable(_node_end(twin, Port(node, names.OOB_PORT)), LinkEnd(oob, names.oob_link(node)))


def _site_cables(plan: Plan, twin: str, nodes: dict[str, Node]) -> Iterator[Cable]:
    pairs = [(cable.a, cable.z) for cable in plan.cables]
    for a, z in (*pairs, (plan.core_link.a, plan.core_link.z)):
        if a.device in nodes and z.device in nodes:
            yield Cable(_node_end(twin, a), _node_end(twin, z))


def _socket_cables(plan: Plan, twin: str, nodes: dict[str, Node]) -> Iterator[Cable]:
    """Plug the access ports that no box of the plan hangs on: into sockets where nothing is."""
    sockets = names.namespace(twin, names.SOCKETS)
    for site in plan.sites.values():
        for name in site.access_ports:
            port = Port(site.access, name)
            if port.device in nodes and name not in nodes[port.device].device.ports:
                yield Cable(_node_end(twin, port), LinkEnd(sockets, names.socket_link(port)))


def _circuit_cables(
    twin: str, nodes: dict[str, Node], circuits: Iterable[CarrierCircuit]
) -> Iterator[Cable]:
    carrier = names.namespace(twin, names.CARRIER)
    for circuit in circuits:
        ends = ((circuit.lower, circuit.lower_link), (circuit.upper, circuit.upper_link))
        for port, link in ends:
            if port.device in nodes:
                yield Cable(_node_end(twin, port), LinkEnd(carrier, link), circuit.mtu)
