"""Variables of the roles `vote` and `database`: who decides what leads, and whom it serves.

Two servers cannot tell a dead neighbour from a cut cable; a third vote elsewhere can.
"""

from __future__ import annotations

from typing import Any

from giaoban.intent.model import Rule
from giaoban.plan.model import Device
from giaoban.plan.services import DATABASE, VOTE, members
from giaoban.plan.variables.view import Networks

# The service of intent's matrix by which a zone may ask databases.
POSTGRESQL = "postgresql"


def vote_variables(networks: Networks, device: Device) -> dict[str, Any]:
    """Give those who vote, who are the same to each."""
    del device
    return {
        "vote__domain": networks.plan.intent.province.domain,
        "vote__servers": [server.device for server in members(networks.plan, VOTE)],
    }


def database_variables(networks: Networks, device: Device) -> dict[str, Any]:
    """Give the servers that follow each other, who votes, and which networks may ask."""
    plan = networks.plan
    own = plan.servers[device.name]
    variables: dict[str, Any] = {
        "database__domain": plan.intent.province.domain,
        "database__timezone": plan.intent.province.timezone,
        "database__servers": [
            {
                "name": server.device,
                "ipv4": str(server.address.ipv4.ip),
                "ipv6": str(server.address.ipv6.ip),
            }
            for server in members(plan, DATABASE)
        ],
        "database__votes": [server.device for server in members(plan, VOTE)],
        "database__clients": _clients(networks, own.segment.zone),
    }
    if machine := own.server.machine:
        variables["database__memory_mib"] = machine.memory // 2**20
    return variables


def _clients(networks: Networks, zone: str) -> list[str]:
    """Give the networks of the zones that the matrix lets ask databases of `zone`."""
    rules = [
        rule
        for rule in networks.plan.intent.rules
        if rule.target == zone and POSTGRESQL in rule.services
    ]
    return [
        str(network)
        for site in networks.plan.sites.values()
        for segment in site.segments
        if any(_holds(rule, segment.zone, here=site is networks.data_centre) for rule in rules)
        for network in (segment.networks.ipv4, segment.networks.ipv6)
    ]


def _holds(rule: Rule, zone: str, *, here: bool) -> bool:
    return rule.source == zone and (here or rule.scope == "province")
