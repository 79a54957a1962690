"""What has to change in the directory, so that it holds what it should. Nothing is ever deleted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from giaoban.directory import ldif
from giaoban.directory.entries import LOCKED, Entry
from giaoban.directory.people import Complaint, Person
from giaoban.printable import printable

# Compared as sets: a directory gives values in any order, and has more classes than we ask for.
_AT_LEAST: Final = frozenset({"objectClass"})
_SECRET: Final = frozenset({"userPassword"})


@dataclass(frozen=True, slots=True)
class Change:
    """An entry with the attributes that get other values; a new one where nothing was before."""

    dn: str
    before: Mapping[str, tuple[str, ...]] | None
    after: Mapping[str, tuple[str, ...]]

    def ldif(self) -> str:
        """Give it as ldapmodify takes it."""
        if self.before is None:
            return ldif.added(Entry(self.dn, self.after))
        return ldif.replaced(self.dn, self.after)

    def shown(self) -> str:
        """Give it as a person reads it, without secrets."""
        before = self.before or {}
        lines = [f"{'+' if self.before is None else ' '} {self.dn}"]
        for name, values in self.after.items():
            for sign, of in (("-", before.get(name, ())), ("+", values)):
                lines += [f"{sign}   {name}: {_shown(name, value)}" for value in of]
        return "\n".join(lines) + "\n"


def _shown(name: str, value: str) -> str:
    return "(not shown)" if name in _SECRET else printable(value)


def difference(
    wanted: Iterable[Entry], found: Iterable[Entry], attributes: Sequence[str]
) -> list[Change]:
    """Compare entries by the attributes that are ours, in the order of what is wanted."""
    standing = {entry.dn.lower(): entry for entry in found}
    changes = []
    for entry in wanted:
        there = standing.get(entry.dn.lower())
        if there is None:
            changes.append(Change(entry.dn, None, entry.attributes))
        elif after := dict(_other_values(entry, there, attributes)):
            before = {name: there.attributes.get(name, ()) for name in after}
            changes.append(Change(entry.dn, before, after))
    return changes


def _other_values(
    entry: Entry, there: Entry, attributes: Sequence[str]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name in attributes:
        values, standing = entry.attributes.get(name, ()), there.attributes.get(name, ())
        if name == "pwdAccountLockedTime":
            # Any other time is a lock for wrong passwords, which ends by itself.
            standing = tuple(value for value in standing if value == LOCKED)
        if name in _AT_LEAST:
            missing = tuple(value for value in values if value not in standing)
            if missing:
                yield name, (*standing, *missing)
        elif set(values) != set(standing):
            yield name, values


def refusals(people: Sequence[Person], found: Iterable[Entry]) -> Iterator[Complaint]:
    """Say what must not be: an address that changes or gets another owner, or a person lost.

    Args:
        people: of the CSV.
        found: everybody whom the directory has.

    """
    numbers = {person.number: person for person in people}
    owners: dict[str, int] = {}
    for entry in found:
        number = _number(entry)
        if number is None:
            continue
        uid = entry.attributes["uid"][0]
        owners[uid] = number
        person = numbers.get(number)
        if person is None:
            name = entry.attributes.get("displayName", (uid,))[0]
            yield Complaint(
                0,
                f"found no number {number}, which the directory has ({printable(name)}); put the"
                " row back, and write the day into 'left' if the person has left",
            )
        elif person.login != uid:
            yield Complaint(
                person.line,
                f"found the login '{person.login}' of number {number}, which the directory has as"
                f" '{uid}'; an address never changes: write '{uid}' into 'login'",
            )
    for person in people:
        owner = owners.get(person.login, person.number)
        if owner != person.number:
            yield Complaint(
                person.line,
                f"found the login '{person.login}' of number {person.number}, which is that of"
                f" number {owner} in the directory; write another into 'login'",
            )


def _number(entry: Entry) -> int | None:
    number = entry.attributes.get("employeeNumber", ("",))[0]
    return int(number) if number.isdecimal() and "uid" in entry.attributes else None
