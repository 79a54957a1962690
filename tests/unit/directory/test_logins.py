"""Logins out of Vietnamese names."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from giaoban.directory.logins import assign, plain, stem


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Nguyễn Văn Anh", "anhnv"),
        ("Đặng Quốc Đường", "duongdq"),
        ("Hoàng Ngọc Ẩn", "anhn"),
        ("Vi Văn Ướt", "uotvv"),
        ("Triệu Thị Ỷ", "ytt"),
        ("Chu Văn Khoẻ", "khoecv"),
        ("H'Blăng Niê", "nieh"),
        ("H’Blăng Niê", "nieh"),
        ("K'Brông", "kbrong"),
        ("Công Tằng Tôn-Nữ Hỷ", "hyctt"),
        ("王", ""),
        ("", ""),
    ],
)
def test_a_stem_is_the_given_name_and_the_initials_before_it(name: str, expected: str) -> None:
    assert stem(name) == expected


def test_decomposed_names_read_the_same() -> None:
    name = "Đặng Thị Hường"
    assert plain(unicodedata.normalize("NFD", name)) == plain(name) == "Dang Thi Huong"


def test_the_lowest_number_has_it_bare_whatever_the_order() -> None:
    stems = [(9, "anhnv"), (2, "anhnv"), (5, "anhnv"), (3, "quandm")]
    assert assign(stems, set()) == {2: "anhnv", 5: "anhnv2", 9: "anhnv3", 3: "quandm"}


def test_what_is_taken_is_nobodys() -> None:
    assert assign([(1, "anhnv"), (2, "anhnv")], {"anhnv", "anhnv3"}) == {1: "anhnv2", 2: "anhnv4"}


@given(st.lists(st.sampled_from(["anhnv", "quandm", "y"]), min_size=1, max_size=30))
def test_who_comes_later_renames_nobody_and_no_login_is_given_twice(names: list[str]) -> None:
    stems = list(enumerate(names, start=1))
    all_of_them, before = assign(stems, {"root"}), assign(stems[:-1], {"root"})
    assert len(set(all_of_them.values())) == len(stems)
    assert before.items() <= all_of_them.items()
