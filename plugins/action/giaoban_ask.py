"""Asks a box something, by its shell."""

from __future__ import annotations

from typing import Any

from giaoban.provision.asking import AskingAction, refusal


class ActionModule(AskingAction):
    """`ansible.builtin.shell` for a question: it changes nothing, so it asks in check mode too.

    Argument: `cmd`, for the box's shell. Gives `rc`, `stdout`, `stdout_lines` and `stderr`.
    """

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Give what it answered; a failure unless it ended with 0 or the task says otherwise."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _, arguments = self.validate_argument_spec(
            argument_spec={"cmd": {"type": "str", "required": True}}
        )
        done = self.ask(arguments["cmd"])
        result |= {key: done[key] for key in ("rc", "stdout", "stdout_lines", "stderr")}
        if done["rc"] != 0:
            result |= {"failed": True, "msg": refusal(arguments["cmd"], done)}
        return result | {"changed": False}
