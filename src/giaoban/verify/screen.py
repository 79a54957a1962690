"""What a person sees: the table of a run, and the one screen of a link."""

from __future__ import annotations

from pathlib import Path

from rich import box
from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text as Styled

from giaoban.plan.model import Plan
from giaoban.printable import printable, whole
from giaoban.verify.messages import Language, text
from giaoban.verify.model import Call, Cause, Results, SiteResult, State

STYLES = {
    State.PASS: "green",
    State.FAIL: "bold red",
    State.UNKNOWN: "yellow",
    State.BLOCKED: "magenta",
    State.NOT_APPLICABLE: "dim",
}
MARKS = {
    State.PASS: "✓",
    State.FAIL: "✗",
    State.UNKNOWN: "?",
    State.BLOCKED: "…",
    State.NOT_APPLICABLE: "–",
}


class Screen:
    """Prints a run in one language."""

    def __init__(self, console: Console, language: Language) -> None:
        self._console = console
        self._language = language

    def say(self, key: str, **figures: object) -> str:
        """Give a sentence of the catalogue in the screen's language."""
        return text(key, figures).to(self._language)

    def run(self, results: Results, absent: int = 0) -> None:
        """Print a whole run: causes first, then the sites, then the sums."""
        self._console.print(self.table(results))
        for number, cause in enumerate(results.causes, start=1):
            self._console.print(self.cause(cause, number, results))
        self.unknown(results)
        if absent:
            self._console.print(self.say("table.absent", count=absent), style="dim")
        self._console.print(self.closing(results))

    def table(self, results: Results) -> Table:
        """A row a site."""
        title = self.say("table.title", province=results.province, sites=len(results.sites))
        table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left")
        table.add_column(self.say("table.site"))
        table.add_column(self.say("table.state"), no_wrap=True)
        for state in State:
            table.add_column(MARKS[state], justify="right")
        table.add_column(self.say("table.note"))
        for site in results.sites:
            counts = (str(site.counts[state.value] or "") for state in State)
            table.add_row(
                escape(site.name),
                self.state(site.state),
                *counts,
                escape(self._note(site, results)),
            )
        return table

    def state(self, state: State) -> Styled:
        """A state as a coloured word."""
        return Styled(f"{MARKS[state]} {self.say(f'state.{state.value}')}", STYLES[state])

    def _note(self, site: SiteResult, results: Results) -> str:
        notes = []
        if site.on_standby:
            notes.append(self.say("note.standby", circuit=site.on_standby))
        foreign = [
            cause.title.to(self._language)
            for cause in results.causes
            if cause.id in site.causes and cause.site != site.slug
        ]
        if foreign:
            notes.append(self.say("note.blocked", causes="; ".join(foreign)))
        return "; ".join(notes)

    def cause(self, cause: Cause, number: int, results: Results) -> RenderableType:
        """A cause: what, why we think so, what to do, whom to call."""
        heading = Styled(
            self.say("cause.heading", number=number, title=cause.title.to(self._language)),
            "bold red",
        )
        grid = Table.grid(padding=(0, 1))
        grid.add_column(style="dim", no_wrap=True)
        grid.add_column()
        grid.add_row(
            self.say("cause.evidence"), escape(printable(cause.evidence.to(self._language)))
        )
        grid.add_row(self.say("cause.remedy"), escape(cause.remedy.to(self._language)))
        for call in cause.calls:
            grid.add_row(self.say("cause.call"), escape(self._call(call)))
        if cause.blocks:
            names = {site.slug: site.name for site in results.sites}
            sites = ", ".join(names.get(slug, slug) for slug in cause.blocks)
            grid.add_row("", escape(self.say("cause.blocks", sites=sites)))
        return Group(heading, Padding(grid, (0, 0, 1, 3)))

    def _call(self, call: Call) -> str:
        words = f"{call.name}, {whole(call.phone)}"
        if call.reference:
            words += ", " + self.say("cause.reference", reference=call.reference)
        return words

    def unknown(self, results: Results, most: int = 8) -> None:
        """List what nobody could answer, where no cause explains it."""
        said = (check.text for check in results.checks if check.state is State.UNKNOWN)
        missing = list(dict.fromkeys(printable(one.to(self._language)) for one in said))
        if not missing:
            return
        self._console.print(Styled(self.say("link.unanswered"), "yellow"))
        for words in missing[:most]:
            self._console.print(Padding(escape(words), (0, 0, 0, 3)))
        if len(missing) > most:
            self._console.print(Padding(f"… +{len(missing) - most}", (0, 0, 0, 3)))

    def closing(self, results: Results) -> str:
        """The sums in one line."""
        count = {state: sum(check.state is state for check in results.checks) for state in State}
        return self.say(
            "table.closing",
            checks=len(results.checks),
            seconds=round(results.seconds, 1),
            passed=count[State.PASS],
            failed=count[State.FAIL],
            blocked=count[State.BLOCKED],
            unknown=count[State.UNKNOWN],
            rest=count[State.NOT_APPLICABLE],
        )

    def link(self, plan: Plan, results: Results, slug: str) -> None:
        """Print one site's link: the verdict, its causes, its circuits and whom to call."""
        site = next(one for one in results.sites if one.slug == slug)
        key = {State.PASS: "link.good", State.UNKNOWN: "link.unknown"}.get(site.state, "link.bad")
        self._console.print(
            Styled(self.say(key, site=site.name), STYLES[site.state].replace("bold ", "") + " bold")
        )
        if site.on_standby:
            self._console.print(self.say("note.standby", circuit=site.on_standby), style="yellow")
        mine = [cause for cause in results.causes if cause.id in site.causes]
        for number, cause in enumerate(mine, start=1):
            self._console.print(self.cause(cause, number, results))
        if site.state is State.UNKNOWN:
            self.unknown(results)
        if site.state is State.PASS:
            self._facts(results, slug)
        self.contacts(plan, slug)

    def _facts(self, results: Results, slug: str) -> None:
        """What was measured, for a link without a finding."""
        shown = ("circuit-loss", "circuit-rate", "path-mtu", "round-trip", "workstation-reaches")
        for check in results.checks:
            if check.site == slug and check.check in shown:
                line = Styled(f"{MARKS[check.state]} ", STYLES[check.state])
                line.append(printable(check.text.to(self._language)), "default")
                self._console.print(Padding(line, (0, 0, 0, 3)))

    def contacts(self, plan: Plan, slug: str) -> None:
        """Print the circuits of a site and the NOC, with their telephones."""
        carriers = {carrier.slug: carrier for carrier in plan.intent.carriers}
        for circuit in plan.circuits.values():
            if circuit.site == slug:
                carrier = carriers[circuit.carrier]
                self._console.print(
                    self.say(
                        "link.circuit",
                        circuit=circuit.name,
                        carrier=carrier.name,
                        reference=circuit.reference,
                        rate=f"{circuit.rate / 1e6:g}",
                        phone=whole(carrier.phone),
                    ),
                    style="dim",
                )
        noc = plan.intent.network.noc
        self._console.print(
            self.say("link.noc", name=noc.name, phone=whole(noc.phone)), style="dim"
        )


def write(path: Path, content: str) -> None:
    """Write a file beside itself and rename it, so that nobody reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(content, encoding="utf-8")
    beside.replace(path)
