"""Rules of slots: the names, the number and the machine that each is given are its own."""

from __future__ import annotations

from collections.abc import Iterator

from giaoban.intent.model import (
    SLOT_DATABASES,
    SLOT_FRONTS,
    SLOT_ZONE,
    DataCentre,
    Site,
    Slot,
    Zone,
)
from giaoban.intent.problems import Finding, Wording, suggest

SLOT_NAME = Wording(
    "slot-name",
    "slot '{name}': its server would be called as that of {other}",
    "give one of the two another name",
)
SLOT_HOST = Wording(
    "slot-host", "slot '{name}': host '{host}' is {what}", "give it a name that nothing has"
)
SLOT_NUMBER = Wording(
    "slot-number",
    "slot '{name}': number {number} in zone '{zone}' is already that of {other}",
    "{free}",
)
SLOT_OWNER = Wording("slot-owner", "slot '{name}': no live site '{owner}'", "{suggestion}")
SLOT_HYPERVISOR = Wording(
    "slot-hypervisor", "slot '{name}': no hypervisor '{hypervisor}'", "{suggestion}"
)
SLOT_WITHOUT_ZONE = Wording(
    "slot-without-zone",
    "slot '{name}': its server stands in zone '{zone}', which the data centre does not have",
    "add the zone, with the tier data_centre",
)
SLOT_WITHOUT_SERVERS = Wording(
    "slot-without-servers",
    "slot '{name}': {what} needs a server of group '{group}', and there is none",
    "add one to the servers of data_centre",
)
SLOT_WITHOUT_DATABASE = Wording(
    "slot-without-database",
    "slot '{name}': application '{application}' keeps what it holds in a database",
    "write `database: true`",
)
_NUMBERS = range(10, 250)
# How names of boxes begin; a site may come tomorrow, so none of them is free.
_BOXES = ("hv-", "pc-", "rt-", "sv-", "sw-", "vc-")
_WITH_DATABASE = frozenset({"department-site"})


def own_names(slots: list[Slot], data_centre: DataCentre) -> Iterator[Finding]:
    """A slot's server is called as no other."""
    known = {server.name: f"server '{server.name}'" for server in data_centre.servers}
    for index, slot in enumerate(slots):
        if slot.name in known:
            yield SLOT_NAME.at("slots", index, "name", name=slot.name, other=known[slot.name])
        known.setdefault(slot.name, f"slot {index + 1}")


def own_hosts(slots: list[Slot], data_centre: DataCentre) -> Iterator[Finding]:
    """A slot's name in the DNS is not a box's, not that of a group of servers, not another's."""
    known = {
        group: f"the name of the servers of group '{group}'"
        for server in data_centre.servers
        for group in server.groups
    }
    for index, slot in enumerate(slots):
        what = known.get(slot.host)
        if slot.host.startswith(_BOXES):
            what = f"like a box's, whose names begin with '{slot.host[:3]}'"
        if what:
            where = ("slots", index, "host")
            yield SLOT_HOST.at(*where, name=slot.name, host=slot.host, what=what)
        known.setdefault(slot.host, f"already that of slot '{slot.name}'")


def own_numbers(slots: list[Slot], data_centre: DataCentre) -> Iterator[Finding]:
    """A number belongs to one server of the slots' zone."""
    known = {
        server.number: f"server '{server.name}'"
        for server in data_centre.servers
        if server.zone == SLOT_ZONE
    }
    taken = {*known, *(slot.number for slot in slots)}
    free = next((number for number in _NUMBERS if number not in taken), None)
    for index, slot in enumerate(slots):
        if slot.number in known:
            yield SLOT_NUMBER.at(
                *("slots", index, "number"),
                name=slot.name,
                number=slot.number,
                zone=SLOT_ZONE,
                other=known[slot.number],
                free=f"the first free number is {free}" if free else "the zone is full",
            )
        known.setdefault(slot.number, f"slot '{slot.name}'")


def known_owners(slots: list[Slot], sites: list[Site]) -> Iterator[Finding]:
    """A site that is live answers for a slot."""
    live = [site.slug for site in sites if not site.retired]
    for index, slot in enumerate(slots):
        if slot.owner not in live:
            yield SLOT_OWNER.at(
                *("slots", index, "owner"),
                name=slot.name,
                owner=slot.owner,
                suggestion=suggest(slot.owner, live),
            )


def known_hypervisors(slots: list[Slot], data_centre: DataCentre) -> Iterator[Finding]:
    """A slot's server runs on one of the hypervisors."""
    known = [hypervisor.name for hypervisor in data_centre.hypervisors]
    for index, slot in enumerate(slots):
        if slot.machine.hypervisor not in known:
            yield SLOT_HYPERVISOR.at(
                *("slots", index, "machine", "hypervisor"),
                name=slot.name,
                hypervisor=slot.machine.hypervisor,
                suggestion=suggest(slot.machine.hypervisor, known),
            )


def existing_zone(slots: list[Slot], zones: list[Zone]) -> Iterator[Finding]:
    """The zone of slots exists where their servers stand."""
    if any(zone.name == SLOT_ZONE and "data_centre" in zone.tiers for zone in zones):
        return
    for index, slot in enumerate(slots):
        yield SLOT_WITHOUT_ZONE.at("slots", index, "name", name=slot.name, zone=SLOT_ZONE)


def served_slots(slots: list[Slot], data_centre: DataCentre) -> Iterator[Finding]:
    """There are servers that a slot's visitors come in by, and such as keep its database."""
    groups = {group for server in data_centre.servers for group in server.groups}
    for index, slot in enumerate(slots):
        if SLOT_FRONTS not in groups:
            words = {"name": slot.name, "what": f"host '{slot.host}'", "group": SLOT_FRONTS}
            yield SLOT_WITHOUT_SERVERS.at("slots", index, "host", **words)
        if slot.database and SLOT_DATABASES not in groups:
            words = {"name": slot.name, "what": "its database", "group": SLOT_DATABASES}
            yield SLOT_WITHOUT_SERVERS.at("slots", index, "database", **words)
        if slot.application in _WITH_DATABASE and not slot.database:
            words = {"name": slot.name, "application": slot.application}
            yield SLOT_WITHOUT_DATABASE.at("slots", index, "application", **words)


RULES = (
    own_names,
    own_hosts,
    own_numbers,
    known_owners,
    known_hypervisors,
    existing_zone,
    served_slots,
)
