"""The page says what the run found, and nothing in a run can become markup or load anything."""

from __future__ import annotations

import re
import time
import unicodedata
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html import unescape
from html.parser import HTMLParser

import pytest

from giaoban.plan.build import build
from giaoban.plan.model import Plan
from giaoban.report.page import render, verdict
from giaoban.report.words import Words
from giaoban.verify.answers import Answers
from giaoban.verify.model import Results, State, Text
from giaoban.verify.results import Timing
from giaoban.verify.results import results as verified
from giaoban.verify.view import View
from tests.support.provinces import tiny
from tests.unit.report.samples import cut, run

VI, EN = Words("vi"), Words("en")
HOSTILE = "</title><script>alert(1)</script><img src=x onerror=alert(1)>\"'&amp;{{ 7 * 7 }}"


class Page(HTMLParser):
    """Tags with their attributes, as a browser splits them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, name: str) -> list[str]:
        """Every value of an attribute."""
        return [value for _, attrs in self.tags if (value := attrs.get(name)) is not None]

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.tags)


@pytest.fixture(scope="module")
def failing(daknong: Plan) -> Results:
    communes = ("xa-quang-truc", "xa-dak-ngo")
    states = {
        "huyen-tuy-duc-1": State.FAIL,
        "so-y-te": State.UNKNOWN,
        "thanh-tra-tinh": State.NOT_APPLICABLE,
        **dict.fromkeys(communes, State.BLOCKED),
    }
    return run(daknong, states=states, causes=(cut(daknong, "huyen-tuy-duc-1", communes),))


@pytest.fixture(scope="module")
def text(daknong: Plan, failing: Results) -> str:
    return render(daknong, failing, VI)


@pytest.mark.parametrize(
    ("states", "with_cause", "vietnamese", "english"),
    [
        (
            {},
            False,
            "6 điểm được kiểm tra đều đạt.",
            "6 sites checked, nothing wrong.",
        ),
        (
            {"xa-a-1": State.FAIL},
            True,
            "Phát hiện 1 nguyên nhân, ảnh hưởng 1 trên 6 điểm được kiểm tra.",
            "1 cause found, affecting 1 of the 6 sites checked.",
        ),
        (
            {"xa-a-1": State.FAIL, "xa-b": State.BLOCKED},
            False,
            "18 phép kiểm tra hỏng, ảnh hưởng 2 trên 6 điểm được kiểm tra.",
            "18 checks failed, affecting 2 of the 6 sites checked.",
        ),
        (
            {"xa-a/round-trip/rt-xa-a": State.UNKNOWN},
            False,
            "Không thấy hỏng hóc, nhưng 1 phép kiểm tra chưa có câu trả lời.",
            "Nothing failed, but 1 check found no answer.",
        ),
    ],
)
def test_verdict(states: dict[str, State], with_cause: bool, vietnamese: str, english: str) -> None:  # noqa: FBT001
    plan = build(tiny())
    results = run(plan, plan.sites, states, (cut(plan, "xa-a-1"),) if with_cause else ())
    assert verdict(results, VI) == vietnamese
    assert verdict(results, EN) == english


def test_verdict_of_a_run_that_asked_nothing() -> None:
    plan = build(tiny())
    empty = replace(run(plan), checks=(), circuits=(), sites=())
    assert verdict(empty, VI) == "Chưa kiểm tra được gì."
    assert verdict(empty, EN) == "Nothing could be checked."
    assert "Chưa kiểm tra được gì." in render(plan, empty, VI)


def test_a_cause_names_place_evidence_remedy_and_whom_to_call(text: str) -> None:
    page = unescape(text)
    for said in (
        "Đường truyền huyen-tuy-duc-1 bị đứt",
        "0/20 gói thử quay về qua IPv4 và IPv6",
        "Hỏi tại chỗ xem bộ định tuyến",
        "VNPT Đắk Nông",
        "0261 000 0101",
        "VNPT-DNG-0077",
        "Xã Đắk Ngo, Xã Quảng Trực; 2 phép kiểm tra",
        "trung bình 12,417 ms",
        "gửi 1.000",
    ):
        assert said in page, said
    assert page.index('id="causes"') < page.index('id="map"')


def test_a_sentence_leaves_the_name_of_a_device_alone(daknong: Plan, failing: Results) -> None:
    said = Text("t", "rt-xa-dak-wil is cut off", "rt-xa-dak-wil bị cô lập")
    results = replace(failing, causes=(replace(failing.causes[0], title=said),))
    assert "<h3>rt-xa-dak-wil bị cô lập</h3>" in render(daknong, results, VI)


def test_each_language_is_whole(daknong: Plan, failing: Results, text: str) -> None:
    english = render(daknong, failing, EN)
    assert '<html lang="vi">' in text
    assert '<html lang="en">' in english
    assert "Causes and what to do" not in text
    assert "Nguyên nhân" not in english


def test_every_circuit_site_and_result_is_there_once(
    daknong: Plan, failing: Results, text: str
) -> None:
    page = Page(text)
    assert sorted(page.all("data-circuit")) == sorted(daknong.circuits)
    assert sorted(page.all("data-site")) == sorted([*daknong.sites, "centre"])
    assert sorted(page.all("data-id")) == sorted(one.id for one in failing.checks)


def test_anchors_are_unique_and_every_link_has_its_target(daknong: Plan, text: str) -> None:
    for page in map(Page, (text, render(daknong, run(daknong, ["huyen-cu-jut"]), VI))):
        anchors = page.all("id")
        assert len(anchors) == len(set(anchors))
        targets = {link.removeprefix("#") for link in page.all("href")}
        assert targets <= set(anchors)


def test_nothing_is_loaded_from_anywhere(text: str) -> None:
    assert set(re.findall(r"[a-z]+://[^\s\"'<]+", text)) == {"http://www.w3.org/2000/svg"}
    page = Page(text)
    assert all(link.startswith("#") for link in page.all("href"))
    assert not page.all("src")
    assert not page.all("style"), "the policy forbids style attributes"
    assert not {"link", "img", "iframe", "object", "base"} & {tag for tag, _ in page.tags}


def test_the_policy_allows_our_style_and_script_and_nothing_else(text: str) -> None:
    policy = Page(text).all("content")[0]
    for tag in ("style", "script"):
        (body,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = b64encode(sha256(body.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy


def _attacked(failing: Results, text: str) -> Results:
    """A run whose every text is `text` somewhere."""
    evil = Text(text, text, text)
    site = replace(failing.sites[0], name=text, on_standby=text)
    check = replace(failing.checks[0], text=evil, target=text, check=text, id=text)
    call = replace(failing.causes[0].calls[0], name=text, phone=text, reference=text)
    cause = replace(
        failing.causes[0],
        id=text,
        title=evil,
        evidence=evil,
        remedy=evil,
        place=text,
        calls=(call,),
    )
    circuit = replace(failing.circuits[0], carrier=text, reference=text, upper=text)
    return replace(
        failing,
        sites=(site, *failing.sites[1:]),
        checks=(check, *failing.checks[1:]),
        causes=(cause,),
        circuits=(circuit, *failing.circuits[1:]),
    )


@pytest.mark.parametrize("mark", ["\u0338", "\u0301", "\u20d2"])
def test_a_combining_mark_eats_nothing_of_the_page(
    daknong: Plan, failing: Results, mark: str
) -> None:
    tags = Page(render(daknong, _attacked(failing, "x"), VI)).tags
    text = render(daknong, _attacked(failing, f"{mark}x"), VI)
    assert [tag for tag, _ in Page(text).tags] == [tag for tag, _ in tags]
    assert unicodedata.is_normalized("NFC", text)


def test_hostile_text_stays_text(daknong: Plan, failing: Results) -> None:
    text = render(daknong, _attacked(failing, HOSTILE), VI)
    page = Page(text)
    assert page.count("script") == 1
    assert page.count("img") == 0
    assert not page.all("onerror")
    assert "{{ 7 * 7 }}" in text
    assert HOSTILE in page.all("data-id")


def test_the_page_is_nfc(daknong: Plan) -> None:
    decomposed = unicodedata.normalize("NFD", "Xã Đắk Wil")
    results = run(daknong)
    sites = tuple(replace(one, name=decomposed) for one in results.sites)
    text = render(daknong, replace(results, sites=sites), VI)
    assert unicodedata.is_normalized("NFC", text)
    assert "Xã Đắk Wil" in text


def test_sites_sort_as_vietnamese_does(daknong: Plan) -> None:
    page = Page(render(daknong, run(daknong), VI))
    names = [name for name in page.all("data-name") if name.startswith("Xã Đ")]
    assert names[:4] == [
        "Xã Đạo Nghĩa xa-dao-nghia",
        "Xã Đắk Búk So xa-dak-buk-so",
        "Xã Đắk Drô xa-dak-dro",
        "Xã Đắk DRông xa-dak-drong",
    ]


def test_sites_outside_the_run_are_listed_and_drawn_without_a_link(daknong: Plan) -> None:
    page = Page(render(daknong, run(daknong, ["huyen-cu-jut"]), VI))
    nodes = {attrs["data-site"]: attrs for _, attrs in page.tags if "data-site" in attrs}
    assert nodes["huyen-cu-jut"].get("href") == "#site-huyen-cu-jut"
    outside = {slug for slug, attrs in nodes.items() if "href" not in attrs}
    assert outside == {*daknong.sites, "centre"} - {"huyen-cu-jut"}
    assert page.count("li") > 99


def test_a_hundred_sites_take_less_than_a_second(daknong: Plan) -> None:
    results = run(daknong)
    before = time.process_time()
    render(daknong, results, VI)
    assert time.process_time() - before < 1


def test_the_largest_province_has_a_report(largest: Plan) -> None:
    page = Page(render(largest, run(largest), EN))
    assert len(page.all("data-site")) == len(largest.sites) + 1


def test_a_run_that_reached_nobody_is_unknown_everywhere(daknong: Plan) -> None:
    silent = verified(
        View.of(daknong), Answers(), Timing("2026-11-20T01:30:05Z", "2026-11-20T01:30:07Z", 2.0)
    )
    page = render(daknong, silent, EN)
    assert '<header class="unknown">' in page
    assert "Nothing failed, but" in page
