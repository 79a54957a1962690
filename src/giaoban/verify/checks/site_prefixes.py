"""Both cores know the way to a site."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from giaoban.plan.model import SitePlan
from giaoban.verify.answers import STATE, Answers, NoAnswer, Question
from giaoban.verify.check import Check, Kind, Needs, Target, Threshold, Verdict, failed, passed
from giaoban.verify.model import Layer
from giaoban.verify.needs import (
    FAMILIES,
    PREFIXES,
    SESSION,
    of_session,
    reachable,
    ways_up,
)
from giaoban.verify.parse.frr import ROUTES, installed
from giaoban.verify.parse.linux import ROUTES as KERNEL_ROUTES
from giaoban.verify.parse.linux import destinations
from giaoban.verify.view import View


@dataclass(frozen=True, slots=True)
class CoreRoutes:
    """A site's prefixes that a core's zebra misses, and those that only its kernel misses."""

    core: str
    not_in_zebra: tuple[str, ...]
    not_in_kernel: tuple[str, ...]


def site_prefixes(site: SitePlan) -> dict[str, str]:
    """Give a site's prefix of each family."""
    return {"ipv4": str(site.prefixes.ipv4), "ipv6": str(site.prefixes.ipv6)}


class SitePrefixes(Check[SitePlan, tuple[CoreRoutes, ...]]):
    """Both cores have the site's prefixes, in both families, in zebra and in the kernel.

    Why: with a prefix in one core only, half of the replies are lost as soon as that core is the
    one that is asked. Zebra and the kernel are compared because a reconfigured interface takes
    routes out of the kernel while zebra still says installed.
    """

    id = PREFIXES
    layer = Layer.ROUTING
    needs = ("bgp-session", "device-reachable")
    thresholds = (Threshold("present at both cores", "the plan"),)
    causes: ClassVar[dict[str, Kind]] = {
        "missing": Kind("prefix-missing"),
        "kernel": Kind("routes-not-in-kernel"),
    }

    def targets(self, view: View) -> Iterable[Target[SitePlan]]:
        """Every site but the data centre."""
        return (
            Target(site.site.slug, site.site.slug, site)
            for site in view.sites
            if site.site.tier != "data_centre"
        )

    def questions(self, view: View, target: Target[SitePlan]) -> Iterable[Question]:
        """Ask both cores for their whole tables."""
        del target
        for core in view.cores:
            for family in FAMILIES:
                yield Question(STATE, core, ROUTES[family])
                yield Question(STATE, core, KERNEL_ROUTES[family])

    def evidence(
        self, view: View, target: Target[SitePlan], answers: Answers
    ) -> tuple[CoreRoutes, ...]:
        """Look the prefixes up at the cores that could be asked."""
        found = []
        missing: NoAnswer | None = None
        for core in view.cores:
            try:
                found.append(_at_core(core, target.subject, answers))
            except NoAnswer as absent:
                missing = absent
        if not found and missing:
            raise missing
        return tuple(found)

    def verdict(
        self, view: View, target: Target[SitePlan], evidence: tuple[CoreRoutes, ...]
    ) -> Verdict:
        """Judge."""
        del view
        for routes in evidence:
            if routes.not_in_zebra:
                prefixes = ", ".join(routes.not_in_zebra)
                return failed("missing", routes.core, core=routes.core, prefixes=prefixes)
        for routes in evidence:
            if routes.not_in_kernel:
                prefixes = ", ".join(routes.not_in_kernel)
                return failed("kernel", routes.core, core=routes.core, prefixes=prefixes)
        return passed(site=target.name, cores=len(evidence))

    def needs_of(self, view: View, target: Target[SitePlan]) -> Needs:
        """A way up, and the sessions towards the cores, here or at the site above."""
        cores = tuple(reachable(view, core) for core in view.cores)
        inner = _inner_sessions(view, target.name)
        return tuple((*cores, *inner, *way) for way in ways_up(view, target.name))


def _inner_sessions(view: View, site: str) -> tuple[str, ...]:
    """The sessions between a district's router and the cores."""
    routers = set(view.routers_of(site)) - set(view.cores)
    return tuple(
        of_session(view, SESSION, session, family)
        for session in view.sessions
        if session.kind == "ibgp" and session.lower.device in routers
        for family in FAMILIES
    )


def _at_core(core: str, site: SitePlan, answers: Answers) -> CoreRoutes:
    not_in_zebra, not_in_kernel = [], []
    for family, prefix in site_prefixes(site).items():
        if prefix not in installed(answers, core, ROUTES[family]):
            not_in_zebra.append(prefix)
        elif prefix not in destinations(answers, core, family):
            not_in_kernel.append(prefix)
    return CoreRoutes(core, tuple(not_in_zebra), tuple(not_in_kernel))
