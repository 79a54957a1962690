"""Rules of sites: who they are, their numbers, and what they stand under."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from giaoban.intent.model import MEETING_ZONE, Application, Site, Tier, Zone
from giaoban.intent.problems import Finding, Wording, suggest

# How many numbers each class of sites has addresses for (DESIGN, "Intent and plan").
HIGHEST = {"the data centre": 1, "districts and departments": 80, "communes": 640}
_CLASS: dict[Tier, str] = {
    "data_centre": "the data centre",
    "district": "districts and departments",
    "department": "districts and departments",
    "commune": "communes",
}
_PARENTS: dict[Tier, tuple[Tier, ...]] = {
    "data_centre": (),
    "district": ("data_centre",),
    "department": ("data_centre",),
    "commune": ("district", "data_centre"),
}
_UNDER: dict[Tier, str] = {
    "data_centre": "the data centre stands under nothing: remove 'parent'",
    "district": "a district stands under the data centre or nothing",
    "department": "a department stands under the data centre or nothing",
    "commune": "a commune stands under a district or the data centre",
}
# Ansible's own groups, those the inventory makes of tiers, roles, platforms and slots, and the
# central government's router (`rt-centre`).
_RESERVED = frozenset(
    {
        *("all", "ungrouped", "centre", "cores"),
        *("data-centre", "departments", "districts", "communes"),
        *("routers", "switches", "hypervisors", "servers", "virtual-servers"),
        *("endpoints", "workstations"),
        *("slots", *get_args(Application)),
        *("serving", "backed-up", "open-to-people"),
    }
)
_RESERVED_BEGINNINGS = ("district-", "platform-")

DUPLICATE_SLUG = Wording(
    "duplicate-slug",
    "site '{slug}' is listed twice, first as '{first}'",
    "give one of the two another slug, or remove it",
)
RESERVED_SLUG = Wording(
    "reserved-slug",
    "site '{slug}': the inventory uses this name itself",
    "add what kind of place it is, as in 'xa-{slug}'",
)
DUPLICATE_NUMBER = Wording(
    "duplicate-number",
    "site '{slug}': number {number} is already that of site '{other}'",
    "{free}",
)
RETIRED_NUMBER = Wording(
    "retired-number",
    "site '{slug}': number {number} was that of the closed site '{other}' and is not given again",
    "{free}",
)
NUMBER_TOO_HIGH = Wording(
    "number-too-high",
    "site '{slug}': number {number} is over {highest}, the highest of {kind}",
    "{free}",
)
UNKNOWN_PARENT = Wording(
    "unknown-parent", "site '{slug}': parent '{parent}' does not exist", "{suggestion}"
)
NO_PARENT = Wording(
    "no-parent", "site '{slug}': a commune without a parent", "add 'parent: …', its district"
)
PARENT_TIER = Wording("parent-tier", "site '{slug}': parent '{parent}' is a {tier}", "{under}")
PARENT_RETIRED = Wording(
    "parent-retired", "site '{slug}': parent '{parent}' is closed", "give it the parent it has now"
)
PARENT_LOOP = Wording(
    "parent-loop",
    "site '{slug}': its parents lead back to itself ({loop})",
    "give one of them the data centre as parent",
)
NO_DATA_CENTRE = Wording(
    "no-data-centre",
    "no live site has the tier data_centre",
    "add the data centre, with number 1",
)
TWO_DATA_CENTRES = Wording(
    "two-data-centres",
    "site '{slug}': a second data centre beside '{first}'",
    "a province has one: give this another tier, or retire the other",
)
MEETING_NODE = Wording(
    "meeting-node",
    "site '{slug}': meeting_node '{node}' {found}",
    "name the data centre, or a live district with 'media_server: true'",
)
MEDIA_SERVER_TIER = Wording(
    "media-server-tier",
    "site '{slug}': a media server in a {tier}",
    "only districts have one; those of the data centre are servers of group 'meeting'",
)
MEDIA_SERVER_LAN = Wording(
    "media-server-lan",
    "site '{slug}': a media server, and its lan is {lan}",
    "it hangs on a switch of ours: write 'lan: managed', or leave out 'media_server'",
)
MEDIA_SERVER_ZONE = Wording(
    "media-server-zone",
    "site '{slug}': a media server, and districts have no zone 'meeting'",
    "add the zone with 'district' among its tiers, or leave out 'media_server'",
)


def by_slug(sites: list[Site]) -> dict[str, Site]:
    """Give sites by slug; the first one where two have the same."""
    return {site.slug: site for site in reversed(sites)}


def is_reserved(slug: str) -> bool:
    """Tell whether the inventory uses a name itself, so that no site or core can have it."""
    return slug in _RESERVED or slug.startswith(_RESERVED_BEGINNINGS)


def unique_slugs(sites: list[Site]) -> Iterator[Finding]:
    """A slug names one site."""
    first: dict[str, Site] = {}
    for index, site in enumerate(sites):
        known = first.setdefault(site.slug, site)
        if known is not site:
            yield DUPLICATE_SLUG.at("sites", index, "slug", slug=site.slug, first=known.name)


def free_slugs(sites: list[Site]) -> Iterator[Finding]:
    """A slug becomes an Ansible group and a device's name, so it is none that exists."""
    for index, site in enumerate(sites):
        if is_reserved(site.slug):
            yield RESERVED_SLUG.at("sites", index, "slug", slug=site.slug)


def unique_numbers(sites: list[Site]) -> Iterator[Finding]:
    """A number belongs to one site of its class, for ever."""
    retired = {_number(site): site for site in reversed(sites) if site.retired}
    first: dict[tuple[str, int, bool], Site] = {}
    free = _free(sites)
    for index, site in enumerate(sites):
        if site.tier == "data_centre":
            continue
        closed = retired.get(_number(site))
        wording, other = DUPLICATE_NUMBER, first.setdefault((*_number(site), site.retired), site)
        if closed is not None and not site.retired:
            wording, other = RETIRED_NUMBER, closed
        if other is not site:
            words = {"slug": site.slug, "number": site.number, "other": other.slug}
            yield wording.at("sites", index, "number", **words, free=next(free[_CLASS[site.tier]]))


def numbers_in_class(sites: list[Site]) -> Iterator[Finding]:
    """A number is one its class has addresses for."""
    free = _free(sites)
    for index, site in enumerate(sites):
        kind = _CLASS[site.tier]
        if site.number > HIGHEST[kind]:
            words = {"slug": site.slug, "number": site.number, "kind": kind}
            yield NUMBER_TOO_HIGH.at(
                "sites", index, "number", **words, highest=HIGHEST[kind], free=next(free[kind])
            )


def _number(site: Site) -> tuple[str, int]:
    return _CLASS[site.tier], site.number


def _free(sites: list[Site]) -> dict[str, Iterator[str]]:
    """Give for each class sentences that hand out its free numbers, each once."""
    taken = {_number(site) for site in sites}
    return {kind: _hand_out(kind, highest, taken) for kind, highest in HIGHEST.items()}


def _hand_out(kind: str, highest: int, taken: set[tuple[str, int]]) -> Iterator[str]:
    for number in range(1, highest + 1):
        if (kind, number) not in taken:
            yield f"the next free number is {number}"
    while True:
        yield f"no number of {kind} is free"


def known_parents(sites: list[Site]) -> Iterator[Finding]:
    """A parent exists, is live, and is of a tier that the site can stand under."""
    known = by_slug(sites)
    loops = _loops(sites)
    for index, site in enumerate(sites):
        if site.parent is None:
            if site.tier == "commune" and not site.retired:
                yield NO_PARENT.at("sites", index, slug=site.slug)
        elif site.slug not in loops:
            yield from _parent(index, site, sites, known)


def _parent(index: int, site: Site, sites: list[Site], known: dict[str, Site]) -> Iterator[Finding]:
    where = ("sites", index, "parent")
    words = {"slug": site.slug, "parent": site.parent}
    parent = known.get(str(site.parent))
    if parent is None:
        able = [one.slug for one in sites if one.tier in _PARENTS[site.tier]]
        yield UNKNOWN_PARENT.at(*where, **words, suggestion=suggest(str(site.parent), able))
    elif parent.tier not in _PARENTS[site.tier]:
        tier = parent.tier.replace("_", " ")
        yield PARENT_TIER.at(*where, **words, tier=tier, under=_UNDER[site.tier])
    elif parent.retired and not site.retired:
        yield PARENT_RETIRED.at(*where, **words)


def parents_without_loop(sites: list[Site]) -> Iterator[Finding]:
    """Parents lead up and never back."""
    loops = _loops(sites)
    for index, site in enumerate(sites):
        if site.slug in loops:
            loop = " → ".join(loops[site.slug])
            yield PARENT_LOOP.at("sites", index, "parent", slug=site.slug, loop=loop)


def _loops(sites: list[Site]) -> dict[str, list[str]]:
    """Give for each site that is its own ancestor the way back to itself."""
    parents = {site.slug: site.parent for site in sites}
    loops = {}
    for slug, parent in parents.items():
        way = [slug]
        above = parent
        while above is not None and above not in way:
            way.append(above)
            above = parents.get(above)
        if above == slug:
            loops[slug] = [*way, slug]
    return loops


def one_data_centre(sites: list[Site]) -> Iterator[Finding]:
    """A province has exactly one live data centre."""
    live = [
        (index, site)
        for index, site in enumerate(sites)
        if site.tier == "data_centre" and not site.retired
    ]
    if not live:
        yield NO_DATA_CENTRE.at("sites")
    for index, site in live[1:]:
        yield TWO_DATA_CENTRES.at("sites", index, "tier", slug=site.slug, first=live[0][1].slug)


def meeting_nodes(sites: list[Site]) -> Iterator[Finding]:
    """Meetings are mixed in a live district or in the data centre."""
    known = by_slug(sites)
    for index, site in enumerate(sites):
        if site.meeting_node is None:
            continue
        node = known.get(site.meeting_node)
        if node is None:
            found = "does not exist"
        elif node.tier not in {"district", "data_centre"}:
            found = f"is a {node.tier}"
        elif node.retired:
            found = "is closed"
        elif node.tier == "district" and not node.media_server:
            found = "has no media server"
        else:
            continue
        yield MEETING_NODE.at(
            "sites", index, "meeting_node", slug=site.slug, node=site.meeting_node, found=found
        )


def media_servers(sites: list[Site], zones: list[Zone]) -> Iterator[Finding]:
    """A media server stands in a district, on its switch, in the zone that is for it."""
    has_zone = any(zone.name == MEETING_ZONE and "district" in zone.tiers for zone in zones)
    for index, site in enumerate(sites):
        if not site.media_server:
            continue
        where = ("sites", index, "media_server")
        if site.tier != "district":
            yield MEDIA_SERVER_TIER.at(*where, slug=site.slug, tier=site.tier.replace("_", " "))
        elif site.lan != "managed":
            yield MEDIA_SERVER_LAN.at(*where, slug=site.slug, lan=site.lan)
        elif not has_zone:
            yield MEDIA_SERVER_ZONE.at(*where, slug=site.slug)


RULES = (
    unique_slugs,
    free_slugs,
    unique_numbers,
    numbers_in_class,
    known_parents,
    parents_without_loop,
    one_data_centre,
    meeting_nodes,
    media_servers,
)
