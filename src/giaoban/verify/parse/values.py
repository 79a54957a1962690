"""Forces a value out of a device's JSON into the type that its place has."""

from __future__ import annotations

from typing import Any

from giaoban.verify.answers import MOST_DIGITS

LONGEST_WORD = 255  # characters: the longest name that a file, a host or an interface may have


def word(value: Any) -> str:
    """Give a name as it was said.

    Raises:
        TypeError: it is no text.
        ValueError: it is longer than a name can be.

    """
    if not isinstance(value, str):
        raise TypeError("not a word")
    if len(value) > LONGEST_WORD:
        raise ValueError("longer than a name")
    return value


def whole(value: Any) -> int:
    """Give a whole number, said as a number or in digits.

    Raises:
        TypeError: it is neither.
        ValueError: it has a fraction, no digits or more of them than a counter.

    """
    if isinstance(value, str) and len(value) <= MOST_DIGITS:
        return int(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError("not a number")
    if value != int(value):
        raise ValueError("not a whole number")
    return int(value)


def entries(value: Any) -> list[dict[str, Any]]:
    """Give a list of objects.

    Raises:
        TypeError: it is none.

    """
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise TypeError("not a list of objects")
    return value
