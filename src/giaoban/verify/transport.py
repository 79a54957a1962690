"""Talks to devices: Netmiko sessions under Nornir, one a device, host keys always verified."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Condition
from typing import Any

from netmiko import ConnectHandler
from netmiko.exceptions import (  # type: ignore[attr-defined]
    NetmikoAuthenticationException,
    NetmikoBaseException,
    SSHException,
)
from nornir.core import Nornir
from nornir.core.configuration import Config
from nornir.core.inventory import ConnectionOptions, Defaults, Groups, Host, Hosts, Inventory
from nornir.core.plugins.connections import ConnectionPluginRegister
from nornir.core.task import Result, Task
from nornir.plugins.runners import ThreadedRunner

from giaoban.verify.answers import Login, Question
from giaoban.verify.hearing import ANSWER_BYTES, Metered, hear

PLUGIN = "giaoban"
DEAD_AFTER = 2.0  # seconds for a TCP connection
SILENT_AFTER = 2.0  # seconds for the SSH banner and for the authentication, each, of a stranger
BUSY_AFTER = 8.0  # the same for a box that answers echoes and may only be busy
ANSWER_WITHIN = 75.0  # seconds for one command; a box waits 60 for another's measurement
DEVICE_WITHIN = 90.0  # seconds that a device may take in a run, from login to last answer
LOAD_AT_ONCE = 400_000_000  # bits per second; more than one circuit of that size is never measured
SSH_PORT = 22
_MOST_ON_THE_WIRE = 2 * ANSWER_BYTES  # what one answer is once it is encrypted, and more


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
        self._connection: Metered | None = None
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
        self._connection = _connected(door)
        # The name stands for the host: known_hosts has device names, as ssh's HostKeyAlias.
        self._netmiko = ConnectHandler(
            device_type=door.driver,
            host=door.device,
            port=SSH_PORT,
            username=door.user,
            sock=self._connection,
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
        self._prompt = f"{door.device}#"
        if door.user != "observer":
            self.ask(f"PS1='{door.device}# '", BUSY_AFTER)

    def close(self) -> None:
        """Log out: the connection is closed, the shell at its other end ends with it."""
        if self._netmiko is not None:
            with suppress(OSError, EOFError, SSHException):
                self._netmiko.paramiko_cleanup()

    @property
    def connection(self) -> Session:
        """What Nornir hands out."""
        return self

    def ask(self, command: str, within: float = ANSWER_WITHIN) -> str:
        """Give the answer to a command, without its echo and the prompt.

        Raises:
            OSError: no prompt came back within so many seconds, or more than any answer has.
            EOFError: the device hung up.

        """
        if self._connection is None:
            raise EOFError(command)
        self._connection.allowance = _MOST_ON_THE_WIRE
        return hear(self._netmiko.remote_conn, command, self._prompt, within)


def _connected(door: Door) -> Metered:
    family = socket.AF_UNIX if door.socket_path else _family(door.host)
    connection = Metered(family)
    connection.settimeout(DEAD_AFTER)
    try:
        connection.connect(str(door.socket_path) if door.socket_path else (door.host, door.port))
    except OSError:
        connection.close()
        raise
    return connection


def _family(host: str) -> socket.AddressFamily:
    return socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)[0][0]


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
        self._taken: dict[str, float] = {}
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
        chosen.run(
            task=_ask,
            name="ask",
            questions=by_device,
            heard=heard,
            logins=self.logins,
            taken=self._taken,
        )

    def close(self) -> None:
        """Log out everywhere."""
        self._nornir.run(task=_close, name="close")


def _ask(
    task: Task,
    questions: Mapping[str, Sequence[Question]],
    heard: Heard,
    logins: dict[str, Login],
    taken: dict[str, float],
) -> Result:
    """Log in where that is still to do, then ask until the device falls silent for this run."""
    device = task.host.name
    if logins.get(device, Login.OK) is not Login.OK:
        return Result(host=task.host)
    started = time.monotonic()
    try:
        session: Session = task.host.get_connection(PLUGIN, task.nornir.config)
    except NetmikoAuthenticationException:
        logins[device] = Login.REFUSED
        return Result(host=task.host)
    except _SILENCE as failure:
        logins[device] = _why(failure)
        return Result(host=task.host)
    logins[device] = Login.OK
    taken[device] = taken.get(device, 0.0) + time.monotonic() - started
    try:
        for question in questions[device]:
            heard(device, question.command, _one(session, question, taken))
    except _SILENCE:
        logins[device] = Login.TIMEOUT
    return Result(host=task.host)


_SILENCE = (NetmikoBaseException, SSHException, OSError, EOFError, ValueError)


def _one(session: Session, question: Question, taken: dict[str, float]) -> str:
    """Ask one question within what is left of the device's time; waiting for others is free."""
    with _budget.taking(question.load):
        started = time.monotonic()
        left = DEVICE_WITHIN - taken[question.device]
        try:
            return session.ask(question.command, min(ANSWER_WITHIN, left))
        finally:
            taken[question.device] += time.monotonic() - started


def _why(failure: Exception) -> Login:
    words = str(failure).lower()
    if "host key" in words or "known_hosts" in words:
        return Login.HOST_KEY
    return Login.TIMEOUT


def _close(task: Task) -> Result:
    with suppress(OSError, EOFError, SSHException):
        task.host.close_connections()
    return Result(host=task.host)
