"""Where the checkout is that this library is installed from."""

from __future__ import annotations

from pathlib import Path

from giaoban.errors import GiaobanError


def checkout(*needed: str) -> Path:
    """Give the checkout's folder.

    Args:
        needed: what must be in it, such as `roles`.

    Raises:
        GiaobanError: it is not there, since the library was not installed from a checkout.

    """
    folder = Path(__file__).parents[2]
    for name in needed:
        if not (folder / name).exists():
            raise GiaobanError(f"{folder}: no {name} here; install from a checkout (scripts/setup)")
    return folder
