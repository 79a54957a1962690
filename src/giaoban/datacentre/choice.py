"""A part of the data centre, by groups of servers: what one run is about. Pure."""

from __future__ import annotations

from collections.abc import Collection

from giaoban.datacentre.design import IMAGE, first_group
from giaoban.errors import GiaobanError
from giaoban.intent.problems import suggest
from giaoban.plan import Plan
from giaoban.plan.model import ServerPlan

_ANY = "**"


class UnknownGroupError(GiaobanError):
    """A group that no virtual server is in."""

    def __init__(self, group: str, known: Collection[str]) -> None:
        super().__init__(
            f"--groups: no virtual server is in group {group!r}; {suggest(group, sorted(known))}"
        )


def chosen(plan: Plan, groups: Collection[str]) -> list[ServerPlan]:
    """Give the virtual servers that are in any of some groups.

    Raises:
        UnknownGroupError: nobody is in one of them.

    """
    servers = plan.virtual_servers.values()
    known = {group for server in servers for group in _groups(server)}
    for group in groups:
        if group not in known:
            raise UnknownGroupError(group, known)
    return [server for server in servers if _groups(server) & set(groups)]


def targets(plan: Plan, groups: Collection[str], standing: Collection[str]) -> list[str]:
    """Give some groups' servers, and what those lack, as Pulumi's targets: patterns of URNs.

    What they share with others and stands is no target: the engine would remove with it, or refuse
    to, whatever else stands on it and has left the intent.

    Args:
        plan: where the servers are.
        groups: as in data-centre.yml; a server without any is a group of its own.
        standing: the URNs of all that Pulumi made.

    Raises:
        UnknownGroupError: nobody is in one of them.

    """
    servers = chosen(plan, groups)
    networks = [("Network", server.segment.zone) for server in servers]
    parents = [_parent(plan, server) for server in servers]
    own = [
        _pattern(("DataCentre", kind, "Server"), server.device)
        for server, (kind, _) in zip(servers, parents, strict=True)
    ]
    needed = [
        _pattern(("DataCentre",), "data-centre"),
        *(
            _pattern(("DataCentre", kind), name)
            for kind, name in (("Image", IMAGE), *networks, *parents)
        ),
    ]
    lacking = [
        pattern
        for pattern in dict.fromkeys(needed)
        if not any(urn.endswith(pattern.removeprefix(_ANY)) for urn in standing)
    ]
    return [*lacking, *own]


def _parent(plan: Plan, server: ServerPlan) -> tuple[str, str]:
    """Give the kind and the name of the component that a server is made by."""
    planned = plan.slots.get(server.device)
    if planned is not None:
        return "ServiceSlot", planned.slot.name
    return "ServerGroup", first_group(server)


def _groups(server: ServerPlan) -> set[str]:
    return {*server.server.groups} or {server.server.name}


def _pattern(kinds: tuple[str, ...], name: str) -> str:
    # No whole URN: the engine demands that one which is named whole stands there already.
    types = "$".join(f"giaoban:index:{kind}" for kind in kinds)
    return f"{_ANY}::{types}::{name}"
