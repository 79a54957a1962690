"""Variables of the role `qos`: a shaper on every circuit, and what is marked at the LAN edge."""

from __future__ import annotations

from typing import Any

from giaoban.intent.model import CENTRE
from giaoban.plan.model import Device
from giaoban.plan.variables.view import Networks

SHAPED_PERCENT = (
    95  # of the committed rate at layer 2: the queue then stands here, not in the carrier
)

# Marks a zone's hosts may set themselves, and the mark everything else of the zone gets.
_TRUSTED = {"video": ("ef", "af41", "cs5"), "meeting": ("ef", "af41", "cs5")}
_ASSIGNED = {
    "management": "cs2",
    "noc": "cs2",
    "internal": "af21",
    "database": "af21",
    "dmz": "af21",
    CENTRE: "af21",  # what the matrix lets in are official applications
}
DEFAULT_MARK = "cs0"
OFFICIAL_MARK = "af21"


def qos_variables(networks: Networks, device: Device) -> dict[str, Any]:
    """Give each circuit's classes in bits per second, and the marks of each zone."""
    prefixes, centre = networks.data_centre.prefixes, networks.plan.centre
    official = (prefixes.ipv4, prefixes.ipv6, *centre.prefixes_ipv4, *centre.prefixes_ipv6)
    noc = networks.data_centre.segment("noc").networks
    return {
        "qos__interfaces": [
            _shaper(networks, end.port, end.circuit.rate)
            for end in networks.circuit_ends[device.name]
        ],
        "qos__zones": _marks(networks, device),
        "qos__official_prefixes": [str(prefix) for prefix in official],
        "qos__noc": [str(noc.ipv4), str(noc.ipv6)],
    }


def _shaper(networks: Networks, name: str, rate: int) -> dict[str, Any]:
    shaped = rate * SHAPED_PERCENT // 100
    return {
        "name": name,
        "rate": shaped,
        "classes": [
            {
                "name": queue.name,
                "minor": (position + 1) * 10,
                "dscp": list(queue.dscp),
                "rate": max(shaped * queue.guaranteed_percent // 100, 8000),
                "ceiling": shaped * queue.ceiling_percent // 100,
                "priority": queue.priority,
                "default": DEFAULT_MARK in queue.dscp,
            }
            for position, queue in enumerate(networks.plan.intent.queues)
        ],
    }


def _marks(networks: Networks, device: Device) -> list[dict[str, Any]]:
    if not networks.site(device).routes_zones:
        return []
    edges = [segment.zone for segment in networks.site(device).segments]
    if any(end.circuit.site == CENTRE for end in networks.circuit_ends[device.name]):
        edges.append(CENTRE)
    return [
        {
            "interface": edge,
            "trusted": list(_TRUSTED.get(edge, ())),
            "assigned": _ASSIGNED.get(edge, DEFAULT_MARK),
            "official": OFFICIAL_MARK if edge == "office" else None,
        }
        for edge in edges
    ]
