"""Talks to devices: Netmiko sessions under Nornir, one a device, host keys always verified."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from netmiko import ConnectHandler
from netmiko.exceptions import (  # type: ignore[attr-defined]
    NetmikoAuthenticationException,
    NetmikoTimeoutException,
    SSHException,
)
from nornir.core import Nornir
from nornir.core.configuration import Config
from nornir.core.inventory import ConnectionOptions, Defaults, Groups, Host, Hosts, Inventory
from nornir.core.plugins.connections import ConnectionPluginRegister
from nornir.core.task import Result, Task
from nornir.plugins.runners import ThreadedRunner

from giaoban.verify.answers import Login, Question

PLUGIN = "giaoban"
DEAD_AFTER = 2.0  # seconds for a TCP connection
SILENT_AFTER = 6.0  # seconds for the SSH banner and for the authentication, each
ANSWER_WITHIN = 60.0  # seconds for one command
HEAVY_AT_ONCE = 2
SSH_PORT = 22

_semaphore = BoundedSemaphore(HEAVY_AT_ONCE)


@dataclass(frozen=True, slots=True)
class Door:
    """How to log in to a device; `socket_path` is a UNIX socket that leads to its SSH port.

    `driver` is Netmiko's: `cisco_ios` for routers, `linux` for Linux boxes.
    """

    device: str
    host: str
    port: int
    socket_path: Path | None
    user: str
    key_file: Path
    known_hosts: Path
    driver: str


class Session:
    """One login; Nornir's connection plugin."""

    def __init__(self) -> None:
        self._netmiko: Any = None
        self._prompt = ""

    # What Nornir passes by position: host, user, password, port, platform, extras, configuration.
    def open(  # noqa: PLR0913, PLR0917 - Nornir's signature
        self,
        hostname: str | None,
        username: str | None,
        password: str | None,
        port: int | None,
        platform: str | None,
        extras: dict[str, Any] | None = None,
        configuration: Config | None = None,
    ) -> None:
        """Log in.

        Raises:
            OSError: nothing listens there.
            NetmikoAuthenticationException: the key is refused.
            NetmikoTimeoutException: silence, or another host key than the known one.

        """
        del hostname, username, password, port, platform, configuration
        door: Door = (extras or {})["door"]
        # The name stands for the host: known_hosts has device names, as ssh's HostKeyAlias.
        self._netmiko = ConnectHandler(
            device_type=door.driver,
            host=door.device,
            port=SSH_PORT,
            username=door.user,
            sock=_connected(door),
            use_keys=True,
            key_file=str(door.key_file),
            allow_agent=False,
            ssh_strict=True,
            alt_host_keys=True,
            alt_key_file=str(door.known_hosts),
            conn_timeout=SILENT_AFTER,
            banner_timeout=SILENT_AFTER,
            auth_timeout=SILENT_AFTER,
            fast_cli=True,
        )
        self._prompt = rf"(?:^|\n){re.escape(door.device)}# ?$"
        if door.user != "observer":
            self._netmiko.send_command(
                f"PS1='{door.device}# '", expect_string=self._prompt, cmd_verify=False
            )

    def close(self) -> None:
        """Log out."""
        if self._netmiko is not None:
            with suppress(OSError, EOFError, SSHException):
                self._netmiko.disconnect()

    @property
    def connection(self) -> Session:
        """What Nornir hands out."""
        return self

    def ask(self, command: str) -> str:
        """Give the answer to a command, without its echo and the prompt.

        Raises:
            NetmikoTimeoutException: no prompt came back in time.

        """
        said: str = self._netmiko.send_command(
            command,
            expect_string=self._prompt,
            read_timeout=ANSWER_WITHIN,
            cmd_verify=False,
            strip_prompt=False,
            strip_command=False,
        )
        lines = said.replace("\r", "").split("\n")
        return "\n".join(lines[1:-1])


def _connected(door: Door) -> socket.socket:
    if door.socket_path is None:
        return socket.create_connection((door.host, door.port), DEAD_AFTER)
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(DEAD_AFTER)
    try:
        connection.connect(str(door.socket_path))
    except OSError:
        connection.close()
        raise
    return connection


Heard = Callable[[str, str, str], None]  # device, command, answer


class Fleet:
    """All devices of a run; sessions stay open between rounds of questions."""

    def __init__(self, doors: Iterable[Door], workers: int) -> None:
        ConnectionPluginRegister.register(PLUGIN, Session)
        hosts = {
            door.device: Host(
                name=door.device,
                hostname=door.host,
                platform=door.driver,
                connection_options={PLUGIN: ConnectionOptions(extras={"door": door})},
            )
            for door in doors
        }
        self.logins: dict[str, Login] = {}
        self._nornir = Nornir(
            inventory=Inventory(Hosts(hosts), Groups(), Defaults()),
            config=Config(),
            runner=ThreadedRunner(num_workers=workers),
        )

    def ask(self, questions: Iterable[Question], heard: Heard) -> None:
        """Ask each device its questions in order; `heard` is called for each answer."""
        by_device: dict[str, list[Question]] = {}
        for question in sorted(questions):
            by_device.setdefault(question.device, []).append(question)
        chosen = self._nornir.filter(filter_func=lambda host: host.name in by_device)
        chosen.run(task=_ask, name="ask", questions=by_device, heard=heard, logins=self.logins)

    def close(self) -> None:
        """Log out everywhere."""
        self._nornir.run(task=_close, name="close")


def _ask(
    task: Task,
    questions: Mapping[str, Sequence[Question]],
    heard: Heard,
    logins: dict[str, Login],
) -> Result:
    """Log in where that is still to do, then ask until the device falls silent."""
    device = task.host.name
    if logins.get(device, Login.OK) is not Login.OK:
        return Result(host=task.host)
    try:
        session: Session = task.host.get_connection(PLUGIN, task.nornir.config)
    except NetmikoAuthenticationException:
        logins[device] = Login.REFUSED
        return Result(host=task.host)
    except (NetmikoTimeoutException, SSHException, OSError, EOFError, ValueError) as failure:
        logins[device] = _why(failure)
        return Result(host=task.host)
    logins[device] = Login.OK
    with suppress(NetmikoTimeoutException, SSHException, OSError, EOFError, ValueError):
        for question in questions[device]:
            heard(device, question.command, _one(session, question))
    return Result(host=task.host)


def _one(session: Session, question: Question) -> str:
    if not question.heavy:
        return session.ask(question.command)
    with _semaphore:
        return session.ask(question.command)


def _why(failure: Exception) -> Login:
    words = str(failure).lower()
    if "host key" in words or "known_hosts" in words:
        return Login.HOST_KEY
    return Login.TIMEOUT


def _close(task: Task) -> Result:
    with suppress(OSError, EOFError, SSHException):
        task.host.close_connections()
    return Result(host=task.host)
