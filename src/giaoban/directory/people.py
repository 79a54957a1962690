"""The CSV of people: read, judged as a whole, and given their logins.

A person's `number` is given once and never again. Who leaves stays in the file with the day in
`left`, as a closed site stays in `sites.yml`: so nobody else ever gets his address, and a file that
was cut short disables nobody.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Final

from giaoban.directory.logins import RESERVED, assign, stem
from giaoban.errors import GiaobanError
from giaoban.intent.problems import printable, suggest

COLUMNS: Final = ("number", "name", "unit", "title", "phone", "login", "aliases", "left")
_NEEDED: Final = ("number", "name", "unit")

_NUMBER: Final = re.compile(r"[1-9][0-9]{0,6}")
# Digits of a Vietnamese number, from the trunk's 0 or the country's code on.
_PHONE: Final = re.compile(r"(0|\+84)[0-9]{9,10}")
# A part of what RFC 5321 allows before the @, which nobody has to quote; 64 octets are its limit.
_LOCAL_PART: Final = re.compile(r"[a-z][a-z0-9]*([._-][a-z0-9]+)*")
_LOCAL_PART_LENGTH: Final = 64
# Upper bounds of attributes (RFC 4524 and X.520), far above any name.
_TEXT_LENGTH: Final = 128


@dataclass(frozen=True, slots=True)
class Unit:
    """An agency of the province, from a site of the intent."""

    slug: str
    name: str
    tier: str
    parent: str | None
    retired: bool


@dataclass(frozen=True, slots=True)
class Person:
    """A row of the CSV; `line` is where it begins."""

    line: int
    number: int
    name: str
    unit: str
    title: str
    phone: str
    login: str
    aliases: tuple[str, ...]
    left: date | None


@dataclass(frozen=True, slots=True, order=True)
class Complaint:
    """What is wrong with a line; line 0 is the whole file."""

    line: int
    message: str


class PeopleError(GiaobanError):
    """A CSV with problems: all of them, in the order of its lines."""

    prefix = ""

    def __init__(self, file: str, complaints: Iterable[Complaint]) -> None:
        self.complaints = tuple(sorted(set(complaints)))
        super().__init__(file, self.complaints)
        self.file = file

    def __str__(self) -> str:
        lines = [
            f"{self.file}:{each.line}: {each.message}"
            if each.line
            else f"{self.file}: {each.message}"
            for each in self.complaints
        ]
        count = len(self.complaints)
        return "\n".join([*lines, f"{count} problem{'s' if count > 1 else ''} in {self.file}"])


def read_people(content: bytes, units: Mapping[str, Unit], file: str) -> list[Person]:
    """Read the CSV and give everybody a login, in the order of their numbers.

    Args:
        content: of the file, in UTF-8; a byte order mark is no harm.
        units: every unit by its slug.
        file: its name, for messages.

    Raises:
        PeopleError: there are problems; it has all of them.

    """
    complaints: list[Complaint] = []
    people = list(_people(_text(content, file), units, file, complaints))
    complaints += _double_numbers(people)
    if complaints:
        raise PeopleError(file, complaints)
    people, clashes = _with_logins(people, units)
    if clashes:
        raise PeopleError(file, clashes)
    return sorted(people, key=lambda person: person.number)


def _text(content: bytes, file: str) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content.count(b"\n", 0, fault.start) + 1
        found = f"found the byte 0x{content[fault.start]:02x}, expected UTF-8"
        hint = "save it as 'CSV UTF-8 (comma delimited)'"
        raise PeopleError(file, [Complaint(line, f"{found}; {hint}")]) from None
    return unicodedata.normalize("NFC", text)


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Give each row that is not empty, with the line that it begins on."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begins = 1
    for row in reader:
        if any(cell.strip() for cell in row):
            yield begins, [" ".join(cell.split()) for cell in row]
        begins = reader.line_num + 1


def _people(
    text: str, units: Mapping[str, Unit], file: str, complaints: list[Complaint]
) -> Iterator[Person]:
    rows = _rows(text)
    try:
        line, header = next(rows, (1, []))
        if wrong := list(_about_header(header)):
            raise PeopleError(file, [Complaint(line, message) for message in wrong])
        for line, row in rows:
            if len(row) != len(header):
                found = f"found {len(row)} cells, expected {len(header)} as in line 1"
                complaints.append(
                    Complaint(line, f"{found}; put a text that has a comma in it into quotes")
                )
                continue
            cells = dict.fromkeys(COLUMNS, "") | dict(zip(header, row, strict=True))
            wrong = list(_about_row(cells, units))
            complaints += [Complaint(line, message) for message in wrong]
            if not wrong:
                yield _person(line, cells)
    except csv.Error as fault:
        raise PeopleError(file, [Complaint(text.count("\n") + 1, _unquoted(fault))]) from None


def _unquoted(fault: csv.Error) -> str:
    return f"found no end of a quoted text ({fault}); close the quotes, or double those within"


def _about_header(header: list[str]) -> Iterator[str]:
    known = ", ".join(COLUMNS)
    if len(header) == 1 and ";" in header[0]:
        yield "found ';' between columns, expected ','; save it as 'CSV UTF-8 (comma delimited)'"
        return
    for name in header:
        if name not in COLUMNS:
            yield f"found a column '{printable(name)}', expected some of: {known}"
    for name in sorted({name for name in header if header.count(name) > 1 and name in COLUMNS}):
        yield f"found the column '{name}' twice; remove one"
    for name in _NEEDED:
        if name not in header:
            yield f"found no column '{name}'; expected number, name and unit, and may have: {known}"


def _about_row(cells: Mapping[str, str], units: Mapping[str, Unit]) -> Iterator[str]:
    for column, cell in cells.items():
        if not cell.isprintable():
            found = f"found '{printable(cell)}' in '{column}'"
            yield f"{found}, expected text; remove what is invisible"
        if len(cell) > _TEXT_LENGTH:
            yield f"found {len(cell)} characters in '{column}', expected {_TEXT_LENGTH} at most"
    if not _NUMBER.fullmatch(cells["number"]):
        found = f"found '{printable(cells['number'])}' in 'number', expected 1 to 9999999"
        yield f"{found}; give the next free one, which nobody had before"
    yield from _about_name(cells)
    yield from _about_unit(cells, units)
    if cells["phone"] and not _PHONE.fullmatch(re.sub(r"[ .]", "", cells["phone"])):
        found = f"found '{printable(cells['phone'])}' in 'phone'"
        yield f"{found}, expected a number such as '0261 000 0001' or '+84 261 000 0001'"
    for local_part in filter(None, [cells["login"], *_aliases(cells)]):
        if not _LOCAL_PART.fullmatch(local_part) or len(local_part) > _LOCAL_PART_LENGTH:
            found = f"found '{printable(local_part)}' before the @ of an address"
            yield f"{found}, expected small letters and digits, with . _ or - between them"
    if cells["left"] and not _date(cells["left"]):
        found = f"found '{printable(cells['left'])}' in 'left'"
        yield f"{found}, expected the day as 2026-01-31, or nothing for who is here"


def _about_name(cells: Mapping[str, str]) -> Iterator[str]:
    if not cells["name"]:
        yield "found no name; write family, middle and given name, as 'Nguyễn Văn Anh'"
    elif not stem(cells["name"]) and not cells["login"]:
        found = f"found no letter in the name '{printable(cells['name'])}' to make an address of"
        yield f"{found}; write one into 'login'"


def _about_unit(cells: Mapping[str, str], units: Mapping[str, Unit]) -> Iterator[str]:
    slug = cells["unit"]
    if slug not in units:
        found = f"found the unit '{printable(slug)}', expected a slug of sites.yml"
        yield f"{found}; {_meant(slug, tuple(units))}"
    elif units[slug].retired and not cells["left"]:
        yield f"found the unit '{slug}', which is closed; write where the person works now"


# A whole column may be wrong in the same way.
_meant = lru_cache(suggest)


def _aliases(cells: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, re.split(r"[ ;]+", cells["aliases"]))))


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        return None


def _person(line: int, cells: Mapping[str, str]) -> Person:
    return Person(
        line=line,
        number=int(cells["number"]),
        name=cells["name"],
        unit=cells["unit"],
        title=cells["title"],
        phone=cells["phone"].replace(".", " "),
        login=cells["login"],
        aliases=_aliases(cells),
        left=_date(cells["left"]),
    )


def _double_numbers(people: Iterable[Person]) -> Iterator[Complaint]:
    first: dict[int, int] = {}
    for person in people:
        line = first.setdefault(person.number, person.line)
        if line != person.line:
            found = f"found the number {person.number}, which line {line} has"
            yield Complaint(
                person.line, f"{found}; give the next free one, which nobody had before"
            )


def _with_logins(
    people: list[Person], units: Mapping[str, Unit]
) -> tuple[list[Person], list[Complaint]]:
    """Give everybody a login; what was written for one by hand goes first."""
    owners: dict[str, str] = dict.fromkeys(RESERVED, "a duty, not a person")
    owners |= {slug: f"the unit '{slug}'" for slug in units}
    clashes: list[Complaint] = []
    for person in people:
        for local_part in filter(None, (person.login, *person.aliases)):
            owner = owners.setdefault(local_part, f"number {person.number}")
            if owner != f"number {person.number}":
                clashes.append(_clash(person, local_part, owner))
    stems = [(person.number, stem(person.name)) for person in people if not person.login]
    logins = assign(stems, owners)
    return [
        person if person.login else replace(person, login=logins[person.number])
        for person in people
    ], clashes


def _clash(person: Person, local_part: str, owner: str) -> Complaint:
    return Complaint(
        person.line,
        f"found '{local_part}' before the @ of an address, which is of {owner}; write another",
    )
