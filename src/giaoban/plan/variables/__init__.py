"""The variables of every device, one module a role: what the role's templates read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from giaoban.plan.addressing import Addressing
from giaoban.plan.meetings import MEETING, MEETING_VOTE
from giaoban.plan.model import Device, Plan
from giaoban.plan.services import DATABASE, DIRECTORY, DNS, VOTE
from giaoban.plan.variables.backup import backup_variables
from giaoban.plan.variables.base import base_variables
from giaoban.plan.variables.commit import commit_variables
from giaoban.plan.variables.database import database_variables, vote_variables
from giaoban.plan.variables.department_site import department_site_variables
from giaoban.plan.variables.dhcp_server import dhcp_server_variables
from giaoban.plan.variables.directory import directory_variables
from giaoban.plan.variables.dns import dns_variables
from giaoban.plan.variables.lan_switch import lan_switch_variables
from giaoban.plan.variables.log import log_variables
from giaoban.plan.variables.meeting_server import (
    meeting_server_variables,
    meeting_state_variables,
)
from giaoban.plan.variables.monitoring import monitoring_variables
from giaoban.plan.variables.people import people_variables
from giaoban.plan.variables.pki import pki_variables
from giaoban.plan.variables.qos import qos_variables
from giaoban.plan.variables.slots import slot_variables
from giaoban.plan.variables.software import software_variables
from giaoban.plan.variables.view import Networks
from giaoban.plan.variables.wan_router import wan_router_variables
from giaoban.plan.variables.web_front import web_front_variables
from giaoban.plan.variables.zone_firewall import zone_firewall_variables

__all__ = ["device_variables"]

Variables = Callable[[Networks, Device], dict[str, Any]]

_ROUTERS: Final[tuple[Variables, ...]] = (
    wan_router_variables,
    qos_variables,
    zone_firewall_variables,
    dhcp_server_variables,
)
_SERVERS: Final[tuple[Variables, ...]] = (
    software_variables,
    pki_variables,
    backup_variables,
    slot_variables,
    web_front_variables,
    department_site_variables,
    monitoring_variables,
    people_variables,
)
_GROUPS: Final[dict[str, Variables]] = {
    DNS: dns_variables,
    DIRECTORY: directory_variables,
    VOTE: vote_variables,
    DATABASE: database_variables,
    MEETING: meeting_server_variables,
    MEETING_VOTE: meeting_state_variables,
}


def device_variables(plan: Plan, addressing: Addressing) -> dict[str, dict[str, Any]]:
    """Give each configured device the variables of all its roles, as plain JSON values."""
    networks = Networks(plan, addressing)
    variables: dict[str, dict[str, Any]] = {}
    for device in plan.devices.values():
        if device.owner != "us" or device.role == "workstation":
            continue
        own = base_variables(networks, device) | commit_variables(networks, device)
        for more in _of(device):
            own |= more(networks, device)
        variables[device.name] = own
    interfaces = {name: own["base__interfaces"] for name, own in variables.items()}
    for name in variables:
        variables[name] |= log_variables(networks, plan.devices[name], interfaces)
    return variables


def _of(device: Device) -> Iterable[Variables]:
    """Give what computes the variables of a device besides those of every box."""
    if device.role == "router":
        return _ROUTERS
    if device.platform == "ovs":
        return (lan_switch_variables,)
    if device.role == "server":
        served = (found for group, found in _GROUPS.items() if group in device.groups)
        return (*_SERVERS, *served)
    return ()
