"""What the action plugins of the role `commit` share: Ansible's side of a `Box`."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure
from ansible.plugins.action import ActionBase

from giaoban.errors import GiaobanError
from giaoban.printable import printable
from giaoban.provision.agent import Box
from giaoban.provision.rollout import Settings, UnreachableError
from giaoban.render.arguments import RoleArguments

# A dead box must not hold up a probe: its connection has this long to come about, in seconds.
_CONNECT_S = 4
# What ssh says holds the box's own banner, in characters.
_MESSAGE_LENGTH = 900
# What ends a session whose way back was just cut, after twice this, in seconds.
_KEEPALIVE = "-o ServerAliveInterval=3 -o ServerAliveCountMax=2"


class BoxAction(ActionBase):  # type: ignore[misc] # ansible ships no types
    """One step of a rollout for one box."""

    TRANSFERS_FILES = False

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Carry the step out; a GiaobanError is the task's message."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        try:
            return result | self.step(task_vars or {})
        except GiaobanError as failure:
            raise AnsibleActionFail(str(failure)) from None

    @abstractmethod
    def step(self, variables: dict[str, Any]) -> dict[str, Any]:
        """Do it and give the task's result."""

    def check_arguments(self, variables: dict[str, Any]) -> None:
        """Compare the role's variables with its argument_specs, once a box and run.

        Raises:
            ArgumentsError: one does not fit.
        """
        arguments = RoleArguments(Path(self._task._role._role_path))  # noqa: SLF001 (no public way)
        arguments.check(self._templar.template(arguments.of(variables)))

    def settings(self, variables: dict[str, Any]) -> Settings:
        """Read the task's arguments, which `check_arguments` has checked."""
        arguments = self._task.args
        box = variables["inventory_hostname"]
        return Settings(
            box=box,
            candidate=Path(arguments["candidate_dir"]) / box,
            secrets_file=Path(arguments["secrets_file"]).expanduser(),
            agent_files=Path(arguments["agent_files"]),
            staging=bool(arguments.get("staging")),
            timeout_s=int(arguments.get("timeout_s", 0)),
            probe_timeout_s=int(arguments.get("probe_timeout_s", 0)),
            settle_s=int(arguments.get("settle_s", 0)),
            register=Path(arguments["register"]) if arguments.get("register") else None,
        )

    def box(self, settings: Settings) -> Box:
        """Give the box over the connection as it is; a dead one makes the host unreachable."""
        return Box(self._connection, settings.redact)

    def asked(
        self, settings: Settings, question: Callable[[Box], dict[str, Any]]
    ) -> dict[str, Any]:
        """Ask the box what changes nothing; once more over a new connection where the first dies.

        It may be one that was kept open from before the box lost its power.
        """
        try:
            return question(self.box(settings))
        except AnsibleConnectionFailure:
            self._connection.reset()
            return question(self.box(settings))

    def patient_box(self, settings: Settings) -> Box:
        """Give the box over a connection whose death is an answer."""
        self._shorten("ssh_extra_args", _KEEPALIVE)
        return Box(_Tolerant(self._connection), settings.redact)

    def reconnected_box(self, settings: Settings) -> Box:
        """Give the box over a connection that is made anew."""
        self._shorten("timeout", _CONNECT_S)
        box = self.patient_box(settings)
        self._connection.reset()
        return box

    def hang_up(self) -> None:
        """End the shared connection, which ssh would keep open with the bench's key."""
        self._connection.reset()

    def _shorten(self, option: str, value: Any) -> None:
        if not self._connection.has_option(option):
            return
        known = self._connection.get_option(option)
        if isinstance(value, str) and known and value not in known:
            value = f"{known} {value}"
        self._connection.set_option(option, value)


class _Tolerant:
    """A connection that says in our words that nobody answers."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def exec_command(
        self,
        cmd: str,
        in_data: bytes | None = None,
        sudoable: bool = True,  # noqa: FBT001, FBT002 (Ansible's signature)
    ) -> tuple[int, bytes, bytes]:
        try:
            answer: tuple[int, bytes, bytes] = self._connection.exec_command(
                cmd, in_data=in_data, sudoable=sudoable
            )
        except AnsibleConnectionFailure as failure:
            raise UnreachableError(
                printable(" ".join(str(failure).split()))[:_MESSAGE_LENGTH]
            ) from None
        return answer
