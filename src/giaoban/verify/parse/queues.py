"""Queues of the kernel as `show queues` gives them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from giaoban.verify.answers import Answers, once, reading
from giaoban.verify.parse.values import entries, whole

QUEUES = "show queues"
QUEUES_AFTER = "show queues after"


@dataclass(frozen=True, slots=True)
class QueueClass:
    """An htb class: rate and ceiling in bits per second, packets sent and dropped so far."""

    minor: int
    rate: int
    ceiling: int
    packets: int
    drops: int


@once
def queues(
    answers: Answers, device: str, command: str = QUEUES
) -> dict[str, dict[int, QueueClass]]:
    """Read the classes of every shaped interface, by minor number (the shaper itself is 1)."""
    with reading(device, command):
        said = answers.json(device, command)
        return {name: _classes(entries(shaped["classes"])) for name, shaped in said.items()}


def _classes(rows: list[dict[str, Any]]) -> dict[int, QueueClass]:
    classes = [_class(entry) for entry in rows if entry["class"] == "htb"]
    return {one.minor: one for one in classes}


def _class(entry: dict[str, Any]) -> QueueClass:
    stats = entry["stats"]
    return QueueClass(
        minor=int(entry["handle"].partition(":")[2], 16),
        rate=whole(entry["rate"]) * 8,
        ceiling=whole(entry["ceil"]) * 8,
        packets=whole(stats["packets"]),
        drops=whole(stats["drops"]),
    )
