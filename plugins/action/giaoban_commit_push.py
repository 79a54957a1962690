"""Sends a box its generation and has it validated there; while staging, puts it in force too."""

from __future__ import annotations

from typing import Any

from giaoban.provision import rollout
from giaoban.provision.action import BoxAction


class ActionModule(BoxAction):
    """The box holds the candidate, and runs on as it was."""

    def step(self, variables: dict[str, Any]) -> dict[str, Any]:
        """Fail with the validator's own words where the candidate is wrong."""
        settings = self.settings(variables)
        try:
            return rollout.push(
                settings, self.box(settings), has_agent=bool(self._task.args["has_agent"])
            )
        finally:
            if settings.staging:
                self.hang_up()
