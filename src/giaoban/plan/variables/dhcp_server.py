"""Variables of the role `dhcp_server`: address pools of a site's zones."""

from __future__ import annotations

from typing import Any

from giaoban.plan.addressing import WORKSTATION_HOST
from giaoban.plan.model import Device, ZoneSegment
from giaoban.plan.services import DNS, SERVED, members
from giaoban.plan.variables.dns import name_servers
from giaoban.plan.variables.view import Networks

FIRST_POOL_HOST = 24  # below it: gateway, switch, endpoint, workstation and fixed things
POOLED_ZONES = ("office", "guest")
ANNOUNCED_ZONES = ("office", "guest", "video")


def served_segments(networks: Networks, device: Device) -> list[ZoneSegment]:
    """Give the segments whose hosts ask this router for addresses."""
    site = networks.site(device)
    if networks.is_core(device) or not site.routes_zones:
        return []
    return [segment for segment in site.segments if segment.zone in ANNOUNCED_ZONES]


def _name_servers(networks: Networks, zone: str) -> dict[str, list[str]]:
    """Give the zone's hosts those whom they may ask: a guest may ask nobody of ours."""
    servers = name_servers(networks.plan)
    homes = {
        server.segment.zone for server in members(networks.plan, DNS) if not server.server.exposed
    }
    asked = {
        rule.target
        for rule in networks.plan.intent.rules
        if rule.source == zone and set(rule.services) & set(SERVED[DNS])
    }
    if not homes & asked:
        servers = []
    return {
        "ipv4": [str(server.ipv4) for server in servers],
        "ipv6": [str(server.ipv6) for server in servers],
    }


def dhcp_server_variables(networks: Networks, device: Device) -> dict[str, Any]:
    """Give the pools, the reservations and the zones with router advertisements.

    The data centre has none: its hosts have fixed addresses.
    """
    segments = served_segments(networks, device)
    if not segments:
        return {"dhcp_server__pools": [], "dhcp_server__reservations": []}
    site = networks.site(device)
    pools = []
    for segment in segments:
        network = segment.networks.ipv4
        pooled = segment.zone in POOLED_ZONES
        pools.append(
            {
                "interface": segment.zone,
                "netmask": str(network.netmask),
                "first": str(network[min(FIRST_POOL_HOST, network.num_addresses // 2)]),
                "last": str(network[-2]),
                "leases": pooled,
                "name_servers": _name_servers(networks, segment.zone),
            }
        )
    reservations = []
    if site.site.workstation:
        office = site.segment("office").networks.ipv4
        reservations.append(
            {"hostname": f"pc-{site.site.slug}", "address": str(office[WORKSTATION_HOST])}
        )
    return {"dhcp_server__pools": pools, "dhcp_server__reservations": reservations}
