"""Variables of the role `base`: what every configured box has, and its addresses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from giaoban.plan.addressing import GATEWAY_HOST, host
from giaoban.plan.meetings import MEETING, MEETING_VOTE, TURN_PORTS
from giaoban.plan.model import Device, DualInterface, ServerPlan, ZoneSegment
from giaoban.plan.services import (
    AMONG,
    MEDIA,
    PACED,
    PKI,
    TIME,
    VOTE,
    WEB,
    certified,
    meets_by,
    members,
    proven_names,
    services_of,
)
from giaoban.plan.variables.dns import name_servers
from giaoban.plan.variables.log import log_servers
from giaoban.plan.variables.view import TRUNK, Networks, link_local, mac_address

MANAGEMENT = "mgmt"


def base_variables(networks: Networks, device: Device) -> dict[str, Any]:
    """Give the interfaces, the clock sources and who may log in from where."""
    plan = networks.plan
    noc = networks.data_centre.segment("noc").networks
    return {
        "base__hostname": device.name,
        "base__domain": plan.intent.province.domain,
        "base__timezone": plan.intent.province.timezone,
        "base__interfaces": _interfaces(networks, device),
        "base__forwarding": device.role == "router",
        "base__management_prefixes": [str(noc.ipv4), str(noc.ipv6)],
        "base__time_servers": _time_servers(networks, device),
        "base__time_clients": _time_clients(networks, device),
        "base__time_orphan": _orphan_stratum(networks, device),
        "base__host_firewall": device.role != "router",
        "base__services": _services(networks, device),
        "base__name_servers": _name_servers(networks, device),
        "base__hosts": _hosts(networks, device),
        "base__log_servers": log_servers(plan),
        "base__operator_is_root": device.role == "server",
        "base__media_ports": _media_ports(networks, device),
        "base__turn_ports": list(TURN_PORTS) if MEETING in device.groups else [],
    }


def _time_servers(networks: Networks, device: Device) -> list[str]:
    """Time servers ask intent's sources and each other, cores them, routers the cores.

    What stands behind a router asks its router.
    """
    plan = networks.plan
    if TIME in device.groups:
        own = plan.intent.network.time_sources
        return [*map(str, own), *_addresses(networks, _others(device, _time_group(networks)))]
    if device.role == "router":
        own_servers = _time_group(networks) if networks.is_core(device) else []
        return _addresses(networks, [*own_servers, *_others(device, networks.cores)])
    segment = _segment(networks, device)
    if device.site == networks.data_centre.site.slug:
        cores = (plan.devices[core] for core in networks.cores)
        return [str(networks.gateway_address(core, segment).ipv4.ip) for core in cores]
    return [str(segment.gateway.ipv4.ip)]


def _orphan_stratum(networks: Networks, device: Device) -> int | None:
    """Time servers go on by their own clocks, and cores by theirs once those are gone."""
    if TIME in device.groups:
        return 8
    return 10 if networks.is_core(device) else None


def _time_group(networks: Networks) -> list[str]:
    return [server.device for server in members(networks.plan, TIME)]


def _others(device: Device, names: Iterable[str]) -> list[str]:
    return [name for name in names if name != device.name]


def _addresses(networks: Networks, names: Iterable[str]) -> list[str]:
    return [str(networks.plan.devices[name].management.ipv4) for name in names]


def _time_clients(networks: Networks, device: Device) -> list[str]:
    if networks.is_core(device) or TIME in device.groups:
        blocks = networks.plan.intent.province.blocks
        return [str(blocks.ipv4), str(blocks.ipv6)]
    if device.role == "router":
        prefixes = networks.site(device).prefixes
        return [str(prefixes.ipv4), str(prefixes.ipv6)]
    return []


def _name_servers(networks: Networks, device: Device) -> list[str]:
    """Routers and switches need no names; a resolver asks three addresses and no more."""
    if device.role not in ("server", "endpoint"):
        return []
    servers = name_servers(networks.plan)
    return [str(s.ipv4) for s in servers[:2]] + [str(s.ipv6) for s in servers[:1]]


def _hosts(networks: Networks, device: Device) -> list[dict[str, str]]:
    """Give the names that a box needs nobody to answer for.

    A meeting room finds its media server while nobody answers, as in a district that is cut off.
    Those who vote on what leads find each other while nobody answers. A CA asks who has a name
    whether it is his, and takes no other server's word for who that is.
    """
    plan = networks.plan
    known: list[tuple[str, ServerPlan]] = []
    if device.role == "endpoint":
        servers = meets_by(plan, device.site)
        known += [(name, server) for server in servers for name in proven_names(plan, server)]
    for group in (VOTE, MEETING_VOTE):
        if group in device.groups:
            known += [(server.device, server) for server in members(plan, group)]
    if PKI in device.groups:
        certain = list(certified(plan))
        known += [(name, server) for server in certain for name in proven_names(plan, server)]
        slots = plan.intent.slots
        known += [(slot.host, server) for slot in slots for server in members(plan, WEB)]
    return [
        {"name": name, "address": address}
        for name, server in known
        if server.device != device.name
        for address in _both(server)
    ]


def _services(networks: Networks, device: Device) -> list[dict[str, Any]]:
    if device.role != "server":
        return []
    return [
        {
            "name": service.name,
            "protocol": service.protocol,
            "ports": list(service.ports),
            "sources": _sources(networks, service.name),
        }
        | ({"sender_kbytes_s": PACED[service.name]} if service.name in PACED else {})
        for service in services_of(networks.plan, device.name, device.groups)
    ]


def _media_ports(networks: Networks, device: Device) -> list[int]:
    """Give the ports of a meeting's media to the boxes that send it: they mark it."""
    if device.role != "endpoint" and MEETING not in device.groups:
        return []
    services = (one for one in networks.plan.intent.services if one.name in MEDIA)
    return sorted({port for service in services for port in service.ports})


def _sources(networks: Networks, service: str) -> list[str]:
    """Give who alone may ask, where the matrix between zones does not say it all."""
    if service not in AMONG:
        return []
    group = members(networks.plan, AMONG[service])
    return [address for server in group for address in _both(server)]


def _both(server: ServerPlan) -> tuple[str, str]:
    """Give a server's addresses, one of each family."""
    return str(server.address.ipv4.ip), str(server.address.ipv6.ip)


def _segment(networks: Networks, device: Device) -> ZoneSegment:
    return next(
        segment
        for segment in networks.site(device).segments
        if device.management.ipv4 in segment.networks.ipv4
    )


def _interfaces(networks: Networks, device: Device) -> list[dict[str, Any]]:
    if device.role == "router":
        return _router_interfaces(networks, device)
    if device.platform == "ovs":
        return _switch_interfaces(networks, device)
    return [_attached("eth0", device, _segment(networks, device), "physical")]


def _switch_interfaces(networks: Networks, device: Device) -> list[dict[str, Any]]:
    site = networks.site(device)
    segment = site.segment("management")
    on_the_wall = site.access_ports_of(device.name)
    far_ends = {port: f"socket, {zone}" for port, zone in on_the_wall.items()}
    kinds = {}
    for near, far in networks.cable_ends(device.name):
        far_ends[near.name] = str(far)
        # A virtual server's port is there while the server is.
        kinds[near.name] = "guest" if far.device in networks.plan.virtual_servers else "port"
    ports = [_interface(port, kinds.get(port, "port"), far) for port, far in far_ends.items()]
    mac = mac_address(device.name, MANAGEMENT)
    return [*ports, _attached(MANAGEMENT, device, segment, "switched", mac=mac)]


def _interface(name: str, kind: str, description: str, **more: Any) -> dict[str, Any]:
    empty: dict[str, Any] = {"addresses": [], "gateways": [], "mtu": 1500, "vlan": None}
    empty["link_local"] = None
    # Of a MAC address that is planned so is the link-local one: others let it pass by that. The
    # kernel makes one as soon as there is an interface, and Open vSwitch gives it its MAC later.
    own = {"link_local": f"{link_local(more['mac'])}/64"} if "mac" in more else {}
    return {"name": name, "kind": kind, "description": description} | empty | more | own


def _attached(
    name: str, device: Device, segment: ZoneSegment, kind: str, **more: Any
) -> dict[str, Any]:
    """A box with one leg in a segment."""
    number = int(device.management.ipv4) - int(segment.networks.ipv4.network_address)
    gateway = host(segment.networks, GATEWAY_HOST)
    return _interface(
        name,
        kind,
        f"{segment.zone} of {device.site}",
        addresses=_texts(host(segment.networks, number)),
        gateways=[str(gateway.ipv4.ip), str(gateway.ipv6.ip)],
        vlan=segment.vlan if kind == "switched" else None,
        **more,
    )


def _texts(address: DualInterface) -> list[str]:
    return [str(address.ipv4), str(address.ipv6)]


def _router_interfaces(networks: Networks, device: Device) -> list[dict[str, Any]]:
    loopback = device.management
    interfaces = [
        _interface(
            "lo",
            "loopback",
            "loopback",
            addresses=[f"{loopback.ipv4}/32", f"{loopback.ipv6}/128"],
            mtu=None,
        )
    ]
    interfaces += [
        _interface(
            end.port,
            "physical",
            end.description,
            addresses=_texts(end.address),
            mtu=end.circuit.mtu,
        )
        for end in networks.circuit_ends[device.name]
    ]
    link = networks.plan.core_link
    for end, address in ((link.a, link.a_address), (link.z, link.z_address)):
        if end.device == device.name:
            interfaces.append(
                _interface(end.name, "physical", "the other core", addresses=_texts(address))
            )
    return interfaces + _lan_interfaces(networks, device)


def _lan_interfaces(networks: Networks, device: Device) -> list[dict[str, Any]]:
    """The gateways of the zones: VLANs of a trunk, or bridges of the router's own ports."""
    site = networks.site(device)
    if not site.routes_zones:
        return []
    interfaces = []
    own_ports = site.access == device.name
    if own_ports:
        boxes = {near.name: str(far) for near, far in networks.cable_ends(device.name)}
        interfaces += [
            _interface(
                port, "member" if port in boxes else "socket", boxes.get(port, f"socket, {zone}")
            )
            | {"bridge": zone}
            for port, zone in site.access_ports.items()
        ]
    else:
        interfaces.append(_interface(TRUNK, "trunk", f"trunk to {site.access}"))
    interfaces += [
        _interface(
            segment.zone,
            "bridge" if own_ports else "vlan",
            f"{segment.zone} of {device.site}",
            addresses=_texts(networks.gateway_address(device, segment)),
            vlan=None if own_ports else segment.vlan,
            mac=mac_address(device.name, segment.zone),
        )
        for segment in site.segments
    ]
    return interfaces
