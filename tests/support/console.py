"""Console blocks of a page: what is typed, what must be printed, and a shell that follows them.

In a fenced block marked `console`, a line after `$ ` is typed, lines after `> ` continue it, and
the rest is printed. `...` in what is printed stands for anything, line ends included; how wide
blanks are and where lines break is the terminal's matter and not compared. A command must end with
0 unless the next one asks for its code with `echo $?`.
"""

from __future__ import annotations

import os
import re
import select
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ASK_CODE = "echo $?"
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Step:
    """One command, with the line of the page it stands on."""

    line: int
    typed: str
    printed: str


@dataclass(frozen=True)
class Answer:
    """What a command printed on both streams, and its exit code."""

    printed: str
    code: int


class CommandStuckError(AssertionError):
    """A command did not come to its end."""


def blocks(page: str, *marks: str) -> Iterator[tuple[int, str]]:
    """Give the fenced blocks with one of these marks, each with the line its content begins on."""
    for found in _FENCE.finditer(page):
        if found[1] in marks:
            yield page.count("\n", 0, found.start(2)) + 1, found[2]


def steps(page: str) -> list[Step]:
    """Give every command of a page's console blocks, in order."""
    return [step for line, block in blocks(page, "console") for step in _steps_of(line, block)]


def _steps_of(first: int, block: str) -> Iterator[Step]:
    line, typed, printed = 0, [""], [""]
    for number, text in enumerate(block.splitlines(), start=first):
        if text.startswith("$ "):
            if line:
                yield Step(line, "\n".join(typed), "\n".join(printed))
            line, typed, printed = number, [text.removeprefix("$ ")], []
        elif not line:
            raise AssertionError(
                f"line {number}: a console block begins with what is typed: {text}"
            )
        elif text.startswith("> ") and not printed:
            typed.append(text.removeprefix("> "))
        else:
            printed.append(text)
    if line:
        yield Step(line, "\n".join(typed), "\n".join(printed))


def agrees(expected: str, printed: str) -> bool:
    """Whether what was printed is what the page shows."""
    # Blanks beside a gap belong to it.
    pieces = (re.escape(_flat(piece)) for piece in expected.split("..."))
    return re.fullmatch(".*".join(pieces), _flat(printed)) is not None


def _flat(text: str) -> str:
    return " ".join(text.split())


def may_fail(step: Step, following: Step | None) -> bool:
    """Whether a command's failure is what the page shows."""
    return step.typed == ASK_CODE or (following is not None and following.typed == ASK_CODE)


class Shell:
    """One bash, so that `source`, `cd` and `$?` mean what they mean to a reader."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._mark = f"--- end of a command of {process.pid} ---"

    def run(self, typed: str, seconds: float) -> Answer:
        """Type a command and wait for its end.

        Raises:
            CommandStuckError: it did not end in time, or the shell ended with it.
        """
        stdin = self._process.stdin
        assert stdin is not None
        script = (
            f"{{ (exit ${{code-0}})\n{typed}\n}} </dev/null 2>&1\n"
            f"code=$?; printf '\\n{self._mark} %s\\n' $code\n"
        )
        stdin.write(script.encode())
        stdin.flush()
        return self._read(typed, time.monotonic() + seconds)

    def _read(self, typed: str, give_up: float) -> Answer:
        stdout = self._process.stdout
        assert stdout is not None
        end = re.compile(rb"\n" + re.escape(self._mark.encode()) + rb" (\d+)\n")
        said = b""
        while not (found := end.search(said)):
            ready, _, _ = select.select([stdout], [], [], max(0.0, give_up - time.monotonic()))
            more = os.read(stdout.fileno(), 65536) if ready else b""
            if not more:
                why = "the shell ended" if ready else "time is up"
                text = said.decode(errors="replace")
                raise CommandStuckError(f"`{typed}`: {why}; it had printed:\n{text[-4000:]}")
            said += more
        return Answer(said[: found.start()].decode(errors="replace"), int(found[1]))


@contextmanager
def shell(folder: Path, environment: Mapping[str, str]) -> Iterator[Shell]:
    """Give a shell in a folder; it and what it left running end with the block."""
    with subprocess.Popen(
        ["bash", "--norc", "--noprofile"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=folder,
        env=dict(environment),
    ) as process:
        try:
            yield Shell(process)
        finally:
            process.kill()


def follow(page: str, told: Shell, seconds: float, names: Mapping[str, str] | None = None) -> None:
    """Type what a page says, and compare what is printed with what it shows.

    Args:
        page: the text of the page.
        told: where to type.
        seconds: how long one command may take.
        names: what is called otherwise here, to what the page calls it.

    Raises:
        AssertionError: with the page's line, where the two differ.
    """
    todo = steps(page)
    for step, following in zip(todo, [*todo[1:], None], strict=True):
        answer = told.run(step.typed, seconds)
        printed = answer.printed
        for here, there in (names or {}).items():
            printed = printed.replace(here, there)
        where = f"line {step.line}: $ {step.typed}\n"
        assert answer.code == 0 or may_fail(step, following), (
            f"{where}ended with {answer.code}:\n{printed[-6000:]}"
        )
        assert agrees(step.printed, printed), (
            f"{where}--- the page shows\n{step.printed}\n--- it printed\n{printed[-6000:]}"
        )
