"""The shape of a plan: every address, adjacency and box, as frozen values.

The twin builds these boxes and cables; Ansible configures them; verify compares them with what is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Address,
    IPv6Interface,
    IPv6Network,
)
from typing import Any, Literal

from giaoban.intent.model import Centre, Intent, Server, Site, Slot, Tier

Role = Literal["router", "switch", "hypervisor", "server", "endpoint", "workstation"]
Platform = Literal["frr", "ovs", "linux"]


@dataclass(frozen=True, slots=True, order=True)
class Port:
    """One interface of one device."""

    device: str
    name: str

    def __str__(self) -> str:
        return f"{self.device}:{self.name}"


@dataclass(frozen=True, slots=True)
class Dual:
    """An address of each family."""

    ipv4: IPv4Address
    ipv6: IPv6Address


@dataclass(frozen=True, slots=True)
class DualInterface:
    """An address of each family with its prefix length."""

    ipv4: IPv4Interface
    ipv6: IPv6Interface


@dataclass(frozen=True, slots=True)
class DualNetwork:
    """A network of each family."""

    ipv4: IPv4Network
    ipv6: IPv6Network


@dataclass(frozen=True, slots=True)
class Cable:
    """A patch cable inside one site."""

    a: Port
    z: Port


@dataclass(frozen=True, slots=True)
class CircuitPlan:
    """A circuit with its addresses.

    `name` is `<site>-<ordinal>`, `site` its lower end (`centre` for the central government's),
    `rate` in bits per second at layer 2, `mtu` in bytes, `key` the number of its secrets,
    `preference` the BGP local preference of what is learned over it (100 for the best circuit).
    """

    name: str
    site: str
    lower: Port
    upper: Port
    lower_address: DualInterface
    upper_address: DualInterface
    rate: int
    mtu: int
    carrier: str
    reference: str
    standby: bool
    bfd_ms: int
    key: int = 1
    preference: int = 100


@dataclass(frozen=True, slots=True)
class CoreLink:
    """The patch between the two cores (no carrier, no shaping)."""

    a: Port
    z: Port
    a_address: DualInterface
    z_address: DualInterface


@dataclass(frozen=True, slots=True)
class BgpEnd:
    """One end of a BGP session."""

    device: str
    asn: int
    ipv4: IPv4Address
    ipv6: IPv6Address


@dataclass(frozen=True, slots=True)
class BgpSession:
    """A BGP session of both families (one TCP session a family)."""

    lower: BgpEnd
    upper: BgpEnd
    kind: Literal["ebgp", "ibgp", "centre"]
    circuit: str | None

    def seen_from(self, device: str) -> tuple[BgpEnd, BgpEnd]:
        """Give this device's own end and the far one."""
        if self.lower.device == device:
            return self.lower, self.upper
        return self.upper, self.lower


@dataclass(frozen=True, slots=True)
class OspfAdjacency:
    """Two interfaces in area 0 that must be Full, in OSPFv2 and OSPFv3."""

    a: Port
    z: Port
    circuit: str | None


@dataclass(frozen=True, slots=True)
class ZoneSegment:
    """A zone at a site: its VLAN, its networks and its gateway."""

    zone: str
    vlan: int
    networks: DualNetwork
    gateway: DualInterface


@dataclass(frozen=True, slots=True)
class SitePlan:
    """A site with its prefixes, its zone segments, and the zone of each access port by its name."""

    site: Site
    prefixes: DualNetwork
    segments: tuple[ZoneSegment, ...]
    asn: int
    access_ports: dict[str, str]

    @property
    def routes_zones(self) -> bool:
        """Whether its router is the gateway of its zones: over a switch, or on ports of its own."""
        return self.site.lan != "unmanaged"

    @property
    def access(self) -> str:
        """The device whose ports the access ports are."""
        prefix = "sw" if self.site.lan == "managed" else "rt"
        return f"{prefix}-{self.site.slug}"

    def access_ports_of(self, device: str) -> dict[str, str]:
        """Give the access ports with their zones to the device that has them, none to others."""
        return self.access_ports if device == self.access else {}

    def segment(self, zone: str) -> ZoneSegment:
        """Give the segment of `zone`; KeyError where the site has none."""
        for segment in self.segments:
            if segment.zone == zone:
                return segment
        raise KeyError(zone)

    def first_port(self, zone: str) -> str:
        """Give the first access port of `zone`: the endpoint's, or the workstation's."""
        return next(port for port, its in self.access_ports.items() if its == zone)


@dataclass(frozen=True, slots=True)
class Device:
    """A box.

    `management` is the in-band address (a router's loopback); `rank` counts circuits from the
    core (0), so changes activate from the highest rank down; `variables` are what the roles read;
    `owner` is `centre` for the central government's router, which the twin plays and nobody here
    configures. `ports` are its physical interfaces that have a cable or a circuit.
    """

    name: str
    site: str
    tier: Tier
    role: Role
    platform: Platform
    management: Dual
    rank: int
    ports: tuple[str, ...]
    owner: Literal["us", "carrier", "centre"] = "us"
    groups: tuple[str, ...] = ()
    variables: dict[str, Any] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class ServerPlan:
    """A server: where it stands and is plugged in, and how its one leg is addressed.

    `site` is the data centre's slug, or that of a district with a media server. `port` is on the
    site's switch, or on the hypervisor of a virtual server.
    """

    server: Server
    site: str
    device: str
    segment: ZoneSegment
    address: DualInterface
    mac: str
    port: Port

    @property
    def is_virtual(self) -> bool:
        """Whether somebody makes it, instead of racking it."""
        return self.server.machine is not None


@dataclass(frozen=True, slots=True)
class SlotPlan:
    """A slot with the server that is its own; `name` is what people ask for, domain and all."""

    slot: Slot
    server: ServerPlan
    name: str


@dataclass(frozen=True)
class Plan:
    """The whole province, computed. Every mapping is in a stable order."""

    intent: Intent
    sites: dict[str, SitePlan]
    devices: dict[str, Device]
    circuits: dict[str, CircuitPlan]
    cables: tuple[Cable, ...]
    core_link: CoreLink
    sessions: tuple[BgpSession, ...]
    adjacencies: tuple[OspfAdjacency, ...]
    servers: dict[str, ServerPlan]

    @cached_property
    def data_centre(self) -> SitePlan:
        """The data centre's site."""
        return next(s for s in self.sites.values() if s.site.tier == "data_centre")

    @cached_property
    def virtual_servers(self) -> dict[str, ServerPlan]:
        """The servers that do not stand there on the first day, by device."""
        return {name: server for name, server in self.servers.items() if server.is_virtual}

    @cached_property
    def slots(self) -> dict[str, SlotPlan]:
        """The slots by the device of their server, in intent's order."""
        domain = self.intent.province.domain
        planned = ((slot, self.servers[f"sv-{slot.name}"]) for slot in self.intent.slots)
        return {
            server.device: SlotPlan(slot, server, f"{slot.host}.{domain}")
            for slot, server in planned
        }

    @property
    def centre(self) -> Centre:
        """The central government's side as intended."""
        return self.intent.centre

    @cached_property
    def devices_by_site(self) -> dict[str, tuple[Device, ...]]:
        """Devices of each site, in plan order."""
        by_site: dict[str, list[Device]] = {slug: [] for slug in self.sites}
        for device in self.devices.values():
            by_site.setdefault(device.site, []).append(device)
        return {slug: tuple(devices) for slug, devices in by_site.items()}
