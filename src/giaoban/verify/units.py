"""Units of the figures that checks measure, by the names that the checks give them."""

from __future__ import annotations

_BY_LAST_WORD = {"ms": "ms", "percent": "%", "bytes": "B", "kbit": "kbit/s", "mbit": "Mbit/s"}
_BY_NAME = {
    "percent": "%",
    "bound": "%",
    "mean": "ms",
    "limit": "ms",
    "interval": "ms",
    "committed": "Mbit/s",
    "measured": "Mbit/s",
    "rate": "kbit/s",
    "mtu": "B",
    "largest": "B",
}


def name_and_unit(figure: str) -> tuple[str, str | None]:
    """Give what a figure is called without its unit, and its unit; None where it has none."""
    stem, _, tail = figure.rpartition("_")
    if stem and tail in _BY_LAST_WORD:
        return stem, _BY_LAST_WORD[tail]
    return figure, _BY_NAME.get(figure)
