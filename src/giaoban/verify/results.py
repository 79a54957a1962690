"""Puts what was found and why together as `Results`. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from giaoban.plan.model import CircuitPlan, Port
from giaoban.verify.answers import Answers
from giaoban.verify.assess import Found, judge
from giaoban.verify.checks.site_default import carrying_port
from giaoban.verify.diagnose import blocked_by, causes
from giaoban.verify.messages import CATALOGUE, shown
from giaoban.verify.model import (
    Cause,
    CheckResult,
    CircuitResult,
    Results,
    SiteResult,
    State,
    Text,
    worst,
)
from giaoban.verify.view import View


@dataclass(frozen=True, slots=True)
class Timing:
    """When a run began and ended (ISO 8601, UTC), and how many seconds it took."""

    started: str
    finished: str
    seconds: float


def results(view: View, answers: Answers, timing: Timing) -> Results:
    """Judge everything and give the whole run."""
    found = judge(view, answers)
    why = causes(view, found)
    waiting = blocked_by(why)
    checks = tuple(_result(one, waiting.get(one.id)) for one in found.values())
    carried = {site.site.slug: _carrying(view, answers, site.site.slug) for site in view.sites}
    return Results(
        province=view.plan.intent.province.name,
        started=timing.started,
        finished=timing.finished,
        seconds=timing.seconds,
        sites=tuple(_sites(view, checks, why, carried)),
        circuits=tuple(_circuits(view, checks, carried)),
        checks=checks,
        causes=why,
    )


def _result(one: Found, cause: Cause | None) -> CheckResult:
    state, said = one.verdict.state, one.text
    if cause is not None:
        state = State.BLOCKED
        english, vietnamese = CATALOGUE["any.blocked"]
        said = Text(
            "any.blocked",
            english.format(cause=cause.title.en),
            vietnamese.format(cause=cause.title.vi),
        )
    return CheckResult(
        id=one.id,
        site=one.target.site,
        check=one.check.id,
        target=one.target.name,
        layer=one.check.layer,
        state=state,
        text=said,
        measured={name: shown(value) for name, value in one.verdict.figures.items()},
        blocked_by=cause.id if cause else None,
    )


def _carrying(view: View, answers: Answers, site: str) -> CircuitPlan | None:
    """Give the circuit that a site's default route uses now."""
    routers = view.routers_of(site)
    if len(routers) != 1:
        return None
    try:
        port = carrying_port(answers, routers[0])
        return view.circuit_at(Port(routers[0], port)) if port else None
    except Exception:  # noqa: BLE001 - one box's answer does not end the run
        return None


def _sites(
    view: View,
    checks: Iterable[CheckResult],
    why: Iterable[Cause],
    carried: Mapping[str, CircuitPlan | None],
) -> Iterable[SiteResult]:
    by_site: dict[str, list[CheckResult]] = {}
    for check in checks:
        by_site.setdefault(check.site, []).append(check)
    for plan in view.sites:
        site = plan.site
        own = by_site.get(site.slug, [])
        counts = Counter(check.state for check in own)
        yield SiteResult(
            slug=site.slug,
            name=site.name,
            tier=site.tier,
            parent=site.parent,
            state=worst(set(counts)),
            counts={state.value: counts[state] for state in State},
            on_standby=_on_standby(view, site.slug, carried[site.slug]),
            causes=tuple(
                cause.id for cause in why if cause.site == site.slug or site.slug in cause.blocks
            ),
        )


def _on_standby(view: View, site: str, carrying: CircuitPlan | None) -> str | None:
    best = view.circuits_of(site)
    if carrying is None or not best or carrying == best[0]:
        return None
    return carrying.name


def _circuits(
    view: View, checks: Iterable[CheckResult], carried: Mapping[str, CircuitPlan | None]
) -> Iterable[CircuitResult]:
    states: dict[str, set[State]] = {}
    for check in checks:
        if check.check.startswith(("circuit", "path-mtu")):
            states.setdefault(check.target, set()).add(check.state)
    for circuit in view.circuits:
        carrying = carried.get(circuit.site)
        yield CircuitResult(
            name=circuit.name,
            site=circuit.site,
            lower=circuit.lower.device,
            upper=circuit.upper.device,
            carrier=circuit.carrier,
            reference=circuit.reference,
            rate=circuit.rate,
            standby=circuit.standby,
            state=worst(states.get(circuit.name, set())),
            carries=None if carrying is None else carrying.name == circuit.name,
        )
