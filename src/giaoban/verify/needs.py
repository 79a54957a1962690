"""Which results explain which: ids of what a site, a path or a session rests on."""

from __future__ import annotations

from giaoban.plan.model import BgpSession, CircuitPlan, Device, OspfAdjacency, Port
from giaoban.verify.check import Needs, result_id
from giaoban.verify.view import View

FAMILIES = ("ipv4", "ipv6")

REACHABLE = "device-reachable"
CONFIGURED = "interface-configured"
CARRIER = "interface-up"
CIRCUIT = "circuit"
LOSS = "circuit-loss"
MTU = "path-mtu"
QUEUES = "queues"
OSPF = "ospf"
BFD = "bfd"
PARAMETERS = "bgp-parameters"
SESSION = "bgp-session"
PREFIXES = "site-prefixes"
TRUNK = "trunk-vlans"
ACCESS = "access-port"
ADDRESS = "workstation-address"


def reachable(view: View, device: str) -> str:
    """The result that says a device answers."""
    return result_id(view.plan.devices[device].site, REACHABLE, device)


def port_site(view: View, port: Port) -> str:
    """The site a port's results are listed under: a circuit's ports belong to its lower site."""
    circuit = view.circuit_at(port)
    return circuit.site if circuit else view.plan.devices[port.device].site


def of_port(view: View, check: str, port: Port) -> str:
    """A result about a port."""
    return result_id(port_site(view, port), check, str(port))


def of_circuit(check: str, circuit: CircuitPlan) -> str:
    """A result about a circuit."""
    return result_id(circuit.site, check, circuit.name)


def session_name(session: BgpSession) -> str:
    """The name of a session: its circuit's, or its two ends."""
    return session.circuit or f"{session.lower.device}--{session.upper.device}"


def session_site(view: View, session: BgpSession) -> str:
    """The site a session's results are listed under."""
    if session.circuit:
        return view.plan.circuits[session.circuit].site
    return view.plan.devices[session.lower.device].site


def of_session(view: View, check: str, session: BgpSession, family: str = "") -> str:
    """A result about a session, or about one family of it."""
    name = session_name(session) + (f"-{family}" if family else "")
    return result_id(session_site(view, session), check, name)


def adjacency_name(adjacency: OspfAdjacency) -> str:
    """The name of an adjacency: its circuit's, or the patch between the cores."""
    return adjacency.circuit or "core-link"


def of_adjacency(view: View, adjacency: OspfAdjacency, family: str) -> str:
    """A result about an adjacency in one family."""
    site = (
        view.plan.circuits[adjacency.circuit].site
        if adjacency.circuit
        else view.data_centre.site.slug
    )
    return result_id(site, OSPF, f"{adjacency_name(adjacency)}-{family}")


def routing_over(view: View, circuit: CircuitPlan) -> tuple[str, ...]:
    """Results of the routing that makes a circuit carry traffic, both families."""
    session, adjacency = view.session_over(circuit), view.adjacency_over(circuit)
    if session:
        return tuple(of_session(view, SESSION, session, family) for family in FAMILIES)
    if adjacency:
        return tuple(of_adjacency(view, adjacency, family) for family in FAMILIES)
    return ()


def ways_up(view: View, site: str) -> Needs:
    """For each circuit of a site, what must work for it to lead to the data centre.

    Its MTU is among it: logging in sends packets of full size.
    """
    return tuple(
        (
            of_circuit(CIRCUIT, circuit),
            of_circuit(MTU, circuit),
            *routing_over(view, circuit),
            reachable(view, circuit.upper.device),
        )
        for circuit in view.circuits_of(site)
        if view.port_in_scope(circuit.lower)
    )


def site_router(view: View, site: str) -> Needs:
    """Any of a site's routers that can be asked."""
    routers = [name for name in view.routers_of(site) if view.ours(name)]
    return tuple((reachable(view, name),) for name in routers)


def path_circuits(view: View, site: str) -> list[CircuitPlan]:
    """The preferred circuit of a site and of each site above it."""
    circuits: list[CircuitPlan] = []
    while own := [one for one in view.circuits_of(site) if view.port_in_scope(one.lower)]:
        circuits.append(own[0])
        site = view.plan.devices[own[0].upper.device].site
    return circuits


def circuits_above(view: View, site: str) -> list[CircuitPlan]:
    """Every circuit of a site and of the sites above it, whichever carries traffic now."""
    found: dict[str, CircuitPlan] = {}
    waiting = [site]
    while waiting:
        for circuit in view.circuits_of(waiting.pop()):
            if circuit.name not in found and view.port_in_scope(circuit.lower):
                found[circuit.name] = circuit
                waiting.append(view.plan.devices[circuit.upper.device].site)
    return list(found.values())


def lan_path(view: View, device: Device) -> tuple[str, ...]:
    """What stands between a site's router and a box on its LAN."""
    switch = view.switch_of(device.site)
    if switch is None or device.name == switch:
        return ()
    cable = view.cable_of(device.name)
    found = [reachable(view, switch), result_id(device.site, TRUNK, switch)]
    if cable:
        port = cable.a if cable.a.device == switch else cable.z
        found.append(result_id(device.site, ACCESS, str(port)))
    return tuple(found)
