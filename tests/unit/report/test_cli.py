"""`giaoban report`: a whole file or a sentence."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from giaoban.errors import GiaobanError
from giaoban.plan.build import build
from giaoban.plan.model import Plan
from giaoban.report.cli import report
from giaoban.report.read import read_results
from giaoban.verify.model import State
from tests.support.provinces import tiny
from tests.unit.report.samples import cut, run

ADVICE = "`giaoban verify --json FILE` writes one"


def giaoban(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from giaoban.cli import main; main()", *arguments],
        env={**os.environ, "LC_ALL": "C.UTF-8", **environment},
        check=False,
        capture_output=True,
        text=True,
    )


@pytest.fixture
def stored(daknong: Plan, tmp_path: Path) -> Path:
    file = tmp_path / "results.json"
    causes = (cut(daknong, "xa-dak-wil-1"),)
    results = run(daknong, states={"xa-dak-wil-1": State.FAIL}, causes=causes)
    file.write_text(json.dumps(results.to_json()))
    return file


def test_it_writes_beside_the_results_and_leaves_nothing_else(
    stored: Path, inventory: Path
) -> None:
    done = giaoban("report", "--results", str(stored), "--inventory", str(inventory))
    page = stored.with_suffix(".html")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{page}: written\n", "")
    assert '<html lang="en">' in page.read_text()
    assert sorted(one.name for one in stored.parent.iterdir()) == ["results.html", "results.json"]


@pytest.mark.parametrize(
    ("arguments", "locale", "language"),
    [((), "vi_VN.UTF-8", "vi"), (("--lang", "vi"), "C", "vi"), (("--lang", "en"), "vi_VN", "en")],
)
def test_the_language(
    stored: Path, inventory: Path, arguments: tuple[str, ...], locale: str, language: str
) -> None:
    page = stored.parent / "new" / "index.html"
    common = ("--results", str(stored), "--inventory", str(inventory), "-o", str(page))
    assert giaoban("report", *common, *arguments, LC_ALL=locale).returncode == 0
    assert f'<html lang="{language}">' in page.read_text()


def test_results_read_back_as_they_were_written(daknong: Plan, tmp_path: Path) -> None:
    results = run(daknong, states={"so-y-te": State.UNKNOWN}, causes=(cut(daknong, "so-y-te-1"),))
    file = tmp_path / "results.json"
    file.write_text(json.dumps(results.to_json()))
    assert read_results(file) == results


def _with(**changed: object) -> str:
    whole: dict[str, Any] = run(build(tiny())).to_json()
    return json.dumps(whole | changed)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "does not exist"),
        ("", "is not JSON, or was cut off"),
        (_with()[:-100], "is not JSON, or was cut off"),
        ("[" * 100_000, "is not JSON, or was cut off"),
        ("\x00", "is not JSON, or was cut off"),
        ("[]", "holds no results of a run"),
        ("{}", "holds no results of a run"),
        (
            _with(schema=99),
            "holds no results of a run: results of schema 99; this version reads 1",
        ),
        ('{"schema": 1}', "holds no results of a run: 'province' is missing"),
        (_with(sites=5), "holds no results of a run: 'int' object is not iterable"),
        (_with(sites=[{"name": "x"}]), "holds no results of a run: 'state' is missing"),
        (
            _with(seconds="soon"),
            (
                "holds no results of a run: seconds: Input should be a valid number,"
                " unable to parse string as a number"
            ),
        ),
        (
            _with(started="yesterday"),
            "holds no results of a run: Invalid isoformat string: 'yesterday'",
        ),
    ],
)
def test_what_is_no_result_is_a_sentence(
    tmp_path: Path, content: str | None, sentence: str
) -> None:
    file = tmp_path / "results.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(GiaobanError) as failure:
        read_results(file)
    assert str(failure.value) == f"{file}: {sentence}; {ADVICE}"
    assert failure.value.exit_code == 2


def test_a_folder_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(GiaobanError, match="cannot be read: Is a directory"):
        read_results(tmp_path)


def test_the_command_ends_with_2_and_no_traceback(tmp_path: Path, inventory: Path) -> None:
    missing = tmp_path / "none.json"
    done = giaoban("report", "--results", str(missing), "--inventory", str(inventory))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"giaoban: {missing}: does not exist; {ADVICE}\n"


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({}, "is about 'Tỉnh Ví Dụ', the inventory about 'dak-nong'"),
        ({"province": "Tỉnh Đắk Nông"}, "'huyen-a' is not in the inventory"),
    ],
)
def test_results_of_another_province(
    tmp_path: Path, inventory: Path, changed: dict[str, str], found: str
) -> None:
    file = tmp_path / "results.json"
    file.write_text(_with(**changed))
    with pytest.raises(GiaobanError) as failure:
        report.callback(file, inventory, None, None)  # type: ignore[misc]
    advice = f"give the inventory of that run with --inventory (this was {inventory})"
    assert str(failure.value) == f"{file}: {found}; {advice}"
    assert [one.name for one in tmp_path.iterdir()] == ["results.json"]


def test_a_report_that_cannot_be_written_leaves_the_old_one(
    stored: Path, inventory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = stored.with_suffix(".html")
    page.write_text("the old one")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="No space left"):
        report.callback(stored, inventory, page, "vi")  # type: ignore[misc]
    assert page.read_text() == "the old one"
    assert len(list(stored.parent.iterdir())) == 2


def test_an_inventory_that_is_none(stored: Path, tmp_path: Path) -> None:
    done = giaoban("report", "--results", str(stored), "--inventory", str(tmp_path / "none"))
    assert done.returncode == 2
    assert "an inventory is a folder with a giaoban.yml" in done.stderr
