"""Change sets: which boxes of a run stand or fall together. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

Links = Mapping[str, str]
"""Each link a box has an end of, to the digest of what both its ends must agree on."""


@dataclass(frozen=True, slots=True)
class Change:
    """A box that a run would change.

    `before` are its links as confirmed, None where nothing was ever confirmed; `after` as it would
    have them; `far_ends` names the box at the other end of each; `fault` says why it cannot be
    activated, as its push said.
    """

    box: str
    before: Links | None
    after: Links
    far_ends: Mapping[str, str] = field(default_factory=dict)
    fault: str | None = None

    @property
    def touched(self) -> frozenset[str]:
        """Links whose parameters change at this end, or appear, or go."""
        if self.before is None:
            return frozenset()
        links = self.before.keys() | self.after.keys()
        return frozenset(link for link in links if self.before.get(link) != self.after.get(link))

    @property
    def turned(self) -> frozenset[str]:
        """Links in use whose parameters change: they are cut unless the far end changes too."""
        if self.before is None:
            return frozenset()
        return frozenset(self.touched & self.before.keys() & self.after.keys())


@dataclass(frozen=True, slots=True)
class Membership:
    """A box's set, sorted, and what keeps the set from being activated, if anything does."""

    members: tuple[str, ...]
    obstacle: str | None = None


@dataclass(frozen=True, slots=True)
class Probed:
    """What the new connection to an activated box found.

    `cause` says what is not well; `final` that asking again would change nothing; `wait_s` how long
    to wait before asking again, in seconds.
    """

    box: str
    well: bool
    cause: str = ""
    final: bool = False
    wait_s: float = 0


def plan_sets(changes: Iterable[Change], settled: Mapping[str, Links]) -> dict[str, Membership]:
    """Join boxes that change an end of the same link.

    Args:
        changes: the boxes to change.
        settled: boxes of this run that are already as they should be.

    Returns:
        The membership of each box to change.
    """
    by_box = {change.box: change for change in changes}
    memberships: dict[str, Membership] = {}
    for members in _joined(by_box):
        obstacles = (_obstacle(by_box[box], by_box, settled) for box in members)
        membership = Membership(members, next((each for each in obstacles if each), None))
        memberships.update(dict.fromkeys(members, membership))
    return memberships


def _joined(by_box: Mapping[str, Change]) -> list[tuple[str, ...]]:
    leader = {box: box for box in by_box}

    def find(box: str) -> str:
        while leader[box] != box:
            leader[box] = leader[leader[box]]
            box = leader[box]
        return box

    first_end: dict[str, str] = {}
    for box, change in by_box.items():
        for link in change.touched:
            leader[find(box)] = find(first_end.setdefault(link, box))
    sets: dict[str, list[str]] = {}
    for box in sorted(by_box):
        sets.setdefault(find(box), []).append(box)
    return [tuple(members) for members in sets.values()]


def _obstacle(
    change: Change,
    by_box: Mapping[str, Change],
    settled: Mapping[str, Links],
) -> str | None:
    if change.fault is not None:
        return f"{change.box}: {change.fault}"
    for link in sorted(change.turned):
        if any(link in other.after for other in by_box.values() if other is not change):
            continue
        if any(links.get(link) == change.after[link] for links in settled.values()):
            continue
        missing = change.far_ends.get(link, f"the box at the far end of {link}")
        return (
            f"both ends of link {link} change, and {missing} is not in this run or did not answer;"
            f" {change.box} was left as it is: add {missing} to -l, or mend it first"
        )
    return None


def decide(memberships: Mapping[str, Membership], probes: Iterable[Probed]) -> dict[str, str]:
    """Say of each activated box why it must be taken back; empty where it is to be confirmed.

    A set is confirmed only if every member was probed and is well.
    """
    by_box = {probe.box: probe for probe in probes}
    verdicts: dict[str, str] = {}
    for box, membership in memberships.items():
        if membership.obstacle is not None:
            continue
        unwell = [member for member in membership.members if not _is_well(by_box.get(member))]
        verdicts[box] = _why(unwell, by_box)
    return verdicts


def _is_well(probe: Probed | None) -> bool:
    return probe is not None and probe.well


def _why(unwell: list[str], by_box: Mapping[str, Probed]) -> str:
    causes = (by_box[box].cause if box in by_box else "it was not probed" for box in unwell)
    return "; ".join(f"{box}: {cause}" for box, cause in zip(unwell, causes, strict=True))
