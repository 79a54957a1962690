"""A real browser opens the NOC's page: it shows what it was told, and nothing old as well."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from giaoban.intent.load import load
from giaoban.monitoring.page import noc_page, verify_summary
from giaoban.plan import Plan, build
from tests.support.checkout import ROOT

PILOT_SITES = {"trung-tam-du-lieu", "huyen-cu-jut", "xa-dak-wil", "centre"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'"
)
# Nothing but this machine's own page is reached, and what the browser does by itself is off.
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--enable-logging=stderr",
    "--virtual-time-budget=3000",
    "--dump-dom",
)
Answers = dict[str, Any]


@pytest.fixture(scope="module")
def plan() -> Plan:
    return build(load(ROOT / "inventory" / "daknong"))


@pytest.fixture(scope="module")
def files(plan: Plan) -> dict[str, str]:
    standing = {name for name, device in plan.devices.items() if device.site in PILOT_SITES}
    return noc_page(plan, standing)


class _Server(SimpleHTTPRequestHandler):
    """What the monitoring server's web server does: files, fixed answers and the policy."""

    def do_GET(self) -> None:
        self.path = self.path.partition("?")[0]
        super().do_GET()

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *words: object) -> None:
        """Say nothing of each question."""


@pytest.fixture
def opened(files: dict[str, str], tmp_path: Path) -> Iterator[Callable[[Answers], str]]:
    """Give the document that a browser shows with these answers of the monitoring server."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if not program:
        pytest.skip("no Chromium here")
    folder = tmp_path / "noc"
    (folder / "api").mkdir(parents=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Server, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def open_with(answers: Answers) -> str:
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
        for name, answer in answers.items():
            (folder / name).write_text(json.dumps(answer), encoding="utf-8")
        profile = f"--user-data-dir={tmp_path / 'profile'}"
        address = f"http://127.0.0.1:{server.server_port}/index.html"
        argv = [program, *QUIET, profile, address]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=120, check=True)
        complaints = [
            line
            for line in re.findall(r"CONSOLE[:(].*", done.stderr)
            if "404" not in line  # what the monitoring server did not answer
        ]
        assert complaints == []
        return done.stdout

    yield open_with
    server.shutdown()
    server.server_close()


def _vector(label: str, values: dict[str, int]) -> Answers:
    rows = [{"metric": {label: name}, "value": [0, str(value)]} for name, value in values.items()]
    return {"status": "success", "data": {"result": rows}}


def _alert(what: str, severity: str = "critical") -> dict[str, Any]:
    return {
        "labels": {"alertname": "SiteDown", "severity": severity},
        "annotations": {"summary_vi": what, "action_vi": "Gọi VNPT, 0261 000 0101."},
        "startsAt": "2026-11-27T22:00:00Z",
        "status": {"state": "active"},
    }


def _well(plan: Plan, services: str) -> Answers:
    chips = re.findall(r'data-service="([^"]+)" data-device="([^"]+)"', services)
    rows = [{"metric": {"service": s, "device": d}, "value": [0, "1"]} for s, d in chips]
    return {
        "api/sites": _vector("site", dict.fromkeys(PILOT_SITES - {"centre"}, 2)),
        "api/circuits": _vector("circuit", dict.fromkeys(plan.circuits, 1)),
        "api/services": {"status": "success", "data": {"result": rows}},
        "api/causes": [],
        "verify.json": verify_summary(None),
    }


def _state(document: str, attribute: str, name: str) -> str:
    (classes,) = re.findall(
        rf'<(?:a|g)[^>]*class="((?:node|line)[^"]*)"[^>]*{attribute}="{name}"', document
    )
    found = set(classes.split()) & {"pass", "fail", "blocked", "unknown", "outside"}
    return ",".join(sorted(found))


def test_before_anything_is_known_everything_is_unknown(files: dict[str, str]) -> None:
    page = files["index.html"]
    assert _state(page, "data-site", "xa-dak-wil") == "unknown"
    assert _state(page, "data-site", "so-y-te") == "outside"
    assert "node leaf pass" not in page
    assert "node leaf unknown" in page


def test_a_province_that_is_well(
    plan: Plan, files: dict[str, str], opened: Callable[[Answers], str]
) -> None:
    document = opened(_well(plan, files["index.html"]))
    for site in PILOT_SITES:
        assert _state(document, "data-site", site) == "pass"
    assert _state(document, "data-circuit", "xa-dak-wil-1") == "pass"
    assert "Toàn mạng hoạt động" in document
    assert "Không có nguyên nhân nào" in document
    assert "Chưa kiểm tra" in document


def test_a_cause_is_shown_with_what_to_do(
    plan: Plan, files: dict[str, str], opened: Callable[[Answers], str]
) -> None:
    answers = _well(plan, files["index.html"])
    answers["api/sites"] = _vector(
        "site", {"trung-tam-du-lieu": 2, "huyen-cu-jut": 1, "xa-dak-wil": 0}
    )
    del answers["api/circuits"]["data"]["result"][:]
    answers["api/causes"] = [_alert("Huyện Cư Jút mất kết nối"), _alert("<b>x</b>", "warning")]
    document = opened(answers)
    assert _state(document, "data-site", "huyen-cu-jut") == "fail"
    assert _state(document, "data-site", "xa-dak-wil") == "blocked"
    # Nobody said whether it carries.
    assert _state(document, "data-circuit", "xa-dak-wil-1") == "unknown"
    assert "Có 2 nguyên nhân cần xử lý" in document
    assert "Gọi VNPT, 0261 000 0101." in document
    assert "&lt;b&gt;x&lt;/b&gt;" in document


@pytest.mark.parametrize("lost", ["api/sites", "api/causes"])
def test_what_has_no_answer_is_unknown(
    plan: Plan, files: dict[str, str], opened: Callable[[Answers], str], lost: str
) -> None:
    answers = _well(plan, files["index.html"])
    del answers[lost]
    document = opened(answers)
    assert "Toàn mạng hoạt động" not in document
    state = "unknown" if lost == "api/sites" else "pass"
    assert _state(document, "data-site", "xa-dak-wil") == state
    assert ("Không có nguyên nhân nào" in document) == (lost != "api/causes")


def test_an_error_of_prometheus_is_no_answer(
    plan: Plan, files: dict[str, str], opened: Callable[[Answers], str]
) -> None:
    answers = _well(plan, files["index.html"]) | {"api/sites": {"status": "error"}}
    assert _state(opened(answers), "data-site", "xa-dak-wil") == "unknown"


def test_another_page_is_another_version(plan: Plan, files: dict[str, str]) -> None:
    whole = noc_page(plan, plan.devices)
    assert whole["version.json"] != files["version.json"]
    assert noc_page(plan, plan.devices) == whole


def test_without_a_run_of_verify_there_is_none() -> None:
    assert verify_summary(None) == {"finished": None}
