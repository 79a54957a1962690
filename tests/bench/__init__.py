"""What scripts/bench measures."""

from __future__ import annotations

import sys


def figure(name: str, value: float, unit: str) -> None:
    """Print one figure as soon as it is known."""
    sys.stdout.write(f"{name:<58} {value:>10.2f} {unit}\n")
    sys.stdout.flush()
