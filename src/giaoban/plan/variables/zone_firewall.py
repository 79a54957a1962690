"""Variables of the role `zone_firewall`: the matrix of intent seen from one router.

A site's router keeps state and meets every packet of its zones: it filters what leaves its zones
and what enters them. The two cores keep no state, since a reply may come back through the other
one: there each allowed question also allows the shape of its answer.
"""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import Any

from giaoban.intent.model import Rule, Zone
from giaoban.plan.addressing import LAYOUTS
from giaoban.plan.model import Device
from giaoban.plan.variables.view import Networks

Match = dict[str, str]
ROUTERS_ZONE = "management"  # what holds for this zone holds for the routers' loopbacks too


def zone_firewall_variables(networks: Networks, device: Device) -> dict[str, Any]:
    """Give the router's zones, its WAN interfaces and its rules, both families."""
    site = networks.site(device)
    segments = site.segments if site.site.lan == "managed" else ()
    local = [segment.zone for segment in segments]
    ends = networks.circuit_ends[device.name]
    centre = [end.port for end in ends if end.circuit.site not in networks.plan.sites]
    wan = [end.port for end in ends if end.port not in centre]
    if networks.is_core(device):
        wan.append("core")
    blocks = networks.plan.intent.province.blocks
    noc = networks.data_centre.segment("noc").networks
    return {
        "zone_firewall__stateful": not networks.is_core(device),
        "zone_firewall__transit": site.asn == networks.plan.intent.province.asn,
        "zone_firewall__wan_interfaces": wan,
        "zone_firewall__centre_interfaces": centre,
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
        "zone_firewall__rules": _rules(networks, device, local),
        "zone_firewall__province": [str(blocks.ipv4), str(blocks.ipv6)],
        "zone_firewall__noc": [str(noc.ipv4), str(noc.ipv6)],
        "zone_firewall__bgp_peers": _peers(networks, device),
        "zone_firewall__bfd_peers": _bfd_peers(networks, device),
    }


def _peers(networks: Networks, device: Device) -> dict[str, list[str]]:
    peers: dict[str, list[str]] = {"ipv4": [], "ipv6": []}
    for session in networks.sessions[device.name]:
        far = session.upper if session.lower.device == device.name else session.lower
        peers["ipv4"].append(str(far.ipv4))
        peers["ipv6"].append(str(far.ipv6))
    return peers


def _bfd_peers(networks: Networks, device: Device) -> dict[str, list[str]]:
    """Far ends of this router's circuits; over OSPFv3 BFD speaks from link-local addresses."""
    far = [
        end.circuit.upper_address if end.end == "lower" else end.circuit.lower_address
        for end in networks.circuit_ends[device.name]
    ]
    link = networks.plan.core_link
    if device.name == link.a.device:
        far.append(link.z_address)
    elif device.name == link.z.device:
        far.append(link.a_address)
    return {
        "ipv4": [str(address.ipv4.ip) for address in far],
        "ipv6": [*(str(address.ipv6.ip) for address in far), "fe80::/10"],
    }


def _rules(networks: Networks, device: Device, local: list[str]) -> list[dict[str, Any]]:
    """Give one row for each way a rule of the matrix passes this router."""
    zones = {zone.name: zone for zone in networks.plan.intent.zones}
    rows = []
    for rule in networks.plan.intent.rules:
        source, target = zones[rule.source], zones[rule.target]
        here_source, here_target = rule.source in local, rule.target in local
        if here_source and here_target:
            rows.append(_row(rule, rule.source, rule.target, None, None))
        if rule.scope == "site":
            continue
        if here_source:
            rows.append(_row(rule, rule.source, None, None, _matches(networks, device, target)))
        if here_target:
            rows.append(_row(rule, None, rule.target, _matches(networks, device, source), None))
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


def _matches(networks: Networks, device: Device, zone: Zone) -> list[Match]:
    """Give the addresses of a zone anywhere in the province, as prefix or as range and bit pattern.

    The pattern is what keeps a new site from changing any other router: a zone lies at the same
    place in every site's prefix. A site whose prefix intent overrides is listed at the cores only.
    """
    addressing = networks.addressing
    matches: list[Match] = []
    if "data_centre" in zone.tiers:
        segment = networks.data_centre.segment(zone.name).networks
        matches.append({"ipv4": str(segment.ipv4), "ipv6": str(segment.ipv6)})
    if {"district", "department"} & set(zone.tiers):
        matches.append(_pattern(zone, "district", addressing.upper_sites, 22, networks))
    if "commune" in zone.tiers:
        matches.append(_pattern(zone, "commune", addressing.communes, 24, networks))
    if zone.name == ROUTERS_ZONE:
        loopbacks = addressing.loopbacks
        matches.append({"ipv4": str(loopbacks.ipv4), "ipv6": str(loopbacks.ipv6)})
    if networks.is_core(device):
        matches += _overrides(networks, zone)
    return matches


def _pattern(
    zone: Zone,
    tier: str,
    area: tuple[IPv4Address, IPv4Address],
    site_length: int,
    networks: Networks,
) -> Match:
    start, size = LAYOUTS[tier][zone.number]
    whole = 1 << (32 - site_length)
    mask = whole - int(whole * size)
    ipv6 = networks.addressing.blocks.ipv6
    return {
        "ipv4": f"{area[0]}-{area[1]}",
        "ipv4_mask": str(IPv4Address(mask)),
        "ipv4_value": str(IPv4Address(int(whole * start))),
        "ipv6": str(ipv6),
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
