"""From the files of a province to its intent, or to everything that is wrong with them."""

from __future__ import annotations

from pathlib import Path

from giaoban.intent.model import Intent
from giaoban.intent.problems import Finding, IntentError
from giaoban.intent.semantics import findings as semantic_findings
from giaoban.intent.shape import MISSING_TOP, shape
from giaoban.intent.source import Source, read


def load(path: Path) -> Intent:
    """Load the intent of one file, or of a folder's *.yml and *.yaml.

    Args:
        path: a file with all top-level keys, or a folder whose files hold some each.

    Raises:
        IntentError: with every problem of every file, each with its place.

    """
    return checked(read(path))


def checked(source: Source) -> Intent:
    """Give the intent of a source that was read.

    Raises:
        IntentError: with every problem of every file, each with its place.

    """
    parts, shape_findings = shape(source.root.value())
    found: list[Finding] = [*shape_findings, *semantic_findings(parts)]
    if source.problems:
        # A file that could not be read holds keys that only seem to be missing.
        found = [one for one in found if one.kind != MISSING_TOP.kind]
    problems = [*source.problems, *map(source.problem, found)]
    if problems:
        raise IntentError(problems)
    return Intent.model_construct(**parts)
