"""From a plan and the results of a run to the text of the page; pure but for the templates."""

from __future__ import annotations

import unicodedata
from base64 import b64encode
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from itertools import groupby
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from giaoban.intent.model import CENTRE
from giaoban.plan.model import Plan
from giaoban.report.collation import Key, collation_key
from giaoban.report.layout import Drawing, Node, Stroke, draw
from giaoban.report.read import moment
from giaoban.report.scene import Line, Scene, scene
from giaoban.report.words import Words
from giaoban.verify.model import (
    Cause,
    CheckResult,
    CircuitResult,
    Results,
    SiteResult,
    State,
    worst,
)

# Worst first: the order in which states are read and counted.
STATES = (State.FAIL, State.BLOCKED, State.UNKNOWN, State.PASS, State.NOT_APPLICABLE)
# Widths of letters by font size, of Liberation Sans and so of Arial.
_NARROW, _WIDE = frozenset("iíìỉĩịjlItrf' -,.()"), frozenset("mwMWOÔƠQG")
_BOLDER = 1.13  # how much wider bold ones are
_TIERS = (CENTRE, "data_centre", "department", "district", "commune")


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One check over all sites."""

    check: str
    layer: str
    counts: dict[State, int]
    failing: tuple[SiteResult, ...]


@dataclass(frozen=True)
class Report:
    """What the templates read: the run, the plan and the words, joined."""

    plan: Plan
    results: Results
    words: Words

    @cached_property
    def whole(self) -> Results:
        """The run with a line for the central government's side where checks asked about it."""
        known = {one.slug for one in self.results.sites}
        counts = Counter(one.state for one in self.results.checks if one.site == CENTRE)
        if CENTRE in known or not counts:
            return self.results
        centre = SiteResult(
            slug=CENTRE,
            name=self.plan.centre.name,
            tier=CENTRE,
            parent=None,
            state=worst(set(counts)),
            counts={state.value: count for state, count in counts.items()},
            on_standby=None,
            causes=tuple(cause.id for cause in self.results.causes if cause.site == CENTRE),
        )
        return replace(self.results, sites=(*self.results.sites, centre))

    @cached_property
    def scene(self) -> Scene:
        """What the map shows."""
        return scene(self.plan, self.whole)

    @cached_property
    def drawing(self) -> Drawing:
        """The map with every position."""
        return draw(self.scene)

    @cached_property
    def state(self) -> State:
        """The whole run in one state."""
        return (State.PASS, State.FAIL, State.FAIL, State.UNKNOWN)[self.results.exit_code]

    @cached_property
    def verdict(self) -> str:
        """The whole run in one sentence."""
        said = verdict(self.results, self.words)
        if self.outside:
            outside = self.words.counted(len(self.outside), "site")
            said += " " + self.words["verdict.part"].format(outside=outside)
        return said

    @property
    def states(self) -> tuple[State, ...]:
        """Every state, worst first."""
        return STATES

    @cached_property
    def province(self) -> str:
        """The province's name."""
        return self.plan.intent.province.name

    @cached_property
    def started(self) -> str:
        """When the run began, in the province's time."""
        when = moment(self.results.started)
        # A machine without time zones shows the run's own.
        with suppress(ZoneInfoNotFoundError, ValueError):
            when = when.astimezone(ZoneInfo(self.plan.intent.province.timezone))
        return self.words.moment(when)

    @cached_property
    def sites(self) -> list[SiteResult]:
        """Sites of the run: by tier, then by the alphabet."""
        return sorted(self.whole.sites, key=_site_order)

    @property
    def sites_by_tier(self) -> list[tuple[str, list[SiteResult]]]:
        """Sites of the run under the name of their tier."""
        tiers = groupby(self.sites, key=_tier)
        return [(tier, list(sites)) for tier, sites in tiers]

    @cached_property
    def outside(self) -> list[str]:
        """Names of the plan's sites that were not part of the run."""
        ran = {one.slug for one in self.results.sites}
        names = [plan.site.name for slug, plan in self.plan.sites.items() if slug not in ran]
        return sorted(names, key=collation_key)

    @cached_property
    def names(self) -> dict[str, str]:
        """Names of sites by slug, as the run has them."""
        planned = {slug: plan.site.name for slug, plan in self.plan.sites.items()}
        centre = {CENTRE: self.plan.centre.name}
        return centre | planned | {one.slug: one.name for one in self.results.sites}

    @cached_property
    def checks_by_site(self) -> dict[str, list[CheckResult]]:
        """Results of each site, in the run's order."""
        by_site: dict[str, list[CheckResult]] = {one.slug: [] for one in self.results.sites}
        for result in self.results.checks:
            by_site.setdefault(result.site, []).append(result)
        return by_site

    @cached_property
    def check_rows(self) -> list[CheckRow]:
        """The summary per check, in the run's order."""
        by_check: dict[str, list[CheckResult]] = {}
        for result in self.results.checks:
            by_check.setdefault(result.check, []).append(result)
        return [self._check_row(check, found) for check, found in by_check.items()]

    def _check_row(self, check: str, found: list[CheckResult]) -> CheckRow:
        failing = {one.site for one in found if one.state is State.FAIL}
        return CheckRow(
            check=check,
            layer=self.words.name("layer", found[0].layer),
            counts=Counter(one.state for one in found),
            failing=tuple(site for site in self.sites if site.slug in failing),
        )

    @cached_property
    def circuits(self) -> list[CircuitResult]:
        """Circuits of the run, worst first, then by the name of their site."""
        return sorted(self.results.circuits, key=self._circuit_order)

    def _circuit_order(self, one: CircuitResult) -> tuple[int, Key, str]:
        return STATES.index(one.state), collation_key(self.names.get(one.site, "")), one.name

    @cached_property
    def cause_numbers(self) -> dict[str, int]:
        """The number of each cause on the page, by its id."""
        return {cause.id: number for number, cause in enumerate(self.results.causes, 1)}

    @cached_property
    def tiles(self) -> list[tuple[str, int, int, State]]:
        """The figures at the top: what, how many pass, of how many, and the state to show."""
        groups = {
            "tile-sites": [one.state for one in self.results.sites],
            "tile-circuits": [one.state for one in self.results.circuits],
            "tile-checks": [one.state for one in self.results.checks],
        }
        return [
            (key, *_share(states))
            for key, states in groups.items()
            if any(state is not State.NOT_APPLICABLE for state in states)
        ]

    def affected(self, cause: Cause) -> list[str]:
        """Names of the sites that a cause cuts off."""
        return sorted((self.names.get(slug, slug) for slug in cause.blocks), key=collation_key)

    def references(self, cause: Cause) -> list[CircuitResult]:
        """Circuits of a cause that no call of it names."""
        left = set(cause.circuits) - {call.circuit for call in cause.calls}
        return [one for one in self.results.circuits if one.name in left]

    def cause_name(self, cause: str) -> str:
        """A cause by its number on the page."""
        return self.words["cause-number"].format(number=self.cause_numbers[cause])

    def state_name(self, state: State | None) -> str:
        """A state in words; None is a site or circuit outside the run."""
        return self.words["not-in-run"] if state is None else self.words.name("state", state)

    def line_title(self, stroke: Stroke) -> str:
        """What the pointer shows at a circuit."""
        line = stroke.line
        kind = self.words["standby" if line.standby else "main"]
        return (
            f"{self.names[line.lower]} → {self._upper(line)}"
            f"\n{line.carrier}, {line.reference}, {self.words.rate(line.rate)}, {kind}"
            f"\n{line.name}: {self.state_name(line.state)}"
        )

    def _upper(self, line: Line) -> str:
        name = self.names[line.upper]
        return name if line.core is None else f"{name} ({self.scene.cores[line.core]})"

    def site_title(self, node: Node) -> str:
        """What the pointer shows at a site."""
        return f"{node.place.name}: {self.state_name(node.place.state)}"

    def squeezed(self, text: str, room: float, size: float, *, bold: bool = False) -> float | None:
        """Give the length a label must be pressed into, or None where it fits by itself."""
        width = size * (_BOLDER if bold else 1) * sum(map(_letter_width, text))
        return room if width > room else None

    def figures(self, result: CheckResult) -> list[str]:
        """The numbers behind a result, written out."""
        return [
            self.words.figure(name, value)
            for name, value in result.measured.items()
            if not isinstance(value, str)
        ]


def _letter_width(letter: str) -> float:
    if letter in _NARROW:
        return 0.28
    if letter in _WIDE:
        return 0.82
    return 0.68 if letter.isupper() else 0.56


def _share(states: list[State]) -> tuple[int, int, State]:
    asked = [state for state in states if state is not State.NOT_APPLICABLE]
    return sum(state is State.PASS for state in asked), len(asked), min(asked, key=STATES.index)


def _tier(one: SiteResult) -> str:
    return CENTRE if one.slug == CENTRE else one.tier


def _site_order(one: SiteResult) -> tuple[int, Key]:
    tier = _tier(one)
    return (_TIERS.index(tier) if tier in _TIERS else len(_TIERS)), collation_key(one.name)


def verdict(results: Results, words: Words) -> str:
    """Say in one sentence how the province stands."""
    states = Counter(one.state for one in results.checks)
    key = "pass" if states[State.PASS] else "nothing"
    if states[State.UNKNOWN]:
        key = "unknown"
    if states[State.FAIL] or states[State.BLOCKED]:
        key = "causes" if results.causes else "failures"
    asked = sum(one.state is not State.NOT_APPLICABLE for one in results.sites)
    return words[f"verdict.{key}"].format(
        causes=words.counted(len(results.causes), "cause"),
        failures=words.counted(states[State.FAIL] + states[State.BLOCKED], "check"),
        unknown=words.counted(states[State.UNKNOWN], "check"),
        asked=words.counted(asked, "site"),
        bad=sum(one.state in (State.FAIL, State.BLOCKED) for one in results.sites),
    )


def render(plan: Plan, results: Results, words: Words, *, rehearsal: bool = False) -> str:
    """Give the whole page, each text in it in Unicode's composed form (NFC)."""
    environment = templates()
    style = environment.get_template("report.css").render()
    script = environment.get_template("filter.js.j2").render()
    return environment.get_template("report.html.j2").render(
        report=Report(plan, results, words),
        rehearsal=rehearsal,
        words=words,
        language=words.language,
        style=Markup(style),  # noqa: S704 - our own file, nothing of the results in it
        script=Markup(script),  # noqa: S704 - as above
        style_hash=_hash(style),
        script_hash=_hash(script),
    )


def templates(*packages: str) -> Environment:
    """Give the report's templates, and before them those of packages that draw its map too."""
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(name) for name in (*packages, "giaoban.report")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_composed,
    )
    environment.filters["slug"] = _class_name
    environment.filters["sentence"] = _sentence
    return environment


def _composed(shown: object) -> object:
    """Normalise a text before it is escaped: after, a mark would compose with the `>` before it.

    A mark at a text's beginning gets a carrier of its own, so that nothing that normalises the
    page later gives it one of the page's characters.
    """
    if not isinstance(shown, str) or isinstance(shown, Markup):
        return shown
    text = unicodedata.normalize("NFC", shown)
    return f"\u25cc{text}" if unicodedata.category(text[:1] or " ").startswith("M") else text


def _class_name(state: State | None) -> str:
    return "outside" if state is None else state.lower().replace(" ", "-")


def _sentence(text: str) -> str:
    """Begin with a capital, unless the first word is a name such as `rt-xa-dak-wil`."""
    first = text.partition(" ")[0]
    return text[:1].upper() + text[1:] if first.isalpha() else text


def _hash(text: str) -> str:
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()
