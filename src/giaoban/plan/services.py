"""What servers serve, by their groups: which services of intent's matrix they answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from giaoban.intent.model import Service
from giaoban.plan.model import Plan, ServerPlan

MIRROR, DNS, TIME = "mirror", "dns", "time"

# Names of intent's services that the servers of a group answer.
SERVED: Final[dict[str, tuple[str, ...]]] = {
    MIRROR: ("http",),
    DNS: ("dns", "dns-tcp"),
    TIME: ("ntp",),
    "probe": ("iperf",),
}


def members(plan: Plan, group: str) -> Iterator[ServerPlan]:
    """Give the servers of a group, in intent's order."""
    return (server for server in plan.servers.values() if group in server.server.groups)


def services_of(plan: Plan, groups: Iterable[str]) -> list[Service]:
    """Give the services that a server of these groups answers; one that intent has not is nobody's.

    The matrix between zones says who may ask; here it is what listens.
    """
    named = {name for group in groups for name in SERVED.get(group, ())}
    return [service for service in plan.intent.services if service.name in named]
