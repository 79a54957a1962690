"""The way to the database: whichever server takes changes now, and back again when it was away."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar

import psycopg
from psycopg.rows import dict_row

from department_site.settings import Settings

Connection: TypeAlias = psycopg.Connection[dict[str, Any]]
Result = TypeVar("Result")

ROOT = "/usr/local/share/ca-certificates/giaoban-root.crt"
# Seconds to wait for one address of one server; visitors wait for all of them in turn.
CONNECT_S = 2
# Seconds in which nobody tries again: visitors are told at once, and no worker waits for long.
REST_S = 2
ANSWER_MS = 5000

# One step after another, each once; a step that was ever released is never changed.
STEPS = (
    """
    CREATE TABLE article (
        number integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        title text NOT NULL CHECK (title <> ''),
        summary text NOT NULL,
        body text NOT NULL CHECK (body <> ''),
        author text NOT NULL,
        posted timestamptz NOT NULL DEFAULT now()
    )
    """,
    "CREATE INDEX article_posted ON article (posted DESC, number DESC)",
)
# Any number that is always this one: workers that start at once take their turns.
_LOCK = 67_0013


class DatabaseAwayError(Exception):
    """No server of the database takes changes."""

    def __init__(self, hosts: list[str], why: str) -> None:
        super().__init__(f"asked {', '.join(hosts)}: {why}")


class Database:
    """A connection for each thread; one that breaks is made anew, once, before that is said."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._own = threading.local()
        self._rests_until, self._why = 0.0, ""

    def run(self, work: Callable[[Connection], Result]) -> Result:
        """Do some work that may be done twice: the first connection may have been to a lost server.

        Raises:
            DatabaseAwayError: no server takes changes, or the one that did is gone.

        """
        try:
            if self._connection is not None:
                return work(self._connection)
        except (psycopg.OperationalError, psycopg.InterfaceError):
            self._drop()
        if time.monotonic() < self._rests_until:
            raise DatabaseAwayError(self._settings.hosts, self._why)
        try:
            return work(self._connect())
        except (psycopg.OperationalError, psycopg.InterfaceError) as failure:
            self._drop()
            self._rests_until, self._why = time.monotonic() + REST_S, _line(failure)
            raise DatabaseAwayError(self._settings.hosts, self._why) from failure

    @property
    def _connection(self) -> Connection | None:
        found: Connection | None = getattr(self._own, "connection", None)
        return found

    def _drop(self) -> None:
        connection, self._own.connection = self._connection, None
        if connection is not None:
            connection.close()

    def _connect(self) -> Connection:
        settings = self._settings
        connection = psycopg.connect(
            host=",".join(settings.hosts),
            dbname=settings.database,
            user=settings.database,
            password=settings.password,
            target_session_attrs="read-write",
            sslmode="verify-full",
            sslrootcert=ROOT,
            connect_timeout=CONNECT_S,
            tcp_user_timeout=ANSWER_MS,
            keepalives_idle=10,
            options=f"-c statement_timeout={ANSWER_MS}",
            application_name="department-site",
            autocommit=True,
            row_factory=dict_row,
        )
        self._own.connection = connection
        migrate(connection)
        return connection


def migrate(connection: Connection) -> None:
    """Take the steps that this database has not taken yet."""
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        connection.execute(
            "CREATE TABLE IF NOT EXISTS step (number integer PRIMARY KEY,"
            " taken timestamptz NOT NULL DEFAULT now())"
        )
        taken = {row["number"] for row in connection.execute("SELECT number FROM step")}
        for number, step in enumerate(STEPS, start=1):
            if number not in taken:
                connection.execute(step)
                connection.execute("INSERT INTO step (number) VALUES (%s)", (number,))


def _line(failure: Exception) -> str:
    return " ".join(str(failure).split())
