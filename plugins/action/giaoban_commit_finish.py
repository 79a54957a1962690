"""Confirms a box's change, or takes it back and says why."""

from __future__ import annotations

from typing import Any

from giaoban.provision import rollout
from giaoban.provision.action import BoxAction


class ActionModule(BoxAction):
    """The last step of a change."""

    def step(self, variables: dict[str, Any]) -> dict[str, Any]:
        """Fail where the box was taken back, with the cause."""
        settings = self.settings(variables)
        why = self._task.args["decided"]["why"][settings.box]
        return rollout.finish(
            settings, lambda: self.reconnected_box(settings), why, settings.probe_timeout_s
        )
