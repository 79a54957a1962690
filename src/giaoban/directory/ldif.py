"""LDIF (RFC 2849), as far as OpenLDAP's own tools speak it: read entries, write changes."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping

from giaoban.directory.entries import Entry

Attributes = Mapping[str, tuple[str, ...]]


def entries_of(text: str) -> Iterator[Entry]:
    """Read what `ldapsearch -LLL -o ldif-wrap=no` prints: an attribute a line, none folded.

    Raises:
        ValueError: a line is none of LDIF.

    """
    dn, attributes = "", dict[str, list[str]]()
    for line in [*text.splitlines(), ""]:
        if line:
            name, value = _read(line)
            if name == "dn":
                dn, attributes = value, {}
            else:
                attributes.setdefault(name, []).append(value)
        elif dn:
            yield Entry(dn, {name: tuple(values) for name, values in attributes.items()})
            dn = ""


def _read(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon or not name:
        raise ValueError(f"found {line!r}, expected an attribute and a value")
    if value.startswith(":"):
        return name, base64.b64decode(value[1:].strip(), validate=True).decode(errors="replace")
    return name, value.strip()


def added(entry: Entry) -> str:
    """Say that an entry is added."""
    lines = [_line("dn", entry.dn), "changetype: add"]
    lines += [_line(name, value) for name, values in entry.attributes.items() for value in values]
    return _record(lines)


def replaced(dn: str, attributes: Attributes) -> str:
    """Say which values attributes have from now on; without any, an attribute is gone."""
    lines = [_line("dn", dn), "changetype: modify"]
    for name, values in attributes.items():
        lines += [f"replace: {name}", *(_line(name, value) for value in values), "-"]
    return _record(lines)


def _record(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n\n"


def _line(name: str, value: str) -> str:
    """Write a value in base64 where LDIF has to, which is whatever is not plain ASCII."""
    safe = value.isascii() and value.isprintable() and value == value.strip()
    if safe and not value.startswith((":", "<")):
        return f"{name}: {value}"
    return f"{name}:: {base64.b64encode(value.encode()).decode()}"
