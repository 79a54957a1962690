"""Rules of address blocks, overridden prefixes, AS numbers and the centre's hand-offs."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network

from giaoban.intent.model import Centre, DataCentre, Province, Site, Tier
from giaoban.intent.problems import Finding, Wording, suggest

Network = IPv4Network | IPv6Network

IPV4_LENGTH = 14
IPV4_PART = 18
IPV6_LENGTH = 48
IPV6_PART = 60
# RFC 6996: the last private 4-byte AS number; sites take the 10,000 after the province's.
LAST_ASN = 4_294_967_294
SITE_ASNS = 10_000
# The longest overriding prefix that still has room for every zone's hosts.
LONGEST: dict[Tier, int] = {"data_centre": 19, "district": 24, "department": 24, "commune": 25}

IPV4_TOO_SMALL = Wording(
    "ipv4-block-too-small",
    "IPv4 block {block} is too small: it holds {held}, needed are 16 × /18 = a /14"
    " (1 for circuits, loopbacks and the data centre, 5 for 80 districts and departments with a /22"
    " each, 10 for 640 communes with a /24 each)",
    "ask for a /14, such as {example}",
)
IPV6_TOO_SMALL = Wording(
    "ipv6-block-too-small",
    "IPv6 block {block} is too small: it holds {held}, needed are 4,096 × /60 = a /48"
    " (a /60 for each site)",
    "ask for a /48, such as {example}",
)
UNUSABLE_BLOCK = Wording(
    "unusable-block", "block {block} is {what}, where no site can live", "ask for a unicast block"
)
OVERRIDE_IN_BLOCK = Wording(
    "override-in-block",
    "site '{slug}': prefix {prefix} lies in the province's block {block}, whose prefixes are"
    " computed for other sites",
    "remove it to use the computed one, or write one from outside the block",
)
OVERRIDE_OVERLAP = Wording(
    "override-overlap",
    "site '{slug}': prefix {prefix} overlaps {other} of site '{owner}'",
    "look up what each was given",
)
OVERRIDE_TOO_SMALL = Wording(
    "override-too-small",
    "site '{slug}': prefix {prefix} is too small for the zones of a {tier}",
    "ask for a /{length}",
)
CENTRE_OVERLAP = Wording(
    "centre-overlap",
    "the centre's prefix {prefix} overlaps the province's block {block}",
    "remove it: the cores would take the province's own addresses from outside",
)
ASN_ROOM = Wording(
    "asn-room",
    "AS {asn} leaves no room: sites take the 10,000 numbers after it, up to {last}, and private"
    " ones end at 4294967294 (RFC 6996)",
    "use {highest} or less",
)
CENTRE_ASN = Wording(
    "centre-asn",
    "the centre's AS {asn} is one of the province's own ({first} to {last})",
    "look up the centre's, or move the province's",
)
LINK_CORE = Wording("link-core", "link '{core}': no core router '{core}'", "{suggestion}")
LINK_CORE_TWICE = Wording(
    "link-core-twice",
    "link '{core}': core router '{core}' has a hand-off already",
    "a core has one port for the centre: lead it to the other core",
)
CENTRE_PREFIX = Wording(
    "centre-prefix",
    "the centre's prefix {prefix} is a single address, expected a network",
    "write the prefix that the centre announces",
)
LINK_PAIR = Wording(
    "link-pair",
    "link '{core}': {ours} and {theirs} are not the two addresses of one /{length}",
    "the other address of {ours} is {other}",
)
LINK_TWICE = Wording(
    "link-address-twice",
    "link '{core}': {address} is already that of link {first} of the list",
    "look up the addresses of both hand-offs",
)


def block_sizes(province: Province) -> Iterator[Finding]:
    """The blocks hold the whole address plan."""
    ipv4, ipv6 = province.blocks.ipv4, province.blocks.ipv6
    if ipv4.prefixlen > IPV4_LENGTH:
        example = ipv4.supernet(new_prefix=IPV4_LENGTH)
        yield IPV4_TOO_SMALL.at(
            *("province", "blocks", "ipv4"),
            block=ipv4,
            held=_held(ipv4, IPV4_PART),
            example=example,
        )
    if ipv6.prefixlen > IPV6_LENGTH:
        example6 = ipv6.supernet(new_prefix=IPV6_LENGTH)
        yield IPV6_TOO_SMALL.at(
            *("province", "blocks", "ipv6"),
            block=ipv6,
            held=_held(ipv6, IPV6_PART),
            example=example6,
        )


def _held(block: Network, part: int) -> str:
    """Say how many parts of that length a block holds."""
    if block.prefixlen > part:
        return f"less than one /{part}"
    return f"{1 << (part - block.prefixlen):,} × /{part}"


def usable_blocks(province: Province) -> Iterator[Finding]:
    """The blocks are unicast."""
    for family in ("ipv4", "ipv6"):
        block: Network = getattr(province.blocks, family)
        kinds = {
            "multicast": block.is_multicast,
            "loopback": block.is_loopback,
            "link-local": block.is_link_local,
        }
        what = next((kind for kind, is_it in kinds.items() if is_it), None)
        if what:
            yield UNUSABLE_BLOCK.at("province", "blocks", family, block=block, what=what)


def overrides_outside(sites: list[Site], province: Province) -> Iterator[Finding]:
    """An overriding prefix takes nothing that is computed for another site."""
    for index, site, family, prefix in _overrides(sites):
        block: Network = getattr(province.blocks, family)
        if prefix.overlaps(block):
            where = ("sites", index, "prefixes", family)
            yield OVERRIDE_IN_BLOCK.at(*where, slug=site.slug, prefix=prefix, block=block)


def overrides_apart(sites: list[Site]) -> Iterator[Finding]:
    """Two sites have no address in common."""
    # In the order of addresses, a prefix can only lie in the widest one so far: no pairs to try.
    widest: dict[str, tuple[Site, Network]] = {}
    ordered = sorted(
        _overrides(sites),
        key=lambda one: (one[2], int(one[3].network_address), one[3].prefixlen, one[0]),
    )
    for index, site, family, prefix in ordered:
        owner, other = widest.get(family, (site, None))
        if other is None or int(prefix.network_address) > int(other.broadcast_address):
            widest[family] = (site, prefix)
            continue
        where = ("sites", index, "prefixes", family)
        words = {"slug": site.slug, "prefix": prefix, "owner": owner.slug}
        yield OVERRIDE_OVERLAP.at(*where, **words, other=other)


def override_sizes(sites: list[Site]) -> Iterator[Finding]:
    """An overriding prefix has room for the site's zones."""
    for index, site, family, prefix in _overrides(sites):
        length = LONGEST[site.tier] if family == "ipv4" else IPV6_PART
        if prefix.prefixlen > length:
            where = ("sites", index, "prefixes", family)
            words = {"slug": site.slug, "prefix": prefix, "tier": site.tier, "length": length}
            yield OVERRIDE_TOO_SMALL.at(*where, **words)


def _overrides(sites: list[Site]) -> Iterator[tuple[int, Site, str, Network]]:
    for index, site in enumerate(sites):
        for family in ("ipv4", "ipv6"):
            prefix: Network | None = getattr(site.prefixes, family)
            if prefix is not None and not site.retired:
                yield index, site, family, prefix


def centre_outside(centre: Centre, province: Province) -> Iterator[Finding]:
    """The centre announces nothing that is the province's."""
    for family in ("ipv4", "ipv6"):
        block: Network = getattr(province.blocks, family)
        prefixes: list[Network] = getattr(centre, f"prefixes_{family}")
        for position, prefix in enumerate(prefixes):
            if prefix.overlaps(block):
                where = ("centre", f"prefixes_{family}", position)
                yield CENTRE_OVERLAP.at(*where, prefix=prefix, block=block)


def centre_networks(centre: Centre) -> Iterator[Finding]:
    """The centre's prefixes hold hosts."""
    for family in ("ipv4", "ipv6"):
        prefixes: list[Network] = getattr(centre, f"prefixes_{family}")
        for position, prefix in enumerate(prefixes):
            if prefix.num_addresses == 1:
                yield CENTRE_PREFIX.at("centre", f"prefixes_{family}", position, prefix=prefix)


def room_for_asns(province: Province) -> Iterator[Finding]:
    """Every site's AS number is private too."""
    last = province.asn + SITE_ASNS
    if last > LAST_ASN:
        highest = LAST_ASN - SITE_ASNS
        yield ASN_ROOM.at("province", "asn", asn=province.asn, last=last, highest=highest)


def centre_asn(centre: Centre, province: Province) -> Iterator[Finding]:
    """The centre's AS number is not the province's, nor one of its sites'."""
    last = province.asn + SITE_ASNS
    if province.asn <= centre.asn <= last:
        yield CENTRE_ASN.at("centre", "asn", asn=centre.asn, first=province.asn, last=last)


def link_cores(centre: Centre, data_centre: DataCentre) -> Iterator[Finding]:
    """A hand-off ends at a core router, and a core has one at most."""
    seen: set[str] = set()
    for index, link in enumerate(centre.links):
        if link.core not in data_centre.cores:
            suggestion = suggest(link.core, data_centre.cores)
            yield LINK_CORE.at(
                "centre", "links", index, "core", core=link.core, suggestion=suggestion
            )
        elif link.core in seen:
            yield LINK_CORE_TWICE.at("centre", "links", index, "core", core=link.core)
        seen.add(link.core)


def link_addresses(centre: Centre) -> Iterator[Finding]:
    """A hand-off's addresses are the two of a /31 (RFC 3021) and of a /127 (RFC 6164)."""
    first: dict[object, int] = {}
    for index, link in enumerate(centre.links):
        pairs = (
            ("ipv4", 31, link.ours_ipv4, link.theirs_ipv4),
            ("ipv6", 127, link.ours_ipv6, link.theirs_ipv6),
        )
        for family, length, ours, theirs in pairs:
            where = ("centre", "links", index, f"theirs_{family}")
            other = type(ours)(int(ours) ^ 1)
            if theirs != other:
                words = {"core": link.core, "ours": ours, "theirs": theirs, "length": length}
                yield LINK_PAIR.at(*where, **words, other=other)
            known = first.setdefault(ours, index)
            if known != index:
                where = ("centre", "links", index, f"ours_{family}")
                yield LINK_TWICE.at(*where, core=link.core, address=ours, first=known + 1)


RULES = (
    block_sizes,
    usable_blocks,
    overrides_outside,
    overrides_apart,
    override_sizes,
    centre_outside,
    centre_networks,
    room_for_asns,
    centre_asn,
    link_cores,
    link_addresses,
)
