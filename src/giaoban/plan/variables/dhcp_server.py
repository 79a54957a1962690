"""Variables of the role `dhcp_server`: address pools of a site's zones."""

from __future__ import annotations

from typing import Any

from giaoban.plan.addressing import WORKSTATION_HOST
from giaoban.plan.model import Device
from giaoban.plan.variables.view import Networks

FIRST_POOL_HOST = 24  # below it: gateway, switch, endpoint, workstation and fixed things
POOLED_ZONES = ("office", "guest")
ANNOUNCED_ZONES = ("office", "guest", "video")


def dhcp_server_variables(networks: Networks, device: Device) -> dict[str, Any]:
    """Give the pools, the reservations and the zones with router advertisements.

    The data centre has none: its hosts have fixed addresses.
    """
    site = networks.site(device)
    if networks.is_core(device) or not site.routes_zones:
        return {"dhcp_server__pools": [], "dhcp_server__reservations": []}
    pools = []
    for segment in site.segments:
        if segment.zone not in ANNOUNCED_ZONES:
            continue
        network = segment.networks.ipv4
        pooled = segment.zone in POOLED_ZONES
        pools.append(
            {
                "interface": segment.zone,
                "netmask": str(network.netmask),
                "first": str(network[min(FIRST_POOL_HOST, network.num_addresses // 2)]),
                "last": str(network[-2]),
                "leases": pooled,
            }
        )
    reservations = []
    if site.site.workstation:
        office = site.segment("office").networks.ipv4
        reservations.append(
            {"hostname": f"pc-{site.site.slug}", "address": str(office[WORKSTATION_HOST])}
        )
    return {"dhcp_server__pools": pools, "dhcp_server__reservations": reservations}
