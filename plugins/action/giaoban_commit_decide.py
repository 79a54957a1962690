"""Decides for each change set: kept by all its boxes, or by none."""

from __future__ import annotations

from typing import Any

from giaoban.provision import rollout
from giaoban.provision.action import BoxAction


class ActionModule(BoxAction):
    """Runs once for the whole play."""

    _requires_connection = False

    def step(self, variables: dict[str, Any]) -> dict[str, Any]:
        """Read every box's probe."""
        planned = self._task.args["planned"]
        hostvars = variables["hostvars"]
        in_run = {name: hostvars.raw_get(name) for name in planned["sets"]}
        return rollout.verdicts(in_run, planned)
