"""A province that is as planned passes, and nothing is ever passed without evidence."""

from __future__ import annotations

import json

import pytest
from prometheus_client.parser import text_string_to_metric_families

from giaoban.verify.answers import Answers, Login
from giaoban.verify.assess import judge
from giaoban.verify.model import Results, State
from giaoban.verify.prometheus import prometheus
from giaoban.verify.results import Timing, results
from giaoban.verify.view import View
from tests.unit.verify.cases import access
from tests.unit.verify.healthy import healthy, small, small_view

NO_TIME = Timing("2026-01-01T00:00:00+00:00", "2026-01-01T00:00:09+00:00", 9.0)


@pytest.fixture(scope="module")
def view() -> View:
    return small_view()


def test_everything_passes(view: View) -> None:
    found = judge(view, healthy(view))
    wrong = {
        key: (one.verdict, one.text.en)
        for key, one in found.items()
        if one.verdict.state not in (State.PASS, State.NOT_APPLICABLE)
    }
    assert wrong == {}
    assert len(found) > 200


def test_ids_are_unique(view: View) -> None:
    whole = results(view, healthy(view), NO_TIME)
    ids = [check.id for check in whole.checks]
    assert len(ids) == len(set(ids))
    assert all(one.count("/") == 2 for one in ids)


def test_results_survive_json(view: View) -> None:
    whole = results(view, healthy(view), NO_TIME)
    assert Results.from_json(json.loads(json.dumps(whole.to_json()))) == whole
    assert whole.exit_code == 0


def _key(name: str, **labels: str) -> tuple[str, frozenset[tuple[str, str]]]:
    return name, frozenset(labels.items())


def _metrics(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    return {
        _key(sample.name, **sample.labels): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_every_answer_is_a_metric(view: View) -> None:
    whole = results(view, healthy(view), NO_TIME)
    found = _metrics(prometheus(whole))
    means = 0
    for check in whole.checks:
        place = {"site": check.site, "check": check.check, "target": check.target}
        for state in State:
            is_it = found[_key("giaoban_check_state", **place, state=state)]
            assert is_it == (check.state is state)
        if "mean" in check.measured:
            means += 1
            key = _key("giaoban_measured", **place, quantity="mean", unit="ms")
            assert found[key] == check.measured["mean"]
    assert means > 0
    assert not [name for name, _ in found if name == "giaoban_cause"]
    assert found[_key("giaoban_verify_duration_seconds")] == 9.0
    assert found[_key("giaoban_verify_finished_timestamp_seconds")] == 1767225609.0


def test_a_cause_is_one_metric(view: View) -> None:
    broken = results(view, access("sw-xa-a", "p2", 20)(healthy(view), view), NO_TIME)
    assert [cause.kind for cause in broken.causes] == ["wrong-access-vlan"]
    found = _metrics(prometheus(broken))
    (cause,) = broken.causes
    metric = found[_key("giaoban_cause", site=cause.site, kind=cause.kind, place=cause.place)]
    assert metric == len(cause.roots) + len(cause.explains) > 0


def test_nobody_asked_is_unknown(view: View) -> None:
    whole = results(view, Answers(), NO_TIME)
    assert {check.state for check in whole.checks} == {State.UNKNOWN, State.NOT_APPLICABLE}
    assert whole.exit_code == 3
    assert whole.causes == ()


def test_logins_alone_prove_nothing(view: View) -> None:
    logins = {device.name: Login.OK for device in view.devices}
    states = {one.verdict.state for one in judge(view, Answers({}, {}, logins)).values()}
    assert State.PASS not in states


def test_one_site_brings_what_it_hangs_from() -> None:
    view = View.of(small(), ["xa-b"])
    assert view.scope == {"xa-b", "huyen-a", "huyen-b", "trung-tam-du-lieu"}
    sites = {one.target.site for one in judge(view, healthy(view)).values()}
    assert sites == set(view.scope)
