"""The shape of an intent: what a person writes, as frozen pydantic models.

Only shape and single-value rules live here; rules between values are in `semantics`.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from fractions import Fraction
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
)

CENTRE = "centre"  # how rules name the central government's network, which is no zone of ours

# What hangs on the first access port of the zone at every site, and where `workstation` is.
ENDPOINT_ZONE = "video"
WORKSTATION_ZONE = "office"

# Where the server of a slot stands, and the groups whose servers it needs besides.
SLOT_ZONE = "internal"
SLOT_FRONTS = "web"
SLOT_DATABASES = "database"

# Where media servers stand, in the data centre and in districts.
MEETING_ZONE = "meeting"

Tier = Literal["data_centre", "department", "district", "commune"]
PortProtocol = Literal["tcp", "udp", "icmp"]

_RATE = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,9})?) ?(kbit/s|Mbit/s|Gbit/s)")
_RATE_FACTOR = {"kbit/s": 10**3, "Mbit/s": 10**6, "Gbit/s": 10**9}


def parse_rate(text: object) -> int:
    """Read a committed rate such as `20 Mbit/s` and give bits per second.

    Raises:
        ValueError: the unit is missing or not one of kbit/s, Mbit/s, Gbit/s.

    """
    match = _RATE.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        message = f"{text!r} is not a rate; expected a number and a unit, such as '20 Mbit/s'"
        raise ValueError(message)
    return int(Fraction(match[1]) * _RATE_FACTOR[match[2]])


_SIZE = re.compile(r"([0-9]{1,6}) ?(MiB|GiB|TiB)")
_SIZE_FACTOR = {"MiB": 2**20, "GiB": 2**30, "TiB": 2**40}


def parse_size(text: object) -> int:
    """Read a size of memory or disk such as `20 GiB` and give bytes.

    Raises:
        ValueError: the unit is missing or not one of MiB, GiB, TiB.

    """
    match = _SIZE.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        message = f"{text!r} is not a size; expected a whole number and a unit, such as '20 GiB'"
        raise ValueError(message)
    return int(match[1]) * _SIZE_FACTOR[match[2]]


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


SLUG_PATTERN = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
LETTERS_PATTERN = r"^[a-z]+$"
DIGITS_PATTERN = r"^[0-9]+$"
DOMAIN_PATTERN = r"^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]([a-z0-9-]*[a-z0-9])?$"
TIMEZONE_PATTERN = r"^[A-Z][A-Za-z_]*(/[A-Z][A-Za-z0-9_+-]*)*$"
# No control characters, C1 and bidirectional ones neither: names and references are written into
# configurations as descriptions. No mark comes first: it would join
# the character before the text.
LINE_PATTERN = (
    r"^(?:[^\p{M}\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
    r"[^\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]*)?$"
)
# What the schema for editors says of it: ECMA and Python have no \p{M} to count on.
_LINE_SCHEMA = {
    "type": "string",
    "pattern": r"^[^\x00-\x1f\x7f]*$",
    "minLength": 1,
    "maxLength": 120,
}

# 48, so that the name of each device of a site (`rt-<slug>` …) is a DNS label with room to spare.
Slug = Annotated[str, StringConstraints(pattern=SLUG_PATTERN, max_length=48)]
# An account of Unix: 32 bytes is what utmp and useradd take.
Account = Annotated[str, StringConstraints(pattern=SLUG_PATTERN, max_length=32)]
Line = Annotated[
    str,
    StringConstraints(pattern=LINE_PATTERN, min_length=1, max_length=120),
    WithJsonSchema(_LINE_SCHEMA),
]
Name = Annotated[Line, AfterValidator(_nfc)]
Letters = Annotated[str, StringConstraints(pattern=LETTERS_PATTERN, max_length=12)]
Digits = Annotated[str, StringConstraints(pattern=DIGITS_PATTERN, max_length=10)]
Domain = Annotated[str, StringConstraints(pattern=DOMAIN_PATTERN, max_length=120)]
Timezone = Annotated[str, StringConstraints(pattern=TIMEZONE_PATTERN, max_length=40)]
Rate = Annotated[
    int,
    BeforeValidator(parse_rate),
    Field(gt=0),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": f"^{_RATE.pattern}$",
            "description": "Committed rate with its unit, such as '20 Mbit/s'.",
        }
    ),
]
SIZE_PATTERN = f"^{_SIZE.pattern}$"
Size = Annotated[
    int,
    BeforeValidator(parse_size),
    Field(gt=0),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": SIZE_PATTERN,
            "description": "Memory or disk with its unit, such as '20 GiB'.",
        }
    ),
]
InterfaceName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9.-]*$", max_length=15)]
HIGHEST_ACCESS_PORT = 48
# The numbers printed beside the sockets of an access switch; port 3 is the interface `p3`.
AccessPorts = list[Annotated[int, Field(ge=1, le=HIGHEST_ACCESS_PORT)]]
PrivateAsn = Annotated[int, Field(ge=4_200_000_000, le=4_294_967_294)]


class Model(BaseModel):
    """What every part of an intent shares: frozen, and no key that nobody reads."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Blocks(Model):
    """The province's address blocks, as allotted to it."""

    ipv4: IPv4Network = Field(description="An IPv4 block of at least a /14.")
    ipv6: IPv6Network = Field(description="An IPv6 block of at least a /48.")


class Province(Model):
    """The province itself."""

    slug: Slug = Field(description="Short name of the province, such as dak-nong.")
    name: Name = Field(description="Name as people write it.")
    gso_code: Digits | None = Field(
        default=None, description="Code of the General Statistics Office."
    )
    domain: Domain = Field(description="DNS domain of the province, such as daknong.gov.vn.")
    timezone: Timezone = Field(
        default="Asia/Ho_Chi_Minh", description="Name in the tz database; every clock shows it."
    )
    blocks: Blocks
    asn: PrivateAsn = Field(
        description="AS of the core; sites take the 10,000 numbers after it (RFC 6996 range)."
    )


class Bfd(Model):
    """How fast a dead circuit is noticed: interval in milliseconds times the multiplier."""

    uplink_ms: int = Field(
        default=300, ge=50, le=60_000, description="District uplinks and core links."
    )
    site_ms: int = Field(
        default=1000, ge=50, le=60_000, description="Circuits of departments and communes."
    )
    multiplier: int = Field(
        default=3,
        ge=2,
        le=50,
        description="Packets that may be lost before a circuit counts as dead.",
    )


class Noc(Model):
    """Whom a technician calls."""

    name: Name = Field(description="What the desk is called.")
    phone: Line = Field(description="The number on a technician's screen.")


class Network(Model):
    """Choices that hold for the whole network."""

    bfd: Bfd = Bfd()
    time_sources: list[IPv4Address | IPv6Address] = Field(
        default_factory=list,
        description="Whom the time servers ask: clocks of the central government's, or a receiver's"
        " of one's own. Without any they go on by their own clocks.",
    )
    noc: Noc


class Carrier(Model):
    """A company that sells circuits."""

    slug: Slug = Field(description="What circuits call the carrier.")
    name: Name = Field(description="Name of the company.")
    phone: Line = Field(description="Fault desk.")


class SitePrefixes(Model):
    """Prefixes that the carrier or the ministry gave a site, instead of the computed ones."""

    ipv4: IPv4Network | None = Field(
        default=None, description="A /25 or shorter for a commune, a /24 or shorter for others."
    )
    ipv6: IPv6Network | None = Field(default=None, description="A /60 or shorter.")


class SitePorts(Model):
    """Access ports of one site's switch that are of a zone."""

    zone: str = Field(description="A zone of the site.")
    ports: AccessPorts = Field(description="Port numbers of the switch.")


class Site(Model):
    """A place with equipment."""

    slug: Slug = Field(description="Names the site's devices and its Ansible group.")
    name: Name = Field(description="Name as people write it.")
    tier: Tier = Field(description="What kind of place it is.")
    number: int = Field(
        ge=1,
        le=640,
        description="Never reused. Unique among districts and departments (1-80), and among"
        " communes (1-640).",
    )
    gso_code: Digits | None = Field(
        default=None, description="Code of the General Statistics Office, in quotes."
    )
    parent: Slug | None = Field(
        default=None, description="Administrative parent; paths come of circuits."
    )
    retired: bool = Field(
        default=False, description="A closed site stays listed so its number is kept."
    )
    lan: Literal["managed", "router_ports", "unmanaged"] = Field(
        default="managed",
        description="An access switch of ours, ports of the router itself, or nothing of ours.",
    )
    managed_by: Literal["us", "carrier"] = Field(
        default="us", description="Whose router it is; a carrier's is judged from outside only."
    )
    access_ports: list[SitePorts] = Field(
        default_factory=list,
        description="The switch's access ports, all of them, where they are not those that the"
        " zones say.",
    )
    workstation: bool = Field(
        default=False, description="A managed workstation in the office zone."
    )
    prefixes: SitePrefixes = Field(
        default=SitePrefixes(), description="Only where they are not computed from the number."
    )
    media_server: bool = Field(
        default=False,
        description="A district's own media server, in zone meeting: its communes meet by it, also"
        " while the province is out of reach.",
    )
    meeting_node: Slug | None = Field(
        default=None,
        description="Whose media server its meetings are held by, a district's or the data"
        " centre's, where it is not that of its parent.",
    )


class Circuit(Model):
    """A carrier's line from a site up to a district or a core router."""

    site: Slug = Field(description="The lower end.")
    to: Slug = Field(description="The upper end: a district's slug, or a core router's name.")
    ordinal: int = Field(
        default=1, ge=1, le=4, description="Which of the site's circuits; never reused."
    )
    carrier: Slug = Field(description="Slug of one of the carriers.")
    reference: Line = Field(description="The carrier's own circuit number, for the fault desk.")
    rate: Rate
    mtu: int = Field(default=1500, ge=1280, le=9216, description="Bytes, IP header included.")
    standby: bool = Field(default=False, description="Used only when the others are down.")
    key: int = Field(default=1, ge=1, description="Raise by one to change the circuit's secrets.")


class Zone(Model):
    """A security segment with its VLAN."""

    name: Letters = Field(description="What rules and servers call the zone.")
    number: int = Field(ge=1, le=15, description="Position in a site's /60; never reused.")
    vlan: int = Field(ge=2, le=4094, description="VLAN at every site where the zone exists.")
    tiers: list[Tier] = Field(min_length=1, description="Where the zone exists.")
    access_ports: AccessPorts = Field(
        default_factory=list,
        description="Ports of every site's access switch that are of this zone; a port of no zone"
        " is off.",
    )


class Service(Model):
    """A named set of ports that a rule may allow."""

    name: Slug = Field(description="What rules call the service.")
    protocol: PortProtocol = Field(description="tcp, udp or icmp (of both families).")
    ports: list[int] = Field(default_factory=list, description="Destination ports; none for icmp.")


class Rule(Model):
    """Hosts of one zone may ask services of another; all that is not listed is refused."""

    source: str = Field(description="Zone that asks, or 'centre' for the central government's.")
    target: str = Field(description="Zone that answers, or 'centre'.")
    services: list[str] = Field(min_length=1, description="Names of services.")
    scope: Literal["site", "province"] = Field(
        "province", description="Within one site only, or between any two sites."
    )


class QueueClass(Model):
    """A class of traffic on a circuit."""

    name: Letters = Field(description="What the class of traffic is called.")
    dscp: list[str] = Field(min_length=1, description="Names of RFC 4594, such as ef or cs6.")
    guaranteed_percent: int = Field(ge=1, le=100, description="Share of the shaped rate.")
    ceiling_percent: int = Field(
        default=100, ge=1, le=100, description="The most it ever gets of the shaped rate."
    )
    priority: int = Field(ge=0, le=7, description="0 is served first.")


class Hypervisor(Model):
    """A machine of the data centre that virtual servers run on."""

    name: Slug = Field(description="Its device is called hv-<name>.")
    number: int = Field(
        ge=1, le=9, description="Its port on the data centre's switch is hv<number>; never reused."
    )
    cpus: int = Field(ge=1, le=512, description="Threads that servers may have of it together.")
    memory: Size
    disk: Size


class Machine(Model):
    """What a virtual server is given, and where it runs."""

    hypervisor: Slug = Field(description="Name of one of the hypervisors.")
    cpus: int = Field(ge=1, le=128, description="Virtual processors.")
    memory: Size
    disk: Size
    adopt: bool = Field(
        default=False,
        description="Somebody made it by hand: it is taken over as it stands, and protected.",
    )


BackupClass = Literal["none", "daily", "hourly"]


class Server(Model):
    """A server of the data centre."""

    name: Slug = Field(description="Its device is called sv-<name>.")
    zone: str = Field(description="A zone of the data centre.")
    number: int = Field(ge=10, le=249, description="Host number in its zone; never reused.")
    groups: list[Slug] = Field(
        default_factory=list, description="Ansible groups: what the server serves."
    )
    machine: Machine | None = Field(
        default=None, description="A virtual server's; without it the server is a box in a rack."
    )
    owner: Slug | None = Field(
        default=None, description="Slug of the site that answers for it; a virtual server has one."
    )
    backup: BackupClass | None = Field(
        default=None, description="How often its data is copied; a virtual server has one."
    )
    exposed: bool = Field(
        default=False, description="Whether hosts outside the province may ask it."
    )
    key_generation: int = Field(
        default=1,
        ge=1,
        le=1000,
        description="Of the keys derived for it; one more when they were stolen. Never less.",
    )


# What a slot can run: each is a role, and the Ansible group of the servers that run it.
Application = Literal["department-site"]


class Slot(Model):
    """A place for an application: its server, name, certificate, database, copies and watch."""

    name: Slug = Field(description="Its server is called sv-<name>, its database <name>.")
    title: Name = Field(description="What its pages are headed with.")
    owner: Slug = Field(description="Slug of the site that answers for it.")
    application: Application = Field(description="What runs on its server.")
    host: Slug = Field(description="Its name in the province's domain: people ask <host>.<domain>.")
    number: int = Field(
        ge=10,
        le=249,
        description="Host number of its server in the zone internal; never reused.",
    )
    public: bool = Field(
        default=False, description="Whether hosts outside the province may ask it too."
    )
    database: bool = Field(
        default=False, description="Whether it has a database on the servers of group database."
    )
    backup: BackupClass = Field(description="How often its server's own data is copied.")
    machine: Machine


class SnmpBox(Model):
    """A box that is not ours and tells of itself by SNMP: a carrier's router, or a power supply."""

    name: Slug = Field(description="What alerts call it.")
    site: Slug = Field(description="Where it stands.")
    address: IPv4Address = Field(description="Where it answers the monitoring server.")
    kind: Literal["router", "ups"] = Field(
        description="What it is asked: its interfaces, or its battery and where its power is from."
    )


OperatorLevel = Literal["operator", "observer"]


class Operator(Model):
    """Somebody who looks after servers, and comes in by the bastion."""

    slug: Account = Field(
        description="The account on every server; never given to somebody else, like a number."
    )
    name: Name = Field(description="Name as people write it.")
    level: OperatorLevel = Field(
        description="An operator may become root; an observer reads logs and state."
    )
    until: date | None = Field(
        default=None, description="The last day, such as 2026-12-31; without it there is none."
    )
    key_generation: int = Field(
        default=1,
        ge=1,
        le=1000,
        description="Of the certificates signed so far; one more when a key was lost. Never less.",
    )


class DataCentre(Model):
    """The data centre's core routers and servers."""

    cores: tuple[Slug, Slug] = Field(description="The two core routers; circuits lead to them.")
    hypervisors: list[Hypervisor] = Field(
        default_factory=list, description="Every machine that virtual servers run on."
    )
    servers: list[Server] = Field(description="Every server that Ansible makes serve.")
    snmp: list[SnmpBox] = Field(
        default_factory=list,
        description="Boxes at any site that are not ours and are asked by SNMP. A rule from zone"
        " noc must allow it, of a service with UDP port 161.",
    )


class CentreLink(Model):
    """A hand-off from the central government to one core router."""

    core: Slug = Field(description="The core router where it ends; one link a core.")
    ours_ipv4: IPv4Address = Field(description="The core's address, one of a /31.")
    theirs_ipv4: IPv4Address = Field(description="The centre's address, the other of the /31.")
    ours_ipv6: IPv6Address = Field(description="The core's address, one of a /127.")
    theirs_ipv6: IPv6Address = Field(description="The centre's address, the other of the /127.")
    rate: Rate
    reference: Line = Field(description="The carrier's own circuit number, for the fault desk.")
    carrier: Slug = Field(description="Slug of one of the carriers.")


class Centre(Model):
    """The central government's network, an eBGP neighbour of both cores."""

    name: Name = Field(description="Name of the centre's network.")
    asn: int = Field(ge=1, le=4_294_967_294, description="Its AS number.")
    prefixes_ipv4: list[IPv4Network] = Field(
        min_length=1, description="What the cores take from it, and nothing else."
    )
    prefixes_ipv6: list[IPv6Network] = Field(
        min_length=1, description="What the cores take from it, and nothing else."
    )
    links: list[CentreLink] = Field(description="Its hand-offs, one a core at most.")


class Intent(Model):
    """One province: everything that people decide, and nothing that can be computed."""

    province: Province
    network: Network
    carriers: list[Carrier] = Field(description="Companies that sell circuits.")
    sites: list[Site] = Field(description="Every place with equipment, closed ones too.")
    circuits: list[Circuit] = Field(description="Every line from a site up.")
    zones: list[Zone] = Field(description="Security segments.")
    services: list[Service] = Field(description="What rules may allow.")
    rules: list[Rule] = Field(description="Which zone may ask what of which; the rest is refused.")
    queues: list[QueueClass] = Field(description="Classes of traffic on circuits.")
    data_centre: DataCentre
    slots: list[Slot] = Field(
        default_factory=list, description="Applications that the data centre has a place for."
    )
    operators: list[Operator] = Field(
        default_factory=list, description="Who looks after servers; nobody where it is left out."
    )
    centre: Centre
