"""Asks an activated box over a new connection whether it holds its candidate."""

from __future__ import annotations

from typing import Any

from giaoban.provision import rollout
from giaoban.provision.action import BoxAction


class ActionModule(BoxAction):
    """Never fails: what it finds is decided upon for the whole change set."""

    def step(self, variables: dict[str, Any]) -> dict[str, Any]:
        """Give `well`, and the cause where it is not."""
        settings = self.settings(variables)
        return rollout.probe(settings, lambda: self.reconnected_box(settings))
