"""Open vSwitch's answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from giaoban.verify.answers import Answers, once, reading
from giaoban.verify.parse.values import word

PORTS = "ovs-vsctl --format=json list port"


@dataclass(frozen=True, slots=True)
class SwitchPort:
    """A port of a switch: its access VLAN or the VLANs it trunks."""

    name: str
    tag: int | None
    trunks: tuple[int, ...]


@once
def switch_ports(answers: Answers, device: str) -> dict[str, SwitchPort]:
    """Read the ports of a switch."""
    with reading(device, PORTS):
        table = answers.json(device, PORTS)
        headings: list[str] = table["headings"]
        rows = [dict(zip(headings, row, strict=True)) for row in table["data"]]
        if not rows:
            raise ValueError("a switch without a port")
        return {word(row["name"]): _port(row) for row in rows}


def _port(row: dict[str, Any]) -> SwitchPort:
    tags, trunks = _set(row["tag"]), _set(row["trunks"])
    return SwitchPort(word(row["name"]), tags[0] if tags else None, tuple(sorted(trunks)))


def _set(value: Any) -> list[int]:
    """Read OVSDB's notation: a bare value, or ["set", [values]] (RFC 7047 section 5.1)."""
    if isinstance(value, int):
        return [value]
    kind, members = value
    if kind != "set" or not all(isinstance(one, int) for one in members):
        message = "not a set of numbers"
        raise ValueError(message)
    return list(members)
