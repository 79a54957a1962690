"""The reader of console blocks: what it reads, what it compares, what its shell keeps."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.console import (
    Answer,
    CommandStuckError,
    Shell,
    Step,
    agrees,
    blocks,
    follow,
    shell,
    steps,
)

PAGE = """\
# A page

```sh
echo never typed
```

```console
$ true
$ printf 'a\\nb\\n'
a
b
```

Words.

```console
$ cat <<'EOF'
> quoted
>   two
> EOF
quoted
  two
$ false
$ echo $?
1
```
"""


def test_steps_are_read_with_their_lines() -> None:
    assert steps(PAGE) == [
        Step(8, "true", ""),
        Step(9, "printf 'a\\nb\\n'", "a\nb"),
        Step(17, "cat <<'EOF'\nquoted\n  two\nEOF", "quoted\n  two"),
        Step(23, "false", ""),
        Step(24, "echo $?", "1"),
    ]


def test_block_that_begins_with_output_is_refused() -> None:
    with pytest.raises(AssertionError, match=r"^line 2: a console block begins with what is typed"):
        steps("```console\nprinted\n```\n")


def test_blocks_are_told_apart_by_their_mark() -> None:
    assert [line for line, _ in blocks(PAGE, "sh")] == [4]
    assert [line for line, _ in blocks(PAGE, "sh", "console")] == [4, 8, 17]


@pytest.mark.parametrize(
    ("expected", "printed", "same"),
    [
        ("", "\n", True),
        ("", "a\n", False),
        ("a", "a\n", True),
        ("a", "a\nb\n", False),
        ("a\n...", "a\nb\nc\n", True),
        ("a\n...", "a\n", True),
        ("...\nc", "a\nb\nc\n", True),
        ("...\nb", "a\nb\nc\n", False),
        ("a\n...\nc", "a\nc\n", True),
        ("a ... of 12", "a 11 of 12", True),
        ("a ... of 12", "a 11 of 13", False),
        ("name : ok=1", "name          : ok=1\n", True),
        ("one sentence that is long", "one sentence\n    that is long\n", True),
        ("a.c", "abc", False),
        ("...x...y...", "y then x", False),
    ],
)
def test_printed_is_compared_with_shown(expected: str, printed: str, *, same: bool) -> None:
    assert agrees(expected, printed) is same


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Shell]:
    with shell(tmp_path, os.environ) as made:
        yield made


def test_shell_keeps_folder_variables_and_code(told: Shell, tmp_path: Path) -> None:
    assert told.run("mkdir below && cd below && name=value", 20) == Answer("", 0)
    assert told.run('echo "$PWD $name"', 20) == Answer(f"{tmp_path}/below value\n", 0)
    assert told.run("(exit 7)", 20).code == 7
    assert told.run("echo $?", 20).printed == "7\n"
    assert told.run("echo complaint >&2", 20).printed == "complaint\n"


def test_command_cannot_swallow_what_follows(told: Shell) -> None:
    assert told.run("cat", 20) == Answer("", 0)
    assert told.run("echo still here", 20).printed == "still here\n"


def test_stuck_command_is_named(told: Shell) -> None:
    with pytest.raises(CommandStuckError, match=r"^`echo first; sleep 60`: time is up"):
        told.run("echo first; sleep 60", 0.5)


def test_command_that_ends_the_shell_is_named(told: Shell) -> None:
    with pytest.raises(CommandStuckError, match=r"^`exit 3`: the shell ended"):
        told.run("exit 3", 20)


def test_page_is_followed(told: Shell) -> None:
    follow(
        "```console\n$ false\n$ echo $?\n1\n$ echo here\nthere\n```\n", told, 20, {"here": "there"}
    )


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("```console\n$ false\n```\n", r"^line 2: \$ false\nended with 1:"),
        ("```console\n$ true\n$ echo a\nb\n```\n", r"(?s)^line 3: \$ echo a\n.*shows\nb\n.*\na\n"),
    ],
)
def test_page_that_is_wrong_fails_with_its_line(told: Shell, page: str, message: str) -> None:
    with pytest.raises(AssertionError, match=message):
        follow(page, told, 20)
