"""The monitoring server's own programs: what they tell of what they heard."""

from __future__ import annotations

import importlib.util
import json
import time
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.support.checkout import ROOT


def _program(name: str) -> ModuleType:
    file = ROOT / "roles" / "monitoring" / "files" / "usr" / "lib" / "giaoban" / name
    loader = SourceFileLoader(name, str(file))
    spec = importlib.util.spec_from_loader(name, loader)
    assert spec
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


@pytest.fixture
def router(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A router with two circuits, asked by a program that stands for ssh."""
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path))
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    circuits = [
        {"circuit": "xa-a-1", "peers": ["10.64.0.1", "fd67::1"]},
        {"circuit": "xa-b-1", "peers": ["10.64.0.3", "fd67::3"]},
    ]
    described = {"device": "rt-huyen", "address": "10.64.0.9", "circuits": circuits}
    made = _program("circuits").Router(described)
    made.ssh = tmp_path / "ssh"
    return made


def _answers(router: Any, text: str, code: int = 0) -> None:
    router.ssh.write_text(f"#!/bin/sh\ncat <<'END'\n{text}\nEND\nexit {code}\n")
    router.ssh.chmod(0o755)
    router.ask()


def _told(router: Any) -> set[str]:
    lines: str = _program("circuits").metrics([router], fresh=60)
    return {line for line in lines.splitlines() if not line.startswith("#")}


PEERS = json.dumps(
    [
        {"peer": "10.64.0.1", "status": "down"},
        {"peer": "fd67::1", "status": "up"},
        {"peer": "10.64.0.3", "status": "down"},
    ]
)
CARRIES = {
    'giaoban_circuits_asked{upper="rt-huyen"} 1',
    'giaoban_circuit_up{circuit="xa-a-1"} 1',
    'giaoban_circuit_up{circuit="xa-b-1"} 0',
}
NOBODY_KNOWS = {'giaoban_circuits_asked{upper="rt-huyen"} 0'}


def test_a_circuit_carries_while_one_family_does(router: Any) -> None:
    _answers(router, PEERS)
    assert _told(router) == CARRIES


@pytest.mark.parametrize(
    ("text", "code"), [("", 255), ("% not a question", 0), ("[{}]", 0), ("5", 0), (PEERS, 1)]
)
def test_of_a_router_that_does_not_answer_nothing_is_told(
    router: Any, text: str, code: int, capfd: pytest.CaptureFixture[str]
) -> None:
    _answers(router, text, code)
    assert _told(router) == NOBODY_KNOWS
    assert "rt-huyen: expected its BFD neighbours" in capfd.readouterr().err


def test_an_old_answer_is_none(router: Any) -> None:
    _answers(router, PEERS)
    router.heard = time.monotonic() - 61
    assert _told(router) == NOBODY_KNOWS


def _alert(status: str, summary: str) -> dict[str, Any]:
    return {
        "status": status,
        "labels": {"alertname": "SiteDown", "severity": "critical"},
        "annotations": {"summary_vi": summary, "action_vi": "Gọi VNPT."},
    }


def test_an_alert_is_a_line_of_the_journal() -> None:
    alerts = _program("alerts")
    told = {"alerts": [_alert("firing", "Xã A mất kết nối"), _alert("resolved", "Xã B")]}
    assert alerts.lines(told) == [
        "<2>SiteDown: Xã A mất kết nối. Việc cần làm: Gọi VNPT.",
        "<5>SiteDown: đã hết: Xã B.",
    ]


def test_an_alert_cannot_write_a_second_line() -> None:
    (line,) = _program("alerts").lines({"alerts": [_alert("firing", "x\n<2>SiteDown: y")]})
    assert "\n" not in line
