"""Has systemd units run; asks the module for it only where one does not."""

from __future__ import annotations

import shlex
from typing import Any

from giaoban.provision.asking import AskingAction

_WANTED = {
    "running": {"LoadState=loaded", "ActiveState=active", "NeedDaemonReload=no"},
    "stopped": {"ActiveState=inactive", "NeedDaemonReload=no"},
}
_ASKED = ("LoadState", "ActiveState", "UnitFileState", "NeedDaemonReload")
_ENABLED = {
    f"UnitFileState={state}" for state in ("enabled", "static", "indirect", "generated", "alias")
}


class ActionModule(AskingAction):
    """Ask the box's shell first, which costs a tenth of a module's Python."""

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Give the module's result, or that nothing changed."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        if all(self._are(kind, self._task.args.get(kind) or []) for kind in _WANTED):
            return result | {"changed": False, "commands": []}
        return result | self._execute_module(module_name="giaoban_units", task_vars=task_vars)

    def _are(self, kind: str, units: list[str]) -> bool:
        if not units:
            return True
        asked = ["systemctl", "show", f"--property={','.join(_ASKED)}", *units]
        told = self.ask(shlex.join(asked))["stdout"]
        blocks = [set(block.splitlines()) for block in told.strip().split("\n\n")]
        return len(blocks) == len(units) and all(
            block >= _WANTED[kind] and bool(block & _ENABLED) == (kind == "running")
            for block in blocks
        )
