"""Where packages come from: the machine's own apt sources, with the suite replaced."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from giaoban.errors import OperationError
from giaoban.image.packages import SUITE

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
_SUFFIXES = ("", "-updates", "-security")


class NoDebianSourceError(OperationError):
    """The machine's apt knows no Debian archive."""

    def __init__(self, codename: str) -> None:
        super().__init__(
            f"/etc/apt: no source has the suite {codename!r}, so there is nothing to derive"
            f" {SUITE!r} from; add the Debian archive to /etc/apt/sources.list"
        )


def of_this_machine() -> str:
    """Give the text of a sources.list of SUITE, out of what this machine's apt knows.

    Raises:
        NoDebianSourceError: it knows no Debian archive.

    """
    apt = Path("/etc/apt")
    release = Path("/etc/os-release").read_text(encoding="utf-8")
    values = dict(line.split("=", 1) for line in release.splitlines() if "=" in line)
    lists = [apt / "sources.list", *sorted((apt / "sources.list.d").glob("*.list"))]
    stanzas = sorted((apt / "sources.list.d").glob("*.sources"))
    lines = derived(
        [path.read_text(encoding="utf-8") for path in lists if path.exists()],
        [path.read_text(encoding="utf-8") for path in stanzas],
        values["VERSION_CODENAME"].strip('"'),
    )
    return "".join(f"{line}\n" for line in lines)


def derived(one_line: Iterable[str], deb822: Iterable[str], codename: str) -> tuple[str, ...]:
    """Give one-line sources of SUITE out of the machine's own. Pure.

    Args:
        one_line: the texts of `*.list` files.
        deb822: the texts of `*.sources` files.
        codename: the suite that the machine itself runs, such as `bookworm`.

    Raises:
        NoDebianSourceError: none of them has that suite.

    """
    found: dict[str, None] = {}
    pairs = [pair for text in one_line for pair in _of_list(text)]
    pairs += [pair for text in deb822 for pair in _of_stanzas(text)]
    for uri, suite in pairs:
        for suffix in _SUFFIXES:
            if suite == codename + suffix:
                found[f"deb [signed-by={KEYRING}] {uri} {SUITE}{suffix} main"] = None
    if not found:
        raise NoDebianSourceError(codename)
    return tuple(found)


def _of_list(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        match = re.match(r"deb\s+(?:\[[^]]*\]\s+)?(\S+)\s+(\S+)\s+(.*)", line.strip())
        if match and "main" in match[3].split():
            yield match[1], match[2]


def _of_stanzas(text: str) -> Iterator[tuple[str, str]]:
    for stanza in re.split(r"\n\s*\n", text):
        fields = _fields(stanza)
        if "deb" not in fields.get("types", "").split() or fields.get("enabled") == "no":
            continue
        if "main" in fields.get("components", "").split():
            for uri in fields.get("uris", "").split():
                for suite in fields.get("suites", "").split():
                    yield uri, suite


def _fields(stanza: str) -> Mapping[str, str]:
    fields: dict[str, str] = {}
    name = ""
    for line in stanza.splitlines():
        if line.startswith("#"):
            continue
        if line[:1].isspace():
            fields[name] = f"{fields.get(name, '')} {line.strip()}"
        elif ":" in line:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            fields[name] = value.strip()
    return fields
