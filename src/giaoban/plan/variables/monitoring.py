"""Variables of the roles `monitoring` and `metrics`: what is asked, out of the plan, and by whom.

Each thing asked carries where it stands: `device`, `site`, and `above`, the box that it is seen
through. What lies behind a dead box is not asked about twice: the rules go by those labels.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from giaoban.monitoring.rules import inhibit_rules
from giaoban.plan.meetings import MEETING
from giaoban.plan.model import CircuitPlan, Device, Plan, ServerPlan
from giaoban.plan.services import (
    BACKUP,
    DATABASE,
    DIRECTORY,
    DNS,
    FIGURES,
    HEALTH,
    LOG,
    MIRROR,
    MONITORING,
    PKI,
    TIME,
    WEB,
    measured,
    members,
    services_of,
)
from giaoban.plan.variables.view import Networks

# The cores are seen through nothing but each other.
CORES: Final = "cores"
_DIALLED: Final = {DIRECTORY: 636, WEB: 443, BACKUP: 443, LOG: 6514}
_ASKED_FOR_PAGES: Final = {
    MIRROR: ("http", "http://{address}/debian/dists/trixie/InRelease"),
    PKI: ("https", "https://{address}/acme/province/directory"),
    MEETING: ("https", "https://{address}/"),
}

Target = dict[str, Any]


def monitoring_variables(networks: Networks, device: Device) -> dict[str, Any]:
    """Give whom a server shows its figures, and the monitoring server all that it asks."""
    plan = networks.plan
    readers = [server.device for server in members(plan, MONITORING)]
    variables: dict[str, Any] = {}
    if any(server.device == device.name for server in measured(plan)):
        domain = plan.intent.province.domain
        variables |= {
            "metrics__readers": [f"{reader}.{domain}" for reader in readers],
            "metrics__database": DATABASE in device.groups,
        }
    if device.name in readers:
        noc = networks.data_centre.segment("noc").networks
        variables |= {
            "monitoring__domain": plan.intent.province.domain,
            "monitoring__clients": [str(noc.ipv4), str(noc.ipv6)],
            "monitoring__targets": list(_targets(networks)),
            "monitoring__servers": [_server(networks, one) for one in measured(plan)],
            "monitoring__circuits": [_circuit(plan, one) for one in plan.circuits.values()],
            "monitoring__routers": _routers(plan),
            "monitoring__snmp": _foreign(networks),
            "monitoring__inhibitions": inhibit_rules(),
        }
    return variables


def _targets(networks: Networks) -> Iterator[Target]:
    plan = networks.plan
    for device in plan.devices.values():
        # The central government's router is asked by whether its circuits carry; a computer of an
        # office is switched off at night.
        if device.owner != "centre" and device.role != "workstation":
            yield from _pinged(networks, device)
    for server in members(plan, DNS):
        yield _probe(networks, server, DNS, "dns", str(server.address.ipv4.ip))
    for group, (module, address) in _ASKED_FOR_PAGES.items():
        for server in members(plan, group):
            page = address.format(address=server.address.ipv4.ip)
            yield _probe(networks, server, group, module, page)
    for group, port in _DIALLED.items():
        for server in members(plan, group):
            yield _probe(networks, server, group, "tls", f"{server.address.ipv4.ip}:{port}")
    yield from slot_targets(networks)


def slot_targets(networks: Networks) -> Iterator[Target]:
    """Give where each application says whether it is well, by each web server that is its door."""
    for device, planned in networks.plan.slots.items():
        for door in members(networks.plan, WEB):
            labels = _labels(networks, networks.plan.devices[device])
            labels |= {"slot": planned.name, "name": planned.name, "door": door.device}
            address = f"https://{door.address.ipv4.ip}/{HEALTH}"
            yield _target("slot", "https", address, device, labels)


def _pinged(networks: Networks, device: Device) -> Iterator[Target]:
    for family, address in (("ipv4", device.management.ipv4), ("ipv6", device.management.ipv6)):
        labels = _labels(networks, device) | {"kind": device.role, "family": family}
        yield _target("ping", f"ping_{family}", str(address), device.name, labels)


def _probe(
    networks: Networks, server: ServerPlan, service: str, module: str, address: str
) -> Target:
    device = networks.plan.devices[server.device]
    domain = networks.plan.intent.province.domain
    labels = _labels(networks, device) | {"service": service, "name": f"{server.device}.{domain}"}
    return _target("service", module, address, server.device, labels)


def _target(job: str, module: str, address: str, device: str, labels: dict[str, str]) -> Target:
    return {"job": job, "module": module, "address": address, "device": device, "labels": labels}


def _labels(networks: Networks, device: Device) -> dict[str, str]:
    site = networks.site(device).site
    return {
        "device": device.name,
        "site": site.slug,
        "site_name": site.name,
        "above": _above(networks, device),
    }


def _above(networks: Networks, device: Device) -> str:
    """Give the box that a box is seen through; a site's router is seen through its circuits."""
    plan, site = networks.plan, networks.site(device)
    if device.name in plan.virtual_servers:
        return plan.servers[device.name].port.device
    if device.site != networks.data_centre.site.slug:
        return "" if device.role == "router" else f"rt-{device.site}"
    return CORES if device.role in {"router", "switch"} else site.access


def _server(networks: Networks, server: ServerPlan) -> dict[str, Any]:
    device = networks.plan.devices[server.device]
    address = server.address.ipv4.ip
    return {
        "device": server.device,
        "address": str(address),
        "figures": _figures(networks.plan, device),
        "labels": _labels(networks, device)
        | {
            "backup": server.server.backup or "none",
            "time": "yes" if TIME in device.groups else "no",
        },
    }


def _figures(plan: Plan, device: Device) -> list[dict[str, Any]]:
    """Give what a server tells figures of, and on which port."""
    return [
        {"job": FIGURES[service.name], "port": service.ports[0]}
        for service in services_of(plan, device.name, device.groups)
        if service.name in FIGURES
    ]


def _circuit(plan: Plan, circuit: CircuitPlan) -> dict[str, Any]:
    """Give what a rule, and whoever calls the carrier, must know of a circuit."""
    carrier = next(one for one in plan.intent.carriers if one.slug == circuit.carrier)
    inside = circuit.site in plan.sites
    return {
        "needs": [circuit.lower.device, circuit.upper.device],
        "labels": {
            "circuit": circuit.name,
            "site": circuit.site,
            "site_name": plan.sites[circuit.site].site.name if inside else plan.centre.name,
            "upper": circuit.upper.device,
            "carrier": carrier.name,
            "phone": carrier.phone,
            "reference": circuit.reference,
            "standby": "yes" if circuit.standby else "no",
        },
    }


def _routers(plan: Plan) -> list[dict[str, Any]]:
    """Give the routers at the upper ends of circuits, and what each sees at their lower ends.

    Far ends answer nobody but their neighbour: a circuit's own addresses are in no routing table.
    """
    routers: dict[str, dict[str, Any]] = {}
    for circuit in plan.circuits.values():
        device = plan.devices[circuit.upper.device]
        if device.owner != "us":
            continue
        router = routers.setdefault(
            device.name,
            {"device": device.name, "address": str(device.management.ipv4), "circuits": []},
        )
        far = circuit.lower_address
        router["circuits"].append(
            {
                "circuit": circuit.name,
                "lower": circuit.lower.device,
                "peers": [str(far.ipv4.ip), str(far.ipv6.ip)],
            }
        )
    return list(routers.values())


def _foreign(networks: Networks) -> list[dict[str, Any]]:
    """Give the boxes that are not ours and tell of themselves by SNMP only."""
    plan = networks.plan
    return [
        {
            "device": box.name,
            "address": str(box.address),
            "module": box.kind,
            "labels": {
                "device": box.name,
                "site": box.site,
                "site_name": plan.sites[box.site].site.name,
            },
        }
        for box in plan.intent.data_centre.snmp
        if box.site in plan.sites
    ]
