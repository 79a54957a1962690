"""The kernel's answers: interfaces, routes, echoes and bursts."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from giaoban.verify.answers import Answers, Train, once, reading

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
        entries = answers.json(device, ADDRESSES)
        found = {entry["ifname"]: _interface(entry) for entry in entries if entry}
        if not found:
            raise ValueError("a box without an interface")
        return found


def _interface(entry: dict[str, Any]) -> Interface:
    flags = entry["flags"]
    link = entry.get("linkinfo", {})
    addresses = [one for one in entry["addr_info"] if "local" in one]
    return Interface(
        name=entry["ifname"],
        enabled="UP" in flags,
        carrier="LOWER_UP" in flags and "NO-CARRIER" not in flags,
        mtu=int(entry["mtu"]),
        addresses=frozenset(f"{one['local']}/{one['prefixlen']}" for one in addresses),
        dynamic=frozenset(one["local"] for one in addresses if one.get("dynamic")),
        kind=link.get("info_kind", ""),
        vlan=link.get("info_data", {}).get("id") if link.get("info_kind") == "vlan" else None,
    )


@once
def default_devices(answers: Answers, device: str, family: str) -> list[str]:
    """Read the interfaces of the kernel's default route; empty where there is none."""
    command = DEFAULT_ROUTE[family]
    with reading(device, command):
        return [
            hop["dev"]
            for route in _list(answers.json(device, command))
            if route["dst"] == "default" and route.get("type", "unicast") == "unicast"
            for hop in route.get("nexthops", [route])
        ]


@once
def destinations(answers: Answers, device: str, family: str) -> frozenset[str]:
    """Read the destinations the kernel forwards to."""
    command = ROUTES[family]
    with reading(device, command):
        routes = _list(answers.json(device, command))
        return frozenset(
            str(route["dst"]) for route in routes if route.get("type", "unicast") == "unicast"
        )


def _list(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list):
        raise TypeError("not a list")
    return value


@once
def echoes(answers: Answers, device: str, command: str) -> dict[str, Train]:
    """Read `measure loss` and `measure mtu`: one line an address."""
    with reading(device, command):
        lines = [line for line in answers.text(device, command).splitlines() if line.strip()]
        return dict(_echo(line) for line in lines)


def _echo(line: str) -> tuple[str, Train]:
    address, _, said = line.strip().partition(" ")
    return address, train(said)


def train(said: str) -> Train:
    """Read ping's closing lines.

    Raises:
        ValueError: there is no summary in them.

    """
    summary = _SUMMARY.search(said)
    if summary is None:
        message = "ping gave no summary"
        raise ValueError(message)
    times = _TIMES.search(said)
    sent, received = int(summary[1]), int(summary[2])
    if received > sent or (received and times is None):
        message = "more echoes came back than were sent, or without their times"
        raise ValueError(message)
    return Train(sent, received, float(times[2]) if times else None)


def fping(text: str, count: int) -> dict[str, Train]:
    """Read `fping -q -C count`: an address, a colon, and a time or `-` for each echo."""
    trains: dict[str, Train] = {}
    for line in text.splitlines():
        address, colon, times = line.partition(" : ")
        words = times.split()
        if (
            not colon
            or len(words) != count
            or not all(re.fullmatch(r"-|\d+(\.\d+)?", one) for one in words)
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
    """

    sent: int
    received: int
    seconds: float
    received_bytes: int
    waited_ms: float = 0.0

    @property
    def rate(self) -> float:
        """Bits per second at layer 2 that came in while the burst lasted."""
        return self.received_bytes * 8 / self.seconds


@once
def burst(answers: Answers, device: str, command: str) -> Burst:
    """Read `measure rate`."""
    with reading(device, command):
        said = json.loads(answers.text(device, command))
        before, after, text = said["before"], said["after"], said["echoes"]
        echoes_back, duration = train(text), _DURATION.search(text)
        if duration is None:
            raise ValueError("no duration")
        received_bytes = int(after["rx"]) - int(before["rx"])
        seconds = max(int(duration[1]) / 1000, 0.001)
        if received_bytes < 0 or int(after["ns"]) <= int(before["ns"]):
            raise ValueError("counters ran backwards")
        times = _TIMES.search(text)
        waited = float(times[2]) - float(times[1]) if times else 0.0
        return Burst(echoes_back.sent, echoes_back.received, seconds, received_bytes, waited)
