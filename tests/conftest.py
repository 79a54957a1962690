"""What every test shares: how hard hypothesis looks, and what `--full` adds."""

from __future__ import annotations

import pytest
from hypothesis import settings

settings.register_profile("fast", max_examples=15, deadline=None)
settings.register_profile("full", max_examples=300, deadline=None)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="the long repeats too")


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile("full" if config.getoption("--full") else "fast")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--full"):
        return
    skip = pytest.mark.skip(reason="a long repeat: scripts/test --full runs it")
    for item in items:
        if "full" in item.keywords:
            item.add_marker(skip)
