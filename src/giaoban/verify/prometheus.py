"""A run as Prometheus' text format, for node_exporter's textfile collector. Pure."""

from __future__ import annotations

from datetime import datetime

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from giaoban.verify.model import Results, State
from giaoban.verify.units import name_and_unit


def prometheus(results: Results) -> str:
    """Give every check's state, every measured figure, every cause and every circuit.

    A state is five series of which one is 1, as Prometheus' StateSet has it; alert on
    `giaoban_cause`, which has one series for each thing that is wrong and none for what only
    follows from it.
    """
    registry = CollectorRegistry()
    _states(registry, results)
    _figures(registry, results)
    _causes(registry, results)
    _circuits(registry, results)
    _run(registry, results)
    return generate_latest(registry).decode()


def _states(registry: CollectorRegistry, results: Results) -> None:
    names = ("site", "tier", "state")
    sites = Gauge("giaoban_site_state", "State of a site.", names, registry=registry)
    for site in results.sites:
        _set_state(sites, (site.slug, site.tier), site.state)
    names_of_check = ("site", "check", "target", "state")
    checks = Gauge(
        "giaoban_check_state", "Answer to one question.", names_of_check, registry=registry
    )
    for check in results.checks:
        _set_state(checks, (check.site, check.check, check.target), check.state)


def _set_state(gauge: Gauge, labels: tuple[str, ...], found: State) -> None:
    for state in State:
        gauge.labels(*labels, state).set(found is state)


def _figures(registry: CollectorRegistry, results: Results) -> None:
    measured = Gauge(
        "giaoban_measured",
        "A figure behind an answer.",
        ["site", "check", "target", "quantity", "unit"],
        registry=registry,
    )
    for check in results.checks:
        for figure, value in check.measured.items():
            quantity, unit = name_and_unit(figure)
            if unit and not isinstance(value, str):  # what has no unit is a number of the plan
                labels = (check.site, check.check, check.target, quantity, unit)
                measured.labels(*labels).set(value)


def _causes(registry: CollectorRegistry, results: Results) -> None:
    cause = Gauge(
        "giaoban_cause",
        "One thing that is wrong; its value counts the answers it explains.",
        ["site", "kind", "place"],
        registry=registry,
    )
    for found in results.causes:
        cause.labels(found.site, found.kind, found.place).set(
            len(found.roots) + len(found.explains)
        )


def _circuits(registry: CollectorRegistry, results: Results) -> None:
    carries = Gauge(
        "giaoban_circuit_carries",
        "Whether a circuit carries traffic; absent where nobody could say.",
        ["circuit", "site", "carrier", "reference"],
        registry=registry,
    )
    for circuit in results.circuits:
        if circuit.carries is not None:
            labels = (circuit.name, circuit.site, circuit.carrier, circuit.reference)
            carries.labels(*labels).set(circuit.carries)


def _run(registry: CollectorRegistry, results: Results) -> None:
    finished = Gauge(
        "giaoban_verify_finished_timestamp_seconds", "When the run ended.", registry=registry
    )
    finished.set(datetime.fromisoformat(results.finished).timestamp())
    took = Gauge("giaoban_verify_duration_seconds", "How long the run took.", registry=registry)
    took.set(results.seconds)
