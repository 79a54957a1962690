"""What Prometheus and Alertmanager read: rules, targets, and what keeps silent for what."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from giaoban.monitoring.alerts import ALERTS, Alert

# What is true of a box, whatever was asked of it: what all rules start from.
_RECORDED: Final = {
    "giaoban:device_up": (
        'max by (device, kind, site, site_name, above) (probe_success{job="ping"})'
    ),
    "giaoban:above_up": (
        'max by (above) (label_replace(giaoban:device_up, "above", "$1", "device", "(.+)"))'
        ' or label_replace(max(giaoban:device_up{above="cores",kind="router"}),'
        ' "above", "cores", "", "")'
    ),
    "giaoban:site_in_reach": (
        "max by (site) (giaoban:circuit * on (upper) group_left ()"
        ' max by (upper) (label_replace(giaoban:device_up, "upper", "$1", "device", "(.+)")))'
    ),
    # 2 is in touch, 1 cut off by itself, 0 behind something that is down.
    "giaoban:site_state": (
        '2 * (max by (site) (giaoban:device_up{kind="router"}) == 1)'
        " or on (site) (giaoban:site_in_reach and on (site)"
        ' max by (site) (giaoban:device_up{kind="router"}) == 0)'
        ' or on (site) max by (site) (giaoban:device_up{kind="router"})'
    ),
    "giaoban:circuit_up": (
        "giaoban:circuit * on (circuit) group_left () max by (circuit) (giaoban_circuit_up)"
    ),
    "giaoban:service_up": (
        'max by (service, device, site, site_name) (probe_success{job="service"})'
        " or label_replace(max by (device, site, site_name) (pg_up),"
        ' "service", "database", "", "")'
        " or label_replace(max by (device, site, site_name)"
        ' (giaoban_clock_synchronised{time="yes"}), "service", "time", "", "")'
    ),
}

# Matchers of the source, names of what is silent for it, and the labels that must be the same.
_SILENCED: Final[tuple[tuple[list[str], str, list[str]], ...]] = (
    (['alertname="SiteDown"'], "CircuitDown", ["site"]),
    (['alertname="ServiceGone"'], "ServiceDown", ["service"]),
    (['alertname="ServiceGone"', 'service="database"'], "SlotDown", []),
    (['alertname="ServiceDown"'], "UnitFailed", ["device"]),
    (
        ['alertname="CoresSilent"'],
        "CircuitDown|CircuitsUnasked|SiteDown|PathLossy|FamilyDown",
        [],
    ),
)


def alert_rules(
    circuits: Iterable[dict[str, Any]], standing: Iterable[str], hold_s: int
) -> dict[str, Any]:
    """Give Prometheus' rules.

    Args:
        circuits: the plan's, each with `labels` and the devices that it `needs`.
        standing: names of the devices that stand.
        hold_s: for how many seconds something must be so before anybody is told.

    """
    there = set(standing)
    planned = [
        {"record": "giaoban:circuit", "expr": "vector(1)", "labels": circuit["labels"]}
        for circuit in circuits
        if there.issuperset(circuit["needs"])
    ]
    recorded = [{"record": name, "expr": expression} for name, expression in _RECORDED.items()]
    return {
        "groups": [
            {"name": "plan", "rules": planned},
            # One after the other: a rule reads what the one before it gave at the same moment.
            {"name": "state", "rules": recorded},
            {"name": "causes", "rules": [_rule(alert, hold_s) for alert in ALERTS]},
        ]
    }


def _rule(alert: Alert, hold_s: int) -> dict[str, Any]:
    return {
        "alert": alert.name,
        "expr": alert.expression,
        "for": f"{round(alert.holds * hold_s)}s",
        "labels": {"severity": alert.severity} | dict(alert.labels),
        "annotations": {
            "summary_vi": alert.what_vi,
            "action_vi": alert.do_vi,
            "summary_en": alert.what_en,
            "action_en": alert.do_en,
        },
    }


def inhibit_rules() -> list[dict[str, Any]]:
    """Give Alertmanager's rules of which alert keeps silent while which other fires."""
    return [
        {
            "source_matchers": source,
            "target_matchers": [f'alertname=~"{targets}"'],
            "equal": labels,
        }
        for source, targets, labels in _SILENCED
    ]


def standing_targets(
    targets: Iterable[dict[str, Any]], standing: Iterable[str], job: str
) -> list[dict[str, Any]]:
    """Give the targets of a job on devices that stand, as Prometheus reads them from a file.

    The probe's module and the name that a certificate must have go with the question, and are no
    labels of the answer.
    """
    there = set(standing)
    return [
        {
            "targets": [target["address"]],
            "labels": _asked(target),
        }
        for target in targets
        if target["job"] == job and target["device"] in there
    ]


def _asked(target: dict[str, Any]) -> dict[str, str]:
    labels = {name: value for name, value in target["labels"].items() if value and name != "name"}
    name = target["labels"].get("name")
    return (
        labels | {"__param_module": target["module"]} | ({"__param_hostname": name} if name else {})
    )


def standing_routers(
    routers: Iterable[dict[str, Any]], standing: Iterable[str]
) -> list[dict[str, Any]]:
    """Give the routers that stand, each with its circuits to routers that stand."""
    there = set(standing)
    return [
        router | {"circuits": [one for one in router["circuits"] if one["lower"] in there]}
        for router in routers
        if router["device"] in there
    ]
