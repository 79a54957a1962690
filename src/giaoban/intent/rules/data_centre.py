"""Rules of the data centre's cores and servers, and of every device's name."""

from __future__ import annotations

from collections.abc import Iterator

from giaoban.intent.model import DataCentre, Site, Zone
from giaoban.intent.problems import Finding, Wording, suggest

# What the plan puts before a site's slug to name its boxes.
DEVICE_PREFIXES = ("rt", "sw", "vc", "pc")

SAME_CORE = Wording(
    "same-core", "core router '{core}' is written twice", "name the second one otherwise"
)
CORE_IS_SITE = Wording(
    "core-is-site",
    "core router '{core}' has the slug of a site",
    "rename it: 'to' in circuits must know which is meant",
)
DUPLICATE_SERVER = Wording(
    "duplicate-server", "server '{name}' is listed twice", "remove one of the two"
)
DEVICE_NAME = Wording(
    "device-name",
    "server '{name}' has the name of another device ({other})",
    "rename the server",
)
SERVER_NUMBER = Wording(
    "server-number",
    "server '{name}': number {number} in zone '{zone}' is already that of server '{other}'",
    "{free}",
)
SERVER_ZONE = Wording("server-zone", "server '{name}': no zone '{zone}'", "{suggestion}")
SERVER_ZONE_TIER = Wording(
    "server-zone-tier",
    "server '{name}': zone '{zone}' does not exist in the data centre",
    "use one of {able}",
)
_NUMBERS = range(10, 250)


def distinct_cores(data_centre: DataCentre) -> Iterator[Finding]:
    """The two cores are two."""
    first, second = data_centre.cores
    if first == second:
        yield SAME_CORE.at("data_centre", "cores", 1, core=second)


def cores_are_no_sites(data_centre: DataCentre, sites: list[Site]) -> Iterator[Finding]:
    """A circuit's `to` names a core or a district, never both."""
    slugs = {site.slug for site in sites}
    for position, core in enumerate(data_centre.cores):
        if core in slugs:
            yield CORE_IS_SITE.at("data_centre", "cores", position, core=core)


def device_names(data_centre: DataCentre, sites: list[Site]) -> Iterator[Finding]:
    """A server's name is no other device's."""
    others = dict.fromkeys(data_centre.cores, "a core router")
    for site in sites:
        others.update(
            {f"{prefix}-{site.slug}": f"of site '{site.slug}'" for prefix in DEVICE_PREFIXES}
        )
    seen: set[str] = set()
    for index, server in enumerate(data_centre.servers):
        where = ("data_centre", "servers", index, "name")
        if server.name in seen:
            yield DUPLICATE_SERVER.at(*where, name=server.name)
        elif server.name in others:
            yield DEVICE_NAME.at(*where, name=server.name, other=others[server.name])
        seen.add(server.name)


def server_numbers(data_centre: DataCentre) -> Iterator[Finding]:
    """A number belongs to one server of its zone."""
    first: dict[tuple[str, int], str] = {}
    for index, server in enumerate(data_centre.servers):
        other = first.setdefault((server.zone, server.number), server.name)
        if other == server.name:
            continue
        taken = {one.number for one in data_centre.servers if one.zone == server.zone}
        free = next((number for number in _NUMBERS if number not in taken), None)
        yield SERVER_NUMBER.at(
            *("data_centre", "servers", index, "number"),
            name=server.name,
            number=server.number,
            zone=server.zone,
            other=other,
            free=f"the first free number is {free}" if free else "the zone is full",
        )


def server_zones(data_centre: DataCentre, zones: list[Zone]) -> Iterator[Finding]:
    """A server stands in a zone of the data centre."""
    tiers = {zone.name: zone.tiers for zone in zones}
    able = [zone.name for zone in zones if "data_centre" in zone.tiers]
    for index, server in enumerate(data_centre.servers):
        where = ("data_centre", "servers", index, "zone")
        words = {"name": server.name, "zone": server.zone}
        if server.zone not in tiers:
            yield SERVER_ZONE.at(*where, **words, suggestion=suggest(server.zone, able))
        elif server.zone not in able:
            yield SERVER_ZONE_TIER.at(*where, **words, able=", ".join(able))


RULES = (distinct_cores, cores_are_no_sites, device_names, server_numbers, server_zones)
