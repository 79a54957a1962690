"""Variables of the role `log`, and whom every box tells what it has to say."""

from __future__ import annotations

from typing import Any

from giaoban.plan.model import Device, Plan
from giaoban.plan.services import LOG, PKI, members
from giaoban.plan.variables.view import Networks


def log_servers(plan: Plan) -> list[dict[str, str]]:
    """Give the log servers by the names of their certificates, and their addresses.

    Without a CA there are none: a box sends nothing to whom it cannot tell from another.
    """
    if not any(members(plan, PKI)):
        return []
    domain = plan.intent.province.domain
    return [
        {
            "name": f"{server.device}.{domain}",
            "address": str(plan.devices[server.device].management.ipv4),
        }
        for server in members(plan, LOG)
    ]


def log_variables(
    networks: Networks, device: Device, interfaces: dict[str, list[dict[str, Any]]]
) -> dict[str, Any]:
    """Give a log server whose each address is: a line is filed by where it comes from.

    Args:
        networks: the plan.
        device: a server.
        interfaces: of every configured device, as the role `base` gets them. A core speaks to its
            own data centre from its address there, every other router from its loopback.

    """
    if LOG not in device.groups:
        return {}
    addresses = {
        address.partition("/")[0]: name
        for name, own in interfaces.items()
        for interface in own
        for address in interface["addresses"]
    }
    return {"log__devices": addresses, "log__timezone": networks.plan.intent.province.timezone}
