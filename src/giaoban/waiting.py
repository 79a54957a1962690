"""Waiting for a condition, with a limit."""

from __future__ import annotations

import time
from collections.abc import Callable

_STEP = 0.02  # seconds


def wait_until(condition: Callable[[], bool], *, seconds: float, step: float = _STEP) -> bool:
    """Ask every `step` seconds until `condition` holds; False when it did not within `seconds`."""
    limit = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > limit:
            return False
        time.sleep(step)
    return True
