"""Variables of the roles `backup` and `backup_server`: what is copied, where to, and how often."""

from __future__ import annotations

from typing import Any

from giaoban.plan.model import Device
from giaoban.plan.services import BACKUP, backed_up, members
from giaoban.plan.variables.view import Networks


def backup_variables(networks: Networks, device: Device) -> dict[str, Any]:
    """Give a server that is copied where to and how often, and one that keeps copies whose."""
    plan = networks.plan
    stores = [server.device for server in members(plan, BACKUP)]
    if not stores:
        return {}
    domain = plan.intent.province.domain
    classes = {server.device: server.server.backup for server in backed_up(plan)}
    variables: dict[str, Any] = {}
    if device.name in classes:
        variables |= {
            "backup__class": classes[device.name],
            "backup__stores": [f"https://{store}.{domain}/" for store in stores],
        }
    if device.name in stores:
        variables |= {"backup_server__domain": domain, "backup_server__classes": classes}
    return variables
