"""A real browser opens the page: everything is there, and it has nothing to complain about."""

from __future__ import annotations

import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import pytest

from giaoban.plan.build import build
from giaoban.plan.model import Plan
from giaoban.report.page import render
from giaoban.report.words import Words
from giaoban.verify.model import State
from tests.support.provinces import two_tier
from tests.unit.report.samples import cut, run

# Nothing may leave the machine: no name resolves, and what the browser does by itself is off.
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--enable-logging=stderr",
)
NOTED = re.compile(r"CONSOLE[:(].*")


class Browser:
    """Headless Chromium with a new profile for every page."""

    def __init__(self, program: str, folder: Path) -> None:
        self.program, self.folder = program, folder

    def open(self, address: str, *options: str) -> subprocess.CompletedProcess[str]:
        profile = f"--user-data-dir={self.folder / 'profile'}"
        return subprocess.run(
            [self.program, *QUIET, profile, *options, address],
            check=True,
            capture_output=True,
            text=True,
            timeout=120,
        )

    def dom(self, address: str) -> str:
        """Give the document after the scripts; fails on any complaint of the console."""
        done = self.open(address, "--dump-dom")
        assert NOTED.findall(done.stderr) == []
        return done.stdout


@pytest.fixture
def browser(request: pytest.FixtureRequest, tmp_path: Path) -> Browser:
    program = shutil.which("chromium")
    if program is None and "not twin" in request.config.option.markexpr:
        pytest.skip("chromium is not installed: apt-get install chromium")
    assert program is not None, "chromium is not installed: apt-get install chromium"
    return Browser(program, tmp_path)


@pytest.fixture
def page(daknong: Plan, tmp_path: Path) -> str:
    communes = ("xa-quang-truc", "xa-dak-ngo")
    states = {
        "huyen-tuy-duc-1": State.FAIL,
        "xa-dak-wil/round-trip/rt-xa-dak-wil": State.UNKNOWN,
        **dict.fromkeys(communes, State.BLOCKED),
    }
    causes = (cut(daknong, "huyen-tuy-duc-1", communes),)
    file = tmp_path / "index.html"
    file.write_text(render(daknong, run(daknong, states=states, causes=causes), Words("vi")))
    return file.as_uri()


def test_map_sites_and_causes_are_in_the_document(
    browser: Browser, page: str, daknong: Plan
) -> None:
    dom = browser.dom(page)
    assert '<svg class="province"' in dom
    assert sorted(re.findall(r'data-circuit="([^"]+)"', dom)) == sorted(daknong.circuits)
    assert sorted(re.findall(r'data-site="([^"]+)"', dom)) == sorted([*daknong.sites, "centre"])
    text = unescape(dom)
    for site in daknong.sites.values():
        assert site.site.name in text
    assert "Đường truyền huyen-tuy-duc-1 bị đứt" in text
    assert set(re.findall(r"[a-z]+://[^\s\"'<]+", dom)) <= {"http://www.w3.org/2000/svg"}


def test_a_link_of_the_map_opens_the_sites_table(browser: Browser, page: str) -> None:
    sites = dict(
        re.findall(
            r'<details class="site pass" id="([^"]+)"([^>]*)>', browser.dom(f"{page}#site-xa-ea-po")
        )
    )
    assert [site for site, rest in sites.items() if " open" in rest] == ["site-xa-ea-po"]


def test_the_console_is_heard(browser: Browser, page: str, tmp_path: Path) -> None:
    """What the policy forbids is complained about: else the silence above would prove nothing."""
    spoilt = tmp_path / "spoilt.html"
    whole = (tmp_path / "index.html").read_text()
    spoilt.write_text(whole.replace("<h1>", "<script>document.title = 1</script><h1>"))
    assert page
    with pytest.raises(AssertionError, match="Content Security Policy"):
        browser.dom(spoilt.as_uri())


@pytest.mark.parametrize("width", [390, 1400])
def test_a_picture(browser: Browser, page: str, tmp_path: Path, width: int) -> None:
    picture = tmp_path / "report.png"
    browser.open(page, f"--screenshot={picture}", f"--window-size={width},900")
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size > 30_000


def test_a_province_of_two_tiers(browser: Browser, tmp_path: Path) -> None:
    plan = build(two_tier())
    file = tmp_path / "two.html"
    file.write_text(render(plan, run(plan), Words("en")))
    dom = browser.dom(file.as_uri())
    assert sorted(re.findall(r'data-site="([^"]+)"', dom)) == sorted([*plan.sites, "centre"])
