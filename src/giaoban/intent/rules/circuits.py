"""Rules of circuits: their two ends, their contract, and that every site has one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from giaoban.intent.model import Carrier, Centre, Circuit, DataCentre, Site
from giaoban.intent.problems import Finding, Wording, suggest
from giaoban.intent.rules.sites import by_slug

# A commune has addresses for two circuits, a district or department for four (DESIGN: the /20).
COMMUNE_CIRCUITS = 2
LOWEST_RATE = 1_000_000
HIGHEST_RATE = 100_000_000_000

TO_ITSELF = Wording(
    "circuit-to-itself",
    "circuit '{name}' leads from '{site}' to itself",
    "name the district or core router at its upper end",
)
UNKNOWN_SITE = Wording("circuit-site", "circuit '{name}': no site '{site}'", "{suggestion}")
UNKNOWN_UPPER = Wording(
    "circuit-to", "circuit '{name}': no district or core router '{to}'", "{suggestion}"
)
UPPER_TIER = Wording(
    "circuit-to-tier",
    "circuit '{name}': '{to}' is a {tier}, expected a district or a core router",
    "{remedy}",
)
FROM_DATA_CENTRE = Wording(
    "circuit-from-data-centre",
    "circuit '{name}' starts at the data centre",
    "a circuit leads from the lower end up: swap 'site' and 'to'",
)
DISTRICT_TO_DISTRICT = Wording(
    "district-to-district",
    "circuit '{name}': a district leads to '{to}', which is not a core router",
    "lead it to {cores}",
)
CIRCUIT_LOOP = Wording(
    "circuit-loop",
    "circuit '{name}': '{to}' is itself below '{site}' ({loop})",
    "lead one of them to a core router",
)
RETIRED_SITE = Wording(
    "circuit-site-retired",
    "circuit '{name}': site '{site}' is closed",
    "remove the circuit, or 'retired' from the site",
)
RETIRED_UPPER = Wording(
    "circuit-to-retired", "circuit '{name}': '{to}' is closed", "lead it to where it ends now"
)
DUPLICATE_ORDINAL = Wording(
    "duplicate-ordinal",
    "circuit '{name}' is listed twice",
    "give this one 'ordinal: {free}'",
)
COMMUNE_ORDINAL = Wording(
    "commune-ordinal",
    "circuit '{name}': ordinal {ordinal} is over 2, the most a commune has addresses for",
    "use 1 or 2",
)
DUPLICATE_REFERENCE = Wording(
    "duplicate-reference",
    "circuit '{name}': {carrier}'s reference '{reference}' is already that of circuit '{first}'",
    "look it up in the contract",
)
UNKNOWN_CARRIER = Wording("unknown-carrier", "{subject}: no carrier '{carrier}'", "{suggestion}")
DUPLICATE_CARRIER = Wording(
    "duplicate-carrier", "carrier '{slug}' is listed twice", "remove one of the two"
)
NO_CIRCUIT = Wording(
    "no-circuit",
    "site '{slug}' has no circuit",
    "add one in 'circuits', or mark the site 'retired: true'",
)
ONLY_STANDBY = Wording(
    "only-standby",
    "circuit '{name}' is standby, and site '{site}' has no other",
    "remove 'standby' from one of the site's circuits",
)
LOW_RATE = Wording(
    "low-rate",
    "circuit '{name}': {rate} bit/s is less than 1 Mbit/s",
    "look at the unit: contracts say Mbit/s",
)
HIGH_RATE = Wording(
    "high-rate",
    "circuit '{name}': {rate} bit/s is more than 100 Gbit/s",
    "look at the unit: contracts say Mbit/s",
)


def circuit_name(circuit: Circuit) -> str:
    """Name a circuit as the plan does: its site and ordinal."""
    return f"{circuit.site}-{circuit.ordinal}"


def lower_ends(circuits: list[Circuit], sites: list[Site]) -> Iterator[Finding]:
    """The lower end is a live site below the data centre."""
    known = by_slug(sites)
    for index, circuit in enumerate(circuits):
        where = ("circuits", index, "site")
        words = {"name": circuit_name(circuit), "site": circuit.site}
        site = known.get(circuit.site)
        if site is None:
            suggestion = suggest(circuit.site, [one.slug for one in sites])
            yield UNKNOWN_SITE.at(*where, **words, suggestion=suggestion)
        elif site.tier == "data_centre":
            yield FROM_DATA_CENTRE.at(*where, **words)
        elif site.retired:
            yield RETIRED_SITE.at(*where, **words)


def upper_ends(
    circuits: list[Circuit], sites: list[Site], data_centre: DataCentre
) -> Iterator[Finding]:
    """The upper end is a core router, or a live district that is not the site."""
    known = by_slug(sites)
    able = [*data_centre.cores, *(site.slug for site in sites if site.tier == "district")]
    for index, circuit in enumerate(circuits):
        if circuit.to not in data_centre.cores:
            yield from _upper_end(index, circuit, known.get(circuit.to), able)


def _upper_end(
    index: int, circuit: Circuit, upper: Site | None, able: list[str]
) -> Iterator[Finding]:
    where = ("circuits", index, "to")
    words = {"name": circuit_name(circuit), "site": circuit.site, "to": circuit.to}
    if circuit.to == circuit.site:
        yield TO_ITSELF.at(*where, **words)
    elif upper is None:
        yield UNKNOWN_UPPER.at(*where, **words, suggestion=suggest(circuit.to, able))
    elif upper.tier != "district":
        remedy = f"name its router: {' or '.join(able[:2])}"
        if upper.tier != "data_centre":
            remedy = "lead it to the site's district"
        yield UPPER_TIER.at(*where, **words, tier=upper.tier.replace("_", " "), remedy=remedy)
    elif upper.retired:
        yield RETIRED_UPPER.at(*where, **words)


def ways_up(
    circuits: list[Circuit], sites: list[Site], data_centre: DataCentre
) -> Iterator[Finding]:
    """A district leads to the cores only, so no circuit leads down again."""
    districts = {site.slug for site in sites if site.tier == "district"}
    up: dict[str, list[str]] = defaultdict(list)
    for circuit in circuits:
        up[circuit.site].append(circuit.to)
    for index, circuit in enumerate(circuits):
        if not {circuit.site, circuit.to} <= districts or circuit.site == circuit.to:
            continue
        where = ("circuits", index, "to")
        words = {"name": circuit_name(circuit), "site": circuit.site, "to": circuit.to}
        way = _way(circuit.to, circuit.site, up)
        if way:
            yield CIRCUIT_LOOP.at(*where, **words, loop=" → ".join([circuit.site, *way]))
        else:
            cores = " or ".join(data_centre.cores)
            yield DISTRICT_TO_DISTRICT.at(*where, **words, cores=cores)


def _way(start: str, goal: str, up: dict[str, list[str]]) -> list[str]:
    """Give the way up from start to goal, or nothing where there is none."""
    ways = [[start]]
    seen = {start}
    for way in ways:
        if way[-1] == goal:
            return way
        for above in up.get(way[-1], []):
            if above not in seen:
                seen.add(above)
                ways.append([*way, above])
    return []


def ordinals(circuits: list[Circuit], sites: list[Site]) -> Iterator[Finding]:
    """An ordinal tells a site's circuits apart, and has addresses."""
    tiers = {site.slug: site.tier for site in sites}
    taken: dict[str, set[int]] = defaultdict(set)
    for circuit in circuits:
        taken[circuit.site].add(circuit.ordinal)
    seen: set[str] = set()
    for index, circuit in enumerate(circuits):
        name = circuit_name(circuit)
        where = ("circuits", index, "ordinal")
        if name in seen:
            free = min(set(range(1, 6)) - taken[circuit.site])
            yield DUPLICATE_ORDINAL.at(*where, name=name, free=free)
        seen.add(name)
        if tiers.get(circuit.site) == "commune" and circuit.ordinal > COMMUNE_CIRCUITS:
            yield COMMUNE_ORDINAL.at(*where, name=name, ordinal=circuit.ordinal)


def references(circuits: list[Circuit]) -> Iterator[Finding]:
    """A carrier's reference names one circuit."""
    first: dict[tuple[str, str], Circuit] = {}
    for index, circuit in enumerate(circuits):
        known = first.setdefault((circuit.carrier, circuit.reference), circuit)
        if known is not circuit:
            yield DUPLICATE_REFERENCE.at(
                *("circuits", index, "reference"),
                name=circuit_name(circuit),
                carrier=circuit.carrier,
                reference=circuit.reference,
                first=circuit_name(known),
            )


def unique_carriers(carriers: list[Carrier]) -> Iterator[Finding]:
    """A carrier is listed once."""
    seen: set[str] = set()
    for index, carrier in enumerate(carriers):
        if carrier.slug in seen:
            yield DUPLICATE_CARRIER.at("carriers", index, "slug", slug=carrier.slug)
        seen.add(carrier.slug)


def circuit_carriers(circuits: list[Circuit], carriers: list[Carrier]) -> Iterator[Finding]:
    """A circuit's carrier is listed."""
    known = [carrier.slug for carrier in carriers]
    for index, circuit in enumerate(circuits):
        if circuit.carrier not in known:
            subject = f"circuit '{circuit_name(circuit)}'"
            yield _unknown_carrier(("circuits", index, "carrier"), subject, circuit.carrier, known)


def link_carriers(centre: Centre, carriers: list[Carrier]) -> Iterator[Finding]:
    """A hand-off's carrier is listed."""
    known = [carrier.slug for carrier in carriers]
    for index, link in enumerate(centre.links):
        if link.carrier not in known:
            where = ("centre", "links", index, "carrier")
            yield _unknown_carrier(where, f"link '{link.core}'", link.carrier, known)


def _unknown_carrier(
    where: tuple[str | int, ...], subject: str, carrier: str, known: list[str]
) -> Finding:
    suggestion = suggest(carrier, known)
    return UNKNOWN_CARRIER.at(*where, subject=subject, carrier=carrier, suggestion=suggestion)


def every_site_connected(sites: list[Site], circuits: list[Circuit]) -> Iterator[Finding]:
    """A live site below the data centre has a circuit."""
    connected = {circuit.site for circuit in circuits}
    for index, site in enumerate(sites):
        if site.tier != "data_centre" and not site.retired and site.slug not in connected:
            yield NO_CIRCUIT.at("sites", index, "slug", slug=site.slug)


def standby_has_primary(circuits: list[Circuit]) -> Iterator[Finding]:
    """A standby circuit stands by for another one."""
    primary = {circuit.site for circuit in circuits if not circuit.standby}
    for index, circuit in enumerate(circuits):
        if circuit.standby and circuit.site not in primary:
            name = circuit_name(circuit)
            yield ONLY_STANDBY.at("circuits", index, "standby", name=name, site=circuit.site)


def sane_rates(circuits: list[Circuit]) -> Iterator[Finding]:
    """A rate outside what carriers sell is a wrong unit."""
    for index, circuit in enumerate(circuits):
        words = {"name": circuit_name(circuit), "rate": f"{circuit.rate:,}"}
        if circuit.rate < LOWEST_RATE:
            yield LOW_RATE.at("circuits", index, "rate", **words)
        elif circuit.rate > HIGHEST_RATE:
            yield HIGH_RATE.at("circuits", index, "rate", **words)


RULES = (
    lower_ends,
    upper_ends,
    ways_up,
    ordinals,
    references,
    unique_carriers,
    circuit_carriers,
    link_carriers,
    every_site_connected,
    standby_has_primary,
    sane_rates,
)
