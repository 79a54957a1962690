"""From results to causes: which few things are wrong, and what waits for each. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from giaoban.plan.model import CircuitPlan
from giaoban.verify.assess import Found, Tracing
from giaoban.verify.check import Kind
from giaoban.verify.messages import text
from giaoban.verify.model import Call, Cause, State, Text
from giaoban.verify.needs import CIRCUIT, of_circuit, reachable
from giaoban.verify.view import View

CUT_OFF = Kind("cut-off", "carrier")
DARK = ("silent", "no-carrier")


@dataclass
class Cluster:
    """Root failures with one cause."""

    kind: Kind
    site: str
    place: str
    roots: list[Found] = field(default_factory=list)


def causes(view: View, found: Mapping[str, Found]) -> tuple[Cause, ...]:
    """Give every cause, the one that most results wait for first."""
    tracing = Tracing(found)
    roots = {root for result in found for root in tracing.roots(result)}
    clusters = _clusters(view, [found[root] for root in found if root in roots], found)
    waiting = _waiting(found, tracing, clusters)
    made = [_cause(view, cluster, waiting[index]) for index, cluster in enumerate(clusters)]
    return tuple(sorted(made, key=lambda cause: -len(cause.explains)))


def _clusters(view: View, roots: list[Found], found: Mapping[str, Found]) -> list[Cluster]:
    clusters = _cut_off(view, roots, found)
    taken = {root.id for cluster in clusters for root in cluster.roots}
    by_place: dict[tuple[str, str, str], Cluster] = {}
    for root in roots:
        if root.id in taken:
            continue
        kind = root.check.causes[root.verdict.reason]
        place = root.verdict.place or root.target.name
        key = (kind.name, place, root.target.site)
        by_place.setdefault(key, Cluster(kind, root.target.site, place)).roots.append(root)
    return clusters + list(by_place.values())


def _cut_off(view: View, roots: list[Found], found: Mapping[str, Found]) -> list[Cluster]:
    """Find routers all of whose circuits died at once: one cause, not one a circuit.

    The router that most dead circuits meet at comes first, so that a dead core is not taken for
    the death of every district.
    """
    dark = {
        root.target.name: root
        for root in roots
        if root.check.id == CIRCUIT and root.verdict.reason in DARK
    }
    meeting: dict[str, list[str]] = defaultdict(list)
    for name in dark:
        circuit = view.plan.circuits[name]
        for router in (circuit.lower.device, circuit.upper.device):
            if view.ours(router):
                meeting[router].append(name)
    clusters: list[Cluster] = []
    taken: set[str] = set()
    for router in sorted(meeting, key=lambda name: -len(meeting[name])):
        names = [name for name in meeting[router] if name not in taken]
        if len(names) > 1 and _all_dead(view, router, found):
            site = view.plan.devices[router].site
            taken.update(names)
            itself = [root for root in roots if root.id == reachable(view, router)]
            lines = [dark[name] for name in names]
            clusters.append(Cluster(CUT_OFF, site, router, lines + itself))
    return clusters


def _all_dead(view: View, router: str, found: Mapping[str, Found]) -> bool:
    """Whether a router does not answer and no circuit at it is known to be alive."""
    itself = found.get(reachable(view, router))
    if itself is None or itself.verdict.state is State.PASS:
        return False
    ends = (found.get(of_circuit(CIRCUIT, circuit)) for circuit in view.incident(router))
    return not any(end and end.verdict.state is State.PASS for end in ends)


def _waiting(
    found: Mapping[str, Found], tracing: Tracing, clusters: list[Cluster]
) -> list[list[Found]]:
    """Give for each cluster the results that wait for it; a result waits for one cause only."""
    owner = {root.id: index for index, cluster in enumerate(clusters) for root in cluster.roots}
    waiting: list[list[Found]] = [[] for _ in clusters]
    for result, one in found.items():
        behind = tracing.roots(result)
        if result in owner or not behind:
            continue
        waiting[min(owner[root] for root in behind)].append(one)
    return waiting


def _cause(view: View, cluster: Cluster, waiting: list[Found]) -> Cause:
    kind, place, site = cluster.kind, cluster.place, cluster.site
    circuits = _circuits(cluster)
    filling = {
        "place": place,
        "device": place,
        "circuit": place,
        "circuits": ", ".join(circuit.name for circuit in circuits),
        "site": view.plan.sites[site].site.name if site in view.plan.sites else site,
    }
    return Cause(
        id=f"{site}/{kind.name}/{place}",
        kind=kind.name,
        site=site,
        place=place,
        title=text(f"cause.{kind.name}.title", filling),
        evidence=_joined([root.text for root in cluster.roots]),
        remedy=text(f"cause.{kind.name}.remedy", filling),
        calls=_calls(view, kind, circuits),
        circuits=tuple(circuit.name for circuit in circuits),
        roots=tuple(root.id for root in cluster.roots),
        explains=tuple(one.id for one in waiting),
        blocks=tuple(dict.fromkeys(one.target.site for one in waiting if one.target.site != site)),
    )


def _joined(texts: list[Text]) -> Text:
    """Put the evidence of a cause into one line; the second family's says the same again."""
    shown = texts if len(texts) <= len(("ipv4", "ipv6")) else texts[:2]
    more = f" (+{len(texts) - len(shown)})" if len(texts) > len(shown) else ""
    return Text(
        texts[0].key,
        "; ".join(one.en for one in shown) + more,
        "; ".join(one.vi for one in shown) + more,
    )


def _circuits(cluster: Cluster) -> list[CircuitPlan]:
    """Give the circuits a cause is about: those of its roots, or the one it stands at."""
    subjects = [root.target.subject for root in cluster.roots]
    circuits = [subject for subject in subjects if isinstance(subject, CircuitPlan)]
    return list({circuit.name: circuit for circuit in circuits}.values())


def _calls(view: View, kind: Kind, circuits: Iterable[CircuitPlan]) -> tuple[Call, ...]:
    noc = view.plan.intent.network.noc
    carriers = {carrier.slug: carrier for carrier in view.plan.intent.carriers}
    calls = [
        Call(
            carriers[circuit.carrier].name,
            carriers[circuit.carrier].phone,
            circuit.name,
            circuit.reference,
        )
        for circuit in circuits
        if kind.mends == "carrier" and circuit.carrier in carriers
    ]
    return (*calls, Call(noc.name, noc.phone))


def blocked_by(causes_found: Iterable[Cause]) -> dict[str, Cause]:
    """Give the cause that each explained result waits for."""
    return {result: cause for cause in causes_found for result in cause.explains}
