"""Every problem is found where it is, said in the exact words, and nothing else is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from giaoban.intent.load import load
from giaoban.intent.problems import IntentError, Place, Problem, Wording
from tests.unit.intent.intent_cases import CASES, Case

SMALL = Path(__file__).with_name("small.yml").read_text(encoding="utf-8")


def edited(edits: tuple[tuple[str, str], ...]) -> str:
    text = SMALL
    for old, new in edits:
        assert text.count(old) == 1, f"{old!r} must be there once"
        text = text.replace(old, new)
    return text


def problems_of(case: Case, folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Problem, ...]:
    monkeypatch.chdir(folder)
    for name, content in case.files.items():
        Path(name).write_bytes(content)
    for name, target in case.links.items():
        Path(name).symlink_to(target)
    if case.edits:
        Path("intent.yml").write_text(edited(case.edits), encoding="utf-8")
    with pytest.raises(IntentError) as caught:
        load(Path(case.path))
    return caught.value.problems


def said(problem: Problem) -> str:
    place = problem.place
    mark = ""
    if problem.excerpt is not None:
        start = place.column - 1
        mark = f" «{problem.excerpt[start : start + place.width]}»"
    return f"{place}{mark} {problem.message}; {problem.hint}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
def test_words_and_place(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    problems = problems_of(case, tmp_path, monkeypatch)
    assert tuple(map(said, problems)) == case.expected
    assert case.kind in {problem.kind for problem in problems}


def test_every_wording_has_a_case() -> None:
    assert {case.kind for case in CASES} == set(Wording.known)


def test_the_small_intent_itself_is_right(tmp_path: Path) -> None:
    path = tmp_path / "intent.yml"
    path.write_text(SMALL, encoding="utf-8")
    assert len(load(path).sites) == 7


def test_all_at_once_in_the_order_of_the_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shape errors of one key hide neither each other nor the rules of other keys."""
    monkeypatch.chdir(tmp_path)
    text = edited(
        (
            ("parent: huyen-a", "parent: huyen-aa"),
            ("rate: 20 Mbit/s, mtu: 1500", "rate: 20, mtu: 1"),
            ("vlan: 50", "vlan: 40"),
        )
    )
    top, _, rest = text.partition("zones:")
    Path("b.yml").write_text(top, encoding="utf-8")
    Path("a.yml").write_text("zones:" + rest, encoding="utf-8")
    with pytest.raises(IntentError) as caught:
        load(Path())
    expected = Path(__file__).with_name("several.txt").read_text(encoding="utf-8")
    assert str(caught.value) + "\n" == expected


def test_a_file_that_cannot_be_read_makes_no_key_seem_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.yml").write_text(edited((("vlan: 50", "vlan: 0"),)), encoding="utf-8")
    Path("b.yml").write_text("x: [", encoding="utf-8")
    with pytest.raises(IntentError) as caught:
        load(Path())
    assert [problem.kind for problem in caught.value.problems] == ["out-of-range", "syntax"]


def test_carets_stand_under_what_they_mark_in_decomposed_vietnamese(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Combining marks count as columns of the file but take no cell of the terminal."""
    monkeypatch.chdir(tmp_path)
    decomposed = "Tru\u031b\u0323c"
    text = edited(
        (("noc: { name: Trực mạng, phone: 0000 000 001 }", f"noc: {{ name: {decomposed}, x: 1 }}"),)
    )
    Path("intent.yml").write_text(text, encoding="utf-8")
    with pytest.raises(IntentError) as caught:
        load(Path("intent.yml"))
    unknown = next(one for one in caught.value.problems if one.kind == "unknown-key")
    assert unknown.place.column == 24
    assert str(unknown).splitlines()[1:] == [
        f"   12 |   noc: {{ name: {decomposed}, x: 1 }}",
        "      | " + " " * 21 + "^",
    ]


def test_carets_stand_under_what_they_mark_behind_wide_characters() -> None:
    problem = Problem("x", Place("a.yml", 1, 4, 2), "message", "hint", "表a ab")
    assert str(problem).splitlines()[1:] == ["    1 | 表a ab", "      |     ^^"]


def test_a_long_line_is_cut_around_the_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ports = ", ".join(str(port) for port in range(1, 101))
    text = edited((("ports: [443]", f"ports: [{ports}, 70000]"),))
    Path("intent.yml").write_text(text, encoding="utf-8")
    with pytest.raises(IntentError) as caught:
        load(Path("intent.yml"))
    _, line, carets = str(caught.value.problems[0]).splitlines()
    assert len(line) < 160
    start = carets.index("^")
    assert line[start : start + carets.count("^")] == "70000"


def test_input_cannot_steer_the_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = edited((("name: hall", 'name: "\\e[31mhall"'), ("name: Xã B", "name: \x1b[31m")))
    Path("intent.yml").write_text(text, encoding="utf-8")
    with pytest.raises(IntentError) as caught:
        load(Path("intent.yml"))
    assert "\x1b" not in str(caught.value)
