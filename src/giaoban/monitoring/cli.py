"""The command `giaoban noc-page`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from giaoban.intent.load import load
from giaoban.monitoring.page import noc_page, verify_summary
from giaoban.plan.build import build
from giaoban.plan.model import Plan
from giaoban.provision.reach import Reach
from giaoban.report.read import read_results, require_same_province
from giaoban.verify.model import Results


@click.command("noc-page")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--inventory",
    type=click.Path(path_type=Path),
    default=Path("inventory/daknong"),
    show_default=True,
    help="Inventory of the province.",
)
@click.option(
    "--results",
    "file",
    type=click.Path(path_type=Path),
    help="What `giaoban verify --json` wrote; where there is no such file the page says so.",
)
def command(folder: Path, inventory: Path, file: Path | None) -> None:
    """Write the files of the NOC's page into FOLDER, for the monitoring server to show."""
    reach = Reach.read(inventory)
    plan = build(load(reach.intent))
    files = noc_page(plan, reach.standing(plan), rehearsal=reach.sockets is not None)
    summary = verify_summary(_last_run(file, plan, inventory))
    files["verify.json"] = json.dumps(summary, ensure_ascii=False, indent=1) + "\n"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    click.echo(f"{folder}: {len(files)} files written")


def _last_run(file: Path | None, plan: Plan, inventory: Path) -> Results | None:
    if file is None or not file.exists():
        return None
    results = read_results(file)
    require_same_province(file, results, plan, inventory)
    return results
