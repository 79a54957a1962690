"""The templates' filters, for playbooks that want them too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from giaoban.render.filters import FILTERS


class FilterModule:
    """Ansible's way of asking for filters."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Every filter by name."""
        return FILTERS
