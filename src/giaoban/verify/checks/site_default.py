"""A site knows the way to the data centre."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from giaoban.plan.model import Device
from giaoban.verify.answers import STATE, Answers, NoAnswer, Question, Unreadable
from giaoban.verify.check import Check, Kind, Needs, Target, Threshold, Verdict, failed, passed
from giaoban.verify.model import Layer
from giaoban.verify.needs import FAMILIES, reachable, ways_up
from giaoban.verify.parse.frr import ANY_PREFIX, DEFAULT, installed
from giaoban.verify.parse.linux import DEFAULT_ROUTE, default_devices
from giaoban.verify.view import View


@dataclass(frozen=True, slots=True)
class DefaultRoute:
    """The interfaces of the default route in one family, as zebra and as the kernel have it."""

    family: str
    zebra: tuple[str, ...]
    kernel: tuple[str, ...]


def carrying_port(answers: Answers, router: str) -> str | None:
    """Give the interface that a router's IPv4 default leaves by; None where nobody can say."""
    try:
        devices = default_devices(answers, router, "ipv4")
    except (NoAnswer, Unreadable):
        return None
    return devices[0] if devices else None


class SiteDefault(Check[Device, tuple[DefaultRoute, ...]]):
    """A site's router has a default route towards the data centre, in both families.

    Why: without it nothing at the site leaves it. Zebra and the kernel are compared.
    """

    id = "site-default"
    layer = Layer.ROUTING
    needs = ("device-reachable", "bgp-session", "ospf")
    thresholds = (Threshold("present in zebra and kernel, by the same interface", "the plan"),)
    causes: ClassVar[dict[str, Kind]] = {
        "missing": Kind("default-missing"),
        "kernel": Kind("routes-not-in-kernel"),
    }

    def targets(self, view: View) -> Iterable[Target[Device]]:
        """Every router outside the data centre."""
        return (
            Target(device.site, device.name, device)
            for device in view.devices
            if device.role == "router" and device.name not in view.cores
        )

    def questions(self, view: View, target: Target[Device]) -> Iterable[Question]:
        """Ask zebra and the kernel."""
        del view
        for family in FAMILIES:
            yield Question(STATE, target.name, DEFAULT[family])
            yield Question(STATE, target.name, DEFAULT_ROUTE[family])

    def evidence(
        self, view: View, target: Target[Device], answers: Answers
    ) -> tuple[DefaultRoute, ...]:
        """Read both."""
        del view
        router = target.name
        return tuple(
            DefaultRoute(
                family,
                tuple(installed(answers, router, DEFAULT[family]).get(ANY_PREFIX[family], ())),
                tuple(default_devices(answers, router, family)),
            )
            for family in FAMILIES
        )

    def verdict(
        self, view: View, target: Target[Device], evidence: tuple[DefaultRoute, ...]
    ) -> Verdict:
        """Judge."""
        del view
        router = target.name
        for route in evidence:
            if not route.zebra:
                return failed("missing", router, device=router, family=route.family)
            if not set(route.kernel) & set(route.zebra):
                return failed("kernel", router, device=router, family=route.family)
        return passed(device=router, port=evidence[0].kernel[0])

    def needs_of(self, view: View, target: Target[Device]) -> Needs:
        """The router answers and one way up works."""
        here = reachable(view, target.name)
        ways = ways_up(view, target.subject.site)
        return tuple((here, *way) for way in ways) or ((here,),)
