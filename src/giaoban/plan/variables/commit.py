"""Variables of the role `commit`: the order of activation and what two boxes must agree on."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import Any

from giaoban.plan.model import CircuitPlan, Device
from giaoban.plan.variables.view import Networks


def commit_variables(networks: Networks, device: Device) -> dict[str, Any]:
    """Give the box's rank, and of each link with two configured ends a digest and the far box."""
    ends = [
        end
        for end in networks.circuit_ends[device.name]
        if networks.plan.devices[end.far_device].owner == "us"
    ]
    digests = {end.circuit.name: _circuit_digest(networks, end.circuit) for end in ends}
    far_ends = {end.circuit.name: end.far_device for end in ends}
    link = networks.plan.core_link
    for near, far in ((link.a, link.z), (link.z, link.a)):
        if near.device == device.name:
            digests["core"] = _digest(asdict(link))
            far_ends["core"] = far.device
    return {
        "commit__rank": device.rank,
        "commit__shared_links": digests,
        "commit__far_ends": far_ends,
    }


def _circuit_digest(networks: Networks, circuit: CircuitPlan) -> str:
    """Digest what both ends must agree on; carrier, reference and rate bind neither end."""
    session = networks.session_of(circuit)
    return _digest(
        {
            "addresses": [asdict(circuit.lower_address), asdict(circuit.upper_address)],
            "mtu": circuit.mtu,
            "bfd_ms": circuit.bfd_ms,
            "key": circuit.key,
            "session": asdict(session) if session else None,
        }
    )


def _digest(value: dict[str, Any]) -> str:
    text = json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
