"""A BGP neighbour with the wrong AS."""

from __future__ import annotations

from giaoban.plan.model import BgpSession, Plan
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
        """Demand that the router has the neighbours."""
        router = scene.device(target, "router").name
        neighbours = scene.in_node(_WHAT, router, ["vtysh", "-c", "show bgp summary"])
        first = sessions_of(scene.plan, router)[0].upper
        if str(first.ipv4) not in neighbours:
            raise CannotBreakError(_WHAT, router, f"it has no neighbour {first.ipv4}")
        return {}

    def break_(self, scene: Scene, target: str, undo: dict[str, str]) -> None:
        """Give each neighbour an AS that it does not have."""
        del undo
        self._set(scene, target, OFF_BY)

    def mend(self, scene: Scene, target: str, undo: dict[str, str]) -> None:
        """Give each neighbour the AS of the plan."""
        del undo
        self._set(scene, target, 0)

    def _set(self, scene: Scene, target: str, off_by: int) -> None:
        router = scene.device(target, "router").name
        lines = vtysh_lines(sessions_of(scene.plan, router), off_by)
        command = ["vtysh"]
        for line in lines:
            command += ["-c", line]
        scene.in_node(_WHAT, router, command)


def sessions_of(plan: Plan, router: str) -> list[BgpSession]:
    """Give the sessions that a router has with those above it. Pure."""
    return [session for session in plan.sessions if session.lower.device == router]


def vtysh_lines(sessions: list[BgpSession], off_by: int) -> list[str]:
    """Give the lines that set each neighbour's AS to its own plus `off_by`. Pure."""
    lines = ["configure terminal", f"router bgp {sessions[0].lower.asn}"]
    lines += [
        f"neighbor {address} remote-as {session.upper.asn + off_by}"
        for session in sessions
        for address in (session.upper.ipv4, session.upper.ipv6)
    ]
    return lines
