"""One small twin for the tests that only look, made once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from giaoban.intent.load import load
from giaoban.plan import build
from giaoban.plan.model import Plan
from giaoban.twin import enter
from giaoban.twin.down import take_down
from giaoban.twin.nodes import Box
from giaoban.twin.paths import TwinPaths
from giaoban.twin.progress import PlainLines
from giaoban.twin.up import Order, bring_up
from tests.twin.centre import centre
from tests.twin.configured import province

__all__ = ["centre", "province"]

ROOT = Path(__file__).parents[2]
INVENTORY = ROOT / "inventory" / "daknong"
SITE = "xa-dak-wil"
DISTRICT = "huyen-cu-jut"


@dataclass(frozen=True)
class Twin:
    """A twin under test."""

    paths: TwinPaths
    plan: Plan

    def up(self, *sites: str) -> None:
        """Bring it up, or what is missing of it."""
        bring_up(self.paths, Order(self.plan, sites, str(INVENTORY)), PlainLines())

    def down(self) -> None:
        """Take it down."""
        take_down(self.paths, PlainLines())

    def forget(self) -> None:
        """Take it down, and its keys with it."""
        self.down()
        shutil.rmtree(self.paths.state, ignore_errors=True)

    def inside(self, node: str, command: str) -> subprocess.CompletedProcess[str]:
        """Run a shell command in a node."""
        return enter.run_inside(Box(self.paths, node), ["sh", "-c", command])

    def said(self, node: str, command: str) -> str:
        """Run a shell command that must succeed in a node and give what it printed."""
        done = self.inside(node, command)
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout.strip()

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run `giaoban twin …` on this twin."""
        verb, *rest = words
        code = "from giaoban.cli import main; main()"
        argv = [sys.executable, "-c", code, "twin", verb, "--name", self.paths.name]
        return subprocess.run(
            [*argv, *rest], capture_output=True, text=True, check=False, cwd=ROOT, timeout=300
        )


def _twin(purpose: str, plan: Plan) -> Twin:
    return Twin(TwinPaths(f"t-{purpose}-{os.getpid()}"), plan)


@pytest.fixture(scope="session")
def plan() -> Plan:
    if os.geteuid() != 0:
        pytest.skip("the twin needs root")
    return build(load(INVENTORY))


@pytest.fixture(scope="session")
def twin(plan: Plan) -> Iterator[Twin]:
    """A commune with what it needs; up."""
    twin = _twin("look", plan)
    try:
        twin.up(SITE)
        yield twin
    finally:
        twin.forget()


@pytest.fixture
def other(plan: Plan) -> Iterator[Twin]:
    """Another twin, not up."""
    twin = _twin("other", plan)
    try:
        yield twin
    finally:
        twin.forget()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tutorial last: it takes the shared province down, as its page says."""
    items.sort(key=lambda item: "test_tutorial" in item.nodeid)
