"""Variables of the role `directory`: its servers, and the agencies that are known there."""

from __future__ import annotations

from typing import Any

from giaoban.plan.model import Device
from giaoban.plan.services import DIRECTORY, members
from giaoban.plan.variables.view import Networks


def directory_variables(networks: Networks, device: Device) -> dict[str, Any]:
    """Give a directory server its number, its peers, and every agency from province to commune.

    A closed one stays known: people who worked there refer to it.
    """
    plan = networks.plan
    numbers = {server.device: server.server.number for server in members(plan, DIRECTORY)}
    return {
        "directory__domain": plan.intent.province.domain,
        "directory__province": plan.intent.province.name,
        "directory__number": numbers[device.name],
        "directory__others": [
            {"device": other, "number": number}
            for other, number in numbers.items()
            if other != device.name
        ],
        "directory__units": [
            {
                "slug": site.slug,
                "name": site.name,
                "tier": site.tier,
                "parent": site.parent,
                "retired": site.retired,
            }
            for site in plan.intent.sites
        ],
    }
