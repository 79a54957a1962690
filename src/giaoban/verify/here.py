"""What a laptop at a site sees when the WAN is dead: its address, the gateway, the router."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Interface
from pathlib import Path

from giaoban.plan.model import CircuitPlan, Plan, SitePlan, ZoneSegment
from giaoban.printable import whole
from giaoban.provision.reach import Reach
from giaoban.verify.answers import Train
from giaoban.verify.messages import text
from giaoban.verify.model import State, Text
from giaoban.verify.parse.linux import train

Run = Callable[[Sequence[str]], str]
ECHOES = 20


@dataclass(frozen=True, slots=True)
class Sight:
    """One thing seen from here."""

    state: State
    text: Text


def run(arguments: Sequence[str]) -> str:
    """Run a command of this laptop; the empty string where it is missing or takes too long."""
    if shutil.which(arguments[0]) is None:
        return ""
    try:
        done = subprocess.run(arguments, capture_output=True, text=True, timeout=30, check=False)
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout


def own_addresses(said: str) -> list[IPv4Interface]:
    """Read the laptop's IPv4 addresses from `ip -j address`; none where it is no answer."""
    try:
        return [
            IPv4Interface(f"{one['local']}/{one['prefixlen']}")
            for entry in json.loads(said)
            for one in entry.get("addr_info", [])
            if one.get("family") == "inet"
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        return []


def segment_of(
    site: SitePlan, addresses: Iterable[IPv4Interface]
) -> tuple[ZoneSegment, str] | None:
    """Find the zone of a site that one of the addresses lies in."""
    for address in addresses:
        for segment in site.segments:
            if address.ip in segment.networks.ipv4:
                return segment, str(address.ip)
    return None


def look(plan: Plan, reach: Reach, slug: str, execute: Run = run) -> list[Sight]:
    """Look from here: own address, gateway, the router's circuits. Stops where nothing follows."""
    site = plan.sites[slug]
    place = segment_of(site, own_addresses(execute(["ip", "-j", "address"])))
    if place is None:
        return [_sight(State.FAIL, "here.no-address", site=site.site.name)]
    segment, address = place
    gateway = str(segment.gateway.ipv4.ip)
    sights = [_sight(State.PASS, "here.address", address=address, zone=segment.zone)]
    heard = _ping(execute, gateway)
    if heard is None or not heard.received:
        return [*sights, _sight(State.FAIL, "here.gateway-silent", gateway=gateway)]
    sights.append(_sight(State.PASS, "here.gateway", gateway=gateway))
    circuits = [circuit for circuit in plan.circuits.values() if circuit.site == slug]
    return sights + _router(plan, reach, circuits, gateway, execute)


def _router(
    plan: Plan, reach: Reach, circuits: list[CircuitPlan], gateway: str, execute: Run
) -> list[Sight]:
    sights: list[Sight] = []
    for circuit in circuits:
        far = str(circuit.upper_address.ipv4.ip)
        said = execute(_ssh(reach, circuit.lower.device, gateway, f"measure loss {ECHOES} {far}"))
        if not said.strip():
            return [*sights, _sight(State.UNKNOWN, "here.no-login")]
        sights.append(_circuit(plan, circuit, said))
    return sights


def _circuit(plan: Plan, circuit: CircuitPlan, said: str) -> Sight:
    try:
        heard = train(said)
    except ValueError:
        return _sight(State.UNKNOWN, "here.circuit-unread", circuit=circuit.name)
    if heard.received:
        return _sight(State.PASS, "here.circuit-alive", circuit=circuit.name)
    carrier = next(one for one in plan.intent.carriers if one.slug == circuit.carrier)
    return _sight(
        State.FAIL,
        "here.circuit-silent",
        circuit=circuit.name,
        carrier=carrier.name,
        phone=whole(carrier.phone),
        reference=circuit.reference,
    )


def _ping(execute: Run, address: str) -> Train | None:
    try:
        return train(execute(["ping", "-n", "-q", "-c", "3", "-i", "0.3", "-W", "1", address]))
    except ValueError:
        return None


def _ssh(reach: Reach, device: str, gateway: str, command: str) -> list[str]:
    key: Path = reach.key_file("observer")
    return [
        "ssh",
        f"-oHostKeyAlias={device}",
        f"-oUserKnownHostsFile={reach.known_hosts}",
        "-oStrictHostKeyChecking=yes",
        "-oIdentitiesOnly=yes",
        "-oBatchMode=yes",
        "-oConnectTimeout=4",
        "-oLogLevel=ERROR",
        f"-i{key}",
        f"observer@{gateway}",
        command,
    ]


def _sight(state: State, key: str, **figures: str) -> Sight:
    return Sight(state, text(key, figures))
