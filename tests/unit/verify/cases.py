"""Tables of (name, edit of the healthy answers, result, state, reason): one row a sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from giaoban.verify.answers import Answers, Login, Train
from giaoban.verify.checks.circuit_rate import burst_questions
from giaoban.verify.model import State
from giaoban.verify.view import View
from tests.unit.verify.healthy import (
    burst_answer,
    dumb,
    echo_line,
    edited,
    replaced,
    without,
)

Edit = Callable[[Answers, View], Answers]
FAIL, UNKNOWN, PASS = State.FAIL, State.UNKNOWN, State.PASS


class Case(NamedTuple):
    """A healthy province with one edit, and what one result then says."""

    name: str
    edit: Edit
    result: str
    state: State
    reason: str


def _interface(device: str, port: str, **change: Any) -> Edit:
    def edit(answers: Answers, _view: View) -> Answers:
        def change_it(rows: list[dict[str, Any]]) -> None:
            next(row for row in rows if row["ifname"] == port).update(change)

        return edited(answers, device, "ip -j -d address", change_it)

    return edit


def _said(device: str, command: str, text: str) -> Edit:
    return lambda answers, _view: replaced(answers, device, command, text)


def _json(device: str, command: str, edit: Callable[[Any], Any]) -> Edit:
    return lambda answers, _view: edited(answers, device, command, edit)


def _loss(view: View, name: str) -> tuple[str, list[str]]:
    circuit = view.plan.circuits[name]
    upper = circuit.upper_address
    return circuit.lower.device, [str(upper.ipv4.ip), str(upper.ipv6.ip)]


def crossing(name: str, ipv4: int, ipv6: int, count: int = 100) -> Edit:
    """Let so many of `count` echoes of each family cross a circuit."""

    def edit(answers: Answers, view: View) -> Answers:
        device, (first, second) = _loss(view, name)
        lines = [echo_line(first, count, ipv4), echo_line(second, count, ipv6)]
        return replaced(answers, device, f"measure loss {count} {first} {second}", "\n".join(lines))

    return edit


def full_size(name: str, ipv4: int, ipv6: int, size: int = 1500) -> Edit:
    """Let so many of four echoes of `size` bytes cross a circuit."""

    def edit(answers: Answers, view: View) -> Answers:
        device, (first, second) = _loss(view, name)
        lines = [echo_line(first, 4, ipv4), echo_line(second, 4, ipv6)]
        return replaced(answers, device, f"measure mtu {size} {first} {second}", "\n".join(lines))

    return edit


def rate(name: str, bits: float, mean_ms: float = 40.0, received: int = 433, held: int = 0) -> Edit:
    """Let every burst over a circuit reach so many bits per second."""

    def edit(answers: Answers, view: View) -> Answers:
        for question in burst_questions(view.plan.circuits[name]):
            said = burst_answer(433, received, 500, bits, mean_ms, held)
            answers = replaced(answers, question.device, question.command, said)
        return answers

    return edit


def together(*edits: Edit) -> Edit:
    """Do several edits."""

    def edit(answers: Answers, view: View) -> Answers:
        for one in edits:
            answers = one(answers, view)
        return answers

    return edit


def dead(name: str) -> Edit:
    """Let nothing cross a circuit, the ports at both ends dark."""

    def edit(answers: Answers, view: View) -> Answers:
        circuit = view.plan.circuits[name]
        for port in (circuit.lower, circuit.upper):
            flags = {"flags": ["NO-CARRIER", "UP"]}
            answers = _interface(port.device, port.name, **flags)(answers, view)
        return crossing(name, 0, 0)(answers, view)

    return edit


def upper_asks(name: str, ipv4: int, ipv6: int) -> Edit:
    """Let the upper end probe a circuit whose lower end cannot be asked."""

    def edit(answers: Answers, view: View) -> Answers:
        circuit = view.plan.circuits[name]
        far = [str(circuit.lower_address.ipv4.ip), str(circuit.lower_address.ipv6.ip)]
        lines = [echo_line(far[0], 100, ipv4), echo_line(far[1], 100, ipv6)]
        command = f"measure loss 100 {far[0]} {far[1]}"
        answers = replaced(answers, circuit.upper.device, command, "\n".join(lines))
        full = [echo_line(one, 4, min(4, n)) for one, n in zip(far, (ipv4, ipv6), strict=True)]
        command = f"measure mtu {circuit.mtu} {far[0]} {far[1]}"
        return replaced(answers, circuit.upper.device, command, "\n".join(full))

    return edit


def peer(view: View, name: str, device: str, family: str = "ipv4") -> str:
    """The address of the other end of a session over a circuit, as `device` has it."""
    circuit = view.plan.circuits[name]
    far = circuit.upper_address if circuit.lower.device == device else circuit.lower_address
    return str(getattr(far, family).ip)


def bgp(name: str, device: str, error: str = "", **change: Any) -> Edit:
    """Change both families of a session at one end; `None` removes the neighbour."""

    def edit(answers: Answers, view: View) -> Answers:
        for family, key in (("ipv4", "ipv4Unicast"), ("ipv6", "ipv6Unicast")):
            address = peer(view, name, device, family)

            def change_it(summary: Any, key: str = key, address: str = address) -> None:
                peers = summary[key]["peers"]
                if change:
                    peers[address].update(change)
                else:
                    del peers[address]

            answers = edited(answers, device, "show bgp summary json", change_it)
            if error:
                history = {address: {"lastErrorCodeSubcode": error, "bgpState": "Idle"}}
                command = f"show bgp neighbors {address} json"
                answers = replaced(answers, device, command, json.dumps(history))
        return answers

    return edit


def wrong_as(name: str, device: str, other: str, asn: int) -> Edit:
    """Let a device expect the wrong AS of the other end; both ends are Idle."""
    return together(
        bgp(name, device, "0202", remoteAs=asn, state="Idle"),
        bgp(name, other, "0202", state="Idle"),
    )


def _bfd(device: str, circuit: str, **change: Any) -> Edit:
    def edit(answers: Answers, view: View) -> Answers:
        address = peer(view, circuit, device)

        def change_it(peers: list[dict[str, Any]]) -> Any:
            if not change:
                return [one for one in peers if one["peer"] != address]
            next(one for one in peers if one["peer"] == address).update(change)
            return peers

        return edited(answers, device, "show bfd peers json", change_it)

    return edit


def access(switch: str, port: str, tag: int | None) -> Edit:
    """Put an access port into another VLAN, or take it out of the switch."""

    def change_it(table: dict[str, Any]) -> None:
        if tag is None:
            table["data"] = [row for row in table["data"] if row[0] != port]
        else:
            next(row for row in table["data"] if row[0] == port)[1] = tag

    return _json(switch, "ovs-vsctl --format=json list port", change_it)


def _ospf_state(device: str, state: str) -> Edit:
    def change_it(said: dict[str, Any]) -> None:
        for neighbors in said["neighbors"].values():
            for one in neighbors:
                if one["ifaceName"].startswith("wan1:"):
                    one["nbrState"] = f"{state}/-"

    return _json(device, "show ip ospf neighbor json", change_it)


def _class(device: str, port: str, handle: str, **change: int) -> Edit:
    def change_it(said: dict[str, Any]) -> None:
        for one in said[port]["classes"]:
            if one["handle"] == handle:
                one.update(change)

    return _json(device, "show queues", change_it)


def _trains(device: str, ipv4: Train, ipv6: Train) -> Edit:
    def edit(answers: Answers, view: View) -> Answers:
        management = view.plan.devices[device].management
        both = {str(management.ipv4): ipv4, str(management.ipv6): ipv6}
        return Answers(answers.said, {**answers.trains, **both}, answers.logins)

    return edit


def _only_said(answers: Answers, _view: View) -> Answers:
    return Answers(answers.said, {}, answers.logins)


def _dumb(*devices: str) -> Edit:
    return lambda answers, view: dumb(answers, view, *devices)


def _without(*devices: str, login: Login = Login.NOT_TRIED) -> Edit:
    return lambda answers, _view: without(answers, *devices, login=login)


def _doors(words: str) -> Edit:
    def edit(answers: Answers, _view: View) -> Answers:
        for command in answers.said["pc-xa-a"]:
            if command.startswith("nc "):
                answers = replaced(answers, "pc-xa-a", command, words)
        return answers

    return edit


def _pings(sent: int, received: int) -> Edit:
    def edit(answers: Answers, _view: View) -> Answers:
        for command in answers.said["pc-xa-a"]:
            if command.startswith("ping "):
                said = echo_line("probe", sent, received) if sent else _NOTHING_SENT
                answers = replaced(answers, "pc-xa-a", command, said)
        return answers

    return edit


_NOTHING_SENT = "0 packets transmitted, 0 received, 0% packet loss, time 0ms"
_PC = {"rt": "rt-xa-a", "sw": "sw-xa-a", "pc": "pc-xa-a"}
_OSPF = {"n": "huyen-a/ospf/huyen-a-1-ipv4"}
_NONE = "[]"
_EMPTY_TABLE = "{}"


def _no_addresses(version: str) -> Edit:
    def change_it(rows: list[dict[str, Any]]) -> None:
        for row in rows:
            row["addr_info"] = [one for one in row["addr_info"] if one["family"] != version]

    return _json("pc-xa-a", "ip -j -d address", change_it)


CASES = [
    Case(
        "the carrier's router",
        lambda answers, _v: answers,
        "xa-d/device-reachable/rt-xa-d",
        State.NOT_APPLICABLE,
        "not-ours",
    ),
    Case(
        "no switch",
        lambda answers, _v: answers,
        "xa-d/trunk-vlans/xa-d",
        State.NOT_APPLICABLE,
        "no-switch",
    ),
    Case("silent", _dumb("rt-xa-a"), "xa-a/device-reachable/rt-xa-a", FAIL, "silent"),
    Case(
        "IPv6 does not answer",
        _trains("rt-xa-a", Train(50, 50, 1.0), Train(50, 0)),
        "xa-a/device-reachable/rt-xa-a",
        FAIL,
        "one-family",
    ),
    Case(
        "observer refused",
        _without("rt-xa-a", login=Login.REFUSED),
        "xa-a/device-reachable/rt-xa-a",
        FAIL,
        "login",
    ),
    Case(
        "another host key",
        _without("rt-xa-a", login=Login.HOST_KEY),
        "xa-a/device-reachable/rt-xa-a",
        FAIL,
        "host-key",
    ),
    Case("came back", _without("rt-xa-a"), "xa-a/device-reachable/rt-xa-a", UNKNOWN, "came-back"),
    Case("no probe", _only_said, "xa-a/device-reachable/rt-xa-a", UNKNOWN, "no-probe"),
    Case(
        "interface gone",
        _json("rt-xa-a", "ip -j -d address", lambda rows: rows[:1]),
        "xa-a/interface-configured/rt-xa-a:wan1",
        FAIL,
        "missing",
    ),
    Case(
        "interface shut",
        _interface("rt-xa-a", "wan1", flags=["BROADCAST"]),
        "xa-a/interface-configured/rt-xa-a:wan1",
        FAIL,
        "disabled",
    ),
    Case(
        "shut interface has no carrier to speak of",
        _interface("rt-xa-a", "wan1", flags=["BROADCAST"]),
        "xa-a/interface-up/rt-xa-a:wan1",
        UNKNOWN,
        "not-enabled",
    ),
    Case(
        "small MTU set",
        _interface("rt-xa-a", "wan1", mtu=1400),
        "xa-a/interface-configured/rt-xa-a:wan1",
        FAIL,
        "mtu",
    ),
    Case(
        "no address",
        _interface("rt-xa-a", "wan1", addr_info=[]),
        "xa-a/interface-configured/rt-xa-a:wan1",
        FAIL,
        "addresses",
    ),
    Case(
        "trunk unplugged",
        _interface("rt-xa-a", "lan0", flags=["NO-CARRIER", "UP"]),
        "xa-a/interface-up/rt-xa-a:lan0",
        FAIL,
        "no-carrier",
    ),
    Case("line silent", crossing("xa-a-1", 0, 0), "xa-a/circuit/xa-a-1", FAIL, "silent"),
    Case("line cut", dead("xa-a-1"), "xa-a/circuit/xa-a-1", FAIL, "no-carrier"),
    Case("no IPv6", crossing("xa-a-1", 100, 0), "xa-a/circuit/xa-a-1", FAIL, "one-family"),
    Case(
        "nothing sent",
        lambda answers, view: replaced(
            answers,
            "rt-xa-a",
            "measure loss 100 " + " ".join(_loss(view, "xa-a-1")[1]),
            "\n".join(f"{one} {_NOTHING_SENT}" for one in _loss(view, "xa-a-1")[1]),
        ),
        "xa-a/circuit/xa-a-1",
        UNKNOWN,
        "not-sent",
    ),
    Case("5 % lost", crossing("xa-a-1", 95, 95), "xa-a/circuit-loss/xa-a-1", FAIL, "loss"),
    Case("one echo lost", crossing("xa-a-1", 99, 100), "xa-a/circuit-loss/xa-a-1", PASS, "pass"),
    Case(
        "one more lost of 800",
        together(crossing("xa-a-1", 99, 100), crossing("xa-a-1", 399, 400, 400)),
        "xa-a/circuit-loss/xa-a-1",
        PASS,
        "pass",
    ),
    Case("dead, so no loss", dead("xa-a-1"), "xa-a/circuit-loss/xa-a-1", UNKNOWN, "no-echo"),
    Case(
        "large packets vanish",
        together(full_size("xa-a-1", 0, 0), full_size("xa-a-1", 4, 4, 1350)),
        "xa-a/path-mtu/xa-a-1",
        FAIL,
        "black-hole",
    ),
    Case(
        "only IPv6's large packets vanish",
        full_size("xa-a-1", 4, 0),
        "xa-a/path-mtu/xa-a-1",
        FAIL,
        "black-hole",
    ),
    Case(
        "half of everything is lost",
        together(crossing("xa-a-1", 50, 50), full_size("xa-a-1", 0, 2)),
        "xa-a/path-mtu/xa-a-1",
        UNKNOWN,
        "too-lossy",
    ),
    Case("dead, so no size", dead("xa-a-1"), "xa-a/path-mtu/xa-a-1", UNKNOWN, "no-echo"),
    Case("a quarter", rate("xa-a-1", 5e6), "xa-a/circuit-rate/xa-a-1", FAIL, "low"),
    Case(
        "dropped rather than queued",
        rate("xa-a-1", 5e6, 0.02, received=300),
        "xa-a/circuit-rate/xa-a-1",
        FAIL,
        "low",
    ),
    Case(
        "prober too slow",
        rate("xa-a-1", 5e6, 0.02),
        "xa-a/circuit-rate/xa-a-1",
        UNKNOWN,
        "not-filled",
    ),
    Case(
        "prober too slow for our own shaper",
        rate("xa-a-1", 14e6, held=36),
        "xa-a/circuit-rate/xa-a-1",
        PASS,
        "shaped",
    ),
    Case(
        "shaped, but lost behind the shaper",
        rate("xa-a-1", 14e6, received=400, held=36),
        "xa-a/circuit-rate/xa-a-1",
        FAIL,
        "low",
    ),
    Case(
        "shaped for the first window only",
        rate("xa-a-1", 14e6, held=10),
        "xa-a/circuit-rate/xa-a-1",
        FAIL,
        "low",
    ),
    Case(
        "no answer to the burst",
        rate("xa-a-1", 0, received=0),
        "xa-a/circuit-rate/xa-a-1",
        UNKNOWN,
        "no-echo",
    ),
    Case(
        "not ours",
        lambda answers, _v: answers,
        "centre/circuit-rate/centre-1",
        State.NOT_APPLICABLE,
        "not-ours",
    ),
    Case(
        "no shaper",
        _said("rt-xa-a", "show queues", _EMPTY_TABLE),
        "xa-a/queues/rt-xa-a:wan1",
        FAIL,
        "missing",
    ),
    Case(
        "shaped to half",
        _class("rt-xa-a", "wan1", "1:1", rate=1_000_000),
        "xa-a/queues/rt-xa-a:wan1",
        FAIL,
        "rate",
    ),
    Case(
        "a class too small",
        _class("rt-xa-a", "wan1", "1:20", rate=1000),
        "xa-a/queues/rt-xa-a:wan1",
        FAIL,
        "classes",
    ),
    Case(
        "counters stand still",
        lambda answers, _v: replaced(
            answers, "rt-xa-a", "show queues after", answers.said["rt-xa-a"]["show queues"]
        ),
        "xa-a/queues/rt-xa-a:wan1",
        FAIL,
        "still",
    ),
    Case(
        "no second look",
        _said("rt-xa-a", "show queues after", ""),
        "xa-a/queues/rt-xa-a:wan1",
        UNKNOWN,
        "no-second",
    ),
    Case("no BFD", _bfd("rt-xa-a", "xa-a-1"), "xa-a/bfd/xa-a-1", FAIL, "missing"),
    Case("BFD down", _bfd("rt-xa-a", "xa-a-1", status="down"), "xa-a/bfd/xa-a-1", FAIL, "down"),
    Case(
        "BFD too slow at one end",
        _bfd("rt-huyen-a", "xa-a-1", **{"transmit-interval": 300}),
        "xa-a/bfd/xa-a-1",
        FAIL,
        "interval",
    ),
    Case(
        "no OSPF on the interface",
        _said("rt-huyen-a", "show ip ospf interface json", '{"interfaces":{}}'),
        _OSPF["n"],
        FAIL,
        "not-spoken",
    ),
    Case(
        "hello differs",
        together(
            _ospf_state("rt-huyen-a", "Init"),
            _json(
                "rt-huyen-a",
                "show ip ospf interface json",
                lambda said: said["interfaces"]["wan1"].update(timerMsecs=10000),
            ),
        ),
        _OSPF["n"],
        FAIL,
        "mismatch",
    ),
    Case("key differs", _ospf_state("rt-huyen-a", "Init"), _OSPF["n"], FAIL, "not-full"),
    Case(
        "wrong AS of the neighbour",
        wrong_as("xa-a-1", "rt-huyen-a", "rt-xa-a", 65001),
        "xa-a/bgp-parameters/xa-a-1",
        FAIL,
        "remote-as",
    ),
    Case(
        "wrong AS of its own",
        bgp("xa-a-1", "rt-xa-a", localAs=65001, state="Idle"),
        "xa-a/bgp-parameters/xa-a-1",
        FAIL,
        "own-as",
    ),
    Case(
        "the end that cannot be asked is wrong",
        together(_dumb("rt-xa-a"), bgp("xa-a-1", "rt-huyen-a", "0202", state="Idle")),
        "xa-a/bgp-parameters/xa-a-1",
        FAIL,
        "far-as",
    ),
    Case(
        "no neighbour",
        bgp("xa-a-1", "rt-huyen-a"),
        "xa-a/bgp-parameters/xa-a-1",
        FAIL,
        "missing",
    ),
    Case(
        "one end asked, not up",
        together(_dumb("rt-xa-a"), bgp("xa-a-1", "rt-huyen-a", "0401", state="Active")),
        "xa-a/bgp-parameters/xa-a-1",
        UNKNOWN,
        "one-end",
    ),
    Case(
        "wrong password",
        together(
            bgp("xa-a-1", "rt-xa-a", state="Connect"), bgp("xa-a-1", "rt-huyen-a", state="Connect")
        ),
        "xa-a/bgp-session/xa-a-1-ipv6",
        FAIL,
        "down",
    ),
    Case(
        "not in zebra",
        _said("rt-core-2", "show ip route json", _EMPTY_TABLE),
        "xa-a/site-prefixes/xa-a",
        FAIL,
        "missing",
    ),
    Case(
        "not in the kernel",
        _said("rt-core-1", "ip -j -4 route", _NONE),
        "xa-a/site-prefixes/xa-a",
        FAIL,
        "kernel",
    ),
    Case(
        "no default",
        _said("rt-xa-a", "show ipv6 route ::/0 json", '{"::/0":[]}'),
        "xa-a/site-default/rt-xa-a",
        FAIL,
        "missing",
    ),
    Case(
        "default not in the kernel",
        _said("rt-xa-a", "ip -j -6 route show default", _NONE),
        "xa-a/site-default/rt-xa-a",
        FAIL,
        "kernel",
    ),
    Case("no way there", _dumb("rt-xa-a"), "xa-a/round-trip/rt-xa-a", FAIL, "silent"),
    Case(
        "lost on the way",
        _trains("rt-xa-a", Train(50, 40, 1.0), Train(50, 50, 1.0)),
        "xa-a/round-trip/rt-xa-a",
        FAIL,
        "loss",
    ),
    Case(
        "slow",
        _trains("rt-xa-a", Train(50, 50, 250.0), Train(50, 50, 251.0)),
        "xa-a/round-trip/rt-xa-a",
        FAIL,
        "slow",
    ),
    Case(
        "trunk not in the switch",
        access("sw-xa-a", "up1", None),
        "xa-a/trunk-vlans/sw-xa-a",
        FAIL,
        "missing",
    ),
    Case(
        "trunk lacks VLANs",
        _json(
            "sw-xa-a",
            "ovs-vsctl --format=json list port",
            lambda table: table["data"][0].__setitem__(2, ["set", [10]]),
        ),
        "xa-a/trunk-vlans/sw-xa-a",
        FAIL,
        "switch",
    ),
    Case(
        "zone in another VLAN",
        access("rt-xa-a", "office", 11),
        "xa-a/trunk-vlans/sw-xa-a",
        FAIL,
        "router",
    ),
    Case(
        "port not in the switch",
        access("sw-xa-a", "p2", None),
        "xa-a/access-port/sw-xa-a:p2",
        FAIL,
        "missing",
    ),
    Case("wrong VLAN", access("sw-xa-a", "p2", 30), "xa-a/access-port/sw-xa-a:p2", FAIL, "vlan"),
    Case("no IPv4", _no_addresses("inet"), "xa-a/workstation-address/pc-xa-a", FAIL, "no-ipv4"),
    Case("no IPv6", _no_addresses("inet6"), "xa-a/workstation-address/pc-xa-a", FAIL, "no-ipv6"),
    Case(
        "no lease",
        together(_dumb("pc-xa-a"), _said("rt-xa-a", "show leases", "")),
        "xa-a/workstation-address/pc-xa-a",
        FAIL,
        "no-lease",
    ),
    Case(
        "a lease and silence",
        _dumb("pc-xa-a"),
        "xa-a/workstation-address/pc-xa-a",
        UNKNOWN,
        "lease-only",
    ),
    Case("probe silent", _pings(5, 0), "xa-a/workstation-reaches/pc-xa-a", FAIL, "silent"),
    Case(
        "nothing sent to the probe",
        _pings(0, 0),
        "xa-a/workstation-reaches/pc-xa-a",
        UNKNOWN,
        "not-sent",
    ),
    Case("door open", _doors("opened"), "xa-a/workstation-refused/pc-xa-a", FAIL, "open"),
    Case(
        "no control",
        _without("sw-xa-a"),
        "xa-a/workstation-refused/pc-xa-a",
        UNKNOWN,
        "no-control",
    ),
    Case(
        "nobody asked",
        _dumb("rt-xa-a"),
        "xa-a/interface-configured/rt-xa-a:wan1",
        UNKNOWN,
        "any.no-evidence",
    ),
    Case(
        "foreign answer",
        _said("rt-xa-a", "show bfd peers json", "Cisco IOS Software"),
        "xa-c/bfd/xa-c-1",
        PASS,
        "pass",
    ),
    Case(
        "foreign answer of an end that was asked",
        _said("rt-xa-a", "show bfd peers json", "Cisco IOS Software"),
        "xa-a/bfd/xa-a-1",
        UNKNOWN,
        "any.unreadable",
    ),
]
