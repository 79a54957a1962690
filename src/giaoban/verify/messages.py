"""Every sentence that verify says, in English and in Vietnamese.

A key is `<check>.<reason>` for a result, `cause.<kind>.title` and `cause.<kind>.remedy` for a
cause, and `link.…`, `table.…` for the screens. Vietnamese is NFC.
"""

from __future__ import annotations

import locale
import os
from collections.abc import Mapping
from typing import Any, Literal, TypeVar

from giaoban.printable import printable
from giaoban.verify.catalogue_causes import CAUSES
from giaoban.verify.catalogue_results import RESULTS
from giaoban.verify.catalogue_screens import SCREENS
from giaoban.verify.model import Text

V = TypeVar("V")
Language = Literal["vi", "en"]
CATALOGUE: dict[str, tuple[str, str]] = {**RESULTS, **CAUSES, **SCREENS}


def text(key: str, figures: Mapping[str, Any] | None = None) -> Text:
    """Give a sentence in both languages; numbers are written the language's own way.

    Raises:
        KeyError: no such sentence, or a figure it needs is missing.

    """
    english, vietnamese = CATALOGUE[key]
    filling = {name: shown(value) for name, value in (figures or {}).items()}
    comma = {name: _vietnamese(value) for name, value in filling.items()}
    return Text(key, english.format_map(filling), vietnamese.format_map(comma))


def shown(value: V) -> V | str:
    """Give a figure as a terminal may be shown it: a device may have said it."""
    return printable(value) if isinstance(value, str) else value


def _vietnamese(value: object) -> object:
    """Write a number with a decimal comma."""
    return str(value).replace(".", ",") if isinstance(value, float) else value


def language(chosen: str | None) -> Language:
    """Give the language: the chosen one, else the locale's (LC_ALL, LC_MESSAGES, LANG)."""
    if chosen in ("vi", "en"):
        return "vi" if chosen == "vi" else "en"
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable)
        if value:
            return "vi" if locale.normalize(value).lower().startswith("vi") else "en"
    return "en"
