"""A BGP neighbour with the wrong AS."""

from __future__ import annotations

import re

from giaoban.plan.model import Plan
from giaoban.twin.faults.base import CannotBreakError, Fault, Scene

OFF_BY = 9
_WHAT = "changing a BGP neighbour"


class BgpAs(Fault):
    """Somebody mistyped the AS of the site's neighbours, at the site's router."""

    id = "bgp-as"
    target = "site"
    broken = "The site's router expects another AS of its neighbours than they have."
    noticed = "The site is cut off although its line is up."

    def survey(self, scene: Scene, target: str) -> dict[str, str]:
        """Ask the router which neighbours above it has, and with which AS."""
        router = scene.device(target, "router").name
        running = scene.in_node(_WHAT, router, ["vtysh", "-c", "show running-config"])
        found = neighbours(running, addresses_above(scene.plan, router))
        if not found:
            raise CannotBreakError(_WHAT, router, "it has no neighbour of the plan's")
        return found

    def break_(self, scene: Scene, target: str, undo: dict[str, str]) -> None:
        """Give each neighbour an AS that it does not have."""
        wrong = {address: str(int(asn) + OFF_BY) for address, asn in undo.items()}
        self._set(scene, target, wrong)

    def mend(self, scene: Scene, target: str, undo: dict[str, str]) -> None:
        """Give each neighbour the AS it had."""
        self._set(scene, target, undo)

    def _set(self, scene: Scene, target: str, asns: dict[str, str]) -> None:
        router = scene.device(target, "router").name
        own = scene.plan.sites[target].asn
        command = ["vtysh", "-c", "configure terminal", "-c", f"router bgp {own}"]
        for address, asn in asns.items():
            command += ["-c", f"neighbor {address} remote-as {asn}"]
        scene.in_node(_WHAT, router, command)


def addresses_above(plan: Plan, router: str) -> set[str]:
    """Give the addresses of the neighbours above a router, of both families. Pure."""
    return {
        str(address)
        for session in plan.sessions
        if session.lower.device == router
        for address in (session.upper.ipv4, session.upper.ipv6)
    }


def neighbours(running: str, addresses: set[str]) -> dict[str, str]:
    """Read the AS of each of `addresses` out of FRR's running configuration. Pure."""
    found = re.findall(r"^ neighbor (\S+) remote-as (\d+)$", running, re.MULTILINE)
    return {address: asn for address, asn in found if address in addresses}
