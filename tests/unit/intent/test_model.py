"""Rates are read exactly, and models refuse what they do not know."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from giaoban.intent.model import Line, parse_rate

RATES = {
    "20 Mbit/s": 20_000_000,
    "20Mbit/s": 20_000_000,
    "2.3 Gbit/s": 2_300_000_000,
    "0.1 Gbit/s": 100_000_000,
    "1.1 Mbit/s": 1_100_000,
    "512 kbit/s": 512_000,
}
NO_RATES = (
    "20",
    "20 mbit/s",
    "20 MB/s",
    "-1 Mbit/s",
    "1e3 Mbit/s",
    "２ Mbit/s",
    "9" * 400,
    None,
    20,
)


@pytest.mark.parametrize("written", RATES)
def test_a_rate_is_read_exactly(written: str) -> None:
    assert parse_rate(written) == RATES[written]


@pytest.mark.parametrize("written", NO_RATES)
def test_what_is_no_rate_is_refused(written: object) -> None:
    with pytest.raises(ValueError, match="is not a rate"):
        parse_rate(written)


_LINE = TypeAdapter(Line)
ONE_LINE = ("Xã Đắk Wil", "Xa\u0303 A", "0261 000 0101", "VNPT/ĐN #7", "1")
NOT_ONE_LINE = {
    "a mark before all else": "\u0338Xã A",
    "a Vietnamese mark before all else": "\u0301a",
    "an enclosing mark before all else": "\u20dda",
    "next line, of C1": "Xã\u0085A",
    "control sequence introducer, of C1": "Xã \u009b31m",
    "delete": "Xã\u007f",
    "right-to-left override": "Xã \u202eA",
    "isolate": "Xã \u2066A",
    "right-to-left mark": "Xã\u200f",
    "Arabic letter mark": "Xã\u061c",
    "line feed": "Xã\n",
    "nothing": "",
}


@pytest.mark.parametrize("written", ONE_LINE)
def test_a_text_of_one_line_is_taken(written: str) -> None:
    assert _LINE.validate_python(written) == written


@pytest.mark.parametrize("what", NOT_ONE_LINE)
def test_a_text_that_could_disturb_its_surroundings_is_refused(what: str) -> None:
    with pytest.raises(ValidationError):
        _LINE.validate_python(NOT_ONE_LINE[what])
