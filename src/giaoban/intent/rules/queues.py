"""Rules of the classes of traffic."""

from __future__ import annotations

from collections.abc import Iterator

from giaoban.intent.model import QueueClass
from giaoban.intent.problems import Finding, Wording, suggest

# RFC 4594, figure 3; cs0 is what others call df or be.
DSCP = (
    *(f"cs{number}" for number in range(8)),
    *(f"af{group}{drop}" for group in range(1, 5) for drop in range(1, 4)),
    "ef",
    "va",
)
BEST_EFFORT = "cs0"
_WHOLE = 100

DUPLICATE_QUEUE = Wording(
    "duplicate-queue", "queue '{name}' is listed twice", "remove one of the two"
)
UNKNOWN_DSCP = Wording(
    "unknown-dscp", "queue '{name}': RFC 4594 has no DSCP '{dscp}'", "{suggestion}"
)
DUPLICATE_DSCP = Wording(
    "duplicate-dscp",
    "queue '{name}': DSCP '{dscp}' is already in queue '{other}'",
    "a packet goes into one queue: remove it from one of the two",
)
NO_BEST_EFFORT = Wording(
    "no-best-effort",
    "no queue has 'cs0', where all unmarked traffic goes",
    "add 'cs0' to the queue of least importance",
)
TOO_MUCH_GUARANTEED = Wording(
    "too-much-guaranteed",
    "queue '{name}': the guaranteed shares come to {sum} % here ({shares}), expected 100 at most",
    "lower some of them",
)
LOW_CEILING = Wording(
    "low-ceiling",
    "queue '{name}': its ceiling of {ceiling} % is under the {guaranteed} % guaranteed to it",
    "raise the ceiling or lower the guarantee",
)


def unique_queues(queues: list[QueueClass]) -> Iterator[Finding]:
    """A queue's name is its own."""
    seen: set[str] = set()
    for index, queue in enumerate(queues):
        if queue.name in seen:
            yield DUPLICATE_QUEUE.at("queues", index, "name", name=queue.name)
        seen.add(queue.name)


def dscp_names(queues: list[QueueClass]) -> Iterator[Finding]:
    """Every DSCP has a known name and one queue; unmarked traffic has one too."""
    first: dict[str, str] = {}
    for index, queue in enumerate(queues):
        for position, dscp in enumerate(queue.dscp):
            where = ("queues", index, "dscp", position)
            words = {"name": queue.name, "dscp": dscp}
            if dscp not in DSCP:
                suggestion = _suggest_dscp(dscp)
                yield UNKNOWN_DSCP.at(*where, **words, suggestion=suggestion)
            elif dscp in first:
                yield DUPLICATE_DSCP.at(*where, **words, other=first[dscp])
            first.setdefault(dscp, queue.name)
    if BEST_EFFORT not in first:
        yield NO_BEST_EFFORT.at("queues")


def _suggest_dscp(dscp: str) -> str:
    if dscp.lower() in {"default", "df", "be"}:
        return "best effort is 'cs0'"
    return suggest(dscp.lower(), DSCP)


def shares(queues: list[QueueClass]) -> Iterator[Finding]:
    """Guaranteed shares fit into the whole, and each under its own ceiling."""
    total = 0
    for index, queue in enumerate(queues):
        words = {"name": queue.name, "guaranteed": queue.guaranteed_percent}
        if queue.ceiling_percent < queue.guaranteed_percent:
            where = ("queues", index, "ceiling_percent")
            yield LOW_CEILING.at(*where, **words, ceiling=queue.ceiling_percent)
        fitted = total <= _WHOLE
        total += queue.guaranteed_percent
        if fitted and total > _WHOLE:
            terms = " + ".join(str(one.guaranteed_percent) for one in queues[: index + 1])
            where = ("queues", index, "guaranteed_percent")
            yield TOO_MUCH_GUARANTEED.at(*where, **words, sum=total, shares=terms)


RULES = (unique_queues, dscp_names, shares)
