"""`giaoban people`, as somebody who keeps the CSV runs it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from giaoban.cli import giaoban
from giaoban.directory.load import PeopleFileError
from tests.support.checkout import ROOT


@pytest.fixture
def intent(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "inventory" / "daknong", tmp_path / "daknong"))


def _run(folder: Path) -> Result:
    return CliRunner().invoke(giaoban, ["people", str(folder)])


def test_everybody_is_listed_with_the_address(intent: Path) -> None:
    done = _run(intent)
    assert done.exit_code == 0
    lines = [line.split() for line in done.output.splitlines()]
    assert ["18", "anhnv3", "Nguyễn", "Vân", "Anh", "huyen-cu-jut"] in lines


def test_problems_are_told_with_their_lines(intent: Path) -> None:
    file = intent / "people.csv"
    file.write_text(file.read_text() + "41,An,nowhere,,,,,\n40,Ba,xa-ea-po,,,,,\n")
    done = _run(intent)
    assert done.exit_code == 2
    assert "people.csv:42: found the unit 'nowhere'" in done.output
    assert "people.csv:43: found the number 40, which line 41 has" in done.output


def test_a_file_that_is_not_there_is_told(intent: Path) -> None:
    (intent / "people.csv").unlink()
    done = _run(intent)
    assert isinstance(done.exception, PeopleFileError)
    assert "people.csv: cannot be read (No such file or directory); expected the CSV" in str(
        done.exception
    )
