"""Joins the boxes of this run that change the two ends of a link into change sets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from giaoban.provision import rollout
from giaoban.provision.action import BoxAction


class ActionModule(BoxAction):
    """Runs once for the whole play."""

    _requires_connection = False

    def step(self, variables: dict[str, Any]) -> dict[str, Any]:
        """Read every box's registered results."""
        hostvars = variables["hostvars"]
        in_run = {name: hostvars.raw_get(name) for name in variables["ansible_play_hosts_all"]}
        arguments = self._task.args
        return rollout.form_sets(
            in_run, Path(arguments["candidate_dir"]), int(arguments["timeout_s"])
        )
