"""Rules of the data centre's cores, hypervisors and servers."""

from __future__ import annotations

from collections.abc import Iterator

from giaoban.intent.model import DataCentre, Site, Zone
from giaoban.intent.problems import Finding, Wording, suggest
from giaoban.intent.rules.sites import is_reserved

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
DUPLICATE_HYPERVISOR = Wording(
    "duplicate-hypervisor",
    "hypervisor '{name}': its {key} '{found}' is already that of another hypervisor",
    "give it one of its own",
)
SERVER_HYPERVISOR = Wording(
    "server-hypervisor", "server '{name}': no hypervisor '{hypervisor}'", "{suggestion}"
)
SERVER_OWNER = Wording("server-owner", "server '{name}': no live site '{owner}'", "{suggestion}")
RESERVED_CORE = Wording(
    "reserved-core",
    "core router '{core}': the inventory uses this name itself",
    "name it after its place, as in 'core-1'",
)
SERVER_GROUP = Wording(
    "server-group",
    "server '{name}': group '{group}' is {what}",
    "name the group after what the server serves",
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
DUPLICATE_SNMP = Wording(
    "duplicate-snmp", "SNMP box '{name}' is listed twice", "name one of the two otherwise"
)
SNMP_SITE = Wording("snmp-site", "SNMP box '{name}': no live site '{site}'", "{suggestion}")
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


def free_core_names(data_centre: DataCentre) -> Iterator[Finding]:
    """A core's name is none that the inventory uses itself."""
    for position, core in enumerate(data_centre.cores):
        if is_reserved(core):
            yield RESERVED_CORE.at("data_centre", "cores", position, core=core)


def unique_hypervisors(data_centre: DataCentre) -> Iterator[Finding]:
    """A hypervisor's name and number are its own."""
    seen: set[tuple[str, object]] = set()
    for index, hypervisor in enumerate(data_centre.hypervisors):
        for key, found in (("name", hypervisor.name), ("number", hypervisor.number)):
            if (key, found) in seen:
                where = ("data_centre", "hypervisors", index, key)
                words = {"name": hypervisor.name, "key": key, "found": found}
                yield DUPLICATE_HYPERVISOR.at(*where, **words)
            seen.add((key, found))


def known_hypervisors(data_centre: DataCentre) -> Iterator[Finding]:
    """A virtual server runs on one of the hypervisors."""
    known = [hypervisor.name for hypervisor in data_centre.hypervisors]
    for index, server in enumerate(data_centre.servers):
        if server.machine is not None and server.machine.hypervisor not in known:
            yield SERVER_HYPERVISOR.at(
                *("data_centre", "servers", index, "machine", "hypervisor"),
                name=server.name,
                hypervisor=server.machine.hypervisor,
                suggestion=suggest(server.machine.hypervisor, known),
            )


def known_owners(data_centre: DataCentre, sites: list[Site]) -> Iterator[Finding]:
    """A site that is live answers for a server."""
    live = [site.slug for site in sites if not site.retired]
    for index, server in enumerate(data_centre.servers):
        if server.owner is not None and server.owner not in live:
            yield SERVER_OWNER.at(
                *("data_centre", "servers", index, "owner"),
                name=server.name,
                owner=server.owner,
                suggestion=suggest(server.owner, live),
            )


def unique_snmp_boxes(data_centre: DataCentre) -> Iterator[Finding]:
    """A box that is asked by SNMP has a name of its own."""
    seen: set[str] = set()
    for index, box in enumerate(data_centre.snmp):
        if box.name in seen:
            yield DUPLICATE_SNMP.at("data_centre", "snmp", index, "name", name=box.name)
        seen.add(box.name)


def known_snmp_sites(data_centre: DataCentre, sites: list[Site]) -> Iterator[Finding]:
    """A box that is asked by SNMP stands at a live site."""
    live = [site.slug for site in sites if not site.retired]
    for index, box in enumerate(data_centre.snmp):
        if box.site not in live:
            where = ("data_centre", "snmp", index, "site")
            suggestion = suggest(box.site, live)
            yield SNMP_SITE.at(*where, name=box.name, site=box.site, suggestion=suggestion)


def unique_servers(data_centre: DataCentre) -> Iterator[Finding]:
    """A server's name is its own."""
    seen: set[str] = set()
    for index, server in enumerate(data_centre.servers):
        if server.name in seen:
            yield DUPLICATE_SERVER.at("data_centre", "servers", index, "name", name=server.name)
        seen.add(server.name)


def server_groups(data_centre: DataCentre, sites: list[Site]) -> Iterator[Finding]:
    """A server's Ansible groups hold servers only, not the boxes of a site."""
    slugs = {site.slug for site in sites}
    for index, server in enumerate(data_centre.servers):
        for position, group in enumerate(server.groups):
            if group not in slugs and not is_reserved(group):
                continue
            yield SERVER_GROUP.at(
                *("data_centre", "servers", index, "groups", position),
                name=server.name,
                group=group,
                what="a site" if group in slugs else "one of the inventory's own",
            )


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


RULES = (
    distinct_cores,
    cores_are_no_sites,
    free_core_names,
    unique_hypervisors,
    known_hypervisors,
    known_owners,
    unique_servers,
    server_groups,
    server_numbers,
    server_zones,
    unique_snmp_boxes,
    known_snmp_sites,
)
