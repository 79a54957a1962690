"""Runs the rules between the values of an intent.

A rule runs when every top-level key it reads has the right shape, so that a wrong rate in
`circuits` does not hide a wrong number in `sites`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

from giaoban.intent.problems import Finding
from giaoban.intent.rules import (
    addresses,
    circuits,
    data_centre,
    operators,
    ports,
    queues,
    sites,
    slots,
    zones,
)

Rule = Callable[..., Iterator[Finding]]

RULES: tuple[Rule, ...] = (
    *sites.RULES,
    *circuits.RULES,
    *zones.RULES,
    *ports.RULES,
    *queues.RULES,
    *data_centre.RULES,
    *slots.RULES,
    *operators.RULES,
    *addresses.RULES,
)
_READS = {rule: tuple(inspect.signature(rule).parameters) for rule in RULES}


def findings(parts: dict[str, Any]) -> Iterator[Finding]:
    """Give what every rule finds in the top-level keys that have the right shape."""
    for rule, keys in _READS.items():
        if all(key in parts for key in keys):
            yield from rule(**{key: parts[key] for key in keys})
