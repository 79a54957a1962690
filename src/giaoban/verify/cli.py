"""The commands `giaoban verify` and `giaoban link`."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text as Styled

from giaoban.plan import Plan
from giaoban.provision.reach import Reach
from giaoban.verify.answers import Answers
from giaoban.verify.collect import collect, fleet_of
from giaoban.verify.doors import UnknownSitesError, doors, plan_of, view_of
from giaoban.verify.here import look
from giaoban.verify.junit import junit
from giaoban.verify.messages import language as choose_language
from giaoban.verify.model import ExitCode, Results, State
from giaoban.verify.prometheus import prometheus
from giaoban.verify.reference import catalogue
from giaoban.verify.results import Timing, results
from giaoban.verify.screen import MARKS, STYLES, Screen, write
from giaoban.verify.view import View

INVENTORY = click.option(
    "--inventory",
    type=click.Path(path_type=Path),
    default=Path("inventory/daknong-twin"),
    show_default=True,
    help="Folder with giaoban.yml: which province, and how its boxes are reached.",
)
LANGUAGE = click.option(
    "--lang", type=click.Choice(["vi", "en"]), help="Language; the locale's where it is not given."
)


@click.command()
@INVENTORY
@click.option("--site", "sites", help="Slugs with commas between; what they hang from is added.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write results here.")
@click.option("--junit", "junit_file", type=click.Path(path_type=Path), help="Write JUnit here.")
@click.option(
    "--prometheus",
    "prometheus_file",
    type=click.Path(path_type=Path),
    metavar="FILE.prom",
    help="Write metrics here, for node_exporter's textfile collector (it reads *.prom only).",
)
@click.option("--catalogue", "print_catalogue", is_flag=True, help="Print the checks and stop.")
@LANGUAGE
def verify(  # noqa: PLR0913 - one parameter an option
    *,
    inventory: Path,
    sites: str | None,
    json_file: Path | None,
    junit_file: Path | None,
    prometheus_file: Path | None,
    print_catalogue: bool,
    lang: str | None,
) -> None:
    """Ask every box whether the province is as planned, and say what is wrong and why.

    Ends with 0 when all is well, 1 when something is wrong, 3 when something could not be answered.
    """
    if print_catalogue:
        click.echo(catalogue(), nl=False)
        return
    language = choose_language(lang)
    reach = Reach.read(inventory)
    plan = plan_of(reach)
    chosen = [slug.strip() for slug in sites.split(",") if slug.strip()] if sites else None
    view = view_of(reach, plan, chosen)
    screen = Screen(Console(), language)
    found = _run(reach, view, screen)
    if json_file:
        write(json_file, json.dumps(found.to_json(), ensure_ascii=False, indent=1) + "\n")
    if junit_file:
        write(junit_file, junit(found, language))
    if prometheus_file:
        write(prometheus_file, prometheus(found))
    absent = len(plan.sites) - len(found.sites) if chosen is None else 0
    screen.run(found, absent)
    sys.exit(found.exit_code)


@click.command()
@click.argument("site")
@click.option("--from-here", is_flag=True, help="Look from this laptop at the site, WAN or not.")
@INVENTORY
@LANGUAGE
def link(*, site: str, from_here: bool, inventory: Path, lang: str | None) -> None:
    """Say whether the link of SITE is good, and if not, why and whom to call."""
    screen = Screen(Console(), choose_language(lang))
    reach = Reach.read(inventory)
    plan = plan_of(reach)
    if site not in plan.sites:
        raise UnknownSitesError([site], plan)
    if from_here:
        sys.exit(_from_here(plan, reach, site, choose_language(lang)))
    found = _run(reach, view_of(reach, plan, [site]), screen)
    screen.link(plan, found, site)
    sys.exit(_exit_code_of(found, site))


def _run(reach: Reach, view: View, screen: Screen) -> Results:
    """Ask and judge, with a bar while it lasts (on a terminal only)."""
    started, clock = datetime.now(UTC), time.monotonic()
    answers = _asked(reach, view, screen)
    timing = Timing(
        started.isoformat(timespec="seconds"),
        datetime.now(UTC).isoformat(timespec="seconds"),
        round(time.monotonic() - clock, 1),
    )
    return results(view, answers, timing)


def _asked(reach: Reach, view: View, screen: Screen) -> Answers:
    every = doors(reach, view)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        asking = progress.add_task(screen.say("table.asking", devices=len(every)), total=len(every))
        answered: set[str] = set()

        def heard(device: str) -> None:
            answered.add(device)
            progress.update(asking, completed=len(answered))

        return collect(view, fleet_of(every), heard)


def _exit_code_of(found: Results, site: str) -> int:
    """Judge by what concerns the site alone."""
    state = next(one.state for one in found.sites if one.slug == site)
    if state in (State.FAIL, State.BLOCKED):
        return ExitCode.FAIL
    return ExitCode.PASS if state is State.PASS else ExitCode.UNKNOWN


def _from_here(plan: Plan, reach: Reach, site: str, language: str) -> int:
    console = Console()
    screen = Screen(console, choose_language(language))
    name = plan.sites[site].site.name
    console.print(Styled(screen.say("here.title", site=name), "bold"))
    sights = look(plan, reach, site)
    for sight in sights:
        line = Styled(f"{MARKS[sight.state]} ", STYLES[sight.state])
        line.append(sight.text.to(language), "default")
        console.print(Padding(line, (0, 0, 0, 3)))
    screen.contacts(plan, site)
    return _worst_code(sight.state for sight in sights)


def _worst_code(states: Iterable[State]) -> int:
    found = set(states)
    if State.FAIL in found:
        return ExitCode.FAIL
    return ExitCode.UNKNOWN if State.UNKNOWN in found else ExitCode.PASS
