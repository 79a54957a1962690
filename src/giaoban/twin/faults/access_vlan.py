"""A switch port in the wrong VLAN."""

from __future__ import annotations

from giaoban.plan.model import Plan
from giaoban.twin.faults.base import CannotBreakError, Fault, Scene

_WHAT = "changing an access VLAN"


class AccessVlan(Fault):
    """Somebody moved the office port of a site's switch to another zone's VLAN, by hand."""

    id = "access-vlan"
    target = "site"
    broken = "An access port of the site's switch is in another zone's VLAN."
    noticed = "The PC behind it gets an address of the wrong zone, or none, and reaches nothing."

    def survey(self, scene: Scene, target: str) -> dict[str, str]:
        """Ask the switch for the tag the port has."""
        switch = scene.device(target, "switch").name
        port = access_port(scene.plan, switch)
        tag = scene.in_node(_WHAT, switch, ["ovs-vsctl", "get", "port", port, "tag"]).strip()
        if not tag.isdigit():
            raise CannotBreakError(_WHAT, switch, f"port {port} has the tag {tag}")
        return {"port": port, "tag": tag}

    def break_(self, scene: Scene, target: str, undo: dict[str, str]) -> None:
        """Give the port another zone's tag."""
        wrong = other_vlan(scene.plan, target, int(undo["tag"]))
        self._set(scene, target, undo["port"], str(wrong))

    def mend(self, scene: Scene, target: str, undo: dict[str, str]) -> None:
        """Give the port its tag back."""
        self._set(scene, target, undo["port"], undo["tag"])

    def _set(self, scene: Scene, target: str, port: str, tag: str) -> None:
        switch = scene.device(target, "switch").name
        scene.in_node(_WHAT, switch, ["ovs-vsctl", "set", "port", port, f"tag={tag}"])


def access_port(plan: Plan, switch: str) -> str:
    """Give the port of the site's workstation, or else of its endpoint. Pure."""
    roles: dict[str, str] = {}
    for cable in plan.cables:
        for near, far in ((cable.a, cable.z), (cable.z, cable.a)):
            if near.device == switch:
                roles.setdefault(plan.devices[far.device].role, near.name)
    return roles.get("workstation") or roles["endpoint"]


def other_vlan(plan: Plan, site: str, tag: int) -> int:
    """Give the VLAN of a zone of the site that is not `tag`'s, the highest. Pure."""
    vlans = [segment.vlan for segment in plan.sites[site].segments]
    return max(vlan for vlan in vlans if vlan != tag)
