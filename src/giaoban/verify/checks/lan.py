"""VLANs of a site, on the trunk and on the access ports."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from giaoban.plan.model import Device, Port
from giaoban.verify.answers import STATE, Answers, NoAnswer, Question, Unreadable
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
)
from giaoban.verify.model import Layer
from giaoban.verify.needs import ACCESS, TRUNK, reachable
from giaoban.verify.parse.linux import ADDRESSES, Interface, interfaces
from giaoban.verify.parse.ovs import PORTS, SwitchPort, switch_ports
from giaoban.verify.view import View


@dataclass(frozen=True, slots=True)
class PlannedTrunk:
    """A site's switch with the VLANs of each trunk, and the zones of the routers behind them."""

    switch: str
    trunks: dict[str, tuple[int, ...]]
    routers: tuple[str, ...]
    zones: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class TrunkEnds:
    """Trunked VLANs of each switch port (None: no such port), and zones by router and VLAN."""

    switch: dict[str, tuple[int, ...] | None]
    routers: dict[str, dict[str, int | None]]


class TrunkVlans(Check[PlannedTrunk, TrunkEnds]):
    """The trunk between switch and router carries exactly the planned VLANs, at both ends.

    Why: a VLAN that one end does not carry is a zone without a gateway.
    """

    id = TRUNK
    layer = Layer.LINK
    needs = ("device-reachable",)
    thresholds = (Threshold("the plan's VLANs, no more and no fewer", "IEEE 802.1Q"),)
    causes: ClassVar[dict[str, Kind]] = {
        "missing": Kind("trunk-missing"),
        "switch": Kind("trunk-vlans"),
        "router": Kind("trunk-vlans"),
    }

    def targets(self, view: View) -> Iterable[Target[PlannedTrunk]]:
        """Every switch of ours, and the sites that have none."""
        for site in view.sites:
            if site.site.lan != "managed":
                none = PlannedTrunk(site.site.slug, {}, (), ())
                yield Target(site.site.slug, site.site.slug, none)
        for device in view.devices:
            if device.platform != "ovs":
                continue
            trunks: list[dict[str, Any]] = view.planned(device.name, "lan_switch__trunks") or []
            segments = view.plan.sites[device.site].segments
            planned = PlannedTrunk(
                switch=device.name,
                trunks={trunk["name"]: tuple(trunk["vlans"]) for trunk in trunks},
                routers=_routers_beside(view, device),
                zones=tuple((segment.zone, segment.vlan) for segment in segments),
            )
            yield Target(device.site, device.name, planned)

    def not_applicable(self, view: View, target: Target[PlannedTrunk]) -> Verdict | None:
        """A LAN that nobody manages has no trunk to compare."""
        if view.plan.sites[target.site].site.lan == "managed":
            return None
        return not_applicable("no-switch", site=target.site)

    def questions(self, view: View, target: Target[PlannedTrunk]) -> Iterable[Question]:
        """Ask the switch for its ports and the routers for their interfaces."""
        del view
        yield Question(STATE, target.subject.switch, PORTS)
        for router in target.subject.routers:
            yield Question(STATE, router, ADDRESSES)

    def follow_ups(
        self, view: View, target: Target[PlannedTrunk], answers: Answers
    ) -> Iterable[Question]:
        """Where a router's zones are no VLANs of its kernel, they are ports of its own switch."""
        del view
        for router in target.subject.routers:
            try:
                found = interfaces(answers, router)
            except (NoAnswer, Unreadable):
                continue
            if any(zone in found and found[zone].vlan is None for zone, _ in target.subject.zones):
                yield Question(STATE, router, PORTS)

    def evidence(self, view: View, target: Target[PlannedTrunk], answers: Answers) -> TrunkEnds:
        """Read both ends."""
        del view
        planned = target.subject
        ports = switch_ports(answers, planned.switch)
        return TrunkEnds(
            {name: ports[name].trunks if name in ports else None for name in planned.trunks},
            {router: _router_vlans(answers, router, planned) for router in planned.routers},
        )

    def verdict(self, view: View, target: Target[PlannedTrunk], evidence: TrunkEnds) -> Verdict:
        """Judge."""
        del view
        planned = target.subject
        for name, vlans in evidence.switch.items():
            place = f"{planned.switch}:{name}"
            if vlans is None:
                return failed("missing", place, port=place)
            if vlans != planned.trunks[name]:
                words = _words(planned.trunks[name])
                return failed("switch", place, port=place, found=_words(vlans), planned=words)
        for router, zones in evidence.routers.items():
            for zone, vlan in planned.zones:
                if zones.get(zone) != vlan:
                    place = f"{router}:{zone}"
                    found = str(zones.get(zone) or "—")
                    return failed("router", place, port=place, found=found, planned=vlan)
        carried = sorted({vlan for vlans in planned.trunks.values() for vlan in vlans})
        return passed(switch=planned.switch, vlans=_words(carried))

    def needs_of(self, view: View, target: Target[PlannedTrunk]) -> Needs:
        """The switch and a router answer."""
        routers = tuple(reachable(view, router) for router in target.subject.routers)
        return (
            ((reachable(view, target.subject.switch), *routers),) if target.subject.trunks else ()
        )


def _routers_beside(view: View, device: Device) -> tuple[str, ...]:
    """Give the routers whose trunks end at a switch: a hypervisor's lead to the switch's."""
    if device.role != "switch":
        return ()
    return tuple(name for name in view.routers_of(device.site) if view.ours(name))


def _words(vlans: Iterable[int]) -> str:
    return ", ".join(str(vlan) for vlan in vlans) or "—"


def _router_vlans(answers: Answers, router: str, planned: PlannedTrunk) -> dict[str, int | None]:
    kernel: dict[str, Interface] = interfaces(answers, router)
    present = [zone for zone, _ in planned.zones if zone in kernel]
    if all(kernel[zone].vlan is not None for zone in present):
        return {zone: kernel[zone].vlan for zone in present}
    ports = switch_ports(answers, router)
    return {zone: ports[zone].tag for zone in present if zone in ports}


@dataclass(frozen=True, slots=True)
class PlannedAccess:
    """An access port: its switch, its VLAN, its zone and what hangs on it (None: nothing)."""

    port: Port
    vlan: int
    zone: str
    box: str | None


class AccessPort(Check[PlannedAccess, SwitchPort | None]):
    """An access port is in the planned VLAN.

    Why: a computer in the wrong VLAN gets another zone's address and another zone's rights.
    """

    id = ACCESS
    layer = Layer.LINK
    needs = ("device-reachable",)
    thresholds = (Threshold("the plan's VLAN", "IEEE 802.1Q"),)
    causes: ClassVar[dict[str, Kind]] = {
        "missing": Kind("access-port-missing"),
        "vlan": Kind("wrong-access-vlan"),
    }

    def targets(self, view: View) -> Iterable[Target[PlannedAccess]]:
        """Every access port of our switches."""
        for device in view.devices:
            if device.platform != "ovs":
                continue
            rows: list[dict[str, Any]] = view.planned(device.name, "lan_switch__access_ports") or []
            for row in rows:
                port = Port(device.name, row["name"])
                planned = PlannedAccess(port, row["vlan"], row["zone"], row["box"])
                yield Target(device.site, str(port), planned)

    def questions(self, view: View, target: Target[PlannedAccess]) -> Iterable[Question]:
        """Ask the switch for its ports."""
        del view
        return (Question(STATE, target.subject.port.device, PORTS),)

    def evidence(
        self, view: View, target: Target[PlannedAccess], answers: Answers
    ) -> SwitchPort | None:
        """Find the port."""
        del view
        port = target.subject.port
        return switch_ports(answers, port.device).get(port.name)

    def verdict(
        self, view: View, target: Target[PlannedAccess], evidence: SwitchPort | None
    ) -> Verdict:
        """Judge."""
        del view
        planned, place = target.subject, target.name
        port = f"{place} ({planned.box})" if planned.box else place
        if evidence is None:
            return failed("missing", place, port=port)
        if evidence.tag != planned.vlan:
            return failed(
                "vlan",
                place,
                port=port,
                found=str(evidence.tag or "—"),
                planned=planned.vlan,
                zone=planned.zone,
            )
        return passed(port=place, vlan=planned.vlan)

    def needs_of(self, view: View, target: Target[PlannedAccess]) -> Needs:
        """The switch answers."""
        return ((reachable(view, target.subject.port.device),),)
