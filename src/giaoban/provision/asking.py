"""What the action plugins of servers' roles share: a question to the box's shell."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase


class AskingAction(ActionBase):  # type: ignore[misc] # ansible ships no types
    """An action that asks before it acts.

    A module costs a third of a second of a processor, nearly all of it to have a Python begin on
    the box; a line for its shell costs a tenth of that.
    """

    TRANSFERS_FILES = False

    def ask(self, command: str) -> dict[str, Any]:
        """Give `rc`, `stdout` and `stderr` of a line that the box's shell runs as the task's user.

        Ansible gives a command without input a terminal, on which programs colour what they say and
        ask questions; so this one gets a line to read.
        """
        done: dict[str, Any] = self._low_level_execute_command(command, in_data=b"\n")
        return done
