"""What a run of verify found, as frozen values with a stable JSON form.

The report and CI read nothing else. Texts carry both languages, so that a reader needs no
catalogue. A change that breaks a reader raises `SCHEMA`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

SCHEMA = 1


class State(StrEnum):
    """The answer to one question."""

    PASS = "PASS"  # noqa: S105 - a state, not a password
    FAIL = "FAIL"
    UNKNOWN = "UNKNOWN"
    BLOCKED = "BLOCKED"
    NOT_APPLICABLE = "NOT APPLICABLE"


class Layer(StrEnum):
    """Where in the stack a check asks."""

    DEVICE = "device"
    LINK = "link"
    NETWORK = "network"
    ROUTING = "routing"
    SERVICE = "service"
    SECURITY = "security"


class ExitCode:
    """What the command ends with (DESIGN, "Verify")."""

    PASS = 0
    FAIL = 1
    USAGE = 2
    UNKNOWN = 3


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in both languages; `key` names it in the catalogue."""

    key: str
    en: str
    vi: str

    def to(self, language: str) -> str:
        """Give the sentence in `vi` or `en`."""
        return self.vi if language == "vi" else self.en


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The answer to one check at one target.

    `id` is `site/check/target` and unique in a run. `measured` holds the figures behind the text
    (`units` knows their units). `blocked_by` is the id of a cause where the state is BLOCKED.
    """

    id: str
    site: str
    check: str
    target: str
    layer: Layer
    state: State
    text: Text
    measured: dict[str, float | int | str]
    blocked_by: str | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """Whom to call; `reference` is the carrier's own circuit number."""

    name: str
    phone: str
    circuit: str | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing that is wrong, and everything that fails because of it.

    `kind` says what (such as `circuit-down`), `place` where (a circuit, a device or a port), `site`
    whose it is. `roots` are the ids of the results that prove it, `explains` those that are BLOCKED
    by it, `blocks` the sites below that cannot work for it.
    """

    id: str
    kind: str
    site: str
    place: str
    title: Text
    evidence: Text
    remedy: Text
    calls: tuple[Call, ...]
    circuits: tuple[str, ...]
    roots: tuple[str, ...]
    explains: tuple[str, ...]
    blocks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CircuitResult:
    """A circuit as it was found; `carries` is None where nobody could say."""

    name: str
    site: str
    lower: str
    upper: str
    carrier: str
    reference: str
    rate: int
    standby: bool
    state: State
    carries: bool | None


@dataclass(frozen=True, slots=True)
class SiteResult:
    """A site in one line; `on_standby` names the standby circuit that carries it now."""

    slug: str
    name: str
    tier: str
    parent: str | None
    state: State
    counts: dict[str, int]
    on_standby: str | None
    causes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Results:
    """A whole run. Times are ISO 8601 in UTC, `seconds` the duration."""

    province: str
    started: str
    finished: str
    seconds: float
    sites: tuple[SiteResult, ...]
    circuits: tuple[CircuitResult, ...]
    checks: tuple[CheckResult, ...]
    causes: tuple[Cause, ...]
    schema: int = SCHEMA

    @property
    def exit_code(self) -> int:
        """1 when something failed, 3 when nothing failed and something is unknown, else 0."""
        states = {result.state for result in self.checks}
        if State.FAIL in states or State.BLOCKED in states:
            return ExitCode.FAIL
        if State.UNKNOWN in states or not states - {State.NOT_APPLICABLE}:
            return ExitCode.UNKNOWN
        return ExitCode.PASS

    def to_json(self) -> dict[str, Any]:
        """Give the run as JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Results:
        """Read back what `to_json` gave.

        Raises:
            ValueError: another schema than this one.

        """
        if stored.get("schema") != SCHEMA:
            message = f"results of schema {stored.get('schema')!r}; this version reads {SCHEMA}"
            raise ValueError(message)
        return cls(
            province=stored["province"],
            started=stored["started"],
            finished=stored["finished"],
            seconds=stored["seconds"],
            sites=tuple(_site(one) for one in stored["sites"]),
            circuits=tuple(_circuit(one) for one in stored["circuits"]),
            checks=tuple(_check(one) for one in stored["checks"]),
            causes=tuple(_cause(one) for one in stored["causes"]),
        )


def worst(states: set[State]) -> State:
    """Give the state that stands for a group: FAIL over BLOCKED over UNKNOWN over PASS."""
    for state in (State.FAIL, State.BLOCKED, State.UNKNOWN, State.PASS):
        if state in states:
            return state
    return State.NOT_APPLICABLE


def _site(stored: dict[str, Any]) -> SiteResult:
    more = {"state": State(stored["state"]), "causes": tuple(stored["causes"])}
    return SiteResult(**(stored | more))


def _circuit(stored: dict[str, Any]) -> CircuitResult:
    return CircuitResult(**(stored | {"state": State(stored["state"])}))


def _check(stored: dict[str, Any]) -> CheckResult:
    more = {
        "layer": Layer(stored["layer"]),
        "state": State(stored["state"]),
        "text": Text(**stored["text"]),
    }
    return CheckResult(**(stored | more))


def _cause(stored: dict[str, Any]) -> Cause:
    texts = {name: Text(**stored[name]) for name in ("title", "evidence", "remedy")}
    lists = {name: tuple(stored[name]) for name in ("circuits", "roots", "explains", "blocks")}
    calls = {"calls": tuple(Call(**call) for call in stored["calls"])}
    return Cause(**(stored | texts | lists | calls))
