"""What a device said cannot steer a terminal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from giaoban.printable import printable


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("router bgp 65000", "router bgp 65000"),
        ("xã Đắk Wil – 10 °C", "xã Đắk Wil – 10 °C"),
        ("\x1b]0;owned\x07", "�]0;owned�"),
        ("a\x00b\x7fc\x9bd", "a�b�c�d"),
        ("safe\u202eelif", "safe�elif"),
        ("a\u200bb\ufeff", "a�b�"),
        ("\ud800", "�"),
        ("two\nlines\tand a tab", "two�lines�and a tab"),
    ],
)
def test_what_a_terminal_would_obey_is_replaced(said: str, shown: str) -> None:
    assert printable(said) == shown


def test_a_difference_keeps_its_lines_and_tabs() -> None:
    assert printable("-\told\n+\tnew\r\n", keep="\n\t") == "-\told\n+\tnew�\n"


@given(st.text(st.characters()))
def test_what_is_printable_stays_so(said: str) -> None:
    shown = printable(said)
    assert printable(shown) == shown
    assert shown.encode().decode() == shown
    assert len(shown) == len(said)
