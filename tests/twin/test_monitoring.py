"""What is measured of a province at work, what is told of it, and who may see it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from giaoban.waiting import wait_until
from tests.twin.centre import COMMUNE, DOMAIN, PC, Centre

pytestmark = [pytest.mark.twin, pytest.mark.full]

SERVER, OTHER = "sv-monitoring-1", "sv-bastion-1"
PAGE = f"https://{SERVER}.{DOMAIN}"
CERTIFICATE = "/var/lib/giaoban/certificate/current"
TOLD_WITHIN = 90
QUICK = ("-e", json.dumps({"monitoring__interval_s": 5, "monitoring__hold_s": 5}))
ROLE = ("--tags", "monitoring", "-l", SERVER)

Cause = tuple[str, str]


@pytest.fixture(scope="module")
def watched(centre: Centre) -> Iterator[Centre]:
    """The twin, watched more closely than a province is."""
    centre.serve(*ROLE, *QUICK)
    yield centre
    centre.serve(*ROLE)
    assert centre.changes(*ROLE) == {}


def _asked(centre: Centre, expression: str) -> list[dict[str, Any]]:
    """Ask Prometheus on its own server."""
    ask = f"curl -sG 127.0.0.1:9090/api/v1/query --data-urlencode 'query={expression}'"
    found: list[dict[str, Any]] = json.loads(centre.said(SERVER, ask))["data"]["result"]
    return found


def _page(centre: Centre, path: str, node: str = OTHER) -> Any:
    """Ask the page as a browser in the NOC does."""
    return json.loads(centre.said(node, f"curl -sS {PAGE}/{path}"))


def _causes(centre: Centre) -> dict[Cause, dict[str, str]]:
    """What the page names as causes: by alert and place, what is said of each."""
    return {_cause(alert["labels"]): alert["annotations"] for alert in _page(centre, "api/causes")}


def _causes_at(centre: Centre, *sites: str) -> set[Cause]:
    """The page's causes at some sites: elsewhere other tests may be breaking things."""
    alerts = _page(centre, "api/causes")
    return {_cause(one["labels"]) for one in alerts if one["labels"].get("site") in sites}


def _cause(labels: dict[str, str]) -> Cause:
    places = (labels.get(key) for key in ("circuit", "unit", "job", "device", "service"))
    return labels["alertname"], next(filter(None, places), "")


def _states(centre: Centre, question: str, label: str) -> dict[str, int]:
    rows = _page(centre, f"api/{question}")["data"]["result"]
    return {row["metric"][label]: int(row["value"][1]) for row in rows}


def test_everything_that_stands_is_asked_and_answers(watched: Centre) -> None:
    def silent() -> set[tuple[str, str]]:
        rows = _asked(watched, "up == 0 or probe_success == 0")
        return {(row["metric"]["job"], row["metric"]["instance"]) for row in rows}

    wait_until(lambda: not silent(), seconds=60)
    assert silent() == set()
    boxes = {row["metric"]["device"] for row in _asked(watched, "giaoban:device_up")}
    standing = watched.province.reach.present_devices() or frozenset()
    assert boxes == {name for name in standing if not name.startswith(("pc-", "rt-centre"))}


def test_a_line_that_is_cut_is_one_cause_with_whom_to_call(watched: Centre) -> None:
    both_ends = (COMMUNE, "huyen-cu-jut")
    assert _causes_at(watched, *both_ends) == set()
    cut = ("circuit-down", f"{COMMUNE}-1")
    done = watched.province.twin("break", *cut)
    assert done.returncode == 0, done.stderr
    try:
        expected = ("SiteDown", f"rt-{COMMUNE}")
        assert wait_until(lambda: expected in _causes(watched), seconds=TOLD_WITHIN)
        # The line itself fires and is silent for it; the switch behind it does not even fire.
        line = ("CircuitDown", f"{COMMUNE}-1")
        assert wait_until(lambda: line in _firing(watched), seconds=30)
        assert ("DeviceDown", f"sw-{COMMUNE}") not in _firing(watched)
        assert _causes_at(watched, *both_ends) == {expected}
        said = _causes(watched)[expected]
        assert said["summary_vi"].startswith("Xã Đắk Wil mất kết nối")
        assert "VTL-DNG-0029" in said["action_vi"]
        assert "0261 000 0102" in said["action_vi"]
        assert _states(watched, "sites", "site")[COMMUNE] == 1
        assert _states(watched, "circuits", "circuit")[f"{COMMUNE}-1"] == 0
        log = "journalctl --sync; journalctl -I -u giaoban-alerts -o cat --no-pager"
        assert wait_until(
            lambda: "SiteDown: Xã Đắk Wil mất kết nối" in watched.said(SERVER, log), seconds=30
        )
    finally:
        watched.province.twin("mend", *cut)
    assert wait_until(lambda: not _causes_at(watched, *both_ends), seconds=TOLD_WITHIN)
    assert _states(watched, "sites", "site")[COMMUNE] == 2


def _firing(centre: Centre) -> set[Cause]:
    return {_cause(row["metric"]) for row in _asked(centre, 'ALERTS{alertstate="firing"}')}


def test_a_unit_that_fails_is_told_with_what_to_do(watched: Centre) -> None:
    watched.tried(SERVER, "systemd-run --unit=ban-tin --wait false")
    watched.said(SERVER, "systemctl start giaoban-metrics")
    expected = ("UnitFailed", "ban-tin.service")
    try:
        assert wait_until(lambda: expected in _causes(watched), seconds=TOLD_WITHIN)
        said = _causes(watched)[expected]
        assert said["summary_vi"] == f"ban-tin.service trên {SERVER} đã hỏng"
        assert "journalctl -u ban-tin.service" in said["action_vi"]
    finally:
        watched.said(SERVER, "systemctl reset-failed ban-tin; systemctl start giaoban-metrics")
    assert wait_until(lambda: expected not in _causes(watched), seconds=TOLD_WITHIN)


def test_what_is_not_measured_is_not_called_well(watched: Centre) -> None:
    assert _states(watched, "sites", "site")[COMMUNE] == 2
    watched.said(SERVER, "systemctl stop prometheus-blackbox-exporter")
    try:
        assert wait_until(lambda: _states(watched, "sites", "site") == {}, seconds=60)
        expected = ("MonitoringBroken", "blackbox")
        assert wait_until(lambda: expected in _causes(watched), seconds=TOLD_WITHIN)
    finally:
        watched.said(SERVER, "systemctl start prometheus-blackbox-exporter")
    assert wait_until(lambda: COMMUNE in _states(watched, "sites", "site"), seconds=60)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("", "200"),
        ("noc.js", "200"),
        ("verify.json", "200"),
        ("api/sites", "200"),
        ("api/", "404"),
        ("api/v1/query?query=up", "404"),
        ("api/v2/silences", "404"),
        ("api/causes/../../-/reload", "404"),
        ("metrics", "404"),
        ("../../etc/passwd", "400"),
    ],
)
def test_the_page_answers_its_own_questions_only(watched: Centre, path: str, status: str) -> None:
    ask = f"curl -sS -o /dev/null -w '%{{http_code}}' --path-as-is '{PAGE}/{path}'"
    assert watched.said(OTHER, ask) == status


def test_who_asks_has_no_say_in_the_question(watched: Centre) -> None:
    plain = {row["metric"]["__name__"] for row in _page(watched, "api/sites")["data"]["result"]}
    asked = _page(watched, "api/sites?query=up")["data"]["result"]
    assert plain == {row["metric"]["__name__"] for row in asked} == {"giaoban:site_state"}
    post = f"curl -sS -o /dev/null -w '%{{http_code}}' -d '[]' {PAGE}/api/causes"
    assert watched.said(OTHER, post) == "405"


def test_the_page_is_for_the_noc_and_for_tls_1_3(watched: Centre) -> None:
    assert watched.tried(OTHER, f"curl -sS --tls-max 1.2 {PAGE}/").returncode == 35
    assert watched.tried("sv-dns-1", f"curl -sS -m 5 {PAGE}/").returncode == 28
    office = f"timeout 5 bash -c '</dev/tcp/{SERVER}.{DOMAIN}/443'"
    assert watched.tried(PC, office).returncode != 0


def test_nothing_but_the_page_and_figures_listens_to_others(watched: Centre) -> None:
    listening = watched.said(SERVER, "ss -Hltn | awk '{ print $4 }'").splitlines()
    outside = {one.rpartition(":")[2] for one in listening if not one.startswith("127.")}
    assert outside <= {"22", "443", "9100"}


def _figures(centre: Centre, node: str, words: str) -> int:
    ask = f"curl -sS -o /dev/null -m 5 {words} https://{SERVER}.{DOMAIN}:9100/metrics"
    return centre.tried(node, ask).returncode


def test_figures_are_for_the_monitoring_server_only(watched: Centre) -> None:
    own = f"--cert {CERTIFICATE}/chain.pem --key {CERTIFICATE}/key.pem"
    assert _figures(watched, SERVER, own) == 0
    assert _figures(watched, SERVER, "") == 56
    # The server's own filter; and were there none, another's certificate.
    assert _figures(watched, OTHER, own) == 28
    pair = {name: watched.said(OTHER, f"cat {CERTIFICATE}/{name}.pem") for name in ("chain", "key")}
    for name, text in pair.items():
        watched.said(SERVER, f"umask 077; cat >/run/other-{name}.pem <<'END'\n{text}\nEND")
    try:
        anothers = "--cert /run/other-chain.pem --key /run/other-key.pem"
        assert _figures(watched, SERVER, anothers) == 56
    finally:
        watched.said(SERVER, "rm /run/other-*.pem")


def test_what_people_silenced_comes_back_from_a_copy(watched: Centre) -> None:
    amtool = "amtool --alertmanager.url=http://127.0.0.1:9093 silence"
    hook, copy = "/etc/giaoban/backup.d/monitoring", "/run/copied"
    add = f"{amtool} add -a 'Trực ban' -c 'Sửa điện' -d 1h alertname=PowerLost"
    silence = watched.said(SERVER, add)
    # Alertmanager writes them down when it ends.
    watched.said(SERVER, "systemctl restart prometheus-alertmanager")
    watched.said(SERVER, f"mkdir -p {copy}; {hook} save {copy}; {hook} look {copy}")

    def silences() -> str:
        return watched.tried(SERVER, f"{amtool} query -q").stdout

    try:
        assert wait_until(lambda: silence in silences(), seconds=30)
        stop, start = (f"systemctl {verb} prometheus-alertmanager" for verb in ("stop", "start"))
        watched.said(SERVER, f"{stop}; rm -r /var/lib/prometheus/alertmanager; {start}")
        assert wait_until(
            lambda: watched.tried(SERVER, f"{amtool} query").returncode == 0, seconds=30
        )
        assert silence not in silences()
        watched.said(SERVER, f"{hook} restore {copy}")
        assert wait_until(lambda: silence in silences(), seconds=30)
    finally:
        watched.said(SERVER, f"{amtool} expire {silence}; rm -r {copy}")
