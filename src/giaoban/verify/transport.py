"""Talks to devices: Netmiko sessions under Nornir, one a device, host keys always verified."""

from __future__ import annotations

import logging
import re
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Condition
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
SILENT_AFTER = 2.0  # seconds for the SSH banner and for the authentication, each, of a stranger
BUSY_AFTER = 8.0  # the same for a box that answers echoes and may only be busy
ANSWER_WITHIN = 60.0  # seconds for one command
LOAD_AT_ONCE = 400_000_000  # bits per second; more than one circuit of that size is never measured
SSH_PORT = 22
_ECHO = 40  # characters of a command that are looked for in its echo


class Budget:
    """Lets only so much load run at a time, so that bursts do not slow each other down."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken = 0
        self._freed = Condition()

    @contextmanager
    def taking(self, load: int) -> Iterator[None]:
        """Wait until the load fits, and give it back in the end; what never fits runs alone."""
        load = min(load, self._most)
        with self._freed:
            self._freed.wait_for(lambda: self._taken + load <= self._most)
            self._taken += load
        try:
            yield
        finally:
            with self._freed:
                self._taken -= load
                self._freed.notify_all()


_budget = Budget(LOAD_AT_ONCE)


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


@dataclass
class Patience:
    """How many seconds a login may wait for each answer; shared by all logins of a fleet."""

    seconds: float = SILENT_AFTER


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
        patience: Patience = (extras or {})["patience"]
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
            conn_timeout=patience.seconds,
            banner_timeout=patience.seconds,
            auth_timeout=patience.seconds,
            fast_cli=True,
        )
        self._prompt = rf"{re.escape(door.device)}# ?$"
        if door.user != "observer":
            self._netmiko.send_command(
                f"PS1='{door.device}# '", expect_string=rf"\n{self._prompt}", cmd_verify=False
            )

    def close(self) -> None:
        """Log out: the connection is closed, the shell at its other end ends with it."""
        if self._netmiko is not None:
            with suppress(OSError, EOFError, SSHException):
                self._netmiko.paramiko_cleanup()

    @property
    def connection(self) -> Session:
        """What Nornir hands out."""
        return self

    def ask(self, command: str) -> str:
        """Give the answer to a command, without its echo and the prompt.

        Raises:
            NetmikoTimeoutException: no prompt came back in time.

        """
        # A prompt may come late, so the answer begins with the command's own echo.
        echo = command[-_ECHO:]
        said: str = self._netmiko.send_command(
            command,
            expect_string=rf"{re.escape(echo)}[^\n]*\n(?:[\s\S]*\n)?{self._prompt}",
            read_timeout=ANSWER_WITHIN,
            cmd_verify=False,
            strip_prompt=False,
            strip_command=False,
        )
        answer = said[said.index(echo) + len(echo) :].replace("\r", "")
        return "\n".join(answer.split("\n")[1:-1])


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
        # Paramiko writes tracebacks of refused logins to the screen; we say it in our own words.
        logging.getLogger("paramiko").setLevel(logging.CRITICAL + 1)
        self._patience = Patience()
        hosts = {
            door.device: Host(
                name=door.device,
                hostname=door.host,
                platform=door.driver,
                connection_options={
                    PLUGIN: ConnectionOptions(extras={"door": door, "patience": self._patience})
                },
            )
            for door in doors
        }
        self.logins: dict[str, Login] = {}
        self._nornir = Nornir(
            inventory=Inventory(Hosts(hosts), Groups(), Defaults()),
            config=Config(),
            runner=ThreadedRunner(num_workers=workers),
        )

    def wait_for_busy(self) -> None:
        """Be patient from now on: who is asked is known to be there."""
        self._patience.seconds = BUSY_AFTER

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
    with _budget.taking(question.load):
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
