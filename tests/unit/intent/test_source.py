"""YAML is read as version 1.2, with places, and Vietnamese in NFC."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from giaoban.intent.problems import Place
from giaoban.intent.source import Source, read

CORE_SCHEMA = (
    ("", None),
    ("~", None),
    ("null", None),
    ("true", True),
    ("False", False),
    ("yes", "yes"),
    ("on", "on"),
    ("n", "n"),
    ("12:30", "12:30"),
    ("010", 10),
    ("0o10", 8),
    ("0x1F", 31),
    ("-7", -7),
    ("1_000", "1_000"),
    ("1.5e3", 1500.0),
    (".5", 0.5),
    ("2026-11-22", "2026-11-22"),
    ("'5'", "5"),
    ("!!str 5", "5"),
    ("'null'", "null"),
    ("1" * 50, "1" * 50),
)


def source_of(folder: Path, text: str | bytes) -> Source:
    path = folder / "x.yml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    source = read(path)
    assert source.problems == []
    return source


@pytest.mark.parametrize(("written", "value"), CORE_SCHEMA)
def test_scalars_follow_yaml_1_2(tmp_path: Path, written: str, value: object) -> None:
    found = source_of(tmp_path, f"key: {written}\n").root.value()["key"]
    assert (found, type(found)) == (value, type(value))


def test_places_of_keys_and_values(tmp_path: Path) -> None:
    source = source_of(tmp_path, "sites:\n  - slug: xa-a\n    name: 'Xã A'\n")
    file = str(tmp_path / "x.yml")
    assert source.place(("sites", 0, "name")) == Place(file, 3, 11, 6)
    assert source.place(("sites", 0, "name"), at_key=True) == Place(file, 3, 5, 4)
    assert source.place(("sites", 0)) == Place(file, 2, 5)
    assert source.place(("sites",), at_key=True) == Place(file, 1, 1, 5)


def test_a_key_that_is_not_written_is_placed_at_its_parent(tmp_path: Path) -> None:
    source = source_of(tmp_path, "sites:\n  - slug: xa-a\n")
    assert source.place(("sites", 0, "lan")) == Place(str(tmp_path / "x.yml"), 2, 5)
    assert source.place(("sites", 7, "lan")).line == 2
    assert source.place(("zones",)) == Place(str(tmp_path / "x.yml"))


def test_a_key_with_the_name_of_an_outer_one_is_itself(tmp_path: Path) -> None:
    source = source_of(tmp_path, "a:\n  b:\n    a: 1\n")
    assert source.place(("a", "b", "a"), at_key=True).line == 3


def test_vietnamese_is_normalised_to_nfc_and_said_so(tmp_path: Path) -> None:
    composed = "Xã Đắk R'Măng, Sở Nội vụ"
    decomposed = unicodedata.normalize("NFD", composed)
    assert composed != decomposed
    source = source_of(tmp_path, f'name: "{decomposed}"\nother: {composed}\n')
    assert source.root.value() == {"name": composed, "other": composed}
    assert [place.line for place in source.normalised] == [1]


def test_anchors_share_a_value(tmp_path: Path) -> None:
    source = source_of(tmp_path, "a: &tiers [commune]\nb: *tiers\n")
    assert source.root.value() == {"a": ["commune"], "b": ["commune"]}


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_byte_order_mark_and_line_breaks(tmp_path: Path, line_break: str) -> None:
    text = line_break.join(["# Đắk Nông", "a: 1", "b: 2", ""])
    source = source_of(tmp_path, b"\xef\xbb\xbf" + text.encode())
    assert source.root.value() == {"a": 1, "b": 2}
    assert source.place(("b",)).line == 3
    assert source.excerpt(source.place(("b",))) == "b: 2"


def test_a_folder_gives_its_yaml_files_and_no_others(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("a: 1\n", encoding="utf-8")
    (tmp_path / "b.yaml").write_text("b: 2\n", encoding="utf-8")
    (tmp_path / "giaoban.yml").write_text("plugin: giaoban\n", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("not: yaml\n", encoding="utf-8")
    for name in ("group_vars", "host_vars"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "all.yml").write_text("c: 3\n", encoding="utf-8")
    source = read(tmp_path)
    assert source.problems == []
    assert source.root.value() == {"a": 1, "b": 2}
