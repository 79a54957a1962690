"""The carrier's namespace: a bridge for each circuit, shaped to its rate. Pure: lines for ip, tc.

A circuit's completeness is written on its bridge as an alias, last of all, so that a run that was
killed is taken up where it stopped.
"""

from __future__ import annotations

from collections.abc import Iterable

from giaoban.twin.topology import CarrierCircuit

_QUEUE_MS = 50  # what the carrier's box holds before it drops
_MOST_HEADER = 18  # Ethernet with a VLAN tag
_LEAST_BURST = 2 * (1500 + _MOST_HEADER)


def alias(circuit: CarrierCircuit) -> str:
    """Give what a finished circuit's bridge is called."""
    return f"{circuit.name} {circuit.rate} {circuit.mtu}"


def unfinished(
    circuits: Iterable[CarrierCircuit], aliases: dict[str, str]
) -> tuple[CarrierCircuit, ...]:
    """Give the lit circuits that are not finished.

    Args:
        circuits: what must exist.
        aliases: the alias of each bridge found.

    """
    return tuple(
        circuit
        for circuit in circuits
        if circuit.lit and aliases.get(circuit.bridge) != alias(circuit)
    )


def bridge_lines(circuits: Iterable[CarrierCircuit], existing: set[str]) -> list[str]:
    """Give `ip` lines that connect both ends of each circuit."""
    lines = []
    for circuit in circuits:
        if circuit.bridge not in existing:
            lines.append(
                f"link add {circuit.bridge} mtu {circuit.mtu} type bridge"
                " stp_state 0 mcast_snooping 0 ageing_time 30000"
            )
        for link in (circuit.lower_link, circuit.upper_link):
            lines.append(f"link set {link} mtu {circuit.mtu} addrgenmode none")
            lines.append(f"link set {link} master {circuit.bridge} up")
        lines.append(f"link set {circuit.bridge} mtu {circuit.mtu} addrgenmode none up")
    return lines


def shape_lines(circuit: CarrierCircuit, rate: int) -> list[str]:
    """Give `tc` lines that shape both directions of a circuit to `rate` bits per second."""
    burst = max(_LEAST_BURST, circuit.mtu + _MOST_HEADER, rate // 8 // 100)  # 10 ms
    return [
        f"qdisc replace dev {link} root tbf rate {rate}bit burst {burst} latency {_QUEUE_MS}ms"
        for link in (circuit.lower_link, circuit.upper_link)
    ]


def finish_lines(circuits: Iterable[CarrierCircuit]) -> list[str]:
    """Give `ip` lines that mark circuits as finished."""
    return [f'link set {circuit.bridge} alias "{alias(circuit)}"' for circuit in circuits]
