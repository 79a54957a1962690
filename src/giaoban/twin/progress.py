"""Saying what is being waited for: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

_LINE_EVERY = 25  # nodes, where there is no terminal


class Told(Protocol):
    """Who is told about progress."""

    def step(self, what: str) -> None:
        """Something began or ended."""

    def said(self, what: str) -> None:
        """Something that stays to be read."""

    def nodes(self, up: int, of: int, waiting: Sequence[str]) -> None:
        """`up` of `of` nodes are up; `waiting` are the ones being started, slowest first."""


class PlainLines:
    """Progress for a log."""

    def __init__(self) -> None:
        self._last = -1

    def step(self, what: str) -> None:
        """Print a line."""
        print(what, file=sys.stderr, flush=True)  # noqa: T201

    said = step

    def nodes(self, up: int, of: int, waiting: Sequence[str]) -> None:
        """Print a line now and then."""
        if up // _LINE_EVERY != self._last // _LINE_EVERY or (up == of and up != self._last):
            first = f", waiting for {waiting[0]}" if waiting else ""
            self.step(f"nodes up {up}/{of}{first}")
            self._last = up


class Bar:
    """Progress on a terminal."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("preparing", total=None)

    def step(self, what: str) -> None:
        """Show what is being done."""
        self._progress.update(self._task, description=what)

    def said(self, what: str) -> None:
        """Print a line above the bar."""
        self._progress.console.print(what, markup=False, highlight=False)

    def nodes(self, up: int, of: int, waiting: Sequence[str]) -> None:
        """Move the bar."""
        what = f"starting, slowest {waiting[0]}" if waiting else "nodes up"
        self._progress.update(self._task, completed=up, total=of, description=what)


@contextmanager
def told() -> Iterator[Told]:
    """Give whoever fits standard error."""
    if not sys.stderr.isatty():
        yield PlainLines()
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as progress:
        yield Bar(progress)
