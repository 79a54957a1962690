"""The kernel's answers: interfaces, routes, echoes and bursts."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

from giaoban.verify.answers import Answers, Train, once, reading
from giaoban.verify.parse.values import entries, whole, word

ADDRESSES = "ip -j -d address"
DEFAULT_ROUTE = {
    "ipv4": "ip -j -4 route show default",
    "ipv6": "ip -j -6 route show default",
}
ROUTES = {"ipv4": "ip -j -4 route", "ipv6": "ip -j -6 route"}

# The whole line: what is cut off before its end is no summary.
_SUMMARY = re.compile(
    r"(\d+) packets transmitted, (\d+) received(?:, \+?\s*\d+ \w+)*,"
    r" [\d.]+% packet loss, time \d+ms"
)
MTU_ECHOES = 4  # what `measure mtu` sends to each address
MOST_ECHOES = 9999  # what one question may order
_TIMES = re.compile(r"rtt min/avg/max/mdev = ([\d.]+)/([\d.]+)/")
_DURATION = re.compile(r"time (\d+)ms")


@dataclass(frozen=True, slots=True)
class Interface:
    """An interface as the kernel has it; `vlan` its 8021q tag, `kind` its driver."""

    name: str
    enabled: bool
    carrier: bool
    mtu: int
    addresses: frozenset[str]
    dynamic: frozenset[str]
    kind: str
    vlan: int | None


@once
def interfaces(answers: Answers, device: str) -> dict[str, Interface]:
    """Read the interfaces of a box."""
    with reading(device, ADDRESSES):
        rows = entries(answers.json(device, ADDRESSES))
        found = {word(row["ifname"]): _interface(row) for row in rows if row}
        if not found:
            raise ValueError("a box without an interface")
        return found


def _interface(entry: dict[str, Any]) -> Interface:
    flags = [word(flag) for flag in entry["flags"]]
    link = entry.get("linkinfo", {})
    addresses = [one for one in entries(entry["addr_info"]) if "local" in one]
    vlan = link.get("info_kind") == "vlan" and link.get("info_data", {}).get("id")
    return Interface(
        name=word(entry["ifname"]),
        enabled="UP" in flags,
        carrier="LOWER_UP" in flags and "NO-CARRIER" not in flags,
        mtu=whole(entry["mtu"]),
        addresses=frozenset(f"{word(one['local'])}/{whole(one['prefixlen'])}" for one in addresses),
        dynamic=frozenset(word(one["local"]) for one in addresses if one.get("dynamic")),
        kind=word(link.get("info_kind", "")),
        vlan=whole(vlan) if vlan else None,
    )


@once
def default_devices(answers: Answers, device: str, family: str) -> list[str]:
    """Read the interfaces of the kernel's default route; empty where there is none."""
    command = DEFAULT_ROUTE[family]
    with reading(device, command):
        return [
            word(hop["dev"])
            for route in entries(answers.json(device, command))
            if route["dst"] == "default" and route.get("type", "unicast") == "unicast"
            for hop in entries(route.get("nexthops", [route]))
        ]


@once
def destinations(answers: Answers, device: str, family: str) -> frozenset[str]:
    """Read the destinations the kernel forwards to."""
    command = ROUTES[family]
    with reading(device, command):
        routes = entries(answers.json(device, command))
        return frozenset(
            word(route["dst"]) for route in routes if route.get("type", "unicast") == "unicast"
        )


@once
def echoes(answers: Answers, device: str, command: str) -> dict[str, Train]:
    """Read `measure loss` and `measure mtu`: one line an address."""
    _, kind, number, *_ = command.split()
    most = int(number) if kind == "loss" else MTU_ECHOES
    with reading(device, command):
        lines = [line for line in answers.text(device, command).splitlines() if line.strip()]
        return dict(_echo(line, most) for line in lines)


def _echo(line: str, most: int) -> tuple[str, Train]:
    address, _, said = line.strip().partition(" ")
    return address, train(said, most)


def train(said: str, most: int = MOST_ECHOES) -> Train:
    """Read ping's closing lines; `most` is how many echoes were ordered.

    Raises:
        ValueError: there is no summary in them, or one that cannot be.

    """
    summary = _SUMMARY.search(said)
    if summary is None:
        message = "ping gave no summary"
        raise ValueError(message)
    times = _TIMES.search(said)
    sent, received = int(summary[1]), int(summary[2])
    if not received <= sent <= most or (received and times is None):
        message = "more echoes than were sent or ordered, or without their times"
        raise ValueError(message)
    return Train(sent, received, _milliseconds(times[2]) if times else None)


def _milliseconds(said: str) -> float:
    value = float(said)
    if not math.isfinite(value):
        raise ValueError("not a time")
    return value


def fping(text: str, count: int) -> dict[str, Train]:
    """Read `fping -q -C count`: an address, a colon, and a time or `-` for each echo."""
    trains: dict[str, Train] = {}
    for line in text.splitlines():
        address, colon, times = line.partition(" : ")
        words = times.split()
        if (
            not colon
            or len(words) != count
            or not all(re.fullmatch(r"-|\d{1,6}(\.\d{1,6})?", one) for one in words)
        ):
            continue
        came = [float(one) for one in words if one != "-"]
        mean = sum(came) / len(came) if came else None
        trains[address.strip()] = Train(len(words), len(came), mean)
    return trains


@dataclass(frozen=True, slots=True)
class Burst:
    """A burst of echoes: what came back, in seconds, and what crossed the interface (bytes).

    `waited_ms` is how much longer the mean echo took than the fastest: time spent in queues.
    `held` is how often our own shaper held a packet back, for each packet it sent.
    """

    sent: int
    received: int
    seconds: float
    received_bytes: int
    waited_ms: float = 0.0
    held: float = 0.0

    @property
    def rate(self) -> float:
        """Bits per second at layer 2 that came in while the burst lasted."""
        return self.received_bytes * 8 / self.seconds


@once
def burst(answers: Answers, device: str, command: str) -> Burst:
    """Read `measure rate`."""
    with reading(device, command):
        said = answers.json(device, command)
        before, after, text = said["before"], said["after"], said["echoes"]
        echoes_back, duration = train(text), _DURATION.search(text)
        if duration is None:
            raise ValueError("no duration")
        received_bytes = whole(after["rx"]) - whole(before["rx"])
        seconds = max(int(duration[1]) / 1000, 0.001)
        if received_bytes < 0 or whole(after["ns"]) <= whole(before["ns"]):
            raise ValueError("counters ran backwards")
        times = _TIMES.search(text)
        waited = _milliseconds(times[2]) - _milliseconds(times[1]) if times else 0.0
        sent, received = echoes_back.sent, echoes_back.received
        held = _held(said.get("shaper", []))
        return Burst(sent, received, seconds, received_bytes, waited, held)


def _held(shown: list[Any]) -> float:
    """Read the root queue before and after: the times it held back for each packet it sent."""
    roots = [row for rows in shown for row in entries(rows) if row.get("kind") == "htb"]
    if len(roots) != len(("before", "after")):
        return 0.0
    held, sent = (
        whole(roots[1][name]) - whole(roots[0][name]) for name in ("overlimits", "packets")
    )
    return held / sent if sent > 0 else 0.0
