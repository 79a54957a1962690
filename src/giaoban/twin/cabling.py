"""Plugs the cables: namespaces, veth pairs and the carrier's bridges, only what is missing."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from functools import partial

from giaoban.commands import run
from giaoban.twin import carrier, names, namespaces
from giaoban.twin.topology import Cable, LinkEnd, Topology


def cable_up(topology: Topology) -> None:
    """Make what is missing of a topology's namespaces and links; what is there is set again."""
    _make_namespaces(topology)
    present = namespaces.ask_all(dict.fromkeys(topology.namespaces, namespaces.interfaces))
    missing = [cable for cable in topology.cables if cable.a.name not in present[cable.a.namespace]]
    namespaces.configure(None, "ip", [veth_line(cable) for cable in missing])
    ends: dict[str, list[str]] = defaultdict(list)
    for cable in topology.cables:
        for end in (cable.a, cable.z):
            ends[end.namespace].append(end.name)
    namespaces.ask_all(
        {namespace: partial(namespaces.offloads_off, found) for namespace, found in ends.items()}
    )
    oob = names.namespace(topology.twin, names.OOB)
    _light_bench(oob, ends[oob])
    light_circuits(topology)


def _light_bench(oob: str, links: list[str]) -> None:
    # Otherwise a node cannot be reached for a second or two after it came up.
    namespaces.ask(oob, partial(namespaces.no_duplicate_detection, links))
    namespaces.configure(oob, "ip", ["link set lo up", *(f"link set {link} up" for link in links)])


def _make_namespaces(topology: Topology) -> None:
    found = namespaces.found(names.namespace_prefix(topology.twin))
    broken = [name for name in found if not namespaces.usable(name)]
    namespaces.remove(broken)
    there = found - set(broken)
    namespaces.make(name for name in topology.namespaces if name not in there)


def veth_line(cable: Cable) -> str:
    """Give the `ip` line of a veth pair, made straight between its two namespaces. Pure."""
    return (
        f"link add {_end(cable.a)} mtu {cable.mtu} type veth peer {_end(cable.z)} mtu {cable.mtu}"
    )


def _end(end: LinkEnd) -> str:
    address = f" address {end.mac}" if end.mac else ""
    return f"name {end.name} netns {end.namespace}{address}"


def bridge_aliases(namespace: str) -> dict[str, str]:
    """Give each bridge of a namespace with its alias."""
    text = run(["ip", "-n", namespace, "-json", "link", "show", "type", "bridge"])
    return {bridge["ifname"]: bridge.get("ifalias", "") for bridge in json.loads(text or "[]")}


def light_circuits(topology: Topology) -> None:
    """Connect and shape the circuits whose two ends exist."""
    namespace = names.namespace(topology.twin, names.CARRIER)
    aliases = bridge_aliases(namespace)
    lit = {circuit.bridge for circuit in topology.circuits.values() if circuit.lit}
    dark = sorted(aliases.keys() - lit)  # an end of it left the plan
    namespaces.configure(namespace, "ip", [f"link del {bridge}" for bridge in dark])
    waiting = carrier.unfinished(topology.circuits.values(), aliases)
    namespaces.configure(namespace, "ip", carrier.bridge_lines(waiting, set(aliases)))
    shapes: Iterable[str] = [
        line for circuit in waiting for line in carrier.shape_lines(circuit, circuit.rate)
    ]
    namespaces.configure(namespace, "tc", list(shapes))
    namespaces.configure(namespace, "ip", carrier.finish_lines(waiting))
