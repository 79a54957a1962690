"""What a device said, as a terminal may be shown it."""

from __future__ import annotations

import unicodedata

_REPLACEMENT = "�"
# Control, format (bidirectional overrides, joiners of no width) and surrogates, by Unicode's names.
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs"})


def printable(text: str, keep: str = "") -> str:
    """Replace what a terminal would obey instead of print by U+FFFD.

    Args:
        text: what came from a device.
        keep: control characters that stay, such as line feed and tab in a difference.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        _REPLACEMENT if unicodedata.category(char) in _UNPRINTABLE and char not in keep else char
        for char in text
    )


def whole(text: str) -> str:
    """Keep a text on one line: a telephone number in two is misread."""
    return text.replace(" ", "\u00a0")
