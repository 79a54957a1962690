"""What slots ask of servers that are not their own: their databases."""

from __future__ import annotations

from typing import Any

from giaoban.plan.model import Device
from giaoban.plan.services import DATABASE, slot_databases
from giaoban.plan.variables.view import Networks


def slot_variables(networks: Networks, device: Device) -> dict[str, Any]:
    """Give a database server the databases that slots have there."""
    if DATABASE not in device.groups:
        return {}
    return {"database__databases": [{"name": name} for name in slot_databases(networks.plan)]}
