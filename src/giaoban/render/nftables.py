"""Writes a row of the zone matrix as nftables rules."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any, Literal

End = Literal["saddr", "daddr"]
_FAMILY_WORD = {"ipv4": "ip", "ipv6": "ip6"}
# Older clients and servers ask from the port they ask (RFC 5905, section 9.1).
_ASKED_FROM_ITSELF = frozenset({123})
_ASKING_PORTS = "1024-65535"
_ECHO = {"ipv4": "icmp", "ipv6": "icmpv6"}


def nft_family(prefix: str) -> str:
    """Give nftables' word for the family of a prefix: `ip` or `ip6`."""
    return "ip" if ip_network(prefix).version == 4 else "ip6"  # noqa: PLR2004 (the IP version)


def nft_quote(name: str) -> str:
    """Quote an interface's name."""
    return f'"{name}"'


def zone_rules(
    row: dict[str, Any], services: dict[str, dict[str, Any]], *, stateful: bool
) -> list[str]:
    """Give the rules that let one row of the matrix pass a router.

    Args:
        row: `in` and `out` are zone interfaces, or None for the WAN; `from` and `to` are the far
            zone's addresses; `services` are names.
        services: protocol and ports by name.
        stateful: where false, the shape of the answer is allowed beside the question.
    """
    allowed = [services[name] for name in row["services"]]
    rules = [
        f"{where}{address}{what} accept"
        for where, address, family in _questions(row)
        for what in _service_matches(allowed, _bare(address, family), family, answer=False)
    ]
    if not stateful:
        rules += [
            f"{where}{address}{what} accept"
            for where, address, family in _answers(row)
            for what in _service_matches(allowed, _bare(address, family), family, answer=True)
        ]
    return rules


def _questions(row: dict[str, Any]) -> list[tuple[str, str, str]]:
    return _ways(row["in"], row["out"], row["from"], row["to"])


def _answers(row: dict[str, Any]) -> list[tuple[str, str, str]]:
    return _ways(row["out"], row["in"], row["to"], row["from"])


def _ways(
    enters: str | None,
    leaves: str | None,
    sources: list[dict[str, str]],
    targets: list[dict[str, str]],
) -> list[tuple[str, str, str]]:
    where = f"iifname {_interface(enters)} oifname {_interface(leaves)} "
    matches = [("saddr", match) for match in sources] + [("daddr", match) for match in targets]
    if not matches:
        return [(where, "", "ipv4"), (where, "", "ipv6")]
    return [
        (where, _address(match, family, end), family)  # type: ignore[arg-type]
        for end, match in matches
        for family in ("ipv4", "ipv6")
        if family in match
    ]


def _interface(name: str | None) -> str:
    return nft_quote(name) if name else "@wan"


def _address(match: dict[str, str], family: str, end: End) -> str:
    word = f"{_FAMILY_WORD[family]} {end}"
    if f"{family}_mask" not in match:
        return f"{word} {match[family]} "
    mask, value = match[f"{family}_mask"], match[f"{family}_value"]
    return f"{word} {match[family]} {word} & {mask} == {value} "


def _bare(address: str, family: str) -> str:
    """Say the family where no address has said it."""
    return "" if address else f"meta nfproto {family} "


def _service_matches(
    allowed: list[dict[str, Any]], start: str, family: str, *, answer: bool
) -> list[str]:
    matches = []
    for protocol in ("tcp", "udp"):
        ports = sorted({port for s in allowed if s["protocol"] == protocol for port in s["ports"]})
        if not answer:
            matches += [f"{start}{protocol} dport {_listed(ports)}"] if ports else []
            continue
        own = [port for port in ports if protocol == "udp" and port in _ASKED_FROM_ITSELF]
        if usual := [port for port in ports if port not in own]:
            matches.append(start + _answer_match(protocol, usual))
        matches += [
            f"{start}udp sport {port} udp dport {{ {port}, {_ASKING_PORTS} }}" for port in own
        ]
    if any(service["protocol"] == "icmp" for service in allowed):
        matches.append(f"{_ECHO[family]} type {'echo-reply' if answer else 'echo-request'}")
    return matches


def _listed(ports: list[int]) -> str:
    return str(ports[0]) if len(ports) == 1 else "{ " + ", ".join(map(str, ports)) + " }"


def _answer_match(protocol: str, ports: list[int]) -> str:
    """An answer goes back to a port that asks, never to one that serves."""
    flags = " tcp flags & (syn | ack) != syn" if protocol == "tcp" else ""
    return f"{protocol} sport {_listed(ports)} {protocol} dport {_ASKING_PORTS}{flags}"
