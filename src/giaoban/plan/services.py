"""What servers serve, by their groups: which services of intent's matrix they answer."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from giaoban.intent.model import SLOT_DATABASES, SLOT_FRONTS, Service
from giaoban.plan.meetings import (
    MEETING,
    MEETING_VOTE,
    media_server_name,
    turn_name,
)
from giaoban.plan.model import Plan, ServerPlan

MIRROR, DNS, TIME, PKI, BACKUP = "mirror", "dns", "time", "pki", "backup"
DIRECTORY, DATABASE, WEB, LOG = "directory", SLOT_DATABASES, SLOT_FRONTS, "log"
MONITORING, BASTION = "monitoring", "bastion"
VOTE = "vote"

# What every server with a certificate answers too: the CA asks it there whether a name is its own.
HTTP = "http"
# What a slot's server answers, to the web servers that let people in.
HTTPS = "https"
# Where every application says whether it is well.
HEALTH = "suc-khoe"

# What every server answers the monitoring server, and nobody else.
METRICS, METRICS_DATABASE, METRICS_MEETING = "metrics", "metrics-database", "metrics-meeting"
# What is told there, as the monitoring server calls it.
FIGURES: Final[dict[str, str]] = {
    METRICS: "node",
    METRICS_DATABASE: "postgres",
    METRICS_MEETING: "livekit",
}

# Sound and picture of meetings.
MEDIA: Final = ("media-udp", "media-tcp")

# Names of intent's services that the servers of a group answer.
SERVED: Final[dict[str, tuple[str, ...]]] = {
    MIRROR: (HTTP,),
    DNS: ("dns", "dns-tcp"),
    TIME: ("ntp",),
    PKI: (HTTP, "https"),
    BACKUP: ("https",),
    DIRECTORY: ("ldaps",),
    DATABASE: ("postgresql", "patroni"),
    VOTE: ("etcd",),
    WEB: (HTTP, "https"),
    LOG: ("syslog-tls",),
    MONITORING: ("https",),
    BASTION: ("ssh", "session-records"),
    MEETING: ("https", *MEDIA),
    MEETING_VOTE: ("valkey", "valkey-vote"),
    "probe": ("iperf",),
}

# Services that the servers of a group alone may ask: the matrix knows zones only.
AMONG: Final[dict[str, str]] = {
    "etcd": VOTE,
    "patroni": DATABASE,
    METRICS: MONITORING,
    METRICS_DATABASE: MONITORING,
    METRICS_MEETING: MONITORING,
    "valkey": MEETING_VOTE,
    "valkey-vote": MEETING_VOTE,
}
# What one address may send to a service, in kB/s: TCP slows down, and nothing is lost. It is some
# thousand lines a second, which no box has to say for long.
PACED: Final[dict[str, int]] = {"syslog-tls": 256}


def members(plan: Plan, group: str) -> Iterator[ServerPlan]:
    """Give the servers of a group, in intent's order."""
    return (server for server in plan.servers.values() if group in server.server.groups)


def names_of(plan: Plan, server: ServerPlan) -> list[str]:
    """Give a server's own name, and those of the groups that it is alone in.

    Of a name that several servers share, somebody who asks may be given another's address.
    """
    groups = [group for group in server.server.groups if group in SERVED]
    return [server.device, *(g for g in groups if len(list(members(plan, g))) == 1)]


def proven_names(plan: Plan, server: ServerPlan) -> list[str]:
    """Give the names that a server proves by its certificate, those of slots apart."""
    more = [turn_name(server.device)] if MEETING in server.server.groups else []
    return [*names_of(plan, server), *more]


def meets_by(plan: Plan, slug: str) -> list[ServerPlan]:
    """Give the media servers that hold a site's meetings: a district's, or the data centre's."""
    site = plan.sites[slug].site
    node = site.meeting_node or (site.slug if site.media_server else site.parent) or ""
    own = plan.servers.get(media_server_name(node))
    centre = plan.data_centre.site.slug
    return [own] if own else [one for one in members(plan, MEETING) if one.site == centre]


def serving(plan: Plan) -> dict[str, ServerPlan]:
    """Give the servers that are made to serve, by device: virtual ones, and some in racks.

    What keeps copies outlives the hypervisors and all that runs on them. A district has none.
    """
    return {
        name: server
        for name, server in plan.servers.items()
        if server.is_virtual or {BACKUP, MEETING} & set(server.server.groups)
    }


def certified(plan: Plan) -> Iterator[ServerPlan]:
    """Give the servers that ask the province's CA for certificates; a CA signs its own."""
    if any(members(plan, PKI)):
        yield from (s for s in serving(plan).values() if PKI not in s.server.groups)


def backed_up(plan: Plan) -> Iterator[ServerPlan]:
    """Give the servers whose data is copied. They prove themselves by certificates."""
    if any(members(plan, BACKUP)):
        yield from (s for s in certified(plan) if s.server.backup not in {None, "none"})


def measured(plan: Plan) -> Iterator[ServerPlan]:
    """Give the servers that tell figures of themselves: where there is somebody to tell them to."""
    if any(members(plan, MONITORING)):
        yield from certified(plan)


def services_of(plan: Plan, device: str, groups: Collection[str]) -> list[Service]:
    """Give the services that a server of these groups answers; one that intent has not is nobody's.

    The matrix between zones says who may ask; here it is what listens.
    """
    named = {name for group in groups for name in SERVED.get(group, ())}
    if any(server.device == device for server in certified(plan)):
        named.add(HTTP)
    if device in plan.slots:
        named.add(HTTPS)
    if any(server.device == device for server in measured(plan)):
        own = {DATABASE: METRICS_DATABASE, MEETING: METRICS_MEETING}
        named |= {METRICS, *(own[group] for group in groups if group in own)}
    return [service for service in plan.intent.services if service.name in named]


def slot_databases(plan: Plan) -> list[str]:
    """Give the names of the databases that slots have; the role that owns one has its name."""
    return [planned.slot.name for planned in plan.slots.values() if planned.slot.database]
