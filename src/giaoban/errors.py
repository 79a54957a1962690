"""The one kind of failure a user sees as a sentence instead of a traceback."""

from __future__ import annotations


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
