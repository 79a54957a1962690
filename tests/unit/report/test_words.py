"""Numbers, times and counts are written as each language writes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from giaoban.report.words import Words
from giaoban.verify.checks import CHECKS

VI, EN = Words("vi"), Words("en")


@pytest.mark.parametrize(
    ("value", "vietnamese", "english"),
    [
        (0, "0", "0"),
        (1_234_567, "1.234.567", "1,234,567"),
        (12.4171, "12,417", "12.417"),
        (3.0, "3", "3"),
        (1234.5, "1.234,5", "1,234.5"),
        (-0.25, "-0,25", "-0.25"),
    ],
)
def test_number(value: float, vietnamese: str, english: str) -> None:
    assert (VI.number(value), EN.number(value)) == (vietnamese, english)


@pytest.mark.parametrize(
    ("name", "value", "vietnamese", "english"),
    [
        ("sent", 200, "gửi 200", "sent 200"),
        ("mean", 12.4, "trung bình 12,4 ms", "mean 12.4 ms"),
        ("mean_ms", 12.4, "trung bình 12,4 ms", "mean 12.4 ms"),
        ("percent", 0.5, "tỷ lệ 0,5 %", "share 0.5 %"),
        ("committed", 20.0, "cam kết 20 Mbit/s", "committed 20 Mbit/s"),
        ("unheard_of", 1, "unheard of 1", "unheard of 1"),
    ],
)
def test_figure(name: str, value: float, vietnamese: str, english: str) -> None:
    assert (VI.figure(name, value), EN.figure(name, value)) == (vietnamese, english)


@pytest.mark.parametrize(
    ("bits", "text"),
    [
        (20_000_000, "20 Mbit/s"),
        (1_000_000_000, "1 Gbit/s"),
        (512_000, "512 kbit/s"),
        (1_500_000, "1,5 Mbit/s"),
        (900, "900 bit/s"),
    ],
)
def test_rate(bits: int, text: str) -> None:
    assert VI.rate(bits) == text


@pytest.mark.parametrize(
    ("seconds", "vietnamese", "english"),
    [
        (0.04, "0 giây", "0 seconds"),
        (4.26, "4,3 giây", "4.3 seconds"),
        (61, "1 phút 1 giây", "1 minute 1 second"),
        (3600, "1 giờ", "1 hour"),
        (7384.2, "2 giờ 3 phút 4 giây", "2 hours 3 minutes 4 seconds"),
    ],
)
def test_duration(seconds: float, vietnamese: str, english: str) -> None:
    assert (VI.duration(seconds), EN.duration(seconds)) == (vietnamese, english)


def test_moment() -> None:
    hanoi = datetime(2026, 11, 2, 8, 5, tzinfo=timezone(timedelta(hours=7)))
    assert VI.moment(hanoi) == "08:05 ngày 2/11/2026 (UTC+7)"
    assert EN.moment(hanoi) == "2 November 2026, 08:05 (UTC+7)"
    assert EN.moment(hanoi.astimezone(UTC)) == "2 November 2026, 01:05 (UTC+0)"
    kathmandu = hanoi.astimezone(timezone(timedelta(hours=5, minutes=45)))
    assert EN.moment(kathmandu) == "2 November 2026, 06:50 (UTC+5:45)"
    newfoundland = hanoi.astimezone(timezone(timedelta(hours=-3, minutes=-30)))
    assert EN.moment(newfoundland) == "1 November 2026, 21:35 (UTC-3:30)"


def test_a_count_has_its_noun() -> None:
    assert [EN.counted(n, "site") for n in (0, 1, 2)] == ["0 sites", "1 site", "2 sites"]
    assert VI.counted(2, "cause") == "2 nguyên nhân"


@pytest.mark.parametrize("check", [check.id for check in CHECKS])
def test_every_check_has_a_name_in_both_languages(check: str) -> None:
    assert check not in (VI.name("check", check), EN.name("check", check))


def test_what_nobody_named_keeps_its_own_name() -> None:
    assert VI.name("check", "mail-delivery") == "mail-delivery"
