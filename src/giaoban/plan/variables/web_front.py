"""Variables of the role `web_front`: which names lead to which slot's server, and for whom."""

from __future__ import annotations

from typing import Any

from giaoban.plan.model import Device, Plan, SlotPlan
from giaoban.plan.services import WEB, members
from giaoban.plan.variables.pki import CHALLENGES
from giaoban.plan.variables.view import Networks


def web_front_variables(networks: Networks, device: Device) -> dict[str, Any]:
    """Give a web server the slots that it lets people in to."""
    plan = networks.plan
    if WEB not in device.groups:
        return {}
    province, noc = plan.intent.province, plan.intent.network.noc
    others = (server for server in members(plan, WEB) if server.device != device.name)
    return {
        "web_front__name": f"{device.name}.{province.domain}",
        "web_front__challenges": CHALLENGES,
        "web_front__others": [str(server.address.ipv4.ip) for server in others],
        "web_front__inside": [str(province.blocks.ipv4), str(province.blocks.ipv6)],
        "web_front__desk": {"name": noc.name, "phone": noc.phone},
        "web_front__slots": [_slot(plan, planned) for planned in plan.slots.values()],
    }


def _slot(plan: Plan, planned: SlotPlan) -> dict[str, Any]:
    slot, address = planned.slot, planned.server.address
    return {
        "name": slot.name,
        "title": slot.title,
        "owner": plan.sites[slot.owner].site.name,
        "host": planned.name,
        "public": slot.public,
        "server": f"{planned.server.device}.{plan.intent.province.domain}",
        "addresses": [str(address.ipv4.ip), f"[{address.ipv6.ip}]"],
    }
