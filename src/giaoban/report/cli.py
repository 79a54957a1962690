"""The command `giaoban report`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from giaoban.intent.load import load
from giaoban.plan.build import build
from giaoban.provision.reach import Reach
from giaoban.report.page import render
from giaoban.report.read import read_results, require_same_province
from giaoban.report.words import Words
from giaoban.verify.messages import Language, language


@click.command()
@click.option(
    "--results",
    "file",
    type=click.Path(path_type=Path),
    required=True,
    help="What `giaoban verify --json` wrote.",
)
@click.option(
    "--inventory",
    type=click.Path(path_type=Path),
    default=Path("inventory/daknong"),
    show_default=True,
    help="Inventory of the province.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write it; beside the results where not given.",
)
@click.option(
    "--lang",
    type=click.Choice(["vi", "en"]),
    help="Language of the report; otherwise the locale's.",
)
def report(file: Path, inventory: Path, output: Path | None, lang: Language | None) -> None:
    """Draw up a run of verify as one HTML file that loads nothing from anywhere."""
    results = read_results(file)
    reach = Reach.read(inventory)
    plan = build(load(reach.intent))
    require_same_province(file, results, plan, inventory)
    target = output or file.with_suffix(".html")
    _write_whole(
        target, render(plan, results, Words(language(lang)), rehearsal=reach.sockets is not None)
    )
    click.echo(f"{target}: written")


def _write_whole(target: Path, text: str) -> None:
    """Write beside the place and rename, so that nobody ever sees half a report."""
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
