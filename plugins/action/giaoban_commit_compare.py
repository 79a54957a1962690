"""Asks a box whether its candidate is in force already, and shows what differs."""

from __future__ import annotations

from functools import partial
from typing import Any

from giaoban.provision import rollout
from giaoban.provision.action import BoxAction


class ActionModule(BoxAction):
    """One cheap question a box."""

    def step(self, variables: dict[str, Any]) -> dict[str, Any]:
        """Report `changed` where something is to be done; honours --check and --diff."""
        self.check_arguments(variables)
        settings = self.settings(variables)
        compare = partial(
            rollout.compare,
            settings,
            with_diff=bool(self._task.diff),
            dry=bool(self._task.check_mode),
        )
        found = self.asked(settings, compare)
        if settings.staging and not found["differs"]:
            self.hang_up()
        return found
