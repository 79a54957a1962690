"""Bringing the directory to what it should hold, over the tools of one of its servers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from giaoban.directory import ldif
from giaoban.directory.difference import Change, difference, refusals
from giaoban.directory.entries import (
    FRAME_ATTRIBUTES,
    PERSON_ATTRIBUTES,
    Entry,
    Passwords,
    frame,
    people_base,
    person_entry,
    suffix_of,
)
from giaoban.directory.people import PeopleError, Person, Unit, read_people
from giaoban.errors import GiaobanError, OperationError

# The CSV's name in the intent's folder.
FILE: Final = "people.csv"


class Server(Protocol):
    """A server of the directory, as root there asks it."""

    def search(self, base: str, scope: str, attributes: Sequence[str]) -> str:
        """Give entries as LDIF whose lines are not folded; nothing where the base is not there."""
        ...

    def modify(self, changes: str) -> None:
        """Carry out changes in LDIF, in their order."""
        ...


@dataclass(frozen=True, slots=True)
class Frame:
    """What everything but people follows from."""

    domain: str
    province: str
    units: tuple[Unit, ...]
    secrets: dict[str, str]
    passwords: Passwords


class PeopleFileError(GiaobanError):
    """The CSV cannot be read at all."""

    def __init__(self, file: Path, fault: OSError) -> None:
        super().__init__(
            f"{file}: cannot be read ({fault.strerror}); expected the CSV of the province's people:"
            " docs/howto-services.md says which columns it has"
        )


class UnreadableAnswerError(OperationError):
    """The server's answer is no LDIF."""


def units_of(rows: Iterable[dict[str, Any]]) -> tuple[Unit, ...]:
    """Read the plan's units."""
    return tuple(Unit(**row) for row in rows)


def frame_changes(server: Server, wanted: Frame) -> list[Change]:
    """Give what has to change in everything but people."""
    suffix = suffix_of(wanted.domain)
    found = [
        *_found(server, suffix, "base", FRAME_ATTRIBUTES),
        *_found(server, suffix, "one", FRAME_ATTRIBUTES),
    ]
    for name in ("policies", "services", "units"):
        found += _found(server, f"ou={name},{suffix}", "one", FRAME_ATTRIBUTES)
    entries = frame(wanted.domain, wanted.province, wanted.units, wanted.secrets, wanted.passwords)
    return difference(entries, found, FRAME_ATTRIBUTES)


def people_changes(server: Server, file: Path, units: Iterable[Unit], domain: str) -> list[Change]:
    """Give what has to change in people.

    Raises:
        PeopleError: the CSV has problems, or does not fit what the directory has.
        PeopleFileError: it cannot be read.

    """
    by_slug = {unit.slug: unit for unit in units}
    people = read_file(file, by_slug)
    found = list(_found(server, people_base(domain), "one", PERSON_ATTRIBUTES))
    if refused := list(refusals(people, found)):
        raise PeopleError(file.name, refused)
    wanted = (person_entry(person, by_slug[person.unit], domain) for person in people)
    return difference(wanted, found, PERSON_ATTRIBUTES)


def read_file(file: Path, units: Mapping[str, Unit]) -> list[Person]:
    """Read the CSV of people.

    Raises:
        PeopleError: it has problems.
        PeopleFileError: it cannot be read.

    """
    try:
        content = file.read_bytes()
    except OSError as fault:
        raise PeopleFileError(file, fault) from None
    return read_people(content, units, file.name)


def _found(server: Server, base: str, scope: str, attributes: Sequence[str]) -> list[Entry]:
    answer = server.search(base, scope, attributes)
    try:
        return list(ldif.entries_of(answer))
    except ValueError as fault:
        raise UnreadableAnswerError(f"{base}: {fault}; look at the server's slapd") from None


def carry_out(server: Server, changes: Iterable[Change]) -> None:
    """Have the server change; what it took stays where it refuses one, and the next run goes on."""
    if text := "".join(change.ldif() for change in changes):
        server.modify(text)
