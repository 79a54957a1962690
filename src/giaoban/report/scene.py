"""What the map shows: every site of the plan with its place in the tree, every circuit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from giaoban.intent.model import CENTRE
from giaoban.plan.model import CircuitPlan, Plan
from giaoban.report.collation import collation_key
from giaoban.verify.model import Results, SiteResult, State

Kind = Literal["centre", "hub", "side", "head", "leaf", "direct"]


@dataclass(frozen=True, slots=True)
class Place:
    """A site on the map.

    `kind` says where it is drawn: the central government above the hub (the data centre),
    departments at its sides, heads (districts) below, leaves below the head their best circuit
    leads to, and direct those whose circuits lead to the hub itself. `state` is None where the
    site was not part of the run.
    """

    slug: str
    name: str
    tier: str
    kind: Kind
    head: str | None
    state: State | None


@dataclass(frozen=True, slots=True)
class Line:
    """A circuit on the map; `core` is the index of the core router it leads to, if one."""

    name: str
    lower: str
    upper: str
    core: int | None
    carrier: str
    reference: str
    rate: int
    standby: bool
    state: State | None


@dataclass(frozen=True, slots=True)
class Scene:
    """The whole map, before anything has a position."""

    places: dict[str, Place]
    lines: tuple[Line, ...]
    hub: str
    cores: tuple[str, str]

    def of_kind(self, kind: Kind) -> list[Place]:
        """Places of a kind, in order."""
        return [place for place in self.places.values() if place.kind == kind]

    def leaves(self, head: str) -> list[Place]:
        """Places below a head, in order."""
        return [place for place in self.places.values() if place.head == head]


def scene(plan: Plan, results: Results) -> Scene:
    """Join what should be with what was found.

    Departments and districts keep the order of their numbers, which is the province's own;
    communes follow the alphabet.
    """
    ran = {one.slug: one for one in results.sites}
    tree = _Tree(plan)
    places = [_place(plan, tree, slug, ran.get(slug)) for slug in plan.sites]
    if plan.centre.links:
        found = ran.get(CENTRE)
        state = found.state if found else None
        places.append(Place(CENTRE, plan.centre.name, CENTRE, "centre", None, state))
    places.sort(key=lambda place: _order(plan, place))
    first, second = plan.intent.data_centre.cores
    return Scene(
        places={place.slug: place for place in places},
        lines=tuple(_lines(plan, results, tree)),
        hub=tree.hub,
        cores=(first, second),
    )


class _Tree:
    """Which site each one hangs from: the upper end of its best circuit."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.hub = plan.data_centre.site.slug
        best: dict[str, CircuitPlan] = {}
        for circuit in plan.circuits.values():
            known = best.get(circuit.site)
            if known is None or _rank(circuit) < _rank(known):
                best[circuit.site] = circuit
        self.above = {site: self.upper(circuit) for site, circuit in best.items()}
        self.bearing = {above for above in self.above.values() if above != self.hub}

    def upper(self, circuit: CircuitPlan) -> str:
        return self.plan.devices[circuit.upper.device].site

    def root(self, slug: str) -> str | None:
        """Give the site right below the hub that `slug` hangs from; None at the hub itself."""
        seen = {slug}
        while (above := self.above.get(slug)) not in (None, self.hub, *seen):
            slug = str(above)
            seen.add(slug)
        return slug


def _rank(circuit: CircuitPlan) -> tuple[bool, int]:
    return circuit.standby, -circuit.preference


def _place(plan: Plan, tree: _Tree, slug: str, found: SiteResult | None) -> Place:
    site = plan.sites[slug].site
    kind, head = _kind(plan, tree, slug)
    name = found.name if found else site.name
    return Place(slug, name, site.tier, kind, head, found.state if found else None)


def _kind(plan: Plan, tree: _Tree, slug: str) -> tuple[Kind, str | None]:
    tier = plan.sites[slug].site.tier
    root = tree.root(slug)
    if slug == tree.hub:
        return "hub", None
    if root != slug:
        return "leaf", root
    if tier == "district" or slug in tree.bearing:
        return "head", None
    return ("side" if tier == "department" else "direct"), None


def _order(plan: Plan, place: Place) -> tuple[bool, int, object]:
    if place.slug == CENTRE:
        return False, 0, ()
    by_name = place.kind in ("leaf", "direct")
    number = 0 if by_name else plan.sites[place.slug].site.number
    return by_name, number, collation_key(place.name) if by_name else ()


def _lines(plan: Plan, results: Results, tree: _Tree) -> list[Line]:
    states = {one.name: one.state for one in results.circuits}
    names = {one.slug: one.name for one in plan.intent.carriers}
    cores = (plan.core_link.a.device, plan.core_link.z.device)
    return [
        Line(
            name=circuit.name,
            lower=circuit.site,
            upper=tree.upper(circuit),
            core=cores.index(circuit.upper.device) if circuit.upper.device in cores else None,
            carrier=names.get(circuit.carrier, circuit.carrier),
            reference=circuit.reference,
            rate=circuit.rate,
            standby=circuit.standby,
            state=states.get(circuit.name),
        )
        for circuit in plan.circuits.values()
    ]
