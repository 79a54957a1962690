"""Every box answers the NOC."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from giaoban.plan.model import Device
from giaoban.verify.answers import Answers, Login, NoAnswer, Train
from giaoban.verify.check import (
    Check,
    Kind,
    Needs,
    Target,
    Threshold,
    Verdict,
    failed,
    not_applicable,
    passed,
    unknown,
)
from giaoban.verify.model import Layer
from giaoban.verify.needs import (
    LOSS,
    MTU,
    REACHABLE,
    circuits_above,
    lan_path,
    of_circuit,
    site_router,
    ways_up,
)
from giaoban.verify.view import View


@dataclass(frozen=True, slots=True)
class Contact:
    """The NOC's echoes in each family (None where it sent none) and how logging in ended."""

    ipv4: Train | None
    ipv6: Train | None
    login: Login


class DeviceReachable(Check[Device, Contact]):
    """Every box of ours answers the NOC in-band, in both families, and lets its observer in.

    Why: what cannot be reached cannot be judged, watched or mended from the centre.
    """

    id = REACHABLE
    layer = Layer.DEVICE
    needs = ("circuit", "bgp-session", "ospf", "trunk-vlans", "access-port")
    thresholds = (Threshold("one answer of the echoes sent", "presence, not quality"),)
    causes: ClassVar[dict[str, Kind]] = {
        "silent": Kind("device-silent"),
        "one-family": Kind("family-unreachable"),
        "login": Kind("login-refused"),
        "host-key": Kind("host-key-changed"),
    }

    def targets(self, view: View) -> Iterable[Target[Device]]:
        """Every device, a carrier's too."""
        everybody = (*view.devices, *view.foreign)
        return (Target(device.site, device.name, device) for device in everybody)

    def not_applicable(self, view: View, target: Target[Device]) -> Verdict | None:
        """A carrier's box lets nobody of us in."""
        if view.ours(target.name):
            return None
        return not_applicable("not-ours", device=target.name)

    def evidence(self, view: View, target: Target[Device], answers: Answers) -> Contact:
        """Take the NOC's echoes and the login. A workstation chooses its IPv6 address itself."""
        management = target.subject.management
        own_choice = target.subject.role == "workstation"
        contact = Contact(
            answers.trains.get(str(management.ipv4)),
            None if own_choice else answers.trains.get(str(management.ipv6)),
            answers.logins.get(target.name, Login.NOT_TRIED),
        )
        proven = contact.login in (Login.OK, Login.HOST_KEY)
        if contact.ipv4 is None and contact.ipv6 is None and not proven:
            # Nobody sent it an echo: that it lets nobody in may be the fault of the way there.
            raise NoAnswer(view.noc or target.name)
        return contact

    def verdict(  # noqa: PLR0911 - one for each way to be out of reach
        self, view: View, target: Target[Device], evidence: Contact
    ) -> Verdict:
        """Judge."""
        del view
        device = target.name
        trains = {"IPv4": evidence.ipv4, "IPv6": evidence.ipv6}
        dumb = [family for family, train in trains.items() if train and not train.received]
        if evidence.login is Login.HOST_KEY:
            return failed("host-key", device, device=device)
        if evidence.login is not Login.OK and len(dumb) == len([t for t in trains.values() if t]):
            return failed("silent", device, device=device)
        if evidence.login is Login.NOT_TRIED:  # nobody logs in where the first echoes were lost
            return unknown("came-back", device=device)
        if dumb:
            return failed("one-family", device, device=device, family=dumb[0])
        if evidence.login is not Login.OK:
            return failed("login", device, device=device, how=evidence.login.value)
        if evidence.ipv4 is None or (
            evidence.ipv6 is None and target.subject.role != "workstation"
        ):
            return unknown("no-probe", device=device)
        return passed(device=device)

    def needs_of(self, view: View, target: Target[Device]) -> Needs:
        """A router needs one way up; a box on a LAN its router and the switch between."""
        device = target.subject
        if device.name == view.noc or device.name in view.cores:
            return ()
        if device.role == "router":
            return ways_up(view, device.site)
        path = lan_path(view, device)
        routers = site_router(view, device.site)
        return tuple((*router, *path) for router in routers) or ((path,) if path else ())

    def explained_by(self, view: View, target: Target[Device], verdict: Verdict) -> tuple[str, ...]:
        """Logging in sends packets of full size: a black hole on the way stalls it, pings pass."""
        if verdict.reason != "login":
            return ()
        circuits = circuits_above(view, target.site)
        return tuple(of_circuit(check, one) for one in circuits for check in (MTU, LOSS))
