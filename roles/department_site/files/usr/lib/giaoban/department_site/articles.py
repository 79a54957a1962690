"""Articles: kept in the database, written by a command, read by everybody."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from department_site.database import Connection, Database


@dataclass(frozen=True)
class Article:
    """One piece of news; `posted` knows its time zone."""

    number: int
    title: str
    summary: str
    body: str
    author: str
    posted: datetime

    @property
    def paragraphs(self) -> list[str]:
        """The body, cut where it has empty lines."""
        return [part.strip() for part in self.body.split("\n\n") if part.strip()]


class Articles:
    """All articles of the site."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def newest(self, count: int, after: int = 0) -> list[Article]:
        """Give so many articles, the newest first, after so many that are newer."""

        def work(connection: Connection) -> list[Article]:
            return _read(
                connection,
                "SELECT * FROM article ORDER BY posted DESC, number DESC LIMIT %s OFFSET %s",
                (count, after),
            )

        return self._database.run(work)

    def one(self, number: int) -> Article | None:
        """Give an article, if there is one of this number."""

        def work(connection: Connection) -> list[Article]:
            return _read(connection, "SELECT * FROM article WHERE number = %s", (number,))

        return next(iter(self._database.run(work)), None)

    def add(self, title: str, summary: str, body: str, author: str) -> int:
        """Keep a new article and give its number."""

        def work(connection: Connection) -> int:
            (row,) = connection.execute(
                "INSERT INTO article (title, summary, body, author) VALUES (%s, %s, %s, %s)"
                " RETURNING number",
                (title, summary, body, author),
            )
            return int(row["number"])

        return self._database.run(work)

    def remove(self, number: int) -> bool:
        """Remove an article; tell whether there was one."""

        def work(connection: Connection) -> bool:
            done = connection.execute("DELETE FROM article WHERE number = %s", (number,))
            return bool(done.rowcount)

        return self._database.run(work)

    def well(self) -> None:
        """Ask the database for nothing but its answer."""
        self._database.run(lambda connection: connection.execute("SELECT 1"))


def tidy(text: str) -> str:
    """Give a text as it is kept: composed (NFC), with plain line ends, no control characters."""
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = (char for char in composed if char == "\n" or unicodedata.category(char) != "Cc")
    return "".join(kept).strip()


def _read(connection: Connection, query: str, values: tuple[Any, ...]) -> list[Article]:
    return [Article(**row) for row in connection.execute(query, values)]
