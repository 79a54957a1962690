"""Variables of the role `lan_switch`: ports and VLANs of an access switch, or of a hypervisor's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from giaoban.plan.addressing import bare
from giaoban.plan.model import Device, ServerPlan, SitePlan, ZoneSegment
from giaoban.plan.variables.base import MANAGEMENT
from giaoban.plan.variables.view import (
    Networks,
    link_local,
    mac_address,
    virtual_link_local,
)

# Port numbers of the switch, each named: one that Open vSwitch chose could become another's when a
# network card is missing. Access ports on the wall are 1 to 48.
_MANAGEMENT_NUMBER = 1000
_FIRST_TRUNK_NUMBER = 1001
_HYPERVISOR_TRUNKS = 1010
_SERVERS_NUMBER, _ZONES_STEP = 2000, 1000
_TRUNKED = ("router", "switch", "hypervisor")
_LINK_LOCAL = "fe80::/64"


def lan_switch_variables(networks: Networks, device: Device) -> dict[str, Any]:
    """Give the trunks, the access ports and the port the switch is managed by."""
    site = networks.site(device)
    trunks: list[dict[str, Any]] = []
    boxes: dict[str, str] = {}
    for near, far in networks.cable_ends(device.name):
        role = networks.plan.devices[far.device].role
        if role in _TRUNKED:
            number = _FIRST_TRUNK_NUMBER + len(trunks)
            if role == "hypervisor":
                number = _HYPERVISOR_TRUNKS + int(near.name.removeprefix("hv"))
            trunks.append(
                {
                    "name": near.name,
                    "number": number,
                    "far_end": str(far),
                    "vlans": _trunk_vlans(networks, site, device, far.device),
                }
            )
        else:
            boxes[near.name] = far.device
    on_the_wall = site.access_ports_of(device.name)
    segments = {port: site.segment(zone) for port, zone in on_the_wall.items()}
    servers = {port: box for port, box in boxes.items() if port not in segments}
    segments |= {port: _segment_of(networks, device, box) for port, box in servers.items()}
    return {
        # A hypervisor has one way up: nothing can loop there, and no server is to be heard.
        "lan_switch__spanning_tree": device.role == "switch",
        "lan_switch__trunks": trunks,
        "lan_switch__access_ports": [
            {
                "name": port,
                "number": _number(networks, device, port, servers.get(port)),
                "vlan": segment.vlan,
                "zone": segment.zone,
                "box": boxes.get(port),
                "guest": boxes.get(port) in networks.plan.virtual_servers,
                "sender": _sender(networks.plan.servers.get(boxes.get(port, ""))),
            }
            | _gateway(networks, site, segment)
            for port, segment in segments.items()
        ],
        "lan_switch__management": {
            "name": MANAGEMENT,
            "number": _MANAGEMENT_NUMBER,
            "vlan": site.segment("management").vlan,
            "mac": mac_address(device.name, MANAGEMENT),
        },
    }


def _trunk_vlans(networks: Networks, site: SitePlan, device: Device, far: str) -> list[int]:
    """Give every VLAN of the site, or to and from a hypervisor those of itself and its servers."""
    ends = (device.name, far)
    hypervisor = next((n for n in ends if networks.plan.devices[n].role == "hypervisor"), None)
    if hypervisor is None:
        return sorted(segment.vlan for segment in site.segments)
    servers = networks.plan.virtual_servers.values()
    theirs = {server.segment.vlan for server in servers if server.port.device == hypervisor}
    return sorted({site.segment("management").vlan} | theirs)


def _sender(server: ServerPlan | None) -> dict[str, Any] | None:
    """Give what a server may send from: its MAC address, where we chose it, and its addresses."""
    if server is None:
        return None
    own = bare(server.address)
    ipv6 = [str(own.ipv6), str(link_local(server.mac)) if server.is_virtual else _LINK_LOCAL]
    return {
        "mac": server.mac if server.is_virtual else None,
        "ipv4": str(own.ipv4),
        "ipv6": ipv6,
    }


def _segment_of(networks: Networks, device: Device, box: str) -> ZoneSegment:
    address = networks.plan.devices[box].management.ipv4
    segments = networks.site(device).segments
    return next(segment for segment in segments if address in segment.networks.ipv4)


def _number(networks: Networks, device: Device, port: str, server: str | None) -> int:
    if server is None:
        return int(port.removeprefix("p"))
    segment = _segment_of(networks, device, server)
    address = networks.plan.devices[server].management.ipv4
    host_number = int(address) - int(segment.networks.ipv4.network_address)
    zone = networks.zones[segment.zone]
    return _SERVERS_NUMBER + _ZONES_STEP * zone.number + host_number


def _gateway(networks: Networks, site: SitePlan, segment: ZoneSegment) -> dict[str, list[str]]:
    """Every address by which the routers of a zone are known: their own and those they share."""
    routers = [
        far.device
        for _, far in networks.cable_ends(site.access)
        if networks.plan.devices[far.device].role == "router"
    ]
    macs = [mac_address(router, segment.zone) for router in routers]
    own = [networks.gateway_address(networks.plan.devices[router], segment) for router in routers]
    addresses = [bare(address) for address in (segment.gateway, *own)]
    shared = [virtual_link_local(segment.vlan)] if len(routers) > 1 else []
    return {
        "gateway_macs": macs,
        "gateway_ipv4": _distinct(str(address.ipv4) for address in addresses),
        "gateway_ipv6": _distinct(
            [
                *(str(address.ipv6) for address in addresses),
                *(str(link_local(mac)) for mac in macs),
                *shared,
            ]
        ),
    }


def _distinct(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(words))
