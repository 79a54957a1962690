"""Rules of zones, services and the matrix between zones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from giaoban.intent.model import CENTRE, Rule, Service, Tier, Zone
from giaoban.intent.problems import Finding, Wording, suggest

EVERY_TIER: tuple[Tier, ...] = get_args(Tier)
REQUIRED: dict[str, tuple[Tier, ...]] = {
    "office": EVERY_TIER,
    "video": EVERY_TIER,
    "management": EVERY_TIER,
    "noc": ("data_centre",),
}
# How many zones a site's prefix is cut into (the plan's layouts of a /24, a /22 and a /19).
HIGHEST: dict[Tier, int] = {"commune": 5, "department": 6, "district": 6, "data_centre": 15}
HIGHEST_PORT = 65_535

DUPLICATE_ZONE = Wording("duplicate-zone", "zone '{name}' is listed twice", "remove one of the two")
ZONE_NUMBER = Wording(
    "zone-number",
    "zone '{name}': number {number} is already that of zone '{other}'",
    "give it a number that no zone ever had",
)
ZONE_ROOM = Wording(
    "zone-room",
    "zone '{name}': number {number} has no place in the prefix of a {tier}, which has {highest}",
    "give it a lower number, or remove {tier} from its tiers",
)
VLAN_CLASH = Wording(
    "vlan-clash",
    "zone '{name}': VLAN {vlan} is already that of zone '{other}', and both exist in a {tier}",
    "give one of them another VLAN",
)
TIER_TWICE = Wording(
    "tier-twice", "zone '{name}': tier '{tier}' is written twice", "remove one of the two"
)
ZONE_MISSING = Wording(
    "zone-missing", "no zone '{name}', which every province needs", "add it for {tiers}"
)
ZONE_TIER_MISSING = Wording(
    "zone-tier-missing", "zone '{name}': {tiers} is missing from its tiers", "add it"
)
ZONE_RESERVED = Wording(
    "zone-reserved",
    "zone '{name}' is what rules call the central government's network",
    "give the zone another name",
)
CENTRE_SCOPE = Wording(
    "centre-scope",
    "{subject}: the centre is at no site",
    "remove 'scope: site'",
)
CENTRE_ALONE = Wording(
    "centre-alone",
    "{subject}: the province does not carry the centre's own traffic",
    "write a zone of the province at one end",
)
UNKNOWN_ZONE = Wording("unknown-zone", "{subject}: no zone '{zone}'", "{suggestion}")
UNKNOWN_SERVICE = Wording("unknown-service", "{subject}: no service '{service}'", "{suggestion}")
DUPLICATE_RULE = Wording(
    "duplicate-rule",
    "{subject}: '{service}' is already allowed by rule {number} of the list",
    "remove it here",
)
SAME_ZONE = Wording(
    "same-zone",
    "{subject}: within one site the two are one segment, which no firewall parts",
    "remove the rule, or its 'scope: site'",
)
DUPLICATE_SERVICE = Wording(
    "duplicate-service", "service '{name}' is listed twice", "remove one of the two"
)
ICMP_PORTS = Wording(
    "icmp-ports", "service '{name}': icmp has no ports", "remove 'ports', or write tcp or udp"
)
NO_PORTS = Wording(
    "no-ports", "service '{name}': {protocol} without ports", "add 'ports: [443]' with its ports"
)
PORT_RANGE = Wording(
    "port-range", "service '{name}': port {port} does not exist", "ports are 1 to 65535"
)
PORT_TWICE = Wording(
    "port-twice", "service '{name}': port {port} is written twice", "remove one of the two"
)


def unique_zones(zones: list[Zone]) -> Iterator[Finding]:
    """A zone's name and number are its own."""
    names: set[str] = set()
    numbers: dict[int, str] = {}
    for index, zone in enumerate(zones):
        if zone.name == CENTRE:
            yield ZONE_RESERVED.at("zones", index, "name", name=zone.name)
        if zone.name in names:
            yield DUPLICATE_ZONE.at("zones", index, "name", name=zone.name)
        elif zone.number in numbers:
            other = numbers[zone.number]
            yield ZONE_NUMBER.at(
                "zones", index, "number", name=zone.name, number=zone.number, other=other
            )
        names.add(zone.name)
        numbers.setdefault(zone.number, zone.name)


def zones_have_room(zones: list[Zone]) -> Iterator[Finding]:
    """A zone's number has a place in the prefix of every tier where it exists."""
    for index, zone in enumerate(zones):
        for position, tier in enumerate(zone.tiers):
            if tier in zone.tiers[:position]:
                yield TIER_TWICE.at("zones", index, "tiers", position, name=zone.name, tier=tier)
            elif zone.number > HIGHEST[tier]:
                words = {"name": zone.name, "tier": tier, "highest": HIGHEST[tier]}
                yield ZONE_ROOM.at("zones", index, "number", number=zone.number, **words)
                break


def distinct_vlans(zones: list[Zone]) -> Iterator[Finding]:
    """Two zones of one site have two VLANs."""
    for index, zone in enumerate(zones):
        for other in zones[:index]:
            shared = [tier for tier in zone.tiers if tier in other.tiers]
            if zone.vlan == other.vlan and shared:
                words = {"name": zone.name, "vlan": zone.vlan, "other": other.name}
                yield VLAN_CLASH.at("zones", index, "vlan", **words, tier=shared[0])
                break


def required_zones(zones: list[Zone]) -> Iterator[Finding]:
    """The zones that roles and checks count on exist where they are counted on."""
    by_name = {zone.name: (index, zone) for index, zone in reversed([*enumerate(zones)])}
    for name, tiers in REQUIRED.items():
        if name not in by_name:
            yield ZONE_MISSING.at("zones", name=name, tiers=", ".join(tiers))
            continue
        index, zone = by_name[name]
        absent = [tier for tier in tiers if tier not in zone.tiers]
        if absent:
            yield ZONE_TIER_MISSING.at("zones", index, "tiers", name=name, tiers=", ".join(absent))


def _subject(rule: Rule) -> str:
    return f"rule '{rule.source}' to '{rule.target}'"


def rule_zones(rules: list[Rule], zones: list[Zone]) -> Iterator[Finding]:
    """A rule's two ends exist, and are two segments."""
    known = [*(zone.name for zone in zones), CENTRE]
    for index, rule in enumerate(rules):
        for end in ("source", "target"):
            zone = getattr(rule, end)
            if zone not in known:
                words = {"subject": _subject(rule), "zone": zone}
                yield UNKNOWN_ZONE.at("rules", index, end, **words, suggestion=suggest(zone, known))
        if rule.source == rule.target == CENTRE:
            yield CENTRE_ALONE.at("rules", index, "target", subject=_subject(rule))
        elif rule.scope == "site" and CENTRE in (rule.source, rule.target):
            yield CENTRE_SCOPE.at("rules", index, "scope", subject=_subject(rule))
        elif rule.source == rule.target and rule.scope == "site":
            yield SAME_ZONE.at("rules", index, "scope", subject=_subject(rule))


def rule_services(rules: list[Rule], services: list[Service]) -> Iterator[Finding]:
    """A rule's services exist."""
    known = [service.name for service in services]
    for index, rule in enumerate(rules):
        for position, service in enumerate(rule.services):
            if service not in known:
                yield UNKNOWN_SERVICE.at(
                    *("rules", index, "services", position),
                    subject=_subject(rule),
                    service=service,
                    suggestion=suggest(service, known),
                )


def distinct_rules(rules: list[Rule]) -> Iterator[Finding]:
    """Nothing is allowed twice."""
    first: dict[tuple[str, str, str, str], int] = {}
    for index, rule in enumerate(rules):
        for position, service in enumerate(rule.services):
            key = (rule.source, rule.target, rule.scope, service)
            if key in first:
                yield DUPLICATE_RULE.at(
                    *("rules", index, "services", position),
                    subject=_subject(rule),
                    service=service,
                    number=first[key] + 1,
                )
            first.setdefault(key, index)


def unique_services(services: list[Service]) -> Iterator[Finding]:
    """A service's name is its own."""
    seen: set[str] = set()
    for index, service in enumerate(services):
        if service.name in seen:
            yield DUPLICATE_SERVICE.at("services", index, "name", name=service.name)
        seen.add(service.name)


def service_ports(services: list[Service]) -> Iterator[Finding]:
    """TCP and UDP have ports, ICMP has none."""
    for index, service in enumerate(services):
        if service.protocol == "icmp" and service.ports:
            yield ICMP_PORTS.at("services", index, "ports", name=service.name)
        elif service.protocol != "icmp" and not service.ports:
            yield NO_PORTS.at("services", index, name=service.name, protocol=service.protocol)
        for position, port in enumerate(service.ports):
            where = ("services", index, "ports", position)
            if not 1 <= port <= HIGHEST_PORT:
                yield PORT_RANGE.at(*where, name=service.name, port=port)
            elif port in service.ports[:position]:
                yield PORT_TWICE.at(*where, name=service.name, port=port)


RULES = (
    unique_zones,
    zones_have_room,
    distinct_vlans,
    required_zones,
    rule_zones,
    rule_services,
    distinct_rules,
    unique_services,
    service_ports,
)
