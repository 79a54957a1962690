"""Variables of the role `lan_switch`: ports and VLANs of a site's access switch."""

from __future__ import annotations

from typing import Any

from giaoban.plan.model import Device
from giaoban.plan.variables.base import MANAGEMENT
from giaoban.plan.variables.view import Networks, mac_address


def lan_switch_variables(networks: Networks, device: Device) -> dict[str, Any]:
    """Give the trunks to the routers, the access ports and the port the switch is managed by."""
    site = networks.site(device)
    zone_vlans = {segment.zone: segment.vlan for segment in site.segments}
    trunks, boxes = [], {}
    for near, far in networks.cable_ends(device.name):
        other = networks.plan.devices[far.device]
        if other.role == "router":
            trunks.append({"name": near.name, "description": str(far)})
            continue
        zone = next(s.zone for s in site.segments if other.management.ipv4 in s.networks.ipv4)
        boxes[near.name] = (zone, far.device)
    sockets = {port: (zone, "") for port, zone in site.access_ports.items()}
    return {
        "lan_switch__vlans": sorted(zone_vlans.values()),
        "lan_switch__trunks": trunks,
        "lan_switch__access_ports": [
            {"name": port, "vlan": zone_vlans[zone], "zone": zone, "description": box}
            for port, (zone, box) in (sockets | boxes).items()
        ],
        "lan_switch__management": {
            "name": MANAGEMENT,
            "vlan": zone_vlans["management"],
            "mac": mac_address(device.name, MANAGEMENT),
        },
    }
