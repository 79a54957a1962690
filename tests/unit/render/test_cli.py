"""`giaoban render`, as somebody who reads a box's files runs it."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from giaoban.cli import giaoban
from giaoban.errors import GiaobanError

ROOT = Path(__file__).parents[3]


def _render(folder: Path, name: str) -> str:
    words = ["--inventory", str(ROOT / "inventory" / "daknong"), "--project", str(ROOT)]
    done = CliRunner().invoke(giaoban, ["render", str(folder), *words, "--limit", name])
    return str(done.exception) if isinstance(done.exception, GiaobanError) else done.output


def test_one_box(tmp_path: Path) -> None:
    assert _render(tmp_path, "rt-xa-dak-wil").endswith("1 boxes rendered\n")
    assert [path.name for path in tmp_path.iterdir()] == ["rt-xa-dak-wil"]


def test_a_name_that_no_box_has(tmp_path: Path) -> None:
    said = _render(tmp_path, "rt-xa-dak-will")
    assert "no box 'rt-xa-dak-will' in the inventory; did you mean 'rt-xa-dak-wil'?" in said
    assert "`giaoban plan` lists them" in _render(tmp_path, "xyz")
    assert not list(tmp_path.iterdir())
