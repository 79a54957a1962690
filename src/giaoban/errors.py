"""The one kind of failure a user sees as a sentence instead of a traceback."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class GiaobanError(Exception):
    """A failure that a person can act on.

    The message says where, what was found, what was expected and what to do. `exit_code` is what
    the command line ends with: 2 for usage and input, 1 for a failed operation.
    """

    exit_code = 2
    prefix = "giaoban: "  # empty where the message begins with a place that editors make clickable


class OperationError(GiaobanError):
    """Input was right, but carrying it out failed."""

    exit_code = 1


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Give `; did you mean …?`, or nothing where no known word is near."""
    near = get_close_matches(word, list(known), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""
