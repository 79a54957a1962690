"""Runs of verify made up for the report: the same call always gives the same results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from giaoban.plan.model import CircuitPlan, Plan
from giaoban.verify.model import (
    Call,
    Cause,
    CheckResult,
    CircuitResult,
    Layer,
    Results,
    SiteResult,
    State,
    Text,
    worst,
)

States = dict[str, State]
_Asked = tuple[str, Layer, dict[str, float | int | str]]
_CHECKS: tuple[_Asked, ...] = (
    ("device-reachable", Layer.DEVICE, {}),
    ("site-prefixes", Layer.ROUTING, {"cores": 2}),
    ("round-trip", Layer.NETWORK, {"mean": 12.417, "sent": 200, "lost": 0, "bound": 1.49}),
)
_CIRCUIT_CHECKS: tuple[_Asked, ...] = (
    ("circuit", Layer.LINK, {}),
    ("circuit-loss", Layer.NETWORK, {"lost": 0, "sent": 1000, "percent": 0.0, "bound": 0.3}),
    ("circuit-rate", Layer.NETWORK, {"measured": 18.9, "committed": 20.0}),
    ("path-mtu", Layer.NETWORK, {"mtu": 1500}),
    ("bgp-session", Layer.ROUTING, {"ends": 2}),
)
_SAID = {
    State.PASS: Text("x.pass", "as planned", "đúng kế hoạch"),
    State.FAIL: Text("x.fail", "not as planned", "không đúng kế hoạch"),
    State.UNKNOWN: Text("x.none", "could not be asked", "không hỏi được"),
    State.BLOCKED: Text("any.blocked", "cannot be judged yet", "chưa thể đánh giá"),
    State.NOT_APPLICABLE: Text("x.na", "the carrier's own box", "thiết bị của nhà mạng"),
}


def run(
    plan: Plan,
    sites: Iterable[str] | None = None,
    states: States | None = None,
    causes: tuple[Cause, ...] = (),
) -> Results:
    """Give a run over `sites` (all where None); `states` names those that did not pass.

    A key of `states` is a site (every check of it), a circuit (its checks) or an id.
    """
    chosen = {*plan.sites, "centre"} if sites is None else set(sites)
    wanted = states or {}
    blocked = {result: cause.id for cause in causes for result in cause.explains}
    circuits = [c for c in plan.circuits.values() if c.site in chosen]
    checks = tuple(_checks(plan, chosen, circuits, wanted, blocked))
    found: dict[str, set[State]] = {}
    for check in checks:
        found.setdefault(check.target, set()).add(check.state)
    return Results(
        province=plan.intent.province.name,
        started="2026-11-20T01:30:05+00:00",
        finished="2026-11-20T01:31:23+00:00",
        seconds=78.4,
        sites=tuple(_sites(plan, chosen, checks, causes)),
        circuits=tuple(_circuit(one, worst(found[one.name])) for one in circuits),
        checks=checks,
        causes=causes,
    )


def cut(plan: Plan, circuit: str, blocks: tuple[str, ...] = (), number: int = 1) -> Cause:
    """Give the cause that a circuit is down."""
    planned = plan.circuits[circuit]
    carrier = next(one for one in plan.intent.carriers if one.slug == planned.carrier)
    return Cause(
        id=f"circuit-down/{circuit}/{number}",
        kind="circuit-down",
        site=planned.site,
        place=circuit,
        title=Text("t", f"circuit {circuit} is down", f"đường truyền {circuit} bị đứt"),
        evidence=Text(
            "e",
            f"0 of 20 echoes came back over IPv4 and IPv6; {planned.upper} has no carrier",
            f"0/20 gói thử quay về qua IPv4 và IPv6; cổng {planned.upper} không có tín hiệu",
        ),
        remedy=Text(
            "r",
            "ask whether the router and the carrier's box have power and their lamps are on;"
            " if so, report the circuit to the carrier with its number",
            "hỏi tại chỗ xem bộ định tuyến và thiết bị của nhà mạng có điện, đèn có sáng không;"
            " nếu có, báo hỏng cho nhà mạng theo số hiệu đường truyền",
        ),
        calls=(Call(carrier.name, carrier.phone, circuit, planned.reference),),
        circuits=(circuit,),
        roots=(f"{planned.site}/circuit/{circuit}",),
        explains=tuple(f"{site}/device-reachable/rt-{site}" for site in blocks),
        blocks=blocks,
    )


def _checks(
    plan: Plan,
    sites: set[str],
    circuits: list[CircuitPlan],
    wanted: States,
    blocked: dict[str, str],
) -> Iterable[CheckResult]:
    by_site: dict[str, list[CircuitPlan]] = {}
    for circuit in circuits:
        by_site.setdefault(circuit.site, []).append(circuit)
    for site in (*plan.sites, "centre"):
        if site not in sites:
            continue
        targets = [(check, f"rt-{site}", site) for check in _CHECKS if site in plan.sites]
        targets += [
            (check, circuit.name, circuit.name)
            for circuit in by_site.get(site, [])
            for check in _CIRCUIT_CHECKS
        ]
        for (check, layer, measured), target, subject in targets:
            name = f"{site}/{check}/{target}"
            state = wanted.get(name, wanted.get(subject, wanted.get(site, State.PASS)))
            yield CheckResult(
                id=name,
                site=site,
                check=check,
                target=target,
                layer=layer,
                state=state,
                text=_SAID[state],
                measured=dict(measured),
                blocked_by=blocked.get(name),
            )


def _sites(
    plan: Plan, chosen: set[str], checks: tuple[CheckResult, ...], causes: tuple[Cause, ...]
) -> Iterable[SiteResult]:
    counted = Counter((check.site, check.state) for check in checks)
    standbys = {circuit.site: circuit.name for circuit in plan.circuits.values() if circuit.standby}
    for slug, planned in plan.sites.items():
        if slug not in chosen:
            continue
        counts = {state: counted[slug, state] for state in State if counted[slug, state]}
        standby = standbys.get(slug)
        down = any(slug == cause.site for cause in causes)
        yield SiteResult(
            slug=slug,
            name=planned.site.name,
            tier=planned.site.tier,
            parent=planned.site.parent,
            state=worst(set(counts)),
            counts={state.value: counted[slug, state] for state in State},
            on_standby=standby if down else None,
            causes=tuple(c.id for c in causes if slug == c.site or slug in c.blocks),
        )


def _circuit(one: CircuitPlan, state: State) -> CircuitResult:
    return CircuitResult(
        name=one.name,
        site=one.site,
        lower=one.lower.device,
        upper=one.upper.device,
        carrier=one.carrier,
        reference=one.reference,
        rate=one.rate,
        standby=one.standby,
        state=state,
        carries=None if state is State.UNKNOWN else state is State.PASS and not one.standby,
    )
