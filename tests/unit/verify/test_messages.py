"""Every sentence is said by some case, in both languages, in NFC."""

from __future__ import annotations

import string
import unicodedata

import pytest

from giaoban.verify.assess import judge
from giaoban.verify.checks import CHECKS
from giaoban.verify.diagnose import causes
from giaoban.verify.messages import CATALOGUE, language, text
from giaoban.verify.results import Timing, results
from tests.unit.verify.cases import CASES, together
from tests.unit.verify.healthy import healthy, small_view
from tests.unit.verify.test_diagnose import DISTRICT_CUT, SCENES
from tests.unit.verify.test_screens import said_by_screens


def said_by_checks() -> set[str]:
    view = small_view()
    judged = judge(view, healthy(view))
    keys = {found.text.key for found in judged.values()}
    edits = [case.edit for case in CASES] + [together(*scene[1]) for scene in SCENES]
    edits.append(DISTRICT_CUT)
    for edit in edits:
        answers = edit(healthy(view), view)
        judged = judge(view, answers)
        keys |= {found.text.key for found in judged.values()}
        for cause in causes(view, judged):
            keys |= {cause.title.key, cause.remedy.key}
        whole = results(view, answers, Timing("", "", 0.0))
        keys |= {check.text.key for check in whole.checks}
    return keys


def test_no_sentence_is_idle() -> None:
    assert set(CATALOGUE) - said_by_checks() - said_by_screens() == set()


def test_every_reason_has_its_sentence_and_its_cause() -> None:
    for check in CHECKS:
        for reason, kind in check.causes.items():
            assert f"{check.id}.{reason}" in CATALOGUE
            assert f"cause.{kind.name}.title" in CATALOGUE
            assert f"cause.{kind.name}.remedy" in CATALOGUE


@pytest.mark.parametrize("key", CATALOGUE)
def test_both_languages_say_the_same(key: str) -> None:
    english, vietnamese = CATALOGUE[key]
    fields = [
        {field for _, field, _, _ in string.Formatter().parse(words) if field}
        for words in (english, vietnamese)
    ]
    assert fields[0] == fields[1]
    assert unicodedata.normalize("NFC", vietnamese) == vietnamese


def test_numbers_have_the_language_s_comma() -> None:
    figures = {"circuit": "xa-a-1", "percent": 5.5, "lost": 11, "sent": 200}
    assert "5.5 %" in text("circuit-loss.loss", figures).en
    assert "5,5 %" in text("circuit-loss.loss", figures).vi


@pytest.mark.parametrize(
    ("chosen", "environment", "expected"),
    [
        ("vi", {"LC_ALL": "C"}, "vi"),
        (None, {"LC_ALL": "vi_VN.UTF-8"}, "vi"),
        (None, {"LC_ALL": "C.UTF-8", "LANG": "vi_VN.UTF-8"}, "en"),
        (None, {"LC_MESSAGES": "vi_VN", "LANG": "en_US.UTF-8"}, "vi"),
        (None, {"LANG": "vi_VN.UTF-8"}, "vi"),
        (None, {}, "en"),
    ],
)
def test_language(
    monkeypatch: pytest.MonkeyPatch,
    chosen: str | None,
    environment: dict[str, str],
    expected: str,
) -> None:
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(variable, raising=False)
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    assert language(chosen) == expected
