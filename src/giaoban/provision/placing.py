"""Files that a role places on a server: as they are written, and whether they are there. Pure."""

from __future__ import annotations

import hashlib
import re
import shlex
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import PurePosixPath
from typing import Any, Final

from giaoban.errors import GiaobanError

_STATES: Final = ("file", "directory", "absent")
_SOURCES: Final = ("content", "template", "file")
_FILLED: Final = ("path", "template", "file", "validate")
_MODE: Final = re.compile(r"[0-7]{3,4}")


class EntryError(GiaobanError):
    """An entry is not written as it is to be; the message never quotes what it holds."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What is to be at one path of a server.

    path: from the root.
    state: `file`, `directory` or `absent`.
    mode: octal digits; where nothing is written 0644, and 0755 of a folder.
    owner, group: their names.
    content, template, file: where a file's content is from, at most one of them.
    validate: a command that must end well; `%s` is the new file.
    only: of a folder, whether files in it that no entry names are removed.
    secret: whether no diff and no log shows the content.
    notify: handlers of a change of this entry alone.
    item: what the template sees as `item`; None where the entry is of one file.
    """

    path: str
    state: str = "file"
    mode: str = "0644"
    owner: str = "root"
    group: str = "root"
    content: str | None = None
    template: str | None = None
    file: str | None = None
    validate: str | None = None
    only: bool = False
    secret: bool = False
    notify: tuple[str, ...] = ()
    item: Mapping[str, Any] | None = None

    @property
    def rights(self) -> str:
        """Mode, owner and group, as `stat` prints them for `%a:%U:%G`."""
        return f"{self.mode.lstrip('0')}:{self.owner}:{self.group}"


_KEYS: Final = {field.name for field in fields(Entry)} - {"item"}


def entries_of(written: Any) -> list[Entry]:
    """Read a task's entries, one of each file.

    Args:
        written: mappings with the keys of Entry; `each`, a list of mappings, has one stand for
            several files: its `{keys}` are filled in from each, in paths and in `validate`.

    Raises:
        EntryError: one is not written as it is to be.
    """
    if not isinstance(written, Sequence) or isinstance(written, str) or not written:
        raise EntryError("giaoban_files: expected `files`, a list of entries")
    return [entry for number, found in enumerate(written, 1) for entry in _read(number, found)]


def _read(number: int, found: Any) -> Iterator[Entry]:
    path = found.get("path") if isinstance(found, Mapping) else None
    if not isinstance(path, str) or not path.startswith("/"):
        raise EntryError(
            f"giaoban_files: entry {number}: expected a mapping with `path` from the root"
        )
    if strangers := sorted(set(found) - _KEYS - {"each"}):
        raise EntryError(
            f"{path}: found {', '.join(strangers)}; expected {', '.join(sorted(_KEYS))}"
        )
    if len(sources := [key for key in _SOURCES if key in found]) > 1:
        raise EntryError(f"{path}: found {' and '.join(sources)}, expected one of them at most")
    state = found.get("state", "file")
    if state not in _STATES:
        raise EntryError(f"{path}: state is {state!r}, expected {', '.join(_STATES)}")
    mode = found.get("mode", "0755" if state == "directory" else "0644")
    if not (isinstance(mode, str) and _MODE.fullmatch(mode)):
        raise EntryError(f"{path}: mode is {mode!r}, expected octal digits in quotes, as '0644'")
    if not isinstance(found.get("content", ""), str):
        raise EntryError(f"{path}: content is no text; expected a string")
    notify = found.get("notify", ())
    values = {key: value for key, value in found.items() if key not in {"each", "notify"}}
    values["mode"] = mode
    entry = Entry(**values, notify=(notify,) if isinstance(notify, str) else tuple(notify))
    if "each" not in found:
        yield entry
        return
    for item in found["each"]:
        try:
            filled: dict[str, Any] = {
                key: str(found[key]).format(**item) for key in _FILLED if key in found
            }
        except (KeyError, TypeError) as failure:
            raise EntryError(
                f"{path}: {failure} is not in what `each` lists, expected mappings with it"
            ) from None
        yield replace(entry, **filled, item=item)


def question(entries: Sequence[Entry]) -> str:
    """Give the line for a server's shell that tells what `is_there` wants to know."""
    paths = [entry.path for entry in entries]
    asked = [
        f"stat --format='%F:%a:%U:%G:%n' -- {shlex.join(paths)}",
        f"sha256sum -- {shlex.join(paths)}",
        *(
            f"find {shlex.quote(entry.path)} -mindepth 1 -maxdepth 1 ! -type d"
            for entry in entries
            if entry.only
        ),
    ]
    return f"{{ export LC_ALL=C; {'; '.join(asked)}; }} 2>/dev/null"


def is_there(placed: Sequence[tuple[Entry, str]], told: str) -> bool:
    """Tell whether all is as it is to be.

    Args:
        placed: entries, each with the content that it is to have; empty for what is no file.
        told: what the server answered to `question`.
    """
    lines = set(told.splitlines())
    named = {entry.path for entry, _ in placed}
    strangers = {line for line in lines if line.startswith("/")} - named
    return not strangers and all(_is_as_told(entry, content, lines) for entry, content in placed)


def _is_as_told(entry: Entry, content: str, lines: Collection[str]) -> bool:
    if entry.state == "absent":
        return not any(line.endswith(f":{entry.path}") for line in lines)
    if entry.state == "directory":
        return f"directory:{entry.rights}:{entry.path}" in lines
    kind = "regular file" if content else "regular empty file"
    digest = hashlib.sha256(content.encode()).hexdigest()
    return {f"{kind}:{entry.rights}:{entry.path}", f"{digest}  {entry.path}"} <= set(lines)


def notified(entries: Iterable[Entry], paths: Collection[str]) -> list[str]:
    """Give the handlers of what changed, each once.

    Args:
        entries: of the task.
        paths: those that changed; a file that a folder is not to have is the folder's change.
    """
    folders = {str(PurePosixPath(path).parent) for path in paths}
    changed = (
        entry for entry in entries if entry.path in paths or (entry.only and entry.path in folders)
    )
    return list(dict.fromkeys(handler for entry in changed for handler in entry.notify))
