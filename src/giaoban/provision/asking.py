"""What the action plugins of servers' roles share: a question to the box's shell, and verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

# What systemd is asked of each unit. Several files of unit states count as enabled: what has no
# [Install] section cannot be, and an alias or an indirect one is by another's name.
UNIT_STATES: Final = ("LoadState", "ActiveState", "UnitFileState", "NeedDaemonReload")
_ENABLED: Final = ("enabled", "static", "indirect", "generated", "alias")
_RUNS: Final = ("active", "activating", "reloading")
_ENDED: Final = ("inactive", "failed")


class AskingAction(ActionBase):  # type: ignore[misc] # ansible ships no types
    """An action that asks before it acts.

    A module costs a third of a second of a processor, nearly all of it to have a Python begin on
    the box; a line for its shell costs a tenth of that.
    """

    TRANSFERS_FILES = False

    def ask(self, command: str) -> dict[str, Any]:
        """Give `rc`, `stdout`, `stdout_lines` and `stderr` of a line for the box's shell.

        It runs as the task's user. Ansible gives a command without input a terminal, on which
        programs colour what they say and ask questions; so this one gets a line to read.
        """
        done: dict[str, Any] = self._low_level_execute_command(command, in_data=b"\n")
        return done

    def tell(self, command: str) -> str:
        """Give what a line for the box's shell prints, which must end with 0."""
        done = self.ask(command)
        if done["rc"] != 0:
            raise AnsibleActionFail(refusal(command, done))
        return str(done["stdout"])


def refusal(command: str, done: Mapping[str, Any]) -> str:
    """Give the sentence of a command that did not end with 0."""
    said = f"{done['stdout'].strip()}\n{done['stderr'].strip()}".strip()
    return f"{command}: ended with {done['rc']}, expected 0: {said or 'it said nothing'}"


def missing_packages(told: str, names: Sequence[str]) -> list[str]:
    """Give the packages that are not installed.

    Args:
        told: a line a package, its state and name, as dpkg-query shows Status-Status and Package.
        names: those that are to be there.
    """
    there = {line.removeprefix("installed ") for line in told.splitlines() if line[:1] == "i"}
    return [name for name in names if name not in there]


def units_told(told: str, units: Sequence[str]) -> dict[str, dict[str, str]]:
    """Give UNIT_STATES of each unit out of what `systemctl show` printed for them, in order."""
    blocks = [
        dict(line.split("=", 1) for line in block.splitlines())
        for block in told.strip().split("\n\n")
    ]
    return dict(zip(units, blocks, strict=True)) if units else {}


def is_unread(states: Mapping[str, Mapping[str, str]]) -> bool:
    """Tell whether systemd must read its files before what it says of units holds."""
    return any(
        state["NeedDaemonReload"] == "yes" or state["LoadState"] == "not-found"
        for state in states.values()
    )


def unit_commands(
    states: Mapping[str, Mapping[str, str]], running: Sequence[str], stopped: Sequence[str]
) -> list[list[str]]:
    """Give what systemctl is to be told, so that units run, or do not, now and after a boot."""
    acts = {
        "enable": [unit for unit in running if states[unit]["UnitFileState"] not in _ENABLED],
        "start": [unit for unit in running if states[unit]["ActiveState"] not in _RUNS],
        "disable": [unit for unit in stopped if states[unit]["UnitFileState"] == "enabled"],
        "stop": [unit for unit in stopped if states[unit]["ActiveState"] not in _ENDED],
    }
    return [[verb, *units] for verb, units in acts.items() if units]
