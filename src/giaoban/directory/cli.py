"""The command `giaoban people`."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from giaoban.directory.load import FILE, read_file
from giaoban.directory.people import PeopleError, Unit
from giaoban.intent.load import load
from giaoban.printable import printable


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=Path("inventory/daknong"))
def people(folder: Path) -> None:
    """Look for problems in people.csv of the intent in FOLDER, and list everybody's address.

    What the directory already has is compared only by playbooks/people.yml.
    """
    intent = load(folder)
    units = {
        site.slug: Unit(site.slug, site.name, site.tier, site.parent, site.retired)
        for site in intent.sites
    }
    try:
        found = read_file(folder / FILE, units)
    except PeopleError as failure:
        click.echo(str(failure), err=True)
        sys.exit(failure.exit_code)
    table = Table(box=None)
    for column in ("number", "login", "name", "unit", "left"):
        table.add_column(column, no_wrap=True)
    for person in found:
        left = person.left.isoformat() if person.left else ""
        row = (str(person.number), person.login, person.name, person.unit, left)
        table.add_row(*map(printable, row))
    Console(width=160).print(table, crop=False)
