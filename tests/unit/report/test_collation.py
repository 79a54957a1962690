"""Names sort as a Vietnamese reader looks them up."""

from __future__ import annotations

import unicodedata

import pytest

from giaoban.report.collation import collation_key

ORDERED = (
    ("an", "ăn", "ân", "ba"),
    ("du", "Dư", "đa", "Đắk Mil", "e"),
    ("ma", "mà", "mả", "mã", "má", "mạ", "mạch"),
    ("Đắk Buk So", "Đăk Glong", "Đắk Wil", "Đông Hà"),
    ("Xã 2", "Xã 10", "Xã Ea Pô"),
    ("no", "nô", "nơ", "nu", "nư"),
    ("Phường Nghĩa Phú", "Phường Nghĩa Tân", "Thị trấn Ea T'Ling", "Xã Cư K'Nia"),
    ("ca", "Ca", "cà"),
    ("", "a", "a b", "ab"),
)


@pytest.mark.parametrize("names", ORDERED, ids=lambda names: names[-1])
def test_order(names: tuple[str, ...]) -> None:
    assert sorted(set(names), key=collation_key) == list(names)


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_the_form_of_unicode_changes_nothing(form: str) -> None:
    text = unicodedata.normalize(form, "Đắk Rờ Lấp, Cư Jút")  # type: ignore[arg-type]
    assert collation_key(text)[:3] == collation_key("Đắk Rờ Lấp, Cư Jút")[:3]


def test_signs_and_foreign_letters_have_a_place() -> None:
    names = ["Ωmega", "Ea T'Ling", "Ea Tling", "42", "\u0301"]
    assert len(set(map(collation_key, names))) == len(names)
