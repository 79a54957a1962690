"""A part of the data centre, by groups of servers: what one run is about. Pure."""

from __future__ import annotations

from collections.abc import Collection

from giaoban.datacentre.design import IMAGE, first_group
from giaoban.errors import GiaobanError
from giaoban.intent.problems import suggest
from giaoban.plan import Plan
from giaoban.plan.model import ServerPlan


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


def targets(plan: Plan, stack: str, groups: Collection[str]) -> list[str]:
    """Give the URNs of some groups' servers and of all that those need, as Pulumi's targets.

    Args:
        plan: where the servers are.
        stack: the stack's name.
        groups: as in data-centre.yml; a server without any is a group of its own.

    Raises:
        UnknownGroupError: nobody is in one of them.

    """
    servers = chosen(plan, groups)
    networks = [("Network", server.segment.zone) for server in servers]
    parents = [_parent(plan, server) for server in servers]
    own = [
        _urn(stack, ("DataCentre", kind, "Server"), server.device)
        for server, (kind, _) in zip(servers, parents, strict=True)
    ]
    needed = [
        _urn(stack, ("DataCentre",), "data-centre"),
        *(
            _urn(stack, ("DataCentre", kind), name)
            for kind, name in (("Image", IMAGE), *networks, *parents)
        ),
    ]
    return list(dict.fromkeys([*needed, *own]))


def _parent(plan: Plan, server: ServerPlan) -> tuple[str, str]:
    """Give the kind and the name of the component that a server is made by."""
    planned = plan.slots.get(server.device)
    if planned is not None:
        return "ServiceSlot", planned.slot.name
    return "ServerGroup", first_group(server)


def _groups(server: ServerPlan) -> set[str]:
    return {*server.server.groups} or {server.server.name}


def _urn(stack: str, kinds: tuple[str, ...], name: str) -> str:
    types = "$".join(f"giaoban:index:{kind}" for kind in kinds)
    return f"urn:pulumi:{stack}::giaoban::{types}::{name}"
