"""Reads the YAML of an intent and remembers where every key and value stands.

YAML 1.2 core schema (`yes`, `on` and `12:30` are text), read with PyYAML's libyaml parser: its
events are resolved here, since PyYAML's own resolver follows YAML 1.1. Text is normalised to NFC.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

import yaml  # comes with ansible-core; no stubs are locked

from giaoban.intent.problems import Finding, IntentError, Path, Place, Problem, Wording

NOT_INTENT = frozenset({"giaoban.yml", "giaoban.yaml"})
MAX_DEPTH = 32
MAX_VALUES = 2_000_000
_MAX_DIGITS = 40

NO_SUCH_PATH = Wording(
    "no-such-path", "no such file or folder", "give the folder of a province, as inventory/daknong"
)
NO_FILES = Wording(
    "no-files", "no YAML file in this folder", "put the intent there, as province.yml, sites.yml …"
)
UNREADABLE = Wording("unreadable", "cannot be read ({reason})", "look at its owner and permissions")
NOT_UTF8 = Wording(
    "not-utf8",
    "byte 0x{byte:02X} is not UTF-8",
    "save the file as UTF-8 (old Vietnamese files are often TCVN3, VNI or windows-1258)",
)
UTF16 = Wording("utf16", "the file is UTF-16, expected UTF-8", "save the file as UTF-8")
EMPTY = Wording("empty-file", "the file is empty", "write its keys or delete the file")
CONTROL = Wording(
    "control-character", "character U+{code:04X} has no place here", "delete it or use a space"
)
TAB = Wording("tab", "a tab is used for indentation", "YAML knows only spaces: put spaces there")
SYNTAX = Wording("syntax", "not readable as YAML: {problem}", "{remedy}")
SECOND_DOCUMENT = Wording(
    "second-document", "a second YAML document starts here", "put it in a file of its own"
)
NOT_A_MAPPING = Wording(
    "not-a-mapping",
    "the file holds {found}, expected keys such as 'sites:'",
    "start with a top-level key",
)
DUPLICATE_KEY = Wording(
    "duplicate-key",
    "key '{key}' is written twice, first on line {first}",
    "keep one of the two",
)
TWO_FILES = Wording(
    "key-in-two-files",
    "key '{key}' is already at {first}",
    "a top-level key stands in one file: join the two",
)
COMPLEX_KEY = Wording("complex-key", "a key is {found}, expected a word", "write a plain word")
TAG = Wording("tag", "tag '{tag}' is not known here", "remove it; put text in quotes instead")
ALIAS = Wording(
    "alias", "'*{anchor}' names no finished anchor", "write '&{anchor}' before it, on another value"
)
TOO_DEEP = Wording("too-deep", f"nested more than {MAX_DEPTH} deep", "an intent is 5 deep at most")
TOO_MANY = Wording(
    "too-many", f"more than {MAX_VALUES:,} values, aliases counted", "write fewer or split it"
)

_SYNTAX_REMEDIES = {
    "mapping values are not allowed in this context": "put a text that holds ': ' in quotes, or"
    " indent this line as the one above",
    "did not find expected ',' or '}'": "close the '{' above with '}', or put ',' between entries",
    "did not find expected ',' or ']'": "close the '[' above with ']', or put ',' between entries",
    "did not find expected key": "indent this line as the other keys above",
    "did not find expected '-' indicator": "start this line as the entries above, with '- '",
    "could not find expected ':'": "put ': ' after the key here or above, or quotes around text",
    "found character that cannot start any token": "put the text in quotes",
    "found unexpected end of stream": "close the quotes that are open above",
    "block sequence entries are not allowed in this context": "start the list on a line of its own",
}
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_INDENT_TAB = re.compile(r"^[ \t]*?(\t)[ \t]*[^ \t#\r\n]", re.MULTILINE)
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2060\ud800-\udfff\ufeff\ufffe\uffff]"
)
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_BASES = {"0o": 8, "0x": 16}
_STR_TAG = "tag:yaml.org,2002:str"
# libyaml where it was built in (every wheel has it); the same events, slower, where not.
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(slots=True, eq=False)
class Node:
    """A YAML value with its place; `keys` are the places of a mapping's keys.

    `content` is a scalar, a dict of nodes or a list of nodes; `size` counts the values below.
    """

    place: Place
    content: Any
    keys: dict[str, Place] = field(default_factory=dict)
    size: int = 1

    def value(self) -> Any:  # a YAML value is anything
        """Give the plain Python value."""
        if isinstance(self.content, dict):
            return {key: node.value() for key, node in self.content.items()}
        if isinstance(self.content, list):
            return [node.value() for node in self.content]
        return self.content


@dataclass
class Source:
    """The files of one intent: their top-level keys, their lines, and what is wrong so far."""

    origin: str
    root: Node
    lines: dict[str, list[str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    normalised: list[Place] = field(default_factory=list)

    def place(self, path: Path, *, at_key: bool = False) -> Place:
        """Give the place of a path's value or key, or of the nearest parent that is written."""
        node, place = self.root, self.root.place
        for step in path:
            below = _step(node, step)
            if below is None:
                return place
            is_key = at_key and step is path[-1] and isinstance(step, str)
            place = node.keys[str(step)] if is_key else below.place
            node = below
        return place

    def problem(self, finding: Finding) -> Problem:
        """Point a finding into its file."""
        place = self.place(finding.path, at_key=finding.at_key)
        excerpt = self.excerpt(place)
        return Problem(finding.kind, place, finding.message, finding.hint, excerpt)

    def excerpt(self, place: Place) -> str | None:
        """Give the line of a place, if it has one that is not empty."""
        lines = self.lines.get(place.file, [])
        return lines[place.line - 1] or None if 0 < place.line <= len(lines) else None

    def add(self, wording: Wording, place: Place, **words: object) -> None:
        """Note a problem of the YAML itself."""
        self.problems.append(wording.in_file(place, self.excerpt(place), **words))


def read(path: FilePath) -> Source:
    """Read one file, or every *.yml and *.yaml of a folder, into one source.

    Raises:
        IntentError: there is nothing to read; problems inside files are in `Source.problems`.

    """
    source = Source(str(path), Node(Place(str(path)), {}))
    for file in _files(path):
        try:
            raw = file.read_bytes()
        except OSError as failure:
            source.add(UNREADABLE, Place(str(file)), reason=failure.strerror or "no reason given")
            continue
        _read_file(source, str(file), raw)
    return source


def _files(path: FilePath) -> list[FilePath]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise IntentError([NO_SUCH_PATH.in_file(Place(str(path)))])
    files = sorted(
        file
        for file in path.iterdir()
        if file.suffix in {".yml", ".yaml"}
        and file.name not in NOT_INTENT
        and not file.name.startswith(".")
        and not file.is_dir()
    )
    if not files:
        raise IntentError([NO_FILES.in_file(Place(str(path)))])
    return files


def _read_file(source: Source, file: str, raw: bytes) -> None:
    text = _decode(source, file, raw)
    if text is None:
        return
    source.lines[file] = _LINE_BREAK.split(text)
    if not _clean(source, file, text):
        return
    top = _compose(source, file, text)
    if top is None:
        return
    if top.content is None:
        source.add(EMPTY, Place(file, 1, 1))
    elif not isinstance(top.content, dict):
        source.add(NOT_A_MAPPING, top.place, found=kind_of(top.content))
    else:
        _merge(source, top)


def _decode(source: Source, file: str, raw: bytes) -> str | None:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        source.add(UTF16, Place(file, 1, 1))
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as failure:
        readable = raw[: failure.start].decode("utf-8-sig")
        source.lines[file] = _LINE_BREAK.split(raw.decode("utf-8-sig", errors="replace"))
        source.add(NOT_UTF8, _place_at(file, readable), byte=raw[failure.start])
        return None


def _place_at(file: str, before: str) -> Place:
    """Give the place that follows the text before it."""
    lines = _LINE_BREAK.split(before)
    return Place(file, len(lines), len(lines[-1]) + 1)


def _clean(source: Source, file: str, text: str) -> bool:
    """Note characters that YAML forbids or that a person cannot see, and tabs in indentation."""
    before = len(source.problems)
    for match in _FORBIDDEN.finditer(text):
        source.add(CONTROL, _place_at(file, text[: match.start()]), code=ord(match[0]))
    for match in _INDENT_TAB.finditer(text):
        source.add(TAB, _place_at(file, text[: match.start(1)]))
    return len(source.problems) == before


def _compose(source: Source, file: str, text: str) -> Node | None:
    try:
        return _Composer(source, file).compose(yaml.parse(text, Loader=_LOADER))
    except yaml.MarkedYAMLError as failure:
        mark = failure.problem_mark or failure.context_mark
        place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
        problem = failure.problem or failure.context
        remedy = _SYNTAX_REMEDIES.get(problem, "look here and at the line above")
        source.add(SYNTAX, place, problem=problem, remedy=remedy)
    except _Stop as stop:
        source.add(stop.wording, stop.place, **stop.words)
    return None


def _merge(source: Source, top: Node) -> None:
    for key, node in top.content.items():
        place = top.keys[key]
        first = source.root.keys.get(key)
        if first is not None:
            source.add(TWO_FILES, place, key=key, first=first)
            continue
        source.root.content[key] = node
        source.root.keys[key] = place


def _step(node: Node, step: str | int) -> Node | None:
    content = node.content
    if isinstance(content, dict):
        below: Node | None = content.get(step)
        return below
    if isinstance(content, list) and isinstance(step, int) and step < len(content):
        found: Node = content[step]
        return found
    return None


def kind_of(value: object) -> str:
    """Name a YAML value as a person would."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    shown = str(value)
    shown = shown if len(shown) <= _MAX_DIGITS else shown[: _MAX_DIGITS - 1] + "…"
    return f"'{shown}'" if isinstance(value, str) else shown


def resolve(text: str) -> Any:  # a scalar is anything
    """Resolve a plain scalar by the core schema of YAML 1.2 (section 10.3.2)."""
    if text in _WORDS:
        return _WORDS[text]
    if len(text) > _MAX_DIGITS:
        return text
    if _INT.fullmatch(text):
        base = _BASES.get(text[:2], 10)
        return int(text, base) if base == 10 else int(text[2:], base)  # noqa: PLR2004
    number = float(text) if _FLOAT.fullmatch(text) else math.nan
    return number if math.isfinite(number) else text


class _Stop(Exception):  # noqa: N818  # never leaves this module
    """A problem after which the rest of the file says nothing."""

    def __init__(self, wording: Wording, place: Place, **words: object) -> None:
        super().__init__()
        self.wording, self.place, self.words = wording, place, words


class _Composer:
    """Builds nodes from parser events without recursion, so depth cannot break it."""

    def __init__(self, source: Source, file: str) -> None:
        self._source = source
        self._file = file
        self._anchors: dict[str, Node] = {}
        self._open: list[tuple[Node, str | None]] = []
        self._key: list[Node | None] = []
        self._top: Node | None = None
        self._documents = 0

    def compose(self, events: Iterator[Any]) -> Node:
        for event in events:
            if isinstance(event, yaml.ScalarEvent):
                self._add(self._scalar(event), event.anchor)
            elif isinstance(event, yaml.CollectionStartEvent):
                self._start(event)
            elif isinstance(event, yaml.CollectionEndEvent):
                self._close()
            elif isinstance(event, yaml.AliasEvent):
                self._add(self._alias(event), None)
            elif isinstance(event, yaml.DocumentStartEvent):
                self._document(event)
        return self._top or Node(Place(self._file, 1, 1), None)

    def _place(self, event: Any) -> Place:  # PyYAML has no types
        start, end = event.start_mark, event.end_mark
        width = end.column - start.column if end.line == start.line else 1
        return Place(self._file, start.line + 1, start.column + 1, max(1, width))

    def _document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            raise _Stop(SECOND_DOCUMENT, self._place(event))

    def _scalar(self, event: Any) -> Node:
        place = self._place(event)
        if event.tag not in (None, "!", _STR_TAG):
            raise _Stop(TAG, place, tag=_tag_text(event.tag))
        text = unicodedata.normalize("NFC", event.value)
        if text != event.value:
            self._source.normalised.append(place)
        plain = event.style is None or event.style == ""
        return Node(place, resolve(text) if plain and event.tag is None else text)

    def _start(self, event: Any) -> None:
        place = self._place(event)
        if event.tag not in (None, "!"):
            raise _Stop(TAG, place, tag=_tag_text(event.tag))
        if len(self._open) >= MAX_DEPTH:
            raise _Stop(TOO_DEEP, place)
        content: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
        self._open.append((Node(place, content), event.anchor))
        self._key.append(None)

    def _close(self) -> None:
        node, anchor = self._open.pop()
        self._key.pop()
        self._add(node, anchor)

    def _alias(self, event: Any) -> Node:
        if event.anchor not in self._anchors:
            raise _Stop(ALIAS, self._place(event), anchor=event.anchor)
        return self._anchors[event.anchor]

    def _add(self, node: Node, anchor: str | None) -> None:
        if anchor is not None:
            self._anchors[anchor] = node
        if not self._open:
            self._top = node
            return
        parent = self._open[-1][0]
        parent.size += node.size
        if parent.size > MAX_VALUES:
            raise _Stop(TOO_MANY, node.place)
        if isinstance(parent.content, list):
            parent.content.append(node)
        elif self._key[-1] is None:
            self._key[-1] = node
        else:
            self._entry(parent, self._key[-1], node)
            self._key[-1] = None

    def _entry(self, parent: Node, key: Node, node: Node) -> None:
        if isinstance(key.content, (dict, list)):
            raise _Stop(COMPLEX_KEY, key.place, found=kind_of(key.content))
        word = _key_text(key.content)
        if word in parent.keys:
            first = parent.keys[word].line
            self._source.add(DUPLICATE_KEY, key.place, key=word, first=first)
            return
        parent.content[word] = node
        parent.keys[word] = key.place


def _tag_text(tag: str) -> str:
    return tag.replace("tag:yaml.org,2002:", "!!")


def _key_text(content: object) -> str:
    return content if isinstance(content, str) else str(kind_of(content))
