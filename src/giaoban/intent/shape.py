"""Turns plain values into the models, and pydantic's errors into our own words.

Validation follows JSON's strict rules: `"5"` is not a number and `yes` is not true.
"""

from __future__ import annotations

import ipaddress
import json
import re
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from giaoban.intent.model import (
    DIGITS_PATTERN,
    DOMAIN_PATTERN,
    LETTERS_PATTERN,
    LINE_PATTERN,
    SIZE_PATTERN,
    TIMEZONE_PATTERN,
    Intent,
)
from giaoban.intent.problems import Finding, Path, Wording, suggest
from giaoban.intent.source import kind_of

MISSING_TOP = Wording(
    "missing-top",
    "missing: {keys}",
    "add what is missing at the top level; docs/reference/intent.schema.json says what each holds",
)
MISSING_KEY = Wording("missing-key", "{subject}: '{key}' is missing", "add '{key}: …'{about}")
MISSING_ITEM = Wording(
    "missing-item", "{subject}: entry {entry} is missing", "write {count} of them"
)
UNKNOWN_KEY = Wording("unknown-key", "{subject}: unknown key '{key}'", "{suggestion}")
WRONG_TYPE = Wording("wrong-type", "{subject}: {key} is {found}, expected {expected}", "{remedy}")
NOT_ONE_OF = Wording(
    "not-one-of", "{subject}: {key} is {found}, expected one of {choices}", "{suggestion}"
)
OUT_OF_RANGE = Wording(
    "out-of-range", "{subject}: {key} is {found}, expected {expected}", "write {expected}"
)
BAD_NAME = Wording(
    "bad-name", "{subject}: {key} is {found}, expected {expected}", "write '{corrected}'"
)
TOO_LONG = Wording(
    "too-long",
    "{subject}: {key} is {length} characters long, expected at most {limit}",
    "shorten it",
)
EMPTY_TEXT = Wording("empty-text", "{subject}: {key} is empty", "write something{about}")
EMPTY_LIST = Wording("empty-list", "{subject}: {key} is an empty list", "write at least one entry")
LONG_LIST = Wording(
    "long-list", "{subject}: {key} has {length} entries, expected {limit}", "remove the others"
)
BAD_RATE = Wording(
    "bad-rate",
    "{subject}: {key} is {found}, expected a number and kbit/s, Mbit/s or Gbit/s",
    "write it as '{corrected}'",
)
BAD_SIZE = Wording(
    "bad-size",
    "{subject}: {key} is {found}, expected a whole number and MiB, GiB or TiB",
    "write it as '{corrected}'",
)
NO_SIZE = Wording("no-size", "{subject}: {key} is {found}", "write what it is given")
NO_RATE = Wording("no-rate", "{subject}: {key} is {found}", "write the rate that the contract says")
HOST_BITS = Wording(
    "host-bits", "{subject}: {key} is {found}, which has host bits set", "write '{corrected}'"
)
BAD_FORM = Wording(
    "bad-form",
    "{subject}: {key} is {found}, expected {expected}",
    "write it as in '{example}'",
)
NOT_ONE_LINE = Wording(
    "not-one-line",
    "{subject}: {key} holds a line break or another control character",
    "write it on one line",
)

_SINGULAR = {
    "carriers": "carrier",
    "sites": "site",
    "circuits": "circuit",
    "zones": "zone",
    "services": "service",
    "rules": "rule",
    "queues": "queue",
    "hypervisors": "hypervisor",
    "servers": "server",
    "slots": "slot",
    "links": "link",
    "operators": "operator",
}
# By the schema's `format`.
_FORMATS = {
    "date": ("a day", "2026-12-31"),
    "ipv4network": ("an IPv4 prefix", "10.64.0.0/14"),
    "ipv6network": ("an IPv6 prefix", "fd67:6700:a64::/48"),
    "ipv4": ("an IPv4 address", "10.248.255.1"),
    "ipv6": ("an IPv6 address", "fd00:248:ffff::1"),
}
_FORMS = {
    DOMAIN_PATTERN: ("a DNS domain in small letters", "daknong.gov.vn"),
    TIMEZONE_PATTERN: ("a name of the tz database", "Asia/Ho_Chi_Minh"),
    DIGITS_PATTERN: ("digits", "24643"),
}
_TYPES = {
    "string_type": ("text", "write a word, in quotes if it is a number or true/false"),
    "int_type": ("a whole number", "write digits only, without quotes"),
    "int_from_float": ("a whole number", "write digits only, without quotes"),
    "bool_type": ("true or false", "write true or false"),
    "list_type": ("a list", "write [a, b], or lines that start with '- '"),
    "tuple_type": ("a list", "write [a, b], or lines that start with '- '"),
}
_MAPPING = ("keys and values", "write 'key: value' lines below it, or { key: value }")
_RATE = re.compile(r"([0-9]{1,6}(?:[.,][0-9]{1,3})?)(?![0-9.,])\s*([kKmMgG]?)")
_SIZE = re.compile(r"([0-9]{1,6})(?![0-9.,])\s*([mMgGtT]?)")
_SIZE_UNITS = {"": "GiB", "m": "MiB", "g": "GiB", "t": "TiB"}
_RATE_UNITS = {"": "Mbit/s", "k": "kbit/s", "m": "Mbit/s", "g": "Gbit/s"}


def shape(plain: dict[str, Any]) -> tuple[dict[str, Any], list[Finding]]:
    """Give each top-level key that is right as its model value, and what is wrong with others."""
    parts: dict[str, Any] = {}
    findings = [
        UNKNOWN_KEY.at_key(key, subject="intent", key=key, suggestion=_keys(key, ()))
        for key in plain
        if key not in Intent.model_fields
    ]
    for key, adapter in _adapters().items():
        if key not in plain:
            field = Intent.model_fields[key]
            if not field.is_required():
                parts[key] = field.get_default(call_default_factory=True)
            continue
        try:
            parts[key] = adapter.validate_json(json.dumps(plain[key]), strict=True)
        except ValidationError as failure:
            errors = failure.errors(include_url=False)
            findings.extend(_translate(plain, (key, *error["loc"]), error) for error in errors)
    required = [key for key, field in Intent.model_fields.items() if field.is_required()]
    absent = [key for key in required if key not in plain]
    if absent:
        findings.append(MISSING_TOP.at(keys=", ".join(absent)))
    return parts, findings


@cache
def _adapters() -> dict[str, TypeAdapter[Any]]:
    fields = Intent.model_fields.items()
    return {key: TypeAdapter[Any](one.annotation) for key, one in fields}  # type: ignore[arg-type]


@cache
def json_schema() -> dict[str, Any]:
    """Give pydantic's own JSON Schema of what a person writes."""
    return Intent.model_json_schema(mode="validation")


def _translate(plain: dict[str, Any], path: Path, error: Any) -> Finding:
    kind = error["type"]
    return _TRANSLATIONS.get(kind, _wrong_type)(_Error(plain, path, kind, error.get("ctx", {})))


class _Error:
    """One of pydantic's errors with what its sentence needs."""

    def __init__(self, plain: dict[str, Any], path: Path, kind: str, ctx: dict[str, Any]) -> None:
        self.path = path
        self.kind = kind
        self.ctx = ctx
        self.subject = _subject(plain, path)
        self.key = _last_key(path)
        self.found = _value(plain, path)
        self.schema = _schema_at(path)

    @property
    def words(self) -> dict[str, Any]:
        return {"subject": self.subject, "key": self.key, "found": kind_of(self.found)}

    @property
    def about(self) -> str:
        """The first sentence of the key's description, in brackets."""
        sentence = str(self.schema.get("description", "")).partition(". ")[0].rstrip(".")
        first = sentence[:1].lower() if sentence[1:2].islower() else sentence[:1]
        return f" ({first}{sentence[1:]})" if sentence else ""


def _missing(error: _Error) -> Finding:
    *parent, key = error.path
    if isinstance(key, int):
        count = _schema_at(tuple(parent)).get("minItems", key + 1)
        return MISSING_ITEM.at(*parent, subject=error.subject, entry=key + 1, count=count)
    return MISSING_KEY.at(*parent, subject=error.subject, key=key, about=error.about)


def _unknown_key(error: _Error) -> Finding:
    key = str(error.path[-1])
    words = {"subject": error.subject, "key": key, "suggestion": _keys(key, error.path[:-1])}
    return UNKNOWN_KEY.at_key(*error.path, **words)


def _wrong_type(error: _Error) -> Finding:
    if error.schema.get("format") in _FORMATS:
        return _formatted(error)
    expected, remedy = _TYPES.get(error.kind, _MAPPING)
    if error.kind == "string_type" and isinstance(error.found, (int, float)):
        remedy = f'write it in quotes: "{kind_of(error.found)}"'
    return WRONG_TYPE.at(*error.path, **error.words, expected=expected, remedy=remedy)


def _not_one_of(error: _Error) -> Finding:
    only = [error.schema["const"]] if "const" in error.schema else []
    choices = [str(choice) for choice in error.schema.get("enum", only)]
    suggestion = suggest(str(error.found), choices) if choices else "write one of them"
    if suggestion.startswith("known:"):
        suggestion = f"write one of the {len(choices)}"
    return NOT_ONE_OF.at(
        *error.path, **error.words, choices=", ".join(choices), suggestion=suggestion
    )


def _out_of_range(error: _Error) -> Finding:
    low, high = error.schema.get("minimum"), error.schema.get("maximum")
    if low is None:
        nothing = NO_SIZE if error.schema.get("pattern") == SIZE_PATTERN else NO_RATE
        return nothing.at(*error.path, **error.words)
    expected = f"a number from {low} to {high}" if high is not None else f"{low} or more"
    return OUT_OF_RANGE.at(*error.path, **error.words, expected=expected)


def _bad_name(error: _Error) -> Finding:
    pattern = error.ctx["pattern"]
    if pattern == LINE_PATTERN:
        return NOT_ONE_LINE.at(*error.path, **error.words)
    if pattern in _FORMS:
        expected, example = _FORMS[pattern]
        return BAD_FORM.at(*error.path, **error.words, expected=expected, example=example)
    expected, joint = "small letters, digits and single hyphens, a letter first", "-"
    if pattern == LETTERS_PATTERN:
        expected, joint = "small letters a-z only", ""
    corrected = slugify(str(error.found), joint)
    return BAD_NAME.at(*error.path, **error.words, expected=expected, corrected=corrected)


def slugify(text: str, joint: str = "-") -> str:
    """Give the nearest slug: without Vietnamese marks, in small letters, joined by hyphens."""
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    letters = "".join(char for char in plain if not unicodedata.combining(char)).lower()
    letters = letters.replace("'", "")
    allowed = r"[^a-z0-9]+" if joint else r"[^a-z]+"
    slug = re.sub(allowed, joint, letters).strip("-")
    return slug if slug[:1].isalpha() else f"x{joint}{slug}".rstrip("-")


def _too_long(error: _Error) -> Finding:
    limit = error.ctx["max_length"]
    return TOO_LONG.at(
        *error.path, subject=error.subject, key=error.key, length=len(str(error.found)), limit=limit
    )


def _empty_text(error: _Error) -> Finding:
    return EMPTY_TEXT.at(*error.path, subject=error.subject, key=error.key, about=error.about)


def _empty_list(error: _Error) -> Finding:
    return EMPTY_LIST.at(*error.path, subject=error.subject, key=error.key)


def _long_list(error: _Error) -> Finding:
    length, limit = len(error.found), error.ctx["max_length"]
    words = {"subject": error.subject, "key": error.key, "length": length, "limit": limit}
    return LONG_LIST.at(*error.path, **words)


def _bad_value(error: _Error) -> Finding:
    """Say what a validator of an address, of a size or of a rate refused."""
    if error.schema.get("format") in _FORMATS:
        return _formatted(error)
    return _bad_size(error) if error.schema.get("pattern") == SIZE_PATTERN else _bad_rate(error)


def _bad_size(error: _Error) -> Finding:
    match = _SIZE.match(str(error.found).strip())
    corrected = f"{match[1]} {_SIZE_UNITS[match[2].lower()]}" if match else "20 GiB"
    return BAD_SIZE.at(*error.path, **error.words, corrected=corrected)


def _bad_rate(error: _Error) -> Finding:
    match = _RATE.match(str(error.found).strip())
    corrected = "20 Mbit/s"
    if match:
        unit = _RATE_UNITS[match[2].lower()]
        corrected = f"{match[1].replace(',', '.')} {unit}"
    return BAD_RATE.at(*error.path, **error.words, corrected=corrected)


def _formatted(error: _Error) -> Finding:
    expected, example = _FORMATS[error.schema["format"]]
    corrected = _without_host_bits(error)
    if corrected:
        return HOST_BITS.at(*error.path, **error.words, corrected=corrected)
    return BAD_FORM.at(*error.path, **error.words, expected=expected, example=example)


def _without_host_bits(error: _Error) -> str | None:
    try:
        network = ipaddress.ip_network(str(error.found), strict=False)
    except ValueError:
        return None
    return str(network) if error.schema["format"] == f"ipv{network.version}network" else None


_TRANSLATIONS: dict[str, Callable[[_Error], Finding]] = {
    "missing": _missing,
    "extra_forbidden": _unknown_key,
    "literal_error": _not_one_of,
    "greater_than": _out_of_range,
    "greater_than_equal": _out_of_range,
    "less_than_equal": _out_of_range,
    "string_pattern_mismatch": _bad_name,
    "string_too_long": _too_long,
    "string_too_short": _empty_text,
    "too_short": _empty_list,
    "too_long": _long_list,
    "value_error": _bad_value,
    "date_from_datetime_parsing": _bad_value,
}


def _keys(key: str, path: Path) -> str:
    return suggest(key, sorted(_schema_at(path).get("properties", {})))


def _value(plain: Any, path: Path) -> Any:
    for step in path:
        if isinstance(plain, dict):
            plain = plain.get(step)
        elif isinstance(plain, list) and isinstance(step, int) and step < len(plain):
            plain = plain[step]
        else:
            return None
    return plain


def _last_key(path: Path) -> str:
    """Name the value of a path: its key, or its number where it stands in a list."""
    if isinstance(path[-1], str):
        return f"'{path[-1]}'"
    entry = f"entry {path[-1] + 1}"
    return f"{entry} of '{path[-2]}'" if len(path) > 2 else entry  # noqa: PLR2004


def _subject(plain: dict[str, Any], path: Path) -> str:
    """Name what a path is in: the innermost list entry that has a name, or the top-level key."""
    for length in range(len(path) - 1, 1, -1):
        where, index = path[length - 2], path[length - 1]
        if isinstance(index, int) and where in _SINGULAR:
            entry = _value(plain, path[:length])
            return entry_name(str(where), index, entry)
    return str(path[0])


def entry_name(where: str, index: int, entry: object) -> str:
    """Name an entry of one of the intent's lists as a person would."""
    singular = _SINGULAR[where]
    if isinstance(entry, dict):
        if isinstance(entry.get("site"), str):
            return f"{singular} '{entry['site']}-{entry.get('ordinal', 1)}'"
        for key in ("slug", "name", "core"):
            if isinstance(entry.get(key), str):
                return f"{singular} '{entry[key]}'"
        if isinstance(entry.get("source"), str):
            return f"{singular} '{entry['source']}' to '{entry.get('target')}'"
    return f"{singular} {index + 1}"


def _schema_at(path: Path) -> dict[str, Any]:
    """Give the JSON Schema of a path, references resolved and `or nothing` taken away."""
    here = json_schema()
    for step in path:
        if isinstance(step, int):
            prefix = here.get("prefixItems", [])
            below = prefix[step] if step < len(prefix) else here.get("items", {})
        else:
            below = here.get("properties", {}).get(step, {})
        here = _resolved(below)
    return here


def _resolved(schema: Any) -> dict[str, Any]:
    if not isinstance(schema, dict):
        return {}
    if "anyOf" in schema:
        return {**_resolved(schema["anyOf"][0]), **schema}
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return {**json_schema()["$defs"][name], **schema}
    return schema
