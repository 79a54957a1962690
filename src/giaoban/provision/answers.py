"""What a box answers, judged: a box that was taken over may answer anything.

Whatever is not what the agent would say is a BoxError, and every text that comes out of here may be
shown on a terminal.
"""

from __future__ import annotations

import json
import tarfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from giaoban.errors import OperationError
from giaoban.printable import printable
from giaoban.provision.generation import PATH, SHARED

Redact = Callable[[str], str]
"""Replaces secrets in a text by their references."""

SPEAKER = "giaoban-commit: "
_CAUSE_LENGTH = 900
_MESSAGE_LENGTH = 4000
_MIB = 1024 * 1024
_FILE_BYTES = _MIB
_ARCHIVE_BYTES = 8 * _MIB


class BoxError(OperationError):
    """The box answered, and refused or failed; the message is its own."""


def sentence(err: bytes, redact: Redact = str) -> str:
    """Give the agent's words without what the login printed before them."""
    said = err.decode(errors="replace")
    lines = said[max(said.find(SPEAKER), 0) :].replace(SPEAKER, "").split("\n")
    joined = "; ".join(line.strip() for line in lines if line.strip())
    return _cut(redact(printable(joined, keep="\t")), _MESSAGE_LENGTH)


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[:length]} …"


@dataclass(frozen=True, slots=True)
class State:
    """What the agent says of its box.

    `confirmed` and `pending` are names of generations; `age_s` says how long ago the pending one
    was activated, None where it is not yet; `lost` are BGP neighbours that it cost; `drift` lists
    paths that differ from the confirmed generation, and `running:PART` for what runs otherwise than
    when it was confirmed;
    `outcome` and `cause` tell how the last change ended, `ended` which generation it was.
    """

    agent: str | None
    confirmed: str | None
    pending: str | None
    age_s: int | None
    drift: tuple[str, ...]
    outcome: str | None
    cause: str
    ended: str | None = None
    lost: tuple[str, ...] = ()

    @classmethod
    def parse(cls, line: bytes, redact: Redact = str) -> State:
        """Read the agent's line of JSON.

        Raises:
            BoxError: it is something else.
        """
        try:
            said = _object(json.loads(line.decode(errors="replace")))
            last = _object(said["last"] or {})
            return cls(
                agent=_text(said["agent"], redact),
                confirmed=_text(said["confirmed"], redact),
                pending=_text(said["pending"], redact),
                age_s=_seconds(said.get("age")),
                drift=_texts(said["drift"], redact),
                outcome=_text(last.get("outcome"), redact),
                cause=_text(last.get("cause"), redact) or "",
                ended=_text(last.get("generation"), redact),
                lost=_texts(said.get("lost", []), redact),
            )
        except (ValueError, KeyError, TypeError, RecursionError) as fault:
            found = redact(printable(line.decode(errors="replace").strip()))[:200]
            raise BoxError(
                f"the box's answer is not a state ({found!r}, {fault}); stage it again"
            ) from None


def _object(found: Any) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise TypeError(f"found {type(found).__name__}, expected an object")
    return found


def _text(found: Any, redact: Redact) -> str | None:
    if found is None:
        return None
    if not isinstance(found, str):
        raise TypeError(f"found {type(found).__name__}, expected a text")
    return _cut(redact(printable(" ".join(found.split()))), _CAUSE_LENGTH)


def _texts(found: Any, redact: Redact) -> tuple[str, ...]:
    if not isinstance(found, list):
        raise TypeError(f"found {type(found).__name__}, expected a list")
    return tuple(_text(each, redact) or "" for each in found)


def _seconds(found: Any) -> int | None:
    if found is None:
        return None
    if not isinstance(found, int) or isinstance(found, bool):
        raise TypeError(f"found {type(found).__name__}, expected seconds")
    return max(found, 0)


def read_tree(archive: bytes, redact: Redact = str) -> dict[str, str]:
    """Read the tar that the agent's `show` prints: path to text, without secrets.

    Raises:
        BoxError: it is no plain tar of files below /etc, or too large (1 MiB a file, 8 MiB in all).
    """
    try:
        return {
            path: redact(printable(content.decode(errors="replace"), keep="\n\t"))
            for path, content in _files(archive)
        }
    except (ValueError, tarfile.TarError) as fault:
        raise BoxError(
            f"the box shows its generation in a way that the agent does not ({fault});"
            " stage it again"
        ) from None


def _files(archive: bytes) -> Iterator[tuple[str, bytes]]:
    # Headers one by one and no tarfile.open: that decompresses, follows links, obeys extended
    # headers, and in Python before 3.13.6 goes backwards at a negative size (CVE-2025-8194).
    if len(archive) > _ARCHIVE_BYTES:
        raise ValueError(f"{len(archive)} bytes, expected at most {_ARCHIVE_BYTES}")
    at = 0
    while at < len(archive):
        header = archive[at : (at := at + tarfile.BLOCKSIZE)]
        if not any(header):
            return
        member = tarfile.TarInfo.frombuf(header, "utf-8", "replace")
        _check(member)
        content = archive[at : at + member.size]
        if len(content) < member.size:
            raise ValueError(f"{member.name!r} is cut off")
        yield member.name, content
        at += -(-member.size // tarfile.BLOCKSIZE) * tarfile.BLOCKSIZE


def _check(member: tarfile.TarInfo) -> None:
    if member.type not in (tarfile.REGTYPE, tarfile.AREGTYPE):
        raise ValueError(f"{member.name!r} is no plain file")
    if not PATH.fullmatch(member.name):
        raise ValueError(f"{member.name!r} is no path below /etc")
    if not 0 <= member.size <= _FILE_BYTES:
        raise ValueError(f"{member.name!r} has {member.size} bytes, expected at most {_FILE_BYTES}")


def read_links(shown: Mapping[str, str]) -> dict[str, str]:
    """Give each link that the box has an end of, as its confirmed generation says.

    Raises:
        BoxError: the file is not the one that giaoban renders.
    """
    try:
        links = _object(json.loads(shown.get(SHARED, "{}")))
        return {str(_text(link, str)): str(_text(digest, str)) for link, digest in links.items()}
    except (ValueError, TypeError, RecursionError) as fault:
        raise BoxError(f"the box's {SHARED} is unreadable ({fault}); stage it again") from None
