"""FRR's answers (10.3), through vtysh."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from giaoban.verify.answers import Answers, once, reading
from giaoban.verify.parse.values import entries, whole, word

BFD_PEERS = "show bfd peers json"
BGP_SUMMARY = "show bgp summary json"
OSPF_NEIGHBORS = {"ipv4": "show ip ospf neighbor json", "ipv6": "show ipv6 ospf6 neighbor json"}
OSPF_INTERFACES = {"ipv4": "show ip ospf interface json", "ipv6": "show ipv6 ospf6 interface json"}
ROUTES = {"ipv4": "show ip route json", "ipv6": "show ipv6 route json"}
DEFAULT = {"ipv4": "show ip route 0.0.0.0/0 json", "ipv6": "show ipv6 route ::/0 json"}
ANY_PREFIX = {"ipv4": "0.0.0.0/0", "ipv6": "::/0"}
_FAMILY_KEY = {"ipv4": "ipv4Unicast", "ipv6": "ipv6Unicast"}


def bgp_histories(address: str) -> tuple[str, ...]:
    """Give three ways to ask for one neighbour's history, so that it can be asked three times."""
    family = "ipv6" if ":" in address else "ipv4"
    return (
        f"show bgp neighbors {address} json",
        f"show bgp {family} neighbors {address} json",
        f"show bgp {family} unicast neighbors {address} json",
    )


@dataclass(frozen=True, slots=True)
class BfdPeer:
    """A BFD session; intervals in milliseconds as configured at this end."""

    peer: str
    interface: str
    up: bool
    receive_ms: int
    transmit_ms: int
    multiplier: int


@once
def bfd_peers(answers: Answers, device: str) -> list[BfdPeer]:
    """Read the BFD sessions of a router."""
    with reading(device, BFD_PEERS):
        return [_bfd(entry) for entry in entries(answers.json(device, BFD_PEERS))]


def _bfd(entry: dict[str, Any]) -> BfdPeer:
    return BfdPeer(
        peer=word(entry["peer"]),
        interface=word(entry.get("interface", "")),
        up=entry["status"] == "up",
        receive_ms=whole(entry["receive-interval"]),
        transmit_ms=whole(entry["transmit-interval"]),
        multiplier=whole(entry["detect-multiplier"]),
    )


@dataclass(frozen=True, slots=True)
class BgpPeer:
    """A configured BGP neighbour: the AS of each side as this router has it, and its state."""

    own_asn: int
    remote_asn: int
    state: str
    prefixes: int

    @property
    def established(self) -> bool:
        """Whether the session is up."""
        return self.state == "Established"


@once
def bgp_peers(answers: Answers, device: str, family: str) -> dict[str, BgpPeer]:
    """Read the neighbours of a family, by address."""
    with reading(device, BGP_SUMMARY):
        summary = answers.json(device, BGP_SUMMARY)
        if not isinstance(summary, dict):
            raise TypeError("not a summary")
        section = summary.get(_FAMILY_KEY[family])
        if section is None:
            return {}
        peers: dict[str, dict[str, Any]] = section["peers"]
        return {address: _bgp(section, peer) for address, peer in peers.items()}


def _bgp(section: dict[str, Any], peer: dict[str, Any]) -> BgpPeer:
    return BgpPeer(
        own_asn=whole(peer.get("localAs", section["as"])),
        remote_asn=whole(peer["remoteAs"]),
        state=word(peer["state"]),
        prefixes=whole(peer.get("pfxRcd", 0)),
    )


BAD_PEER_AS = "0202"


def last_bgp_error(answers: Answers, device: str, address: str, command: str) -> str:
    """Read the code and words of the last notification, or the empty string."""
    with reading(device, command):
        neighbor = answers.json(device, command)[address]
        code = str(neighbor.get("lastErrorCodeSubcode", ""))
        words = str(neighbor.get("lastNotificationReason", neighbor.get("lastResetDueTo", "")))
        return f"{code} {words}".strip()


@dataclass(frozen=True, slots=True)
class OspfInterface:
    """An interface's OSPF parameters, of which both ends must agree."""

    parameters: tuple[tuple[str, str], ...]


_V2_PARAMETERS = ("area", "networkType", "timerMsecs", "timerDeadSecs", "mtuBytes")
_V3_PARAMETERS = ("areaId", "timerIntervalsConfigHello", "timerIntervalsConfigDead", "interfaceMtu")


@once
def ospf_interfaces(answers: Answers, device: str, family: str) -> dict[str, OspfInterface]:
    """Read the interfaces that speak OSPF."""
    command = OSPF_INTERFACES[family]
    with reading(device, command):
        said = answers.json(device, command)
        entries = said.get("interfaces", said)
        names = _V2_PARAMETERS if family == "ipv4" else _V3_PARAMETERS
        return {
            name: OspfInterface(tuple((one, str(entry[one])) for one in names if one in entry))
            for name, entry in entries.items()
            if entry.get("area", entry.get("areaId")) is not None
        }


@once
def ospf_full(answers: Answers, device: str, family: str) -> dict[str, str]:
    """Read the state of the neighbour on each interface, such as `Full`."""
    command = OSPF_NEIGHBORS[family]
    with reading(device, command):
        said = answers.json(device, command)
        if family == "ipv6":
            return {
                one["interfaceName"]: str(one["state"]).partition("/")[0]
                for one in said["neighbors"]
            }
        neighbors: dict[str, list[dict[str, Any]]] = said["neighbors"]
        return {
            one["ifaceName"].partition(":")[0]: str(one["nbrState"]).partition("/")[0]
            for entries in neighbors.values()
            for one in entries
        }


@once
def installed(answers: Answers, device: str, command: str) -> dict[str, list[str]]:
    """Read prefixes that zebra says are in the kernel, with the interfaces they leave by.

    A route whose next hop ends in a black hole leads nowhere and is not among them.
    """
    with reading(device, command):
        said = answers.json(device, command)
        if not isinstance(said, dict):
            raise TypeError("not a table")
        return {prefix: hops for prefix, routes in said.items() if (hops := _hops(routes))}


def _hops(routes: list[dict[str, Any]]) -> list[str]:
    return [
        word(hop["interfaceName"])
        for route in routes
        if route.get("selected") and route.get("installed")
        for hop in entries(route.get("nexthops", []))
        if hop.get("fib") and "interfaceName" in hop
    ]
