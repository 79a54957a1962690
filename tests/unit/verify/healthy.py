"""A province whose devices answer as planned, in the shapes of FRR 10.3, OVS 3.5 and Debian 13.

The shapes were taken from the twin's answers; the values come from the plan. Tests edit answers.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from typing import Any

from giaoban.intent.model import Intent
from giaoban.plan import Plan, build
from giaoban.plan.model import Device, OspfAdjacency, Port
from giaoban.verify.answers import Answers, Login, Question, Train
from giaoban.verify.assess import first_questions
from giaoban.verify.view import View
from tests.support.provinces import both_cores, circuit, province, site

Said = dict[str, dict[str, str]]
GLOBAL = {"scope": "global"}
BACKBONE = "0.0.0.0"  # noqa: S104 - an OSPF area, not an address


def small() -> Plan:
    """A department, two districts, four communes: xa-b has a standby, xa-d is the carrier's."""
    workstation = {"workstation": True}
    sites = [
        site("so-noi-vu", "department", 1),
        site("huyen-a", "district", 2),
        site("huyen-b", "district", 3),
        site("xa-a", "commune", 1, "huyen-a") | workstation,
        site("xa-b", "commune", 2, "huyen-a"),
        site("xa-c", "commune", 3, "huyen-a"),
        site("xa-d", "commune", 4, "huyen-b") | {"managed_by": "carrier", "lan": "unmanaged"},
    ]
    circuits = [
        *both_cores("so-noi-vu", "100 Mbit/s"),
        *both_cores("huyen-a", "200 Mbit/s"),
        *both_cores("huyen-b", "200 Mbit/s"),
        circuit("xa-a", "huyen-a"),
        circuit("xa-b", "huyen-a"),
        circuit("xa-b", "huyen-b", 2, "10 Mbit/s") | {"standby": True},
        circuit("xa-c", "huyen-a"),
        circuit("xa-d", "huyen-b"),
    ]
    return build(Intent.model_validate(province(sites, circuits)))


@functools.cache
def small_view() -> View:
    """Give the whole small province."""
    return View.of(small())


def healthy(view: View) -> Answers:
    """Give the answers of a province that is as planned."""
    known = _HEALTHY.get(view.scope)
    if known is None:
        known = _HEALTHY[view.scope] = _healthy(view)
    return Answers(known.said, known.trains, known.logins)


_HEALTHY: dict[frozenset[str], Answers] = {}


def _healthy(view: View) -> Answers:
    said: Said = {}
    for question in first_questions(view):
        said.setdefault(question.device, {})[question.command] = _answer(view, question)
    for device in view.devices:
        if device.role == "router":
            said[device.name]["ovs-vsctl --format=json list port"] = _router_ports(view, device)
    trains = {
        str(address): Train(50, 50, 1.5)
        for device in view.devices
        for address in (device.management.ipv4, device.management.ipv6)
    }
    return Answers(said, trains, {device.name: Login.OK for device in view.devices})


def edited(answers: Answers, device: str, command: str, edit: Callable[[Any], Any]) -> Answers:
    """Give the answers with one JSON answer edited in place (or replaced by what `edit` gives)."""
    value = json.loads(answers.said[device][command])
    return replaced(answers, device, command, json.dumps(edit(value) or value))


def replaced(answers: Answers, device: str, command: str, text: str) -> Answers:
    """Give the answers with one of them replaced."""
    said = {name: dict(own) for name, own in answers.said.items()}
    said[device][command] = text
    return Answers(said, answers.trains, answers.logins)


def without(answers: Answers, *devices: str, login: Login = Login.NOT_TRIED) -> Answers:
    """Give the answers of a run in which devices neither let us in nor answered echoes."""
    said = {name: own for name, own in answers.said.items() if name not in devices}
    return Answers(said, answers.trains, {**answers.logins, **dict.fromkeys(devices, login)})


def dumb(answers: Answers, view: View, *devices: str) -> Answers:
    """As `without`, and the NOC's echoes to these devices are lost."""
    quiet = without(answers, *devices)
    trains = dict(quiet.trains)
    for name in devices:
        management = view.plan.devices[name].management
        trains[str(management.ipv4)] = trains[str(management.ipv6)] = Train(50, 0)
    return Answers(quiet.said, trains, quiet.logins)


def echo_line(address: str, sent: int, received: int) -> str:
    """Give a line of `measure loss` or `measure mtu`."""
    lost = 100 * (sent - received) / sent
    line = (
        f"{address}  --- {address} ping statistics --- {sent} packets transmitted, {received}"
        f" received, {lost:g}% packet loss, time {10 * sent}ms "
    )
    if received:
        line += "rtt min/avg/max/mdev = 0.029/0.449/0.095/0.013 ms "
    return line


def burst_answer(  # noqa: PLR0913, PLR0917 - one parameter a figure
    sent: int, received: int, milliseconds: int, rate: float, mean_ms: float = 2.2, held: int = 0
) -> str:
    """Give an answer of `measure rate`: `rate` bits per second came in meanwhile.

    Our own shaper held back `held` times while it sent 100 packets.
    """
    arrived = int(rate * milliseconds / 8000)
    lost = 100 * (sent - received) / sent
    words = (
        f"PING 10.0.0.1 (10.0.0.1) 1400(1428) bytes of data.  --- 10.0.0.1 ping statistics ---"
        f" {sent} packets transmitted, {received} received, {lost:g}% packet loss,"
        f" time {milliseconds}ms "
    )
    if received:
        words += (
            f"rtt min/avg/max/mdev = 0.011/{mean_ms}/3.282/0.565 ms, pipe 24, ipg/ewma 0.5/2 ms "
        )
    return json.dumps(
        {
            "shaper": [
                [{"kind": "htb", "root": True, "packets": 7 + 100 * n, "overlimits": 3 + held * n}]
                for n in (0, 1)
            ],
            "before": {"ns": 10**9, "rx": 1000, "tx": 1000},
            "after": {"ns": 10**9 + milliseconds * 10**6, "rx": 1000 + arrived, "tx": 9000},
            "echoes": words,
        }
    )


def _answer(view: View, question: Question) -> str:
    device, command = view.plan.devices[question.device], question.command
    words = command.split()
    if command in _STATIC:
        return _STATIC[command](view, device)
    if command.startswith("measure loss"):
        return "\n".join(echo_line(address, int(words[2]), int(words[2])) for address in words[3:])
    if command.startswith("measure mtu"):
        return "\n".join(echo_line(address, 4, 4) for address in words[3:])
    if command.startswith("measure rate"):
        line = view.circuit_at(Port(device.name, words[2]))
        assert line
        return burst_answer(int(words[4]), int(words[4]), 250, line.rate * 0.95)
    if "ping -n" in command:
        return echo_line("probe", 5, 5)
    if command.startswith("nc "):
        return "refused"
    raise AssertionError(command)


def _addresses(view: View, device: Device) -> str:
    if device.role == "workstation":
        office = view.plan.sites[device.site].segment("office").networks
        rows = [_interface("eth0", 1500, [f"{device.management.ipv4}/25", f"{office.ipv6[77]}/64"])]
    else:
        rows = [
            _interface(row["name"], row["mtu"] or 65536, row["addresses"])
            for row in device.variables["base__interfaces"]
        ]
    return json.dumps(rows)


def _interface(name: str, mtu: int, addresses: list[str]) -> dict[str, Any]:
    return {
        "ifname": name,
        "flags": ["BROADCAST", "MULTICAST", "UP", "LOWER_UP"],
        "mtu": mtu,
        "operstate": "UP",
        "addr_info": [
            {"local": one.partition("/")[0], "prefixlen": int(one.partition("/")[2]), **GLOBAL}
            | {"family": "inet6" if ":" in one else "inet"}
            for one in addresses
        ],
    }


def _bfd(view: View, device: Device) -> str:
    peers = []
    for line in view.incident(device.name):
        lower = line.lower.device == device.name
        port = line.lower if lower else line.upper
        far = line.upper_address if lower else line.lower_address
        timers = {
            "status": "up",
            "receive-interval": line.bfd_ms,
            "transmit-interval": line.bfd_ms,
            "detect-multiplier": 3,
        }
        if view.adjacency_over(line):
            names = [str(far.ipv4.ip), "fe80::28:e4ff:fe4c:f8a2"]
            peers += [{"peer": one, "interface": port.name, **timers} for one in names]
        else:
            names = [str(far.ipv4.ip), str(far.ipv6.ip)]
            peers += [{"peer": one, "multihop": True, **timers} for one in names]
    return json.dumps(peers)


def _bgp(view: View, device: Device) -> str:
    summary: dict[str, Any] = {}
    for family, key in (("ipv4", "ipv4Unicast"), ("ipv6", "ipv6Unicast")):
        peers: dict[str, Any] = {}
        own = 0
        for session in view.sessions:
            ends = (session.lower, session.upper)
            for near, far in (ends, ends[::-1]):
                if near.device == device.name:
                    own = near.asn
                    peers[str(getattr(far, family))] = {
                        "remoteAs": far.asn,
                        "localAs": near.asn,
                        "pfxRcd": 2,
                        "state": "Established",
                    }
        summary[key] = {"routerId": str(device.management.ipv4), "as": own, "peers": peers}
    return json.dumps(summary)


def _adjacencies(view: View, device: Device) -> list[tuple[Port, OspfAdjacency]]:
    return [
        (port, adjacency)
        for adjacency in view.adjacencies
        for port in (adjacency.a, adjacency.z)
        if port.device == device.name
    ]


def _ospf_neighbors(view: View, device: Device) -> str:
    return json.dumps(
        {
            "neighbors": {
                f"10.0.0.{n}": [{"nbrState": "Full/-", "ifaceName": f"{port.name}:10.64.1.49"}]
                for n, (port, _) in enumerate(_adjacencies(view, device))
            }
        }
    )


def _ospf6_neighbors(view: View, device: Device) -> str:
    rows = [
        {"neighborId": "10.64.16.1", "state": "Full", "interfaceName": port.name}
        for port, _ in _adjacencies(view, device)
    ]
    return json.dumps({"neighbors": rows})


def _ospf_interfaces(view: View, device: Device) -> str:
    own = {
        "area": BACKBONE,
        "networkType": "POINTOPOINT",
        "timerMsecs": 3000,
        "timerDeadSecs": 12,
        "mtuBytes": 1500,
    }
    return json.dumps({"interfaces": {p.name: own for p, _ in _adjacencies(view, device)}})


def _ospf6_interfaces(view: View, device: Device) -> str:
    own = {
        "areaId": BACKBONE,
        "timerIntervalsConfigHello": 3,
        "timerIntervalsConfigDead": 12,
        "interfaceMtu": 1500,
    }
    idle = {"lan0": {"status": "up", "type": "BROADCAST", "interfaceId": 3}}
    return json.dumps(idle | {p.name: own for p, _ in _adjacencies(view, device)})


def _zebra(prefixes: list[str], port: str) -> str:
    hops = [{"fib": True, "active": True, "interfaceName": port}]
    route = {"selected": True, "installed": True, "nexthops": hops}
    return json.dumps({prefix: [{"prefix": prefix, **route}] for prefix in prefixes})


def _kernel(prefixes: list[str], port: str) -> str:
    return json.dumps([{"dst": prefix, "dev": port, "flags": []} for prefix in prefixes])


def _prefixes(view: View, family: str) -> list[str]:
    return [str(getattr(one.prefixes, family)) for one in view.plan.sites.values()]


def _queues(view: View, device: Device, sent: int) -> str:
    del view
    shaped = {}
    for row in device.variables["qos__interfaces"]:
        classes = [(1, row["rate"], row["rate"])]
        classes += [(c["minor"], c["rate"], c["ceiling"]) for c in row["classes"]]
        shaped[row["name"]] = {
            "qdiscs": [{"kind": "htb", "handle": "1:", "root": True}],
            "classes": [
                {
                    "class": "htb",
                    "handle": f"1:{minor}",
                    "rate": rate // 8,
                    "ceil": ceiling // 8,
                    "stats": {"bytes": 100 * sent, "packets": sent, "drops": 0},
                }
                for minor, rate, ceiling in classes
            ],
        }
    return json.dumps(shaped)


def _ports(rows: list[tuple[str, object, object]]) -> str:
    empty = ["set", []]
    return json.dumps(
        {
            "headings": ["name", "tag", "trunks"],
            "data": [[name, tag or empty, trunks or empty] for name, tag, trunks in rows],
        }
    )


def _switch_ports(view: View, device: Device) -> str:
    if device.role == "router":
        return _router_ports(view, device)
    rows: list[tuple[str, object, object]] = [
        (trunk["name"], None, ["set", trunk["vlans"]])
        for trunk in device.variables["lan_switch__trunks"]
    ]
    access = device.variables["lan_switch__access_ports"]
    rows += [(port["name"], port["vlan"], None) for port in access]
    return _ports([*rows, ("br-lan", None, None)])


def _router_ports(view: View, device: Device) -> str:
    segments = view.plan.sites[device.site].segments
    return _ports([(segment.zone, segment.vlan, None) for segment in segments])


_STATIC: dict[str, Callable[[View, Device], str]] = {
    "ip -j -d address": _addresses,
    "ip -j -4 route show default": lambda _v, _d: _kernel(["default"], "wan1"),
    "ip -j -6 route show default": lambda _v, _d: _kernel(["default"], "wan1"),
    "ip -j -4 route": lambda view, _d: _kernel(_prefixes(view, "ipv4"), "d1-1"),
    "ip -j -6 route": lambda view, _d: _kernel(_prefixes(view, "ipv6"), "d1-1"),
    "show ip route json": lambda view, _d: _zebra(_prefixes(view, "ipv4"), "d1-1"),
    "show ipv6 route json": lambda view, _d: _zebra(_prefixes(view, "ipv6"), "d1-1"),
    "show ip route 0.0.0.0/0 json": lambda _v, _d: _zebra(["0.0.0.0/0"], "wan1"),
    "show ipv6 route ::/0 json": lambda _v, _d: _zebra(["::/0"], "wan1"),
    "show bfd peers json": _bfd,
    "show bgp summary json": _bgp,
    "show ip ospf neighbor json": _ospf_neighbors,
    "show ipv6 ospf6 neighbor json": _ospf6_neighbors,
    "show ip ospf interface json": _ospf_interfaces,
    "show ipv6 ospf6 interface json": _ospf6_interfaces,
    "show queues": lambda view, device: _queues(view, device, 1000),
    "show queues after": lambda view, device: _queues(view, device, 2000),
    "show leases": lambda _v, device: f"1795426635 02:23:75:b7:9d:c9 10.0.0.20 pc-{device.site} ff",
    "ovs-vsctl --format=json list port": _switch_ports,
}
