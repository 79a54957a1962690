"""The commands `giaoban check` and `giaoban schema`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from giaoban.intent.load import checked
from giaoban.intent.model import Intent
from giaoban.intent.problems import IntentError
from giaoban.intent.schema import schema_text
from giaoban.intent.source import read

DEFAULT = Path("inventory/daknong")


@click.command()
@click.argument("path", type=click.Path(path_type=Path), default=DEFAULT)
def check(path: Path) -> None:
    """Look for problems in the intent at PATH, a folder or a file (inventory/daknong)."""
    try:
        source = read(path)
        intent = checked(source)
    except IntentError as failure:
        # Without the program's name before it, so that editors and terminals find the place.
        click.echo(str(failure), err=True)
        sys.exit(failure.exit_code)
    if source.normalised:
        count = len(source.normalised)
        were = (
            "1 text was not NFC and was" if count == 1 else f"{count} texts were not NFC and were"
        )
        click.echo(f"{path}: {were} read as NFC")
    click.echo(f"{path}: {summary(intent)}: no problem found")


def summary(intent: Intent) -> str:
    """Count what an intent holds, closed sites apart."""
    live = sum(not site.retired for site in intent.sites)
    closed = len(intent.sites) - live
    counts = [f"{live} sites", f"{len(intent.circuits)} circuits", f"{len(intent.zones)} zones"]
    if closed:
        counts.insert(1, f"{closed} closed")
    counts.append(f"{len(intent.rules)} rules")
    return ", ".join(counts)


@click.command()
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write it to a file."
)
def schema(output: Path | None) -> None:
    """Print the JSON Schema of an intent's files."""
    text = schema_text()
    if output is None:
        click.echo(text, nl=False)
        return
    beside = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(output)
    finally:
        beside.unlink(missing_ok=True)
    click.echo(f"{output}: written")
