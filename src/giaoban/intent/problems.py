"""What is wrong with an intent, where, and in which words.

A `Wording` is one kind of problem and owns its sentence. Rules give `Finding`s, which point into
the intent by path; the source turns them into `Problem`s, which point into a file.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from giaoban.errors import GiaobanError

Path = tuple[str | int, ...]

_EXCERPT_WIDTH = 140
_EXCERPT_LEAD = 60


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A stretch of one line of a file; line and column count from 1, line 0 is the whole file."""

    file: str
    line: int = 0
    column: int = 0
    width: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem at a path of the intent; `at_key` points at the key instead of its value."""

    kind: str
    path: Path
    message: str
    hint: str
    at_key: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem at a place of a file; `excerpt` is that line of the file, if there is one."""

    kind: str
    place: Place
    message: str
    hint: str
    excerpt: str | None = None

    def __str__(self) -> str:
        sentence = f"{self.place}: {self.message}; {self.hint}"
        if self.excerpt is None:
            return sentence
        text, pad, width = _window(self.excerpt, self.place)
        return f"{sentence}\n{self.place.line:>5} | {text}\n      | {pad}{'^' * width}"


@dataclass(frozen=True)
class Wording:
    """One kind of problem: what was found and expected, and what to do (`str.format` templates)."""

    kind: str
    message: str
    hint: str

    known: ClassVar[dict[str, Wording]] = {}

    def __post_init__(self) -> None:
        if self.kind in Wording.known:
            raise ValueError(f"two wordings for {self.kind}")
        Wording.known[self.kind] = self

    def at(self, *path: str | int, **words: object) -> Finding:
        """Say it of the value at a path of the intent."""
        return Finding(self.kind, path, *self._said(words))

    def at_key(self, *path: str | int, **words: object) -> Finding:
        """Say it of the key at a path of the intent."""
        return replace(self.at(*path, **words), at_key=True)

    def in_file(self, place: Place, excerpt: str | None = None, **words: object) -> Problem:
        """Say it of a place in a file."""
        return Problem(self.kind, place, *self._said(words), excerpt)

    def _said(self, words: dict[str, object]) -> tuple[str, str]:
        shown = {
            key: printable(word) if isinstance(word, str) else word for key, word in words.items()
        }
        return self.message.format(**shown), self.hint.format(**shown)


class IntentError(GiaobanError):
    """An intent with problems: all of them, in the order of the files."""

    prefix = ""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda each: (each.place, each.message)))
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join([*map(str, self.problems), self._count()])

    def _count(self) -> str:
        files = len({problem.place.file for problem in self.problems})
        problems = "1 problem" if len(self.problems) == 1 else f"{len(self.problems)} problems"
        return f"{problems} in {'1 file' if files == 1 else f'{files} files'}"


def suggest(word: str, known: Sequence[str]) -> str:
    """Say which known word was meant, or list the known ones (the first twelve)."""
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.7)
    if near:
        return f"did you mean '{near[0]}'?"
    if not known:
        return "there is none yet"
    listed = ", ".join(known[:12])
    return f"known: {listed}" + (f" and {len(known) - 12} more" if len(known) > 12 else "")  # noqa: PLR2004


def printable(text: str) -> str:
    """Write control characters as escapes, so that input cannot steer the terminal."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def _window(text: str, place: Place) -> tuple[str, str, int]:
    """Cut a long line around the place; give it, the padding below it and the carets' width."""
    start = place.column - 1
    cut = start - _EXCERPT_LEAD if len(text) > _EXCERPT_WIDTH and start > _EXCERPT_LEAD else 0
    shown = text[cut : cut + _EXCERPT_WIDTH]
    before = shown[: start - cut]
    marked = shown[start - cut : start - cut + place.width]
    pad = "".join("\t" if char == "\t" else " " * _cells(char) for char in before)
    shown = "".join(char if char.isprintable() or char == "\t" else "�" for char in shown)
    return shown, pad, max(1, sum(map(_cells, marked)))


def _cells(char: str) -> int:
    """Give the terminal cells a character takes: 0 for a combining mark, 2 for a wide one."""
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
