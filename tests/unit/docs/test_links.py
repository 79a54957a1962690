"""Every link and every path that a page names leads somewhere."""

from __future__ import annotations

import re
import subprocess
import unicodedata
from collections.abc import Iterator

import pytest

from tests.support.checkout import ROOT

_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")
_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
_ELSEWHERE = re.compile(r"[a-z]+:")
# Made by a run, or standing for something.
_NOT_COMMITTED = re.compile(r"^(build|report)/|[A-Z<>*{}… ]|\$")
_TOP = ("docs/", "inventory/", "playbooks/", "plugins/", "roles/", "scripts/", "src/", "tests/")
_GENERATED = ("checks.md", "cli.md", "roles.md")


def pages() -> list[str]:
    """Every Markdown page that git knows."""
    listed = subprocess.run(
        ["git", "ls-files", "*.md"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return listed.stdout.split()


def anchor(heading: str) -> str:
    """Give a heading's anchor as GitHub makes it."""
    kept = re.sub(r"[^\w\- ]", "", unicodedata.normalize("NFC", heading).lower())
    return kept.strip().replace(" ", "-")


def prose(page: str) -> str:
    """Give a page without its fenced blocks, whose lines are not links or headings."""
    return _FENCED.sub("", (ROOT / page).read_text(encoding="utf-8"))


def broken_links(page: str) -> Iterator[str]:
    """Give the links of a page that lead nowhere."""
    for link in _LINK.findall(prose(page)):
        if _ELSEWHERE.match(link):
            continue
        path, _, wanted = link.partition("#")
        target = (ROOT / page).parent / path if path else ROOT / page
        if not target.exists():
            yield link
        elif wanted:
            headings = _HEADING.findall(prose(str(target.resolve().relative_to(ROOT))))
            if wanted not in {anchor(heading) for heading in headings}:
                yield link


@pytest.mark.parametrize("page", pages())
def test_links_lead_somewhere(page: str) -> None:
    assert list(broken_links(page)) == []


@pytest.mark.parametrize("page", [page for page in pages() if not page.endswith(_GENERATED)])
def test_paths_exist(page: str) -> None:
    named = {word for word in _CODE.findall(prose(page)) if word.startswith(_TOP)}
    paths = {word for word in named if not _NOT_COMMITTED.search(word)}
    assert [path for path in sorted(paths) if not (ROOT / path).exists()] == []


def test_pages_are_found() -> None:
    found = pages()
    assert {"README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/tutorial.md"} <= set(found)


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("## First generation of a box"[3:], "first-generation-of-a-box"),
        ("4. Rehearse", "4-rehearse"),
        ("`path-mtu`", "path-mtu"),
    ],
)
def test_anchor(heading: str, expected: str) -> None:
    assert anchor(heading) == expected
