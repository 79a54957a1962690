"""Variables of the role `department_site`: whose site it is, and where it finds what it shows."""

from __future__ import annotations

from typing import Any

from giaoban.plan.model import Device
from giaoban.plan.services import DATABASE, WEB, members
from giaoban.plan.variables.view import Networks

APPLICATION = "department-site"


def department_site_variables(networks: Networks, device: Device) -> dict[str, Any]:
    """Give a department's site its name, its database, and who lets people in to it."""
    plan = networks.plan
    planned = plan.slots.get(device.name)
    if planned is None or planned.slot.application != APPLICATION:
        return {}
    domain, slot, noc = plan.intent.province.domain, planned.slot, plan.intent.network.noc
    return {
        "department_site__title": slot.title,
        "department_site__owner": plan.sites[slot.owner].site.name,
        "department_site__desk": {"name": noc.name, "phone": noc.phone},
        "department_site__timezone": plan.intent.province.timezone,
        "department_site__fronts": [f"{one.device}.{domain}" for one in members(plan, WEB)],
        "department_site__database": {
            "name": slot.name,
            "hosts": [f"{one.device}.{domain}" for one in members(plan, DATABASE)],
        },
    }
