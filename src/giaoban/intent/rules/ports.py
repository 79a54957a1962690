"""Rules of the access switches' ports: which zone each one is of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from giaoban.intent.model import (
    ENDPOINT_ZONE,
    HIGHEST_ACCESS_PORT,
    WORKSTATION_ZONE,
    Site,
    Zone,
)
from giaoban.intent.problems import Finding, Path, Wording, suggest

PORT_CLASH = Wording(
    "port-clash",
    "{subject}: access port {port} is already {other}",
    "a port is of one zone: remove it from one of the two",
)
ACCESS_PORT_TWICE = Wording(
    "access-port-twice",
    "{subject}: access port {port} is written twice",
    "remove one of the two",
)
NO_PORT_FOR_BOX = Wording(
    "no-port-for-box",
    "{subject}: no access port is of zone '{zone}', and the {box} hangs on its first one",
    "write {free} under {where}",
)
PORTS_ZONE = Wording(
    "ports-zone",
    "site '{slug}': zone '{zone}' does not exist in a {tier}",
    "{suggestion}",
)
DATA_CENTRE_LAN = Wording(
    "data-centre-lan",
    "site '{slug}': the data centre's LAN is {lan}, expected managed",
    "write 'lan: managed': both cores hold its gateways, over a switch",
)
PORTS_UNUSED = Wording(
    "ports-unused",
    "site '{slug}': access ports of a LAN that is not ours",
    "remove 'access_ports', or write 'lan: managed' or 'lan: router_ports'",
)


def zone_ports(zones: list[Zone]) -> Iterator[Finding]:
    """Two zones of one switch have different ports."""
    for index, zone in enumerate(zones):
        for position, port in enumerate(zone.access_ports):
            words = {"subject": f"zone '{zone.name}'", "port": port}
            where = ("zones", index, "access_ports", position)
            if port in zone.access_ports[:position]:
                yield ACCESS_PORT_TWICE.at(*where, **words)
                continue
            for other in zones[:index]:
                shared = [tier for tier in zone.tiers if tier in other.tiers]
                if port in other.access_ports and shared:
                    tier = shared[0].replace("_", " ")
                    said = f"one of zone '{other.name}', and both exist in a {tier}"
                    yield PORT_CLASH.at(*where, **words, other=said)
                    break


def ports_of_boxes(zones: list[Zone]) -> Iterator[Finding]:
    """The zones on whose first port a box hangs have one."""
    boxes = {ENDPOINT_ZONE: "endpoint", WORKSTATION_ZONE: "workstation"}
    for index, zone in enumerate(zones):
        if zone.name in boxes and not zone.access_ports:
            yield NO_PORT_FOR_BOX.at(
                *("zones", index),
                subject=f"zone '{zone.name}'",
                zone=zone.name,
                box=boxes[zone.name],
                where="the zone's 'access_ports'",
                free=_free(zone.access_ports for zone in zones),
            )


def site_ports(sites: list[Site], zones: list[Zone]) -> Iterator[Finding]:
    """A site's own ports are of zones it has, each of one, and its boxes find theirs."""
    for index, site in enumerate(sites):
        if not site.access_ports:
            continue
        where: Path = ("sites", index, "access_ports")
        if site.lan == "unmanaged":
            yield PORTS_UNUSED.at_key(*where, slug=site.slug)
            continue
        yield from _known_zones(site, where, zones)
        yield from _one_zone_each(site, where)
        needed = {ENDPOINT_ZONE: "endpoint"}
        if site.workstation:
            needed[WORKSTATION_ZONE] = "workstation"
        present = {row.zone for row in site.access_ports if row.ports}
        for zone, box in needed.items():
            if zone not in present:
                words = {"subject": f"site '{site.slug}'", "zone": zone, "box": box}
                free = _free(row.ports for row in site.access_ports)
                yield NO_PORT_FOR_BOX.at_key(
                    *where, **words, where="the site's 'access_ports'", free=free
                )


def data_centre_switch(sites: list[Site]) -> Iterator[Finding]:
    """The data centre's zones hang on a switch, which both cores reach."""
    for index, site in enumerate(sites):
        if site.tier == "data_centre" and not site.retired and site.lan != "managed":
            yield DATA_CENTRE_LAN.at("sites", index, "lan", slug=site.slug, lan=site.lan)


def _known_zones(site: Site, where: Path, zones: list[Zone]) -> Iterator[Finding]:
    known = [zone.name for zone in zones if site.tier in zone.tiers]
    for position, row in enumerate(site.access_ports):
        if row.zone not in known:
            yield PORTS_ZONE.at(
                *(*where, position, "zone"),
                slug=site.slug,
                zone=row.zone,
                tier=site.tier.replace("_", " "),
                suggestion=suggest(row.zone, known),
            )


def _one_zone_each(site: Site, where: Path) -> Iterator[Finding]:
    taken: dict[int, str] = {}
    for position, row in enumerate(site.access_ports):
        for entry, port in enumerate(row.ports):
            words = {"subject": f"site '{site.slug}'", "port": port}
            at = (*where, position, "ports", entry)
            if port in row.ports[:entry]:
                yield ACCESS_PORT_TWICE.at(*at, **words)
            elif port in taken:
                yield PORT_CLASH.at(*at, **words, other=f"one of zone '{taken[port]}'")
            taken.setdefault(port, row.zone)


def _free(taken: Iterable[list[int]]) -> str:
    numbers = {port for ports in taken for port in ports}
    free = next((port for port in range(1, HIGHEST_ACCESS_PORT + 1) if port not in numbers), None)
    return "one of another zone's" if free is None else f"one, such as [{free}],"


RULES = (zone_ports, ports_of_boxes, site_ports, data_centre_switch)
