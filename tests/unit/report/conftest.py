"""Plans that several tests of the report draw."""

from __future__ import annotations

from pathlib import Path

import pytest

from giaoban.intent.load import load
from giaoban.plan.build import build
from giaoban.plan.model import Plan
from tests.support.provinces import large

INVENTORY = Path(__file__).parents[3] / "inventory" / "daknong"


@pytest.fixture(scope="session")
def inventory() -> Path:
    return INVENTORY


@pytest.fixture(scope="session")
def largest() -> Plan:
    return build(large())


@pytest.fixture(scope="session")
def daknong() -> Plan:
    return build(load(INVENTORY))
