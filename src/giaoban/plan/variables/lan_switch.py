"""Variables of the role `lan_switch`: ports and VLANs of a site's access switch."""

from __future__ import annotations

from typing import Any

from giaoban.plan.model import Device, ZoneSegment
from giaoban.plan.variables.base import MANAGEMENT
from giaoban.plan.variables.view import (
    Networks,
    link_local,
    mac_address,
    router_name,
    virtual_link_local,
)


def lan_switch_variables(networks: Networks, device: Device) -> dict[str, Any]:
    """Give the trunks to the routers, the access ports and the port the switch is managed by."""
    site = networks.site(device)
    zone_vlans = {segment.zone: segment.vlan for segment in site.segments}
    trunks: list[dict[str, str]] = []
    zones, boxes = dict(site.access_ports), {}
    for near, far in networks.cable_ends(device.name):
        other = networks.plan.devices[far.device]
        if other.role == "router":
            trunks.append({"name": near.name, "description": str(far)})
            continue
        boxes[near.name] = far.device
        zones[near.name] = next(
            s.zone for s in site.segments if other.management.ipv4 in s.networks.ipv4
        )
    return {
        "lan_switch__vlans": sorted(zone_vlans.values()),
        "lan_switch__trunks": trunks,
        "lan_switch__access_ports": [
            {
                "name": port,
                "number": int(port[1:]) if port in site.access_ports else None,
                "vlan": zone_vlans[zone],
                "zone": zone,
                "description": boxes.get(port, ""),
                "gateways": _gateways(networks, device, site.segment(zone)),
            }
            for port, zone in zones.items()
        ],
        "lan_switch__management": {
            "name": MANAGEMENT,
            "vlan": zone_vlans["management"],
            "mac": mac_address(device.name, MANAGEMENT),
        },
    }


def _gateways(networks: Networks, device: Device, segment: ZoneSegment) -> list[str]:
    """The gateway's IPv4 address, its IPv6 one, and the link-local one that hosts route by."""
    if device.site == networks.data_centre.site.slug:
        own = virtual_link_local(segment.vlan)
    else:
        own = str(link_local(mac_address(router_name(device.site), segment.zone)))
    return [str(segment.gateway.ipv4.ip), str(segment.gateway.ipv6.ip), own]
