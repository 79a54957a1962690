"""The NOC's page: the report's map of the province, to be coloured by what Prometheus knows.

It is drawn with everything unknown. `noc.js` asks the monitoring server's few fixed questions and
sets the states; what it has no fresh answer about is unknown again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from giaoban.intent.model import CENTRE
from giaoban.monitoring.services import SERVICES
from giaoban.plan.model import Plan
from giaoban.plan.services import SERVED, members
from giaoban.report.page import Report, templates
from giaoban.report.words import Words
from giaoban.verify.model import CircuitResult, Results, SiteResult, State

LANGUAGE: Final = "vi"


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """A service of the page's table, and the servers that serve it."""

    service: str
    name: str
    stops: str
    devices: tuple[str, ...]


def noc_page(plan: Plan, standing: Iterable[str], *, rehearsal: bool = False) -> dict[str, str]:
    """Give the page's files by name; what does not stand is drawn as no part of it."""
    there = set(standing)
    report = Report(plan, _unknown(plan, there), Words(LANGUAGE))
    environment = templates("giaoban.monitoring")
    files = {
        "noc.css": environment.get_template("noc.css").render(),
        "noc.js": environment.get_template("noc.js.j2").render(),
    }
    words = {
        "report": report,
        "words": report.words,
        "rehearsal": rehearsal,
        "services": list(_services(plan, there)),
        "names": report.names,
    }
    page = environment.get_template("noc.html.j2").render(**words, version="")
    version = sha256("".join([page, *files.values()]).encode()).hexdigest()[:16]
    files["index.html"] = environment.get_template("noc.html.j2").render(**words, version=version)
    # A screen on the wall loads the page again when there is another one.
    files["version.json"] = json.dumps({"version": version}) + "\n"
    return files


def verify_summary(results: Results | None) -> dict[str, Any]:
    """Give what the page says of the last run of verify: when, how many of each, which causes."""
    if results is None:
        return {"finished": None}
    counts = {state.value: 0 for state in State}
    for check in results.checks:
        counts[check.state.value] += 1
    return {
        "finished": results.finished,
        "counts": counts,
        "causes": [
            {
                "title": cause.title.to(LANGUAGE),
                "remedy": cause.remedy.to(LANGUAGE),
                "site": cause.site,
            }
            for cause in results.causes
        ],
    }


def _unknown(plan: Plan, standing: set[str]) -> Results:
    """A run in which every site and circuit that stands was asked, and gave no answer."""
    sites = [
        SiteResult(
            slug=slug,
            name=planned.site.name,
            tier=planned.site.tier,
            parent=planned.site.parent,
            state=State.UNKNOWN,
            counts={},
            on_standby=None,
            causes=(),
        )
        for slug, planned in plan.sites.items()
        if any(device.name in standing for device in plan.devices_by_site[slug])
    ]
    circuits = [
        CircuitResult(
            name=circuit.name,
            site=circuit.site,
            lower=str(circuit.lower),
            upper=str(circuit.upper),
            carrier=circuit.carrier,
            reference=circuit.reference,
            rate=circuit.rate,
            standby=circuit.standby,
            state=State.UNKNOWN,
            carries=None,
        )
        for circuit in plan.circuits.values()
        if {circuit.lower.device, circuit.upper.device} <= standing
    ]
    if any(circuit.site == CENTRE for circuit in circuits):
        centre = SiteResult(
            CENTRE, plan.centre.name, CENTRE, None, State.UNKNOWN, {}, on_standby=None, causes=()
        )
        sites.append(centre)
    return Results(
        province=plan.intent.province.name,
        started="1970-01-01T00:00:00+00:00",
        finished="1970-01-01T00:00:00+00:00",
        seconds=0,
        sites=tuple(sites),
        circuits=tuple(circuits),
        checks=(),
        causes=(),
    )


def _services(plan: Plan, standing: set[str]) -> Iterable[ServiceRow]:
    for service, words in SERVICES.items():
        devices = tuple(s.device for s in members(plan, service) if s.device in standing)
        if service in SERVED and devices:
            yield ServiceRow(service, words.vi, words.stops_vi, devices)
