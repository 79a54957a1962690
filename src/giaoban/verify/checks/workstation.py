"""A workstation in the office gets addresses, reaches the data centre, and nothing it must not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_interface
from typing import ClassVar

from giaoban.plan.model import Device
from giaoban.verify.answers import (
    ECHOES,
    STATE,
    Answers,
    Login,
    NoAnswer,
    Question,
    Train,
    Unreadable,
    reading,
)
from giaoban.verify.check import (
    Check,
    Kind,
    Needs,
    Target,
    Threshold,
    Verdict,
    failed,
    passed,
    unknown,
)
from giaoban.verify.model import Layer
from giaoban.verify.needs import ADDRESS, lan_path, reachable, site_router
from giaoban.verify.parse.linux import ADDRESSES, interfaces, train
from giaoban.verify.view import View

LEASES = "show leases"
SSH = 22


def workstations(view: View) -> Iterable[Target[Device]]:
    """Give every workstation of ours."""
    return (
        Target(device.site, device.name, device)
        for device in view.devices
        if device.role == "workstation"
    )


@dataclass(frozen=True, slots=True)
class Addresses:
    """Addresses that a workstation has (None: it was not asked), and whether it holds a lease."""

    own: frozenset[str] | None
    leased: bool | None


class WorkstationAddress(Check[Device, Addresses]):
    """A workstation in the office zone gets an IPv4 address by DHCP and an IPv6 one by SLAAC.

    Why: it is the first thing an official's computer needs. A computer that cannot be asked is
    looked up in its gateway's leases.
    """

    id = ADDRESS
    layer = Layer.SERVICE
    needs = ("access-port", "trunk-vlans", "device-reachable")
    thresholds = (Threshold("an address of the office zone in each family", "RFC 2131; RFC 4862"),)
    causes: ClassVar[dict[str, Kind]] = {
        "no-ipv4": Kind("no-lease"),
        "no-ipv6": Kind("no-router-advertisement"),
        "no-lease": Kind("no-lease"),
    }

    def targets(self, view: View) -> Iterable[Target[Device]]:
        """Every workstation."""
        return workstations(view)

    def questions(self, view: View, target: Target[Device]) -> Iterable[Question]:
        """Ask the workstation for its addresses and its gateway for its leases."""
        yield Question(STATE, target.name, ADDRESSES)
        for router in view.routers_of(target.site):
            yield Question(STATE, router, LEASES)

    def evidence(self, view: View, target: Target[Device], answers: Answers) -> Addresses:
        """Read both."""
        try:
            found = interfaces(answers, target.name)
            return Addresses(frozenset().union(*(one.addresses for one in found.values())), None)
        except NoAnswer:
            for router in view.routers_of(target.site):
                return Addresses(None, target.name in _holders(answers, router))
            raise

    def verdict(self, view: View, target: Target[Device], evidence: Addresses) -> Verdict:
        """Judge."""
        box = target.name
        if evidence.own is None:
            if evidence.leased:
                return unknown("lease-only", box=box)
            return failed("no-lease", box, box=box)
        office = view.plan.sites[target.site].segment("office").networks
        own = [ip_interface(text) for text in evidence.own]
        if not any(one.version == office.ipv4.version and one in office.ipv4 for one in own):
            return failed("no-ipv4", box, box=box, network=str(office.ipv4))
        if not any(one.version == office.ipv6.version and one in office.ipv6 for one in own):
            return failed("no-ipv6", box, box=box, network=str(office.ipv6))
        return passed(box=box)

    def needs_of(self, view: View, target: Target[Device]) -> Needs:
        """The router answers and the switch leads there."""
        path = lan_path(view, target.subject)
        return tuple((*router, *path) for router in site_router(view, target.site))


def _holders(answers: Answers, router: str) -> set[str]:
    """Read the names in dnsmasq's lease file: time, MAC address, address, name, client id."""
    try:
        text = answers.text(router, LEASES)
    except Unreadable:
        text = answers.said[router][LEASES]
        if text.strip():
            raise
    with reading(router, LEASES):
        return {line.split()[3] for line in text.splitlines() if line.strip() and line[0] != "d"}


def _probe_question(view: View, workstation: str, family: str) -> Question | None:
    if view.probe is None:
        return None
    address = getattr(view.plan.devices[view.probe].management, family)
    ping = f"ping -n -q -c 5 -i 0.2 -W 1 {address}"
    # Where the kernel lets nobody but root send echoes, root does.
    return Question(ECHOES, workstation, f"{ping} 2>/dev/null || sudo -n {ping}")


class WorkstationReaches(Check[Device, tuple[Train, Train]]):
    """A workstation in the office reaches the data centre's probe server, in both families.

    Why: this is the whole way as an official has it: port, gateway, firewall, WAN and back.
    """

    id = "workstation-reaches"
    layer = Layer.SERVICE
    needs = ("workstation-address", "device-reachable")
    thresholds = (Threshold("one of five echoes in each family", "presence, not quality"),)
    causes: ClassVar[dict[str, Kind]] = {"silent": Kind("data-centre-unreachable")}

    def targets(self, view: View) -> Iterable[Target[Device]]:
        """Every workstation."""
        return workstations(view)

    def questions(self, view: View, target: Target[Device]) -> Iterable[Question]:
        """Ping the probe server."""
        both = (_probe_question(view, target.name, family) for family in ("ipv4", "ipv6"))
        return (question for question in both if question)

    def evidence(self, view: View, target: Target[Device], answers: Answers) -> tuple[Train, Train]:
        """Read both trains."""
        trains = []
        for question in self.questions(view, target):
            with reading(target.name, question.command):
                trains.append(train(answers.text(target.name, question.command)))
        if not trains:
            raise NoAnswer("probe")
        ipv4, ipv6 = trains
        return ipv4, ipv6

    def verdict(self, view: View, target: Target[Device], evidence: tuple[Train, Train]) -> Verdict:
        """Judge."""
        box, probe = target.name, view.probe or "—"
        if not all(one.sent for one in evidence):
            return unknown("not-sent", box=box)
        for family, one in zip(("IPv4", "IPv6"), evidence, strict=True):
            if not one.received:
                return failed("silent", box, box=box, probe=probe, family=family)
        return passed(box=box, probe=probe)

    def needs_of(self, view: View, target: Target[Device]) -> Needs:
        """It can be asked, and the probe server answers."""
        probe = (reachable(view, view.probe),) if view.probe else ()
        return ((reachable(view, target.name), *probe),)


@dataclass(frozen=True, slots=True)
class Refusals:
    """Whether each forbidden door opened, by address; and whether it opens for the NOC."""

    opened: dict[str, bool]
    open_for_noc: bool


def _door_question(workstation: str, address: object) -> Question:
    command = f"nc -z -w 1 {address} {SSH} && echo opened || echo refused"
    return Question(STATE, workstation, command)


class WorkstationRefused(Check[Device, Refusals]):
    """A workstation in the office is refused by another zone of its site, in both families.

    Why: the zones are what keeps a stolen office computer away from the boxes. The door that is
    tried, SSH of the site's own switch or else of its endpoint, is open for the NOC at the same
    moment, or nothing is proven.
    """

    id = "workstation-refused"
    layer = Layer.SECURITY
    needs = ("device-reachable",)
    thresholds = (Threshold("no connection within a second", "the zones' matrix in intent"),)
    causes: ClassVar[dict[str, Kind]] = {"open": Kind("zone-open")}

    def targets(self, view: View) -> Iterable[Target[Device]]:
        """Every workstation with such a door beside it."""
        return (target for target in workstations(view) if view.forbidden_door(target.site))

    def questions(self, view: View, target: Target[Device]) -> Iterable[Question]:
        """Knock."""
        return (_door_question(target.name, address) for address in _doors(view, target.site))

    def evidence(self, view: View, target: Target[Device], answers: Answers) -> Refusals:
        """Read what happened."""
        opened: dict[str, bool] = {}
        for address in _doors(view, target.site):
            command = _door_question(target.name, address).command
            words = answers.text(target.name, command).split()
            if not words or words[-1] not in ("opened", "refused"):
                raise Unreadable(target.name, command)
            opened[address] = words[-1] == "opened"
        door = view.forbidden_door(target.site) or ""
        return Refusals(opened, answers.logins.get(door) is Login.OK)

    def verdict(self, view: View, target: Target[Device], evidence: Refusals) -> Verdict:
        """Judge."""
        box, door = target.name, view.forbidden_door(target.site) or "—"
        wide = [address for address, opened in evidence.opened.items() if opened]
        if wide:
            return failed("open", box, box=box, door=door, address=wide[0])
        if not evidence.open_for_noc or not evidence.opened:
            return unknown("no-control", box=box, door=door)
        return passed(box=box, door=door)

    def needs_of(self, view: View, target: Target[Device]) -> Needs:
        """It can be asked, and so can the door."""
        door = view.forbidden_door(target.site)
        control = (reachable(view, door),) if door else ()
        return ((reachable(view, target.name), *control),)


def _doors(view: View, site: str) -> tuple[str, ...]:
    door = view.forbidden_door(site)
    if door is None:
        return ()
    management = view.plan.devices[door].management
    return str(management.ipv4), str(management.ipv6)
