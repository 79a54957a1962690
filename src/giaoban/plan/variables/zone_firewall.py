"""Variables of the role `zone_firewall`: the matrix of intent seen from one router.

A site's router keeps state and meets every packet of its zones: it filters what leaves its zones
and what enters them. The two cores keep no state, since a reply may come back through the other
one: there each allowed question also allows the shape of its answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Any

from giaoban.intent.model import CENTRE, Rule, Zone
from giaoban.plan.addressing import LAYOUTS
from giaoban.plan.model import CircuitPlan, Device, DualInterface
from giaoban.plan.variables.dhcp_server import served_segments
from giaoban.plan.variables.view import Networks, link_local, mac_address

Match = dict[str, str]
ROUTERS_ZONE = "management"  # what holds for this zone holds for the routers' loopbacks too


def zone_firewall_variables(networks: Networks, device: Device) -> dict[str, Any]:
    """Give the router's zones, its WAN interfaces and its rules, both families."""
    site = networks.site(device)
    segments = site.segments if site.routes_zones else ()
    local = [segment.zone for segment in segments]
    ends = networks.circuit_ends[device.name]
    centre = [end.port for end in ends if end.circuit.site not in networks.plan.sites]
    wan = [end.port for end in ends if end.port not in centre]
    if networks.is_core(device):
        wan.append("core")
    if centre:  # its interface is called so, as those of zones are called after them
        local.append(CENTRE)
    blocks = networks.plan.intent.province.blocks
    noc = networks.data_centre.segment("noc").networks
    return {
        "zone_firewall__stateful": not networks.is_core(device),
        "zone_firewall__transit": site.asn == networks.plan.intent.province.asn,
        "zone_firewall__wan_interfaces": wan,
        "zone_firewall__zones": [
            {
                "name": segment.zone,
                "ipv4": str(segment.networks.ipv4),
                "ipv6": str(segment.networks.ipv6),
            }
            for segment in segments
        ],
        "zone_firewall__services": {
            service.name: {"protocol": service.protocol, "ports": list(service.ports)}
            for service in networks.plan.intent.services
        },
        "zone_firewall__dhcp_interfaces": [
            segment.zone for segment in served_segments(networks, device)
        ],
        "zone_firewall__rules": _rules(networks, device, local),
        "zone_firewall__province": [str(blocks.ipv4), str(blocks.ipv6)],
        "zone_firewall__noc": [str(noc.ipv4), str(noc.ipv6)],
        "zone_firewall__neighbors": _neighbors(networks, device),
        "zone_firewall__internal_peers": _internal_peers(networks, device),
        "zone_firewall__circuit_sources": _circuit_sources(networks, device),
        "zone_firewall__gateway_peers": _gateway_peers(networks, device),
        "zone_firewall__own_prefixes": [str(site.prefixes.ipv4), str(site.prefixes.ipv6)],
    }


def _neighbors(networks: Networks, device: Device) -> list[dict[str, Any]]:
    """What stands at the far end of each interface to the WAN, and which protocols it speaks."""
    link = networks.plan.core_link
    rows = [
        _neighbor(networks, device, end.port, far, end.circuit)
        for end in networks.circuit_ends[device.name]
        for far in [end.circuit.upper_address if end.end == "lower" else end.circuit.lower_address]
    ]
    for near, far in ((link.a, link.z_address), (link.z, link.a_address)):
        if near.device == device.name:
            rows.append(_neighbor(networks, device, near.name, far, None))
    return rows


def _neighbor(
    networks: Networks,
    device: Device,
    interface: str,
    far: DualInterface,
    circuit: CircuitPlan | None,
) -> dict[str, Any]:
    return {
        "interface": interface,
        "ipv4": str(far.ipv4.ip),
        "ipv6": str(far.ipv6.ip),
        "bgp": circuit is not None and networks.session_of(circuit) is not None,
        "ospf": interface in networks.adjacencies[device.name],
    }


def _internal_peers(networks: Networks, device: Device) -> dict[str, list[str]]:
    """Loopbacks of the neighbours inside the province's AS."""
    peers: dict[str, list[str]] = {"ipv4": [], "ipv6": []}
    for session in networks.sessions[device.name]:
        if session.circuit is None:
            _, far = session.seen_from(device.name)
            peers["ipv4"].append(str(far.ipv4))
            peers["ipv6"].append(str(far.ipv6))
    return peers


def _circuit_sources(networks: Networks, device: Device) -> list[dict[str, Any]]:
    """What a circuit from below may send: its site's addresses and no other's.

    Districts carry their communes, so their circuits are not listed: the communes' own are.
    """
    rows = []
    for end in networks.circuit_ends[device.name]:
        session = networks.session_of(end.circuit)
        if end.end == "lower" or session is None:
            continue
        far = end.circuit.lower_address
        if session.kind == "centre":
            centre = networks.plan.centre
            ipv4 = _with_address(centre.prefixes_ipv4, far.ipv4.ip)
            ipv6 = _with_address(centre.prefixes_ipv6, far.ipv6.ip)
        else:
            prefixes = networks.plan.sites[end.circuit.site].prefixes
            loopback = networks.plan.devices[end.circuit.lower.device].management
            ipv4 = [str(prefixes.ipv4), str(loopback.ipv4), str(far.ipv4.ip)]
            ipv6 = [str(prefixes.ipv6), str(loopback.ipv6), str(far.ipv6.ip)]
        rows.append({"interface": end.port, "ipv4": ipv4, "ipv6": ipv6})
    return rows


def _with_address(
    prefixes: Sequence[IPv4Network] | Sequence[IPv6Network], address: IPv4Address | IPv6Address
) -> list[str]:
    """Prefixes, and the neighbour's address where none of them holds it."""
    listed = [str(prefix) for prefix in prefixes]
    return listed if any(address in prefix for prefix in prefixes) else [*listed, str(address)]


def _gateway_peers(networks: Networks, device: Device) -> list[dict[str, str]]:
    """The other core's addresses in each zone: the only ones that may speak VRRP."""
    if not networks.is_core(device):
        return []
    other = networks.plan.devices[next(c for c in networks.cores if c != device.name)]
    return [
        {
            "interface": segment.zone,
            "ipv4": str(networks.gateway_address(other, segment).ipv4.ip),
            "ipv6": str(link_local(mac_address(other.name, segment.zone))),
        }
        for segment in networks.site(device).segments
    ]


def _rules(networks: Networks, device: Device, local: list[str]) -> list[dict[str, Any]]:
    """Give one row for each way a rule of the matrix passes this router."""
    rows = []
    for rule in networks.plan.intent.rules:
        here_source, here_target = rule.source in local, rule.target in local
        if here_source and here_target:
            rows.append(_row(rule, rule.source, rule.target, None, None))
        if rule.scope == "site":
            continue
        if here_source:
            rows.append(
                _row(rule, rule.source, None, None, _matches(networks, device, rule.target))
            )
        if here_target:
            rows.append(
                _row(rule, None, rule.target, _matches(networks, device, rule.source), None)
            )
    return rows


def _row(
    rule: Rule,
    source: str | None,
    target: str | None,
    source_matches: list[Match] | None,
    target_matches: list[Match] | None,
) -> dict[str, Any]:
    """A row: an interface of ours or None for the WAN, and the far zone's addresses."""
    return {
        "source": rule.source,
        "target": rule.target,
        "in": source,
        "out": target,
        "from": source_matches or [],
        "to": target_matches or [],
        "services": list(rule.services),
    }


def _matches(networks: Networks, device: Device, name: str) -> list[Match]:
    """Give the addresses of the centre, or of a zone anywhere in the province.

    A zone's are prefixes, or ranges with a bit pattern.

    The pattern is what keeps a new site from changing any other router: a zone lies at the same
    place in every site's prefix. A site whose prefix intent overrides is listed at the cores only.
    """
    if name == CENTRE:
        centre = networks.plan.centre
        return [
            *({"ipv4": str(prefix)} for prefix in centre.prefixes_ipv4),
            *({"ipv6": str(prefix)} for prefix in centre.prefixes_ipv6),
        ]
    zone = networks.zones[name]
    addressing = networks.addressing
    matches: list[Match] = []
    if "data_centre" in zone.tiers:
        segment = networks.data_centre.segment(zone.name).networks
        matches.append({"ipv4": str(segment.ipv4), "ipv6": str(segment.ipv6)})
    if {"district", "department"} & set(zone.tiers):
        matches.append(
            _pattern(zone, "district", 22, addressing.upper_sites, addressing.upper_sites_ipv6)
        )
    if "commune" in zone.tiers:
        matches.append(_pattern(zone, "commune", 24, addressing.communes, addressing.communes_ipv6))
    if zone.name == ROUTERS_ZONE:
        loopbacks = addressing.loopbacks
        matches.append({"ipv4": str(loopbacks.ipv4), "ipv6": str(loopbacks.ipv6)})
    if networks.is_core(device):
        matches += _overrides(networks, zone)
    return matches


def _pattern(
    zone: Zone,
    tier: str,
    site_length: int,
    area: tuple[IPv4Address, IPv4Address],
    area_ipv6: tuple[IPv6Address, IPv6Address],
) -> Match:
    start, size = LAYOUTS[tier][zone.number]
    whole = 1 << (32 - site_length)
    mask = whole - int(whole * size)
    return {
        "ipv4": f"{area[0]}-{area[1]}",
        "ipv4_mask": str(IPv4Address(mask)),
        "ipv4_value": str(IPv4Address(int(whole * start))),
        "ipv6": f"{area_ipv6[0]}-{area_ipv6[1]}",
        "ipv6_mask": "0:0:0:f::",
        "ipv6_value": f"0:0:0:{zone.number:x}::",
    }


def _overrides(networks: Networks, zone: Zone) -> list[Match]:
    matches: list[Match] = []
    for plan in networks.plan.sites.values():
        override = plan.site.prefixes
        if zone.name not in {segment.zone for segment in plan.segments}:
            continue
        segment = plan.segment(zone.name).networks
        match: Match = {}
        if override.ipv4:
            match["ipv4"] = str(segment.ipv4)
        if override.ipv6:
            match["ipv6"] = str(segment.ipv6)
        if match:
            matches.append(match)
    return matches
