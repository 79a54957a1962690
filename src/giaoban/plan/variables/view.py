"""A plan indexed by device: who ends which circuit, which segments a router serves."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv6Address
from typing import Literal

from giaoban.intent.model import Zone
from giaoban.plan.addressing import Addressing, host
from giaoban.plan.model import (
    BgpSession,
    Cable,
    CircuitPlan,
    Device,
    DualInterface,
    OspfAdjacency,
    Plan,
    Port,
    SitePlan,
    ZoneSegment,
)

TRUNK = "lan0"
BRIDGE = "br-lan"


@dataclass(frozen=True)
class CircuitEnd:
    """A circuit seen from one of its ends."""

    circuit: CircuitPlan
    end: Literal["lower", "upper"]

    @property
    def port(self) -> str:
        """The interface at this end."""
        return self.circuit.lower.name if self.end == "lower" else self.circuit.upper.name

    @property
    def address(self) -> DualInterface:
        """The addresses of this end."""
        lower = self.end == "lower"
        return self.circuit.lower_address if lower else self.circuit.upper_address

    @property
    def far_device(self) -> str:
        """The router at the other end."""
        lower = self.end == "lower"
        return self.circuit.upper.device if lower else self.circuit.lower.device

    @property
    def description(self) -> str:
        """What stands at the other end, and what to tell the carrier."""
        return f"{self.far_device} {self.circuit.carrier} {self.circuit.reference}"


@dataclass(frozen=True)
class Networks:
    """The plan with its indexes; each is built once."""

    plan: Plan
    addressing: Addressing

    @cached_property
    def circuit_ends(self) -> dict[str, list[CircuitEnd]]:
        """Circuits by the device that ends them."""
        ends: dict[str, list[CircuitEnd]] = defaultdict(list)
        for circuit in self.plan.circuits.values():
            ends[circuit.lower.device].append(CircuitEnd(circuit, "lower"))
            ends[circuit.upper.device].append(CircuitEnd(circuit, "upper"))
        return ends

    @cached_property
    def sessions(self) -> dict[str, list[BgpSession]]:
        """BGP sessions by the device that speaks them."""
        sessions: dict[str, list[BgpSession]] = defaultdict(list)
        for session in self.plan.sessions:
            sessions[session.lower.device].append(session)
            sessions[session.upper.device].append(session)
        return sessions

    @cached_property
    def adjacencies(self) -> dict[str, dict[str, OspfAdjacency]]:
        """OSPF adjacencies by device and interface."""
        adjacencies: dict[str, dict[str, OspfAdjacency]] = defaultdict(dict)
        for adjacency in self.plan.adjacencies:
            for end in (adjacency.a, adjacency.z):
                adjacencies[end.device][end.name] = adjacency
        return adjacencies

    def cable_ends(self, device: str) -> list[tuple[Port, Port]]:
        """Patch cables of a device: its own port, and the port at the other end."""
        return [
            (cable.a, cable.z) if cable.a.device == device else (cable.z, cable.a)
            for cable in self.cables[device]
        ]

    @cached_property
    def cables(self) -> dict[str, list[Cable]]:
        """Patch cables by the device at either end."""
        cables: dict[str, list[Cable]] = defaultdict(list)
        for cable in self.plan.cables:
            cables[cable.a.device].append(cable)
            cables[cable.z.device].append(cable)
        return cables

    @cached_property
    def zones(self) -> dict[str, Zone]:
        """The zones of intent by name."""
        return {zone.name: zone for zone in self.plan.intent.zones}

    @property
    def data_centre(self) -> SitePlan:
        """The data centre's site."""
        return self.plan.data_centre

    @cached_property
    def cores(self) -> tuple[str, str]:
        """The device names of the two cores."""
        return self.plan.core_link.a.device, self.plan.core_link.z.device

    def site(self, device: Device) -> SitePlan:
        """The site a device stands at."""
        return self.plan.sites[device.site]

    def is_core(self, device: Device) -> bool:
        """Whether the device is one of the two cores."""
        return device.name in self.cores

    def gateway_address(self, device: Device, segment: ZoneSegment) -> DualInterface:
        """The router's own address in a segment: the gateway, or beside it at a core (VRRP)."""
        if self.is_core(device):
            return host(segment.networks, 2 + self.cores.index(device.name))
        return segment.gateway

    def session_of(self, circuit: CircuitPlan) -> BgpSession | None:
        """The BGP session over a circuit, where one is planned."""
        return self._session_by_circuit.get(circuit.name)

    @cached_property
    def _session_by_circuit(self) -> dict[str, BgpSession]:
        return {session.circuit: session for session in self.plan.sessions if session.circuit}


def router_name(end: str) -> str:
    """Give the router of a site's slug, or of a core's name."""
    return f"rt-{end}"


def mac_address(device: str, interface: str) -> str:
    """Give a locally administered MAC address that is always the same for an interface."""
    digest = hashlib.sha256(f"{device} {interface}".encode()).digest()
    return ":".join(f"{octet:02x}" for octet in bytes([0x02, *digest[:5]]))


def virtual_link_local(vlan: int) -> str:
    """Give the link-local address of a gateway that two routers hold in turn (VRRP)."""
    return f"fe80::{vlan:x}"


def link_local(mac: str) -> IPv6Address:
    """Give the link-local address an interface makes of its MAC (RFC 4291, appendix A)."""
    octets = bytes(int(octet, 16) for octet in mac.split(":"))
    identifier = bytes([octets[0] ^ 0x02, *octets[1:3], 0xFF, 0xFE, *octets[3:]])
    return IPv6Address(bytes([0xFE, 0x80, *bytes(6), *identifier]))
