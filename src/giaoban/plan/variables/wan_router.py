"""Variables of the role `wan_router`: FRR's protocols, neighbours and filters."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network
from typing import Any, Literal

from giaoban.plan.model import BgpSession, CircuitPlan, Device, DualNetwork
from giaoban.plan.variables.view import (
    BRIDGE,
    TRUNK,
    CircuitEnd,
    Networks,
    router_name,
    virtual_link_local,
)

Family = Literal["ipv4", "ipv6"]
FAMILIES: tuple[Family, Family] = ("ipv4", "ipv6")

BFD_UPLINK = "uplink"
BFD_SITE = "site"
OSPF_COST_STEP = 10  # the n-th best uplink costs n times this
CORE_LINK_COST = 15  # so that a district reaches each core by its own uplink, and by one path
MAXIMUM_PREFIXES = (
    4  # a site announces its prefix and its loopback; the list before it allows no more
)
CENTRE_MAXIMUM_PREFIXES = 64
_ANY = {"ipv4": "0.0.0.0/0", "ipv6": "::/0"}
_HOST = {"ipv4": 32, "ipv6": 128}
_SITE_LENGTHS = {"ipv4": (22, 24), "ipv6": (60, 60)}
DISTRICT_LIST = "DISTRICT"
# What a district tells the sites below it: the way to everywhere, and to itself, which holds while
# it is cut off: its media server is there.
BELOW_LIST = "BELOW"


def wan_router_variables(networks: Networks, device: Device) -> dict[str, Any]:
    """Give everything frr.conf, keepalived.conf and the trunk are rendered from."""
    bfd = networks.plan.intent.network.bfd
    ospf = _ospf(networks, device)
    return {
        "wan_router__hostname": device.name,
        "wan_router__asn": _asn(networks, device),
        "wan_router__router_id": str(device.management.ipv4),
        "wan_router__loopback": {
            family: str(getattr(device.management, family)) for family in FAMILIES
        },
        "wan_router__bfd_profiles": [
            {"name": BFD_UPLINK, "interval_ms": bfd.uplink_ms, "multiplier": bfd.multiplier},
            {"name": BFD_SITE, "interval_ms": bfd.site_ms, "multiplier": bfd.multiplier},
        ],
        "wan_router__ospf_interfaces": ospf,
        "wan_router__neighbors": _neighbors(networks, device),
        "wan_router__networks": _announced(networks, device),
        "wan_router__null_routes": _null_routes(networks, device),
        "wan_router__prefix_lists": _prefix_lists(networks, device),
        "wan_router__backup_preferences": _backup_preferences(networks, device),
        "wan_router__vrrp": _vrrp(networks, device),
        "wan_router__trunk": _trunk(networks, device),
    }


def _asn(networks: Networks, device: Device) -> int:
    return networks.site(device).asn


def _is_core_side(networks: Networks, device: Device) -> bool:
    return _asn(networks, device) == networks.plan.intent.province.asn


def _ospf(networks: Networks, device: Device) -> list[dict[str, Any]]:
    """Circuits of area 0; empty at a site below the districts."""
    adjacencies = networks.adjacencies[device.name]
    costs: dict[str, tuple[int, str, int]] = {}
    for end in networks.circuit_ends[device.name]:
        step = 1 + (100 - end.circuit.preference) // 10
        costs[end.port] = (step * OSPF_COST_STEP, end.circuit.name, end.circuit.key)
    interfaces = []
    for port in adjacencies:
        cost, link, key = costs.get(port, (CORE_LINK_COST, "core", 1))
        interfaces.append(
            {
                "name": port,
                "cost": cost,
                "bfd_profile": BFD_UPLINK,
                "key_id": key,
                "key": f"@secret{{ospf/{link}/{key}}}",
            }
        )
    return interfaces


def _neighbors(networks: Networks, device: Device) -> list[dict[str, Any]]:
    ends = {end.circuit.name: end for end in networks.circuit_ends[device.name]}
    neighbors = []
    for session in networks.sessions[device.name]:
        for family in FAMILIES:
            if session.circuit is None:
                neighbors.append(_internal_neighbor(networks, device, session, family))
            else:
                end = ends[session.circuit]
                neighbors.append(_external_neighbor(networks, device, session, family, end))
    return neighbors


def _neighbor(session: BgpSession, device: Device, family: Family, **more: Any) -> dict[str, Any]:
    near, far = session.seen_from(device.name)
    return {
        "address": str(getattr(far, family)),
        "family": family,
        "asn": far.asn,
        "description": far.device,
        "update_source": str(getattr(near, family)),
        "bfd_profile": None,
        "ttl_security": False,
        "prefix_list_in": None,
        "prefix_list_out": None,
        "preference": 100,
        "internal": False,
        "maximum_prefixes": None,
        "next_hop_self": False,
        "route_reflector_client": False,
    } | more


def _internal_neighbor(
    networks: Networks, device: Device, session: BgpSession, family: Family
) -> dict[str, Any]:
    _, far = session.seen_from(device.name)
    client = networks.is_core(device) and far.device not in networks.cores
    return _neighbor(
        session,
        device,
        family,
        internal=True,
        prefix_list_in=DISTRICT_LIST if client else None,
        password=f"@secret{{bgp/{session.lower.device}/{session.upper.device}}}",
        next_hop_self=True,
        route_reflector_client=client,
    )


def _external_neighbor(
    networks: Networks, device: Device, session: BgpSession, family: Family, end: CircuitEnd
) -> dict[str, Any]:
    circuit = end.circuit
    common: dict[str, Any] = {
        "password": f"@secret{{bgp/{circuit.name}/{circuit.key}}}",
        "bfd_profile": BFD_SITE,
        "ttl_security": True,
        "preference": circuit.preference,
        "next_hop_self": end.end == "upper",
    }
    if session.kind == "centre":
        lists = {"prefix_list_in": "CENTRE", "prefix_list_out": "PROVINCE"}
        return _neighbor(
            session,
            device,
            family,
            **(common | lists | {"maximum_prefixes": CENTRE_MAXIMUM_PREFIXES}),
        )
    if end.end == "upper":
        told = BELOW_LIST if device.tier == "district" else "DEFAULT"
        lists = {"prefix_list_in": f"IN-{end.port}", "prefix_list_out": told}
        return _neighbor(
            session, device, family, **(common | lists | {"maximum_prefixes": MAXIMUM_PREFIXES})
        )
    lists = {"prefix_list_in": _from_above(networks, circuit), "prefix_list_out": "OWN"}
    return _neighbor(
        session, device, family, **(common | lists | {"maximum_prefixes": MAXIMUM_PREFIXES})
    )


def _from_above(networks: Networks, circuit: CircuitPlan) -> str:
    """Give the list of what a site takes over a circuit: a core tells of no more than a default."""
    upper = networks.plan.devices[circuit.upper.device]
    return f"FROM-{circuit.lower.name}" if upper.tier == "district" else "DEFAULT"


def _district_announcements(networks: Networks, device: str, family: Family) -> list[str]:
    """What a district tells the sites below it."""
    site = networks.site(networks.plan.devices[device])
    return [_ANY[family], str(getattr(site.prefixes, family))]


def _site_announcements(networks: Networks, site: str, family: Family) -> list[str]:
    """What a site below the core may announce: its prefix and its router's loopback."""
    router = networks.plan.devices[router_name(site)]
    prefixes = networks.plan.sites[site].prefixes
    return [
        str(getattr(prefixes, family)),
        f"{getattr(router.management, family)}/{_HOST[family]}",
    ]


def _announced(networks: Networks, device: Device) -> dict[str, list[str]]:
    site = networks.site(device)
    if networks.is_core(device):
        return {
            family: [
                _ANY[family],
                *_province(networks, family),
                *(str(getattr(segment.networks, family)) for segment in site.segments),
            ]
            for family in FAMILIES
        }
    if _is_core_side(networks, device):
        return {family: [str(getattr(site.prefixes, family))] for family in FAMILIES}
    return {family: _site_announcements(networks, site.site.slug, family) for family in FAMILIES}


def _province(networks: Networks, family: Family) -> list[str]:
    """The province's block without loopbacks and circuits, as few prefixes as may be.

    A route to nowhere over a loopback would keep a dead router's next hop alive.
    """
    block = getattr(networks.addressing.blocks, family)
    infrastructure = getattr(networks.addressing.infrastructure, family)
    return [str(prefix) for prefix in sorted(block.address_exclude(infrastructure))]


def _null_routes(networks: Networks, device: Device) -> dict[str, list[str]]:
    """Routes to nowhere that stand behind what is announced, so that nothing loops."""
    if networks.is_core(device):
        return {family: [_ANY[family], *_province(networks, family)] for family in FAMILIES}
    prefixes: DualNetwork = networks.site(device).prefixes
    return {family: [str(getattr(prefixes, family))] for family in FAMILIES}


def _list(name: str, family: Family, prefixes: list[str]) -> dict[str, Any]:
    return {"name": name, "family": family, "entries": [_entry(prefix) for prefix in prefixes]}


def _entry(prefix: str, action: str = "permit", **lengths: int) -> dict[str, Any]:
    """A line of a prefix list; `ge` and `le` bound the lengths below it."""
    return {"action": action, "prefix": prefix, "ge": None, "le": None} | lengths


def _district_list(networks: Networks, family: Family) -> dict[str, Any]:
    """What a district may tell the cores: sites' prefixes and loopbacks, nothing of the cores'."""
    host = _HOST[family]
    addressing = networks.addressing
    cores = [networks.plan.devices[core].management for core in networks.cores]
    entries = [_entry(f"{getattr(core, family)}/{host}", "deny") for core in cores]
    entries.append(_entry(str(getattr(networks.data_centre.prefixes, family)), "deny", le=host))
    entries.append(_entry(str(getattr(addressing.loopbacks, family)), ge=host))
    sites = getattr(addressing.blocks, family)
    entries.append(_entry(str(getattr(addressing.infrastructure, family)), "deny", le=host))
    entries.append(_entry(str(sites), ge=_SITE_LENGTHS[family][0], le=_SITE_LENGTHS[family][1]))
    entries += [
        _entry(str(override))
        for plan in networks.plan.sites.values()
        if (override := getattr(plan.site.prefixes, family)) is not None
    ]
    return {"name": DISTRICT_LIST, "family": family, "entries": entries}


def _prefix_lists(networks: Networks, device: Device) -> list[dict[str, Any]]:
    lists: list[dict[str, Any]] = []
    for family in FAMILIES:
        lists.append(_list("DEFAULT", family, [_ANY[family]]))
        if not _is_core_side(networks, device):
            lists.append(_list("OWN", family, _site_announcements(networks, device.site, family)))
        if device.tier == "district":
            told = _district_announcements(networks, device.name, family)
            lists.append(_list(BELOW_LIST, family, told))
        lists += _inbound_lists(networks, device, family)
        if networks.is_core(device):
            centre: list[IPv4Network] | list[IPv6Network] = getattr(
                networks.plan.centre, f"prefixes_{family}"
            )
            lists.append(_list("CENTRE", family, [str(prefix) for prefix in centre]))
            lists.append(_list("PROVINCE", family, _province(networks, family)))
            lists.append(_district_list(networks, family))
    return lists


def _inbound_lists(networks: Networks, device: Device, family: Family) -> list[dict[str, Any]]:
    lists = []
    for end in networks.circuit_ends[device.name]:
        circuit = end.circuit
        if not _speaks_ebgp(networks, circuit):
            continue
        name = _from_above(networks, circuit)
        if end.end == "upper":
            below = _site_announcements(networks, circuit.site, family)
            lists.append(_list(f"IN-{end.port}", family, below))
        elif name != "DEFAULT":
            above = _district_announcements(networks, circuit.upper.device, family)
            lists.append(_list(name, family, above))
    return lists


def _speaks_ebgp(networks: Networks, circuit: CircuitPlan) -> bool:
    session = networks.session_of(circuit)
    return session is not None and session.kind == "ebgp"


def _backup_preferences(networks: Networks, device: Device) -> list[int]:
    """Local preferences below 100 that some neighbour needs a route map for."""
    found = {
        end.circuit.preference
        for end in networks.circuit_ends[device.name]
        if networks.session_of(end.circuit) is not None
    }
    return sorted(found - {100}, reverse=True)


def _vrrp(networks: Networks, device: Device) -> list[dict[str, Any]]:
    """The data centre's gateways, held by the first core while it lives."""
    if not networks.is_core(device):
        return []
    position = networks.cores.index(device.name)
    return [
        {
            "interface": segment.zone,
            "virtual_router_id": segment.vlan % 255 or 255,
            "priority": 200 - 50 * position,
            "ipv4": str(segment.gateway.ipv4),
            "ipv6": str(segment.gateway.ipv6),
            "link_local": virtual_link_local(segment.vlan),
        }
        for segment in networks.site(device).segments
    ]


def _trunk(networks: Networks, device: Device) -> dict[str, Any] | None:
    site = networks.site(device)
    if site.site.lan != "managed":
        return None
    return {
        "bridge": BRIDGE,
        "port": TRUNK,
        "vlans": [{"name": segment.zone, "vlan": segment.vlan} for segment in site.segments],
    }
