"""Alerts, by Prometheus' own reckoning: one cause for what is one, and what to do in Vietnamese."""

from __future__ import annotations

import re
import subprocess
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from giaoban.intent.load import load
from giaoban.monitoring.alerts import ALERTS, Alert
from giaoban.monitoring.rules import alert_rules, inhibit_rules
from giaoban.plan import Plan, build
from tests.support.checkout import ROOT
from tests.support.promtool import promtool

HOLD = 60
Firing = set[tuple[str, str]]
# A part of the province: what is reckoned with all of it takes ten times as long.
SITES = {
    "trung-tam-du-lieu",
    "huyen-cu-jut",
    "huyen-dak-mil",
    "xa-dak-wil",
    "xa-dak-drong",
    "centre",
}
# What an alert is about: the first of these labels that it has.
_NAMES = ("circuit", "service", "unit", "device", "upper", "site")


@pytest.fixture(scope="module")
def plan() -> Plan:
    return build(load(ROOT / "inventory" / "daknong"))


@pytest.fixture(scope="module")
def tool(tmp_path_factory: pytest.TempPathFactory) -> str:
    found = promtool(tmp_path_factory.mktemp("promtool"))
    if not found:
        pytest.skip("no promtool here, and no package of it")
    return found


@pytest.fixture
def rules(plan: Plan, tmp_path: Path) -> Path:
    circuits = plan.devices["sv-monitoring-1"].variables["monitoring__circuits"]
    file = tmp_path / "rules.yml"
    written = alert_rules(circuits, _standing(plan), HOLD)
    file.write_text(yaml.safe_dump(written, allow_unicode=True), encoding="utf-8")
    return file


def _standing(plan: Plan) -> set[str]:
    return {name for name, device in plan.devices.items() if device.site in SITES}


def test_prometheus_takes_the_rules(tool: str, rules: Path) -> None:
    assert "SUCCESS" in _run(tool, "check", rules)


def _run(tool: str, verb: str, file: Path) -> str:
    argv = [tool, verb, "rules", str(file)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def _series(plan: Plan, down: set[str]) -> list[dict[str, str]]:
    """What is measured while `down` (boxes, circuits, `service device`) do not answer."""
    variables = plan.devices["sv-monitoring-1"].variables
    series = []

    def add(name: str, labels: dict[str, str], *, up: bool) -> None:
        text = ",".join(f'{key}="{labels[key]}"' for key in sorted(labels) if labels[key])
        series.append({"series": f"{name}{{{text}}}", "values": f"{up:d}x20"})

    standing = _standing(plan)
    for target in variables["monitoring__targets"]:
        if target["device"] not in standing:
            continue
        labels = target["labels"] | {"job": target["job"]}
        named = labels.pop("name", None)
        broken = {
            target["device"],
            *([f"{labels.get('service', 'slot')} {target['device']}"] if named else []),
        }
        add("probe_success", labels, up=not broken & down)
    for circuit in plan.circuits.values():
        ends = {circuit.lower.device, circuit.upper.device}
        if ends <= standing and circuit.upper.device not in down:
            dead = {circuit.name, circuit.lower.device} & down
            add("giaoban_circuit_up", {"circuit": circuit.name}, up=not dead)
    return series


@pytest.fixture
def firing(plan: Plan, tool: str, rules: Path, tmp_path: Path) -> Callable[[set[str]], Firing]:
    """Give what fires ten minutes later, without what is silent for something else."""

    def ask(down: set[str]) -> Firing:
        test = {
            "rule_files": [str(rules)],
            "evaluation_interval": "30s",
            "tests": [
                {
                    "interval": "30s",
                    "input_series": _series(plan, down),
                    "promql_expr_test": [
                        {"expr": 'ALERTS{alertstate="firing"}', "eval_time": "10m"}
                    ],
                }
            ],
        }
        file = tmp_path / "test.yml"
        file.write_text(yaml.safe_dump(test, allow_unicode=True), encoding="utf-8")
        found = [_labels(line) for line in _got(_run(tool, "test", file))]
        return {_name(labels) for labels in found if not _is_silent(labels, found)}

    return ask


def _got(said: str) -> list[str]:
    """The samples that promtool found where the test expects none."""
    assert "got:" in said or "SUCCESS" in said, said
    return re.findall(r'\{__name__="ALERTS", ([^}]*)\} 1E\+00', said)


def _labels(text: str) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in text.split('", '))
    return {key.strip(): value.strip('"') for key, _, value in pairs}


def _name(labels: dict[str, str]) -> tuple[str, str]:
    return labels["alertname"], next((labels[key] for key in _NAMES if key in labels), "")


def _is_silent(labels: dict[str, str], found: list[dict[str, str]]) -> bool:
    """Whether Alertmanager keeps an alert silent (its documentation, `inhibit_rule`)."""
    return any(
        _matches(rule["source_matchers"], source)
        and _matches(rule["target_matchers"], labels)
        and all(source.get(key, "") == labels.get(key, "") for key in rule["equal"])
        for rule in inhibit_rules()
        for source in found
        if source is not labels
    )


def _matches(matchers: list[str], labels: dict[str, str]) -> bool:
    parts = (matcher.partition("=") for matcher in matchers)
    return all(labels.get(key) in value.strip('~"').split("|") for key, _, value in parts)


CASES: tuple[tuple[str, set[str], Firing], ...] = (
    ("all is well", set(), set()),
    (
        "a commune's only line",
        {"rt-xa-dak-drong", "xa-dak-drong-1", "sw-xa-dak-drong", "vc-xa-dak-drong"},
        {("SiteDown", "rt-xa-dak-drong")},
    ),
    (
        "one of a commune's two lines",
        {"xa-dak-wil-1"},
        {("CircuitDown", "xa-dak-wil-1")},
    ),
    (
        "a district, with all that stands behind it alone",
        {"rt-huyen-cu-jut", "sw-huyen-cu-jut", "rt-xa-dak-drong", "sw-xa-dak-drong"},
        {("SiteDown", "rt-huyen-cu-jut")},
    ),
    (
        "a hypervisor, with all its servers",
        {"hv-kvm-2", "sv-dns-2", "sv-pki-1", "dns sv-dns-2", "pki sv-pki-1", "sv-log-1"},
        {("DeviceDown", "hv-kvm-2")},
    ),
    ("a server, with what it serves", {"sv-dns-2"}, {("DeviceDown", "sv-dns-2")}),
    ("a service on one of two", {"dns sv-dns-2"}, {("ServiceDown", "dns")}),
    (
        "a service on both",
        {"dns sv-dns-1", "dns sv-dns-2"},
        {("ServiceGone", "dns")},
    ),
    ("an application", {"slot sv-trang-so-tttt"}, {("SlotDown", "sv-trang-so-tttt")}),
    (
        "an application's server",
        {"sv-trang-so-tttt"},
        {("DeviceDown", "sv-trang-so-tttt")},
    ),
    ("a core", {"rt-core-1"}, {("DeviceDown", "rt-core-1")}),
    ("a site's switch", {"sw-xa-dak-wil"}, {("DeviceDown", "sw-xa-dak-wil")}),
)


@pytest.mark.parametrize(("case", "down", "expected"), CASES, ids=[case[0] for case in CASES])
def test_what_is_one_cause_is_one_alert(
    firing: Callable[[set[str]], Firing], case: str, down: set[str], expected: Firing
) -> None:
    assert firing(down) == expected, case


def test_without_the_cores_nothing_else_is_said(
    plan: Plan, firing: Callable[[set[str]], Firing]
) -> None:
    everything = {name for name, device in plan.devices.items() if device.owner != "centre"}
    assert firing(everything) == {("CoresSilent", "")}


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: f"{alert.name}-{alert.labels}")
def test_an_alert_says_what_to_do_in_both_languages(alert: Alert) -> None:
    for text in (alert.what_vi, alert.do_vi, alert.what_en, alert.do_en):
        assert text
        assert unicodedata.is_normalized("NFC", text)
        assert text.count("{{") == text.count("}}")
    assert alert.do_vi.endswith((".", "?"))
    assert not alert.what_vi.endswith(".")


def _annotations(rules: dict[str, Any]) -> dict[str, dict[str, str]]:
    return {rule["alert"]: rule["annotations"] for rule in rules["groups"][2]["rules"]}


def test_who_must_call_the_carrier_is_told_whom_and_with_which_number(plan: Plan) -> None:
    circuits = plan.devices["sv-monitoring-1"].variables["monitoring__circuits"]
    rules = alert_rules(circuits, plan.devices, HOLD)
    (planned,) = [
        rule["labels"]
        for rule in rules["groups"][0]["rules"]
        if rule["labels"]["circuit"] == "xa-dak-wil-1"
    ]
    assert planned["reference"] == "VTL-DNG-0029"
    assert planned["phone"]
    for name in ("CircuitDown", "SiteDown"):
        said = _annotations(rules)[name]["action_vi"]
        for label in ("reference", "phone", "carrier"):
            assert label in said.lower()
