"""CHANGELOG.md is what a user reads: headings in order, sentences, nothing left empty."""

from __future__ import annotations

import re
import tomllib

from tests.support.checkout import ROOT

LINES = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines()


def test_begins_with_what_is_not_released() -> None:
    headings = [line for line in LINES if line.startswith("#")]
    assert headings[:2] == ["# Changelog", "## Unreleased"]
    for heading in headings[2:]:
        assert re.fullmatch(r"## \d+\.\d+\.\d+ \(\d{4}-\d{2}-\d{2}\)", heading), heading


def test_version_of_the_package_is_the_next_or_the_last() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    released = [line.split()[1] for line in LINES if re.match(r"## \d", line)]
    if released:
        order = [tuple(map(int, version.split("."))) for version in released]
        assert order == sorted(order, reverse=True)
        assert tuple(map(int, project["version"].split("."))) >= order[0]


def test_entries_are_sentences() -> None:
    entries = [line for line in LINES if line.startswith("- ")]
    assert len(entries) > 3
    for entry in entries:
        assert re.fullmatch(r"- [A-Z`].*\.", entry), entry
    assert len(set(entries)) == len(entries)
