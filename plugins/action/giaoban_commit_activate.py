"""Arms a box's rollback and starts its activation."""

from __future__ import annotations

from typing import Any

from giaoban.provision import rollout
from giaoban.provision.action import BoxAction


class ActionModule(BoxAction):
    """Returns before the box has changed anything."""

    def step(self, variables: dict[str, Any]) -> dict[str, Any]:
        """Refuse where the box's change set cannot be activated whole."""
        settings = self.settings(variables)
        return rollout.activate(settings, self.patient_box(settings), self._task.args["planned"])
