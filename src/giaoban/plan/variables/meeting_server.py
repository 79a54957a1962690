"""Variables of the roles `meeting_server` and `meeting_state`: media servers, what some share."""

from __future__ import annotations

from typing import Any, Final

from giaoban.plan.meetings import MEETING, MEETING_VOTE, TURN_PORTS, turn_name
from giaoban.plan.model import Device, Plan, ServerPlan
from giaoban.plan.services import METRICS_MEETING, MONITORING, members
from giaoban.plan.variables.view import Networks

# Servers of the data centre share their rooms, a district's has rooms of its own.
_SHARED_KEY: Final = "meeting/province"
# The ports that intent's services say.
_PORTS: Final = {
    "meeting_server__media_udp": "media-udp",
    "meeting_server__media_tcp": "media-tcp",
    "meeting_server__figures_tls_port": METRICS_MEETING,
}


def meeting_server_variables(networks: Networks, device: Device) -> dict[str, Any]:
    """Give a media server its names, its addresses and the ports of its media."""
    plan = networks.plan
    domain = plan.intent.province.domain
    ports = {one.name: one.ports[0] for one in plan.intent.services if one.ports}
    known = {variable: ports[name] for variable, name in _PORTS.items() if name in ports}
    readers = members(plan, MONITORING)
    in_centre = device.site == networks.data_centre.site.slug
    return {
        "meeting_server__name": f"{device.name}.{domain}",
        "meeting_server__turn_name": f"{turn_name(device.name)}.{domain}",
        "meeting_server__addresses": {
            "ipv4": str(device.management.ipv4),
            "ipv6": str(device.management.ipv6),
        },
        "meeting_server__key": _SHARED_KEY if in_centre else f"meeting/{device.name}",
        "meeting_server__shares_rooms": MEETING_VOTE in device.groups,
        "meeting_server__turn_ports": list(TURN_PORTS),
        "meeting_server__figures_readers": [f"{reader.device}.{domain}" for reader in readers],
    } | known


def meeting_state_variables(networks: Networks, device: Device) -> dict[str, Any]:
    """Give who remembers together, and who votes on it: the same to each."""
    del device
    plan = networks.plan
    return {
        "meeting_state__domain": plan.intent.province.domain,
        "meeting_state__servers": [
            {"name": server.device, "address": str(server.address.ipv4.ip)}
            for server in sharing(plan)
        ],
        "meeting_state__votes": [server.device for server in members(plan, MEETING_VOTE)],
    }


def sharing(plan: Plan) -> list[ServerPlan]:
    """Give the media servers that share their rooms: those that vote on what they remember."""
    return [one for one in members(plan, MEETING) if MEETING_VOTE in one.server.groups]
