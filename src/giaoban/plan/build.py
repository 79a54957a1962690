"""Builds the plan of a province out of its intent, from sites down to every device's variables."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Interface, IPv6Interface

from giaoban.intent.model import (
    CENTRE,
    ENDPOINT_ZONE,
    WORKSTATION_ZONE,
    CentreLink,
    Circuit,
    Intent,
    Server,
    Site,
)
from giaoban.plan.addressing import (
    CORE_LINK_SLOT,
    ENDPOINT_HOST,
    HYPERVISOR_HOST,
    SWITCH_HOST,
    WORKSTATION_HOST,
    Addressing,
    asn_offset,
    bare,
    circuit_slot,
    host,
    loopback_slot,
)
from giaoban.plan.meetings import district_media_server, media_server_name
from giaoban.plan.model import (
    BgpEnd,
    BgpSession,
    Cable,
    CircuitPlan,
    CoreLink,
    Device,
    Dual,
    DualInterface,
    OspfAdjacency,
    Plan,
    Port,
    ServerPlan,
    SitePlan,
    ZoneSegment,
)
from giaoban.plan.slots import slot_server
from giaoban.plan.variables import device_variables
from giaoban.plan.variables.view import TRUNK, mac_address, router_name

CENTRE_ROUTER = "rt-centre"
CENTRE_PORT = CENTRE
CORE_PORT = "core"
CENTRE_SITE = CENTRE
UPLINK = "up1"  # of a hypervisor, to the data centre's switch


def build(intent: Intent) -> Plan:
    """Give the plan of a valid intent; the same intent always gives the same plan.

    Raises:
        ZoneHasNoRoomError: a zone's number has no place in the prefix of one of its tiers.

    """
    addressing = Addressing(intent.province.blocks)
    sites = {
        site.slug: _site(intent, addressing, site) for site in intent.sites if not site.retired
    }
    circuits = {c.name: c for c in _circuits(intent, addressing, sites)}
    servers = _servers(intent, sites)
    cables = tuple(_cables(intent, sites, servers))
    core_link = _core_link(intent, addressing)
    devices = _devices(intent, addressing, sites, circuits, cables)
    plan = Plan(
        intent=intent,
        sites=sites,
        devices=devices,
        circuits=circuits,
        cables=cables,
        core_link=core_link,
        sessions=tuple(_sessions(intent, devices, sites, circuits, core_link)),
        adjacencies=tuple(_adjacencies(sites, circuits, core_link)),
        servers=servers,
    )
    variables = device_variables(plan, addressing)
    return replace(
        plan,
        devices={
            name: replace(device, variables=variables.get(name, {}))
            for name, device in devices.items()
        },
    )


def core_names(intent: Intent) -> tuple[str, str]:
    """Give the device names of the two cores."""
    first, second = intent.data_centre.cores
    return router_name(first), router_name(second)


def _site(intent: Intent, addressing: Addressing, site: Site) -> SitePlan:
    segments = []
    for zone in intent.zones:
        if site.tier in zone.tiers:
            networks = addressing.zone_networks(site, zone)
            segments.append(ZoneSegment(zone.name, zone.vlan, networks, host(networks, 1)))
    core_side = site.tier in ("data_centre", "district")
    asn = intent.province.asn + (0 if core_side else asn_offset(site))
    ports = _access_ports(intent, site)
    return SitePlan(site, addressing.site_prefixes(site), tuple(segments), asn, ports)


def _access_ports(intent: Intent, site: Site) -> dict[str, str]:
    """Give the zone of each access port of the site's switch, in the order of their numbers."""
    if site.lan == "unmanaged":
        return {}
    rows = [(row.zone, row.ports) for row in site.access_ports] or [
        (zone.name, zone.access_ports) for zone in intent.zones if site.tier in zone.tiers
    ]
    numbered = sorted((number, zone) for zone, numbers in rows for number in numbers)
    return {f"p{number}": zone for number, zone in numbered}


def _upper_port(site: Site, ordinal: int) -> str:
    return f"{'c' if site.tier == 'commune' else 'd'}{site.number}-{ordinal}"


def _circuits(
    intent: Intent, addressing: Addressing, sites: dict[str, SitePlan]
) -> list[CircuitPlan]:
    uppers = {*sites, *intent.data_centre.cores}
    live = [c for c in intent.circuits if c.site in sites and c.to in uppers]
    order = _by_preference(live)
    circuits = [
        _circuit(
            intent, addressing, sites[c.site].site, c, 100 - 10 * order[c.site].index(c.ordinal)
        )
        for c in live
    ]
    circuits += [
        _centre_circuit(intent, ordinal, link)
        for ordinal, link in enumerate(intent.centre.links, start=1)
    ]
    return circuits


def _by_preference(circuits: list[Circuit]) -> dict[str, list[int]]:
    """Order each site's circuits: standby ones last, then by ordinal."""
    order: dict[str, list[int]] = {}
    for circuit in sorted(circuits, key=lambda circuit: (circuit.standby, circuit.ordinal)):
        order.setdefault(circuit.site, []).append(circuit.ordinal)
    return order


def _circuit(
    intent: Intent, addressing: Addressing, site: Site, circuit: Circuit, preference: int
) -> CircuitPlan:
    lower, upper = addressing.circuit(circuit_slot(site, circuit.ordinal))
    bfd = intent.network.bfd
    return CircuitPlan(
        name=f"{site.slug}-{circuit.ordinal}",
        site=site.slug,
        lower=Port(router_name(site.slug), f"wan{circuit.ordinal}"),
        upper=Port(router_name(circuit.to), _upper_port(site, circuit.ordinal)),
        lower_address=lower,
        upper_address=upper,
        rate=circuit.rate,
        mtu=circuit.mtu,
        carrier=circuit.carrier,
        reference=circuit.reference,
        standby=circuit.standby,
        bfd_ms=bfd.uplink_ms if site.tier == "district" else bfd.site_ms,
        key=circuit.key,
        preference=preference,
    )


def _centre_circuit(intent: Intent, ordinal: int, link: CentreLink) -> CircuitPlan:
    return CircuitPlan(
        name=f"{CENTRE_SITE}-{ordinal}",
        site=CENTRE_SITE,
        lower=Port(CENTRE_ROUTER, f"wan{ordinal}"),
        upper=Port(router_name(link.core), CENTRE_PORT),
        lower_address=DualInterface(
            IPv4Interface((link.theirs_ipv4, 31)), IPv6Interface((link.theirs_ipv6, 127))
        ),
        upper_address=DualInterface(
            IPv4Interface((link.ours_ipv4, 31)), IPv6Interface((link.ours_ipv6, 127))
        ),
        rate=link.rate,
        mtu=1500,
        carrier=link.carrier,
        reference=link.reference,
        standby=False,
        bfd_ms=intent.network.bfd.site_ms,
    )


def _core_link(intent: Intent, addressing: Addressing) -> CoreLink:
    first, second = core_names(intent)
    lower, upper = addressing.circuit(CORE_LINK_SLOT)
    return CoreLink(Port(first, CORE_PORT), Port(second, CORE_PORT), upper, lower)


def server_port(vlan: int, number: int) -> str:
    """Give the port of a server, on its site's switch or on a hypervisor: `s60-10`."""
    return f"s{vlan}-{number}"


def hypervisor_name(name: str) -> str:
    """Give the device of a hypervisor."""
    return f"hv-{name}"


def _servers(intent: Intent, sites: dict[str, SitePlan]) -> dict[str, ServerPlan]:
    centre = next(site for site in sites.values() if site.site.tier == "data_centre")
    servers = {}
    for server in (*intent.data_centre.servers, *map(slot_server, intent.slots)):
        name = f"sv-{server.name}"
        servers[name] = _server(centre, server, name)
    for site in sites.values():
        if site.site.media_server:
            name = media_server_name(site.site.slug)
            servers[name] = _server(site, district_media_server(site.site), name)
    return servers


def _server(site: SitePlan, server: Server, name: str) -> ServerPlan:
    segment = site.segment(server.zone)
    on = hypervisor_name(server.machine.hypervisor) if server.machine else site.access
    return ServerPlan(
        server=server,
        site=site.site.slug,
        device=name,
        segment=segment,
        address=host(segment.networks, server.number),
        mac=mac_address(name, "eth0"),
        port=Port(on, server_port(segment.vlan, server.number)),
    )


def _cables(
    intent: Intent, sites: dict[str, SitePlan], servers: dict[str, ServerPlan]
) -> list[Cable]:
    cables = []
    for slug, plan in sites.items():
        site, access = plan.site, plan.access
        if not plan.routes_zones:
            continue
        if site.lan == "managed":
            centre = site.tier == "data_centre"
            routers = core_names(intent) if centre else (router_name(slug),)
            cables += [
                Cable(Port(router, TRUNK), Port(access, f"up{position}"))
                for position, router in enumerate(routers, start=1)
            ]
        boxes = {ENDPOINT_ZONE: f"vc-{slug}"}
        if site.workstation:
            boxes[WORKSTATION_ZONE] = f"pc-{slug}"
        cables += [
            Cable(Port(access, plan.first_port(zone)), Port(box, "eth0"))
            for zone, box in boxes.items()
        ]
        if site.tier == "data_centre":
            cables += [
                Cable(
                    Port(access, f"hv{hypervisor.number}"),
                    Port(hypervisor_name(hypervisor.name), UPLINK),
                )
                for hypervisor in intent.data_centre.hypervisors
            ]
        cables += [
            Cable(one.port, Port(one.device, "eth0"))
            for one in servers.values()
            if one.site == slug
        ]
    return cables


def _devices(
    intent: Intent,
    addressing: Addressing,
    sites: dict[str, SitePlan],
    circuits: dict[str, CircuitPlan],
    cables: tuple[Cable, ...],
) -> dict[str, Device]:
    ranks = _ranks(intent, sites)
    planned = _servers(intent, sites).values()
    devices: list[Device] = []
    for slug, plan in sites.items():
        servers = [_server_device(plan, one, ranks[slug]) for one in planned if one.site == slug]
        if plan.site.tier == "data_centre":
            devices += [*_data_centre_devices(intent, addressing, plan), *servers]
        else:
            devices += [_site_router(addressing, plan, ranks[slug]), *servers]
        if plan.routes_zones:
            devices += _lan_devices(plan, ranks[slug])
    devices.append(_centre_router(intent))
    ports = _ports_by_device(intent, circuits, cables)
    return {device.name: replace(device, ports=ports.get(device.name, ())) for device in devices}


def _data_centre_devices(intent: Intent, addressing: Addressing, plan: SitePlan) -> list[Device]:
    site = plan.site
    cores = [
        Device(
            name=router_name(core),
            site=site.slug,
            tier=site.tier,
            role="router",
            platform="frr",
            management=addressing.loopback(position),
            rank=0,
            ports=(),
            groups=("cores",),
        )
        for position, core in enumerate(intent.data_centre.cores, start=1)
    ]
    management = plan.segment("management").networks
    hypervisors = [
        Device(
            name=hypervisor_name(hypervisor.name),
            site=site.slug,
            tier=site.tier,
            role="hypervisor",
            platform="ovs",
            management=bare(host(management, HYPERVISOR_HOST + hypervisor.number - 1)),
            rank=2,
            ports=(),
        )
        for hypervisor in intent.data_centre.hypervisors
    ]
    return cores + hypervisors


def _server_device(site: SitePlan, planned: ServerPlan, rank: int) -> Device:
    """A virtual server changes before its hypervisor does."""
    return Device(
        name=planned.device,
        site=site.site.slug,
        tier=site.site.tier,
        role="server",
        platform="linux",
        management=bare(planned.address),
        rank=rank + (3 if planned.is_virtual else 1),
        ports=(),
        groups=tuple(planned.server.groups),
    )


def _site_router(addressing: Addressing, plan: SitePlan, rank: int) -> Device:
    site = plan.site
    return Device(
        name=router_name(site.slug),
        site=site.slug,
        tier=site.tier,
        role="router",
        platform="frr",
        management=addressing.loopback(loopback_slot(site)),
        rank=rank,
        ports=(),
        owner=site.managed_by,
    )


def _lan_devices(plan: SitePlan, rank: int) -> list[Device]:
    site = plan.site

    def box(prefix: str, role: str, platform: str, zone: str, number: int) -> Device:
        return Device(
            name=f"{prefix}-{site.slug}",
            site=site.slug,
            tier=site.tier,
            role=role,  # type: ignore[arg-type]
            platform=platform,  # type: ignore[arg-type]
            management=bare(host(plan.segment(zone).networks, number)),
            rank=rank + 1,
            ports=(),
        )

    devices = [box("vc", "endpoint", "linux", ENDPOINT_ZONE, ENDPOINT_HOST)]
    if site.lan == "managed":
        devices.insert(0, box("sw", "switch", "ovs", "management", SWITCH_HOST))
    if site.workstation:
        devices.append(box("pc", "workstation", "linux", WORKSTATION_ZONE, WORKSTATION_HOST))
    return devices


def _centre_router(intent: Intent) -> Device:
    centre = intent.centre
    return Device(
        name=CENTRE_ROUTER,
        site=CENTRE_SITE,
        tier="data_centre",
        role="router",
        platform="frr",
        management=Dual(centre.prefixes_ipv4[0][1], centre.prefixes_ipv6[0][1]),
        rank=1,
        ports=(),
        owner="centre",
    )


def _ports_by_device(
    intent: Intent, circuits: dict[str, CircuitPlan], cables: tuple[Cable, ...]
) -> dict[str, tuple[str, ...]]:
    ends = [end for cable in cables for end in (cable.a, cable.z)]
    ends += [end for circuit in circuits.values() for end in (circuit.lower, circuit.upper)]
    ends += [Port(core, CORE_PORT) for core in core_names(intent)]
    ports: dict[str, list[str]] = {}
    for end in ends:
        ports.setdefault(end.device, []).append(end.name)
    return {device: tuple(names) for device, names in ports.items()}


def _ranks(intent: Intent, sites: dict[str, SitePlan]) -> dict[str, int]:
    """Count circuits from the core; each site's circuits lead to sites nearer the core."""
    above: dict[str, list[str]] = {}
    for circuit in intent.circuits:
        if not circuit.standby:
            above.setdefault(circuit.site, []).append(circuit.to)
    ranks = dict.fromkeys(intent.data_centre.cores, 0)

    def rank(slug: str) -> int:
        if slug not in ranks:
            ranks[slug] = 1 + max((rank(upper) for upper in above.get(slug, ())), default=0)
        return ranks[slug]

    for slug, plan in sites.items():
        if plan.site.tier == "data_centre":
            ranks[slug] = 0
        else:
            rank(slug)
    return ranks


def _sessions(
    intent: Intent,
    devices: dict[str, Device],
    sites: dict[str, SitePlan],
    circuits: dict[str, CircuitPlan],
    core_link: CoreLink,
) -> list[BgpSession]:
    base = intent.province.asn
    sessions = [
        _circuit_session(intent, sites, circuit)
        for circuit in circuits.values()
        if _tier_of(sites, circuit) != "district"
    ]
    cores = (core_link.a.device, core_link.z.device)

    def loopback_end(name: str) -> BgpEnd:
        return BgpEnd(name, base, devices[name].management.ipv4, devices[name].management.ipv6)

    sessions.append(
        BgpSession(loopback_end(cores[1]), loopback_end(cores[0]), "ibgp", circuit=None)
    )
    sessions += [
        BgpSession(loopback_end(device.name), loopback_end(core), "ibgp", circuit=None)
        for device in devices.values()
        if device.role == "router" and device.tier == "district"
        for core in cores
    ]
    return sessions


def _tier_of(sites: dict[str, SitePlan], circuit: CircuitPlan) -> str:
    return sites[circuit.site].site.tier if circuit.site in sites else CENTRE_SITE


def _circuit_session(
    intent: Intent, sites: dict[str, SitePlan], circuit: CircuitPlan
) -> BgpSession:
    ours = circuit.site in sites
    lower, upper = bare(circuit.lower_address), bare(circuit.upper_address)
    asn = sites[circuit.site].asn if ours else intent.centre.asn
    return BgpSession(
        BgpEnd(circuit.lower.device, asn, lower.ipv4, lower.ipv6),
        BgpEnd(circuit.upper.device, intent.province.asn, upper.ipv4, upper.ipv6),
        "ebgp" if ours else "centre",
        circuit.name,
    )


def _adjacencies(
    sites: dict[str, SitePlan], circuits: dict[str, CircuitPlan], core_link: CoreLink
) -> list[OspfAdjacency]:
    adjacencies = [OspfAdjacency(core_link.a, core_link.z, circuit=None)]
    adjacencies += [
        OspfAdjacency(circuit.lower, circuit.upper, circuit.name)
        for circuit in circuits.values()
        if _tier_of(sites, circuit) == "district"
    ]
    return adjacencies
