"""Which pages of docs/reference are generated, and from what."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from giaoban.docs.commands import command_reference
from giaoban.docs.roles import role_reference
from giaoban.intent.schema import schema_text
from giaoban.verify.reference import catalogue

REFERENCE = Path("docs/reference")

PAGES: Mapping[str, Callable[[Path], str]] = {
    "intent.schema.json": lambda _: schema_text(),
    "checks.md": lambda _: catalogue(),
    "cli.md": lambda _: command_reference(),
    "roles.md": role_reference,
}


def pages(project: Path) -> dict[str, str]:
    """Generate every page from a checkout.

    Args:
        project: folder with roles/ and playbooks/.

    Returns:
        The text of each page, by its name below docs/reference.

    Raises:
        RolePageError: a role's variable is described nowhere.
    """
    return {name: generate(project) for name, generate in PAGES.items()}


def write_pages(project: Path, texts: Mapping[str, str]) -> Iterable[str]:
    """Write the pages that differ from what stands there, and give their names."""
    for name, text in texts.items():
        page = project / REFERENCE / name
        if page.exists() and page.read_text(encoding="utf-8") == text:
            continue
        page.parent.mkdir(parents=True, exist_ok=True)
        beside = page.with_name(f".{page.name}.{os.getpid()}")
        try:
            beside.write_text(text, encoding="utf-8")
            beside.replace(page)
        finally:
            beside.unlink(missing_ok=True)
        yield name
