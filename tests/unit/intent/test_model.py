"""Rates are read exactly, and models refuse what they do not know."""

from __future__ import annotations

import pytest

from giaoban.intent.model import parse_rate

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
