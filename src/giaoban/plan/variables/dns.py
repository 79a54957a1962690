"""Variables of the role `dns`, and who is asked for names: the province's zones, out of the plan.

Every DNS server signs and serves every zone by itself, with the same key: none needs another. One
that is exposed knows only what the outside may know, and looks up nothing.
"""

from __future__ import annotations

from collections import defaultdict
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Any, Final

from giaoban.plan.meetings import MEETING, turn_name
from giaoban.plan.model import Device, Dual, Plan
from giaoban.plan.services import DNS, SERVED, WEB, members
from giaoban.plan.variables.view import Networks

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Record = dict[str, str]

_TYPE: Final[dict[type[Address], str]] = {IPv4Address: "A", IPv6Address: "AAAA"}
_BITS_A_LABEL: Final[dict[type[Address], int]] = {IPv4Address: 8, IPv6Address: 4}
# The prefix length of a reverse zone, inside the province's blocks and outside of them.
_INSIDE: Final[dict[type[Address], int]] = {IPv4Address: 16, IPv6Address: 48}
_OUTSIDE: Final[dict[type[Address], int]] = {IPv4Address: 24, IPv6Address: 48}


def name_servers(plan: Plan) -> list[Dual]:
    """Give the addresses of those who look names up for the province."""
    servers = (server for server in members(plan, DNS) if not server.server.exposed)
    return [plan.devices[server.device].management for server in servers]


def dns_variables(networks: Networks, device: Device) -> dict[str, Any]:
    """Give a DNS server's zones with their records, and who may ask it."""
    plan = networks.plan
    exposed = plan.servers[device.name].server.exposed
    names = _own_names(plan, exposed=exposed)
    servers = [s.device for s in members(plan, DNS) if s.server.exposed == exposed]
    blocks = plan.intent.province.blocks
    shared = _shared_names(plan, names, exposed=exposed)
    zones = [_zone(plan.intent.province.domain, servers, _forward(names | shared))]
    if not exposed:
        reverse = _reverse(names, plan.intent.province.domain, (blocks.ipv4, blocks.ipv6))
        zones += [_zone(zone, servers, records) for zone, records in sorted(reverse.items())]
    machine = plan.servers[device.name].server.machine
    return {
        "dns__domain": plan.intent.province.domain,
        "dns__recursion": not exposed,
        "dns__clients": [str(blocks.ipv4), str(blocks.ipv6)],
        "dns__threads": machine.cpus if machine else 1,
        "dns__zones": zones,
    }


def _own_names(plan: Plan, *, exposed: bool) -> dict[str, list[Address]]:
    """Give the addresses of every device by its name."""
    names: dict[str, list[Address]] = {}
    for device in plan.devices.values():
        server = plan.servers.get(device.name)
        if device.owner == "centre" or (exposed and not (server and server.server.exposed)):
            continue
        names[device.name] = [device.management.ipv4, device.management.ipv6]
    return names


def _shared_names(
    plan: Plan, own: dict[str, list[Address]], *, exposed: bool
) -> dict[str, list[Address]]:
    """Give the addresses of every group of servers, and of those by whom one comes to a slot.

    Of the data centre's: who asks for a group is not sent into a district.
    """
    centre = plan.data_centre.site.slug
    names: dict[str, list[Address]] = {}
    for group in SERVED:
        servers = (one for one in members(plan, group) if one.site == centre)
        addresses = [a for one in servers for a in own.get(one.device, ())]
        if addresses:
            names[group] = addresses
    media = (one.device for one in members(plan, MEETING) if one.device in own)
    names |= {turn_name(device): own[device] for device in media}
    if WEB in names:
        names |= {slot.host: names[WEB] for slot in plan.intent.slots if slot.public or not exposed}
    return names


def _zone(name: str, servers: list[str], records: list[Record]) -> dict[str, Any]:
    return {"name": name, "servers": servers, "records": records}


def _forward(names: dict[str, list[Address]]) -> list[Record]:
    return [
        {"name": name, "type": _TYPE[type(address)], "value": str(address)}
        for name, addresses in names.items()
        for address in addresses
    ]


def _reverse(
    names: dict[str, list[Address]], domain: str, blocks: tuple[Network, Network]
) -> dict[str, list[Record]]:
    """Give the records from addresses to names, by zone."""
    zones: dict[str, list[Record]] = defaultdict(list)
    for name, addresses in names.items():
        for address in addresses:
            zone = reverse_zone(address, blocks)
            label = address.reverse_pointer.removesuffix(f".{zone}")
            zones[zone].append({"name": label, "type": "PTR", "value": f"{name}.{domain}."})
    return zones


def reverse_zone(address: Address, blocks: tuple[Network, ...]) -> str:
    """Give the zone that an address's reverse record is in, such as `64.10.in-addr.arpa`.

    Args:
        address: of a device.
        blocks: the province's: outside of them, no more than an address's own neighbours is ours.

    """
    inside = any(address.version == block.version and address in block for block in blocks)
    length = (_INSIDE if inside else _OUTSIDE)[type(address)]
    labels = address.reverse_pointer.split(".")
    return ".".join(labels[(address.max_prefixlen - length) // _BITS_A_LABEL[type(address)] :])
