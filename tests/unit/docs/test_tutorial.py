"""The part of the tutorial that needs neither root nor a twin, typed word for word."""

from __future__ import annotations

from pathlib import Path

from tests.support.checkout import ROOT, environment, scratch_checkout
from tests.support.console import follow, shell, steps

TUTORIAL = ROOT / "docs" / "tutorial.md"
SECONDS = 120
NEEDS_ROOT = "\n## 4. Rehearse\n"


def test_sections_without_root(tmp_path: Path) -> None:
    page, found, _ = TUTORIAL.read_text(encoding="utf-8").partition(NEEDS_ROOT)
    assert found
    assert len(steps(page)) > 8
    checkout = scratch_checkout(tmp_path / "giaoban")
    with shell(checkout, environment(checkout)) as told:
        follow(page, told, SECONDS)
