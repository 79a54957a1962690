"""The variables of every device, one module a role: what the role's templates read."""

from __future__ import annotations

from typing import Any

from giaoban.plan.addressing import Addressing
from giaoban.plan.model import Plan
from giaoban.plan.services import DNS
from giaoban.plan.variables.backup import backup_variables
from giaoban.plan.variables.base import base_variables
from giaoban.plan.variables.commit import commit_variables
from giaoban.plan.variables.dhcp_server import dhcp_server_variables
from giaoban.plan.variables.dns import dns_variables
from giaoban.plan.variables.lan_switch import lan_switch_variables
from giaoban.plan.variables.people import people_variables
from giaoban.plan.variables.pki import pki_variables
from giaoban.plan.variables.qos import qos_variables
from giaoban.plan.variables.software import software_variables
from giaoban.plan.variables.view import Networks
from giaoban.plan.variables.wan_router import wan_router_variables
from giaoban.plan.variables.zone_firewall import zone_firewall_variables

__all__ = ["device_variables"]


def device_variables(plan: Plan, addressing: Addressing) -> dict[str, dict[str, Any]]:
    """Give each configured device the variables of all its roles, as plain JSON values."""
    networks = Networks(plan, addressing)
    variables: dict[str, dict[str, Any]] = {}
    for device in plan.devices.values():
        if device.owner != "us" or device.role == "workstation":
            continue
        own = base_variables(networks, device) | commit_variables(networks, device)
        if device.role == "router":
            own |= wan_router_variables(networks, device)
            own |= qos_variables(networks, device)
            own |= zone_firewall_variables(networks, device)
            own |= dhcp_server_variables(networks, device)
        elif device.platform == "ovs":
            own |= lan_switch_variables(networks, device)
        elif device.role == "server":
            own |= software_variables(networks, device)
            own |= pki_variables(networks, device)
            own |= backup_variables(networks, device)
            own |= people_variables(networks, device)
            if DNS in device.groups:
                own |= dns_variables(networks, device)
        variables[device.name] = own
    return variables
