"""Variables of the roles `people` and `bastion`: who may log in, where, and what is kept of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from giaoban.intent.model import Operator
from giaoban.plan.model import Device, Plan, ServerPlan
from giaoban.plan.people import open_to_people, principal
from giaoban.plan.services import BASTION, members, names_of
from giaoban.plan.variables.view import Networks

_SSH = 22


def people_variables(networks: Networks, device: Device) -> dict[str, Any]:
    """Give a server that people log in to their accounts, and a bastion where it leads."""
    plan = networks.plan
    doors = {server.device: server for server in members(plan, BASTION)}
    servers = {server.device: server for server in open_to_people(plan)}
    if device.name not in doors | servers:
        return {}
    domain = plan.intent.province.domain
    variables: dict[str, Any] = {
        "people__accounts": [_account(operator) for operator in plan.intent.operators],
        "people__host_names": _names(plan, (doors | servers)[device.name]),
    }
    if device.name in servers:
        return variables | {"people__recorders": [f"{door}.{domain}" for door in doors]}
    return variables | {
        "bastion__targets": [
            f"[{name}]:{_SSH}" if ":" in name else f"{name}:{_SSH}"
            for server in servers.values()
            for name in _names(plan, server)
        ],
        "bastion__recorded": [f"{name}.{domain}" for name in servers],
    }


def _account(operator: Operator) -> dict[str, str]:
    """What OpenSSH calls an expiry is the first moment that is too late."""
    end = operator.until + timedelta(days=1) if operator.until else None
    return {
        "slug": operator.slug,
        "name": operator.name,
        "level": operator.level,
        "principal": principal(operator),
        "expiry": f"{end:%Y%m%d}" if end else "",
    }


def _names(plan: Plan, server: ServerPlan) -> list[str]:
    """Give what people may call a server, its own name first, and its addresses."""
    domain = plan.intent.province.domain
    names = [name for short in names_of(plan, server) for name in (short, f"{short}.{domain}")]
    address = plan.devices[server.device].management
    return [*names, str(address.ipv4), str(address.ipv6)]
