"""Which address belongs to what: functions of the province's blocks and of numbers people gave.

The scheme (DESIGN, "Intent and plan"): an IPv4 /14 as sixteen /18. The first holds circuits (/20),
loopbacks (/20) and the data centre (/19); the next five hold 80 districts and departments, a /22
each; the last ten hold 640 communes, a /24 each. Of the IPv6 /48 each site takes a /60 and each
zone a /64; the first /60 is the infrastructure's.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Address,
    IPv6Interface,
    IPv6Network,
)

from giaoban.errors import GiaobanError
from giaoban.intent.model import Blocks, Site, Zone
from giaoban.plan.model import Dual, DualInterface, DualNetwork

CORE_LINK_SLOT = 0
_UPPER_CIRCUIT_SLOT = 64  # districts and departments: 4 circuits each
_COMMUNE_CIRCUIT_SLOT = 384  # communes: 2 circuits each, up to slot 1663 of 2048
_UPPER_LOOPBACK_SLOT = 64
_COMMUNE_LOOPBACK_SLOT = 256
_DATA_CENTRE_INDEX = 1
_UPPER_SITE_INDEX = 16
_COMMUNE_SITE_INDEX = 256
CIRCUITS_PER_COMMUNE = 2
GATEWAY_HOST = 1
SWITCH_HOST = 4
HYPERVISOR_HOST = 20  # of the first; the next ones follow
ENDPOINT_HOST = 10
WORKSTATION_HOST = 20

# Where a zone lies in its site's IPv4 prefix: zone number -> (start, size) as parts of the whole.
_COMMUNE_LAYOUT = {
    1: (Fraction(0), Fraction(1, 2)),
    2: (Fraction(4, 8), Fraction(1, 8)),
    3: (Fraction(5, 8), Fraction(1, 8)),
    4: (Fraction(6, 8), Fraction(1, 8)),
    5: (Fraction(7, 8), Fraction(1, 8)),
}
_UPPER_LAYOUT = {
    1: (Fraction(0), Fraction(1, 2)),
    3: (Fraction(1, 2), Fraction(1, 4)),
    2: (Fraction(12, 16), Fraction(1, 16)),
    4: (Fraction(13, 16), Fraction(1, 16)),
    5: (Fraction(14, 16), Fraction(1, 16)),
    6: (Fraction(15, 16), Fraction(1, 16)),
}
_DATA_CENTRE_LAYOUT = {number: (Fraction(number, 32), Fraction(1, 32)) for number in range(1, 16)}
LAYOUTS = {
    "data_centre": _DATA_CENTRE_LAYOUT,
    "department": _UPPER_LAYOUT,
    "district": _UPPER_LAYOUT,
    "commune": _COMMUNE_LAYOUT,
}


class ZoneHasNoRoomError(GiaobanError):
    """A zone's number has no place in a tier's prefix."""

    def __init__(self, zone: Zone, tier: str) -> None:
        places = ", ".join(str(number) for number in sorted(LAYOUTS[tier]))
        super().__init__(
            f"zone '{zone.name}': number {zone.number} has no place in the prefix of a {tier};"
            f" the numbers with a place are {places}; give the zone one of them, or leave"
            f" {tier} out of its tiers"
        )


@dataclass(frozen=True)
class Addressing:
    """The address plan over one province's blocks."""

    blocks: Blocks

    @cached_property
    def _eighteenths(self) -> tuple[IPv4Network, ...]:
        base = int(self.blocks.ipv4.network_address)
        return tuple(IPv4Network((base + (index << 14), 18)) for index in range(16))

    @cached_property
    def circuits(self) -> DualNetwork:
        """The block of circuit addresses: an IPv4 /20 and an IPv6 /64."""
        return DualNetwork(
            IPv4Network((int(self._eighteenths[0].network_address), 20)), self._ipv6(0, 0)
        )

    @cached_property
    def loopbacks(self) -> DualNetwork:
        """The block of loopbacks: an IPv4 /20 and an IPv6 /64."""
        base = int(self._eighteenths[0].network_address)
        return DualNetwork(IPv4Network((base + (1 << 12), 20)), self._ipv6(0, 1))

    @cached_property
    def infrastructure(self) -> DualNetwork:
        """Circuits and loopbacks together: an IPv4 /19 and an IPv6 /60."""
        ipv6 = int(self.blocks.ipv6.network_address)
        return DualNetwork(
            IPv4Network((int(self._eighteenths[0].network_address), 19)), IPv6Network((ipv6, 60))
        )

    @cached_property
    def upper_sites(self) -> tuple[IPv4Address, IPv4Address]:
        """First and last IPv4 address of districts and departments."""
        return self._eighteenths[1][0], self._eighteenths[5][-1]

    @cached_property
    def communes(self) -> tuple[IPv4Address, IPv4Address]:
        """First and last IPv4 address of communes."""
        return self._eighteenths[6][0], self._eighteenths[15][-1]

    @cached_property
    def upper_sites_ipv6(self) -> tuple[IPv6Address, IPv6Address]:
        """First and last IPv6 address of districts and departments."""
        return self._ipv6(_UPPER_SITE_INDEX, 0)[0], self._ipv6(_UPPER_SITE_INDEX + 80, 15)[-1]

    @cached_property
    def communes_ipv6(self) -> tuple[IPv6Address, IPv6Address]:
        """First and last IPv6 address of communes."""
        return self._ipv6(_COMMUNE_SITE_INDEX, 0)[0], self._ipv6(_COMMUNE_SITE_INDEX + 640, 15)[-1]

    def _ipv6(self, site_index: int, zone_number: int) -> IPv6Network:
        base = int(self.blocks.ipv6.network_address)
        return IPv6Network((base + (site_index << 68) + (zone_number << 64), 64))

    def site_prefixes(self, site: Site) -> DualNetwork:
        """Give a site's own prefixes: computed from its number unless intent overrides them."""
        if site.tier == "data_centre":
            base = int(self._eighteenths[0].network_address)
            ipv4 = IPv4Network((base + (1 << 13), 19))
        elif site.tier == "commune":
            ipv4 = IPv4Network((int(self.communes[0]) + ((site.number - 1) << 8), 24))
        else:
            ipv4 = IPv4Network((int(self.upper_sites[0]) + ((site.number - 1) << 10), 22))
        ipv6 = IPv6Network((int(self._ipv6(_site_index(site), 0).network_address), 60))
        return DualNetwork(site.prefixes.ipv4 or ipv4, site.prefixes.ipv6 or ipv6)

    def zone_networks(self, site: Site, zone: Zone) -> DualNetwork:
        """Give the networks of a zone at a site.

        Raises:
            ZoneHasNoRoomError: the zone's number has no place in a site of this tier.

        """
        prefixes = self.site_prefixes(site)
        if zone.number not in LAYOUTS[site.tier]:
            raise ZoneHasNoRoomError(zone, site.tier)
        start, size = LAYOUTS[site.tier][zone.number]
        whole = prefixes.ipv4.num_addresses
        length = 32 - (int(whole * size).bit_length() - 1)
        ipv6 = int(prefixes.ipv6.network_address) + (zone.number << 64)
        return DualNetwork(
            IPv4Network((int(prefixes.ipv4.network_address) + int(whole * start), length)),
            IPv6Network((ipv6, 64)),
        )

    def circuit(self, slot: int) -> tuple[DualInterface, DualInterface]:
        """Give lower and upper address of a circuit: an IPv4 /31 (RFC 3021), a /127 (RFC 6164)."""
        ipv4 = int(self.circuits.ipv4.network_address) + 2 * slot
        ipv6 = int(self.circuits.ipv6.network_address) + (slot << 16)
        lower, upper = (
            DualInterface(IPv4Interface((ipv4 + end, 31)), IPv6Interface((ipv6 + end, 127)))
            for end in (1, 0)
        )
        return lower, upper

    def loopback(self, slot: int) -> Dual:
        """Give the loopback of a router by its slot."""
        ipv6 = int(self.loopbacks.ipv6.network_address) + slot
        return Dual(self.loopbacks.ipv4[slot], IPv6Network((ipv6, 128)).network_address)


def circuit_slot(site: Site, ordinal: int) -> int:
    """Give the slot of a site's circuit in the circuit block."""
    if site.tier == "commune":
        return _COMMUNE_CIRCUIT_SLOT + (site.number - 1) * CIRCUITS_PER_COMMUNE + ordinal - 1
    return _UPPER_CIRCUIT_SLOT + (site.number - 1) * 4 + ordinal - 1


def loopback_slot(site: Site) -> int:
    """Give the slot of a site's router in the loopback block."""
    first = _COMMUNE_LOOPBACK_SLOT if site.tier == "commune" else _UPPER_LOOPBACK_SLOT
    return first + site.number


def asn_offset(site: Site) -> int:
    """Give how far a site's AS lies from the core's."""
    return site.number + (1000 if site.tier == "commune" else 0)


def _site_index(site: Site) -> int:
    if site.tier == "data_centre":
        return _DATA_CENTRE_INDEX
    first = _COMMUNE_SITE_INDEX if site.tier == "commune" else _UPPER_SITE_INDEX
    return first + site.number


def host(network: DualNetwork, number: int) -> DualInterface:
    """Give host `number` of a segment, both families, with the segment's lengths."""
    return DualInterface(
        IPv4Interface((int(network.ipv4.network_address) + number, network.ipv4.prefixlen)),
        IPv6Interface((int(network.ipv6.network_address) + number, network.ipv6.prefixlen)),
    )


def bare(interface: DualInterface) -> Dual:
    """Give the addresses of an interface without their lengths."""
    return Dual(interface.ipv4.ip, interface.ipv6.ip)
