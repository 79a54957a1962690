"""Waiting for a condition, with a limit."""

from __future__ import annotations

import time
from collections.abc import Callable

_STEP = 0.02  # seconds


def wait_until(condition: Callable[[], bool], *, seconds: float) -> bool:
    """Ask until `condition` holds; False when it did not within `seconds`."""
    limit = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > limit:
            return False
        time.sleep(_STEP)
    return True
