"""Has systemd units run, or not, now and after a boot."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Any

from ansible.errors import AnsibleActionFail

from giaoban.provision.asking import (
    UNIT_STATES,
    AskingAction,
    is_unread,
    unit_commands,
    units_told,
)


class ActionModule(AskingAction):
    """A loop of `ansible.builtin.systemd_service`, in one question and what follows from it.

    Arguments: `running`, units that are to run now and after a boot, and `stopped`, units that are
    not. systemd reads its files again where it says itself that it needs to or does not know a
    unit: that is told as no change, since nothing that runs is different for it.
    """

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Give `commands`, what systemctl was told, or would be."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        lists = {"type": "list", "elements": "str", "default": []}
        _, arguments = self.validate_argument_spec(
            argument_spec={"running": lists, "stopped": lists},
            required_one_of=[["running", "stopped"]],
        )
        running, stopped = arguments["running"], arguments["stopped"]
        states = self._states([*running, *stopped])
        if is_unread(states) and not self._task.check_mode:
            self._systemctl(["daemon-reload"])
            states = self._states([*running, *stopped])
            self._demand_loaded(states, running)
        commands = unit_commands(states, running, stopped)
        if not self._task.check_mode:
            for command in commands:
                self._systemctl(command)
        told = [shlex.join(command) for command in commands]
        return result | {"changed": bool(commands), "commands": told}

    def _states(self, units: Sequence[str]) -> dict[str, dict[str, str]]:
        return units_told(
            self._systemctl(["show", f"--property={','.join(UNIT_STATES)}", *units]), units
        )

    def _demand_loaded(self, states: dict[str, dict[str, str]], units: Sequence[str]) -> None:
        if unknown := [unit for unit in units if states[unit]["LoadState"] != "loaded"]:
            found = ", ".join(f"{unit} is {states[unit]['LoadState']}" for unit in unknown)
            raise AnsibleActionFail(
                f"{found}; expected loaded: see `systemctl status {unknown[0]}` on the box"
            )

    def _systemctl(self, words: Sequence[str]) -> str:
        return self.tell(shlex.join(["systemctl", *words]))
