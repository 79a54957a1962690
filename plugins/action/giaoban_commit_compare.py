"""Asks a box whether its candidate is in force already, and shows what differs."""

from __future__ import annotations

from typing import Any

from giaoban.provision import rollout
from giaoban.provision.action import BoxAction


class ActionModule(BoxAction):
    """One cheap question a box."""

    def step(self, variables: dict[str, Any]) -> dict[str, Any]:
        """Report `changed` where something is to be done; honours --check and --diff."""
        return rollout.compare(
            self.settings(variables),
            self.box(),
            with_diff=bool(self._task.diff),
            dry=bool(self._task.check_mode),
        )
