"""Verify against a running, configured twin: clean it passes, broken it names what was broken.

Needs the twin of the inventory named by GIAOBAN_INVENTORY (default inventory/daknong-twin) up and
configured by playbooks/network.yml. The seed is printed, and GIAOBAN_SEED repeats a draw.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from giaoban.plan import Plan
from giaoban.plan.model import CircuitPlan
from giaoban.provision.reach import Reach
from giaoban.verify.collect import collect, fleet_of
from giaoban.verify.doors import doors, plan_of, view_of
from giaoban.verify.model import Results, State
from giaoban.verify.results import Timing, results
from giaoban.verify.view import View

pytestmark = pytest.mark.twin

INVENTORY = Path(os.environ.get("GIAOBAN_INVENTORY", "inventory/daknong-twin"))
SEED = int(os.environ.get("GIAOBAN_SEED", random.SystemRandom().randrange(10**6)))
SETTLED_WITHIN = 240  # seconds: a BGP session without BFD is held for 180
KINDS = {
    "circuit-down": "circuit-down",
    "loss": "circuit-loss",
    "rate": "rate-below-contract",
    "mtu": "mtu-black-hole",
    "access-vlan": "wrong-access-vlan",
    "bgp-as": "bgp-wrong-as",
}


@cache
def reach() -> Reach:
    return Reach.read(INVENTORY)


@cache
def plan() -> Plan:
    return plan_of(reach())


def look() -> tuple[View, Results]:
    view = view_of(reach(), plan(), None)
    answers = collect(view, fleet_of(doors(reach(), view)))
    return view, results(view, answers, Timing("", "", 0.0))


def settled(awaited: str, good: Callable[[Results], bool]) -> Results:
    """Look until what is awaited is seen; the last look, where it never is."""
    end = time.monotonic() + SETTLED_WITHIN
    while True:
        _, seen = look()
        if good(seen):
            return seen
        if time.monotonic() > end:
            pytest.fail(f"seed {SEED}: awaited {awaited}, saw {summary(seen)}")


def summary(seen: Results) -> str:
    causes = [f"{cause.kind} at {cause.place}: {cause.evidence.en}" for cause in seen.causes]
    unknown = [check.text.en for check in seen.checks if check.state is State.UNKNOWN]
    return "; ".join(causes + unknown) or "nothing wrong"


def twin(*words: str) -> None:
    name = reach().state.name
    command = [str(Path(sys.executable).parent / "giaoban"), "twin", *words, "--name", name]
    subprocess.run(command, check=True, capture_output=True, text=True)


@contextmanager
def broken(*faults: tuple[str, str]) -> Iterator[None]:
    print(f"seed {SEED}: {faults}")  # noqa: T201 - pytest shows it with a failure
    try:
        for fault, target in faults:
            twin("break", fault, target)
        yield
    finally:
        twin("mend")


def is_clean(seen: Results) -> bool:
    return {check.state for check in seen.checks} <= {State.PASS, State.NOT_APPLICABLE}


def draw(fault: str, luck: random.Random) -> tuple[str, str, str]:
    """Draw a target; give it, the site it is about and the place that verify must name."""
    view = view_of(reach(), plan(), None)
    communes = [site.site.slug for site in view.sites if site.site.tier == "commune"]
    if fault in ("access-vlan", "bgp-as"):
        site = luck.choice([slug for slug in communes if plan().sites[slug].site.workstation])
        return site, site, site
    lines = [one for one in view.circuits if one.site in view.plan.sites]
    circuit: CircuitPlan = luck.choice(lines)
    return circuit.name, circuit.site, circuit.name


def lucky(what: str) -> random.Random:
    """Give the luck of one test: the same for the same seed."""
    return random.Random(f"{SEED} {what}")  # noqa: S311 - a draw that can be repeated


def names(seen: Results, fault: str, site: str, place: str) -> bool:
    return any(
        cause.kind == KINDS[fault] and cause.site == site and place in cause.place
        for cause in seen.causes
    )


def test_a_clean_twin_passes() -> None:
    settled("nothing but PASS", is_clean)


@pytest.mark.parametrize("fault", KINDS)
def test_a_fault_is_named(fault: str) -> None:
    target, site, place = draw(fault, lucky(fault))
    with broken((fault, target)):
        seen = settled(f"{KINDS[fault]} at {place}", lambda one: names(one, fault, site, place))
    cause = next(one for one in seen.causes if one.kind == KINDS[fault])
    assert cause.remedy.en != cause.remedy.vi
    assert cause.calls
    settled(f"clean after {fault}", is_clean)


def test_two_faults_at_once_are_both_named() -> None:
    luck = lucky("two at once")
    pair = luck.sample(["loss", "rate", "access-vlan"], 2)
    drawn = [(fault, *draw(fault, luck)) for fault in pair]
    with broken(*((fault, target) for fault, target, _, _ in drawn)):
        settled(
            f"both of {drawn}",
            lambda seen: all(names(seen, fault, site, place) for fault, _, site, place in drawn),
        )


def test_a_district_cut_off_is_one_cause() -> None:
    view = view_of(reach(), plan(), None)
    district = next(site.site.slug for site in view.sites if site.site.tier == "district")
    uplinks = [circuit.name for circuit in view.circuits_of(district)]
    with broken(*(("circuit-down", name) for name in uplinks)):
        seen = settled(
            f"one cause, {district} cut off",
            lambda one: [cause.kind for cause in one.causes] == ["cut-off"],
        )
    (cause,) = seen.causes
    assert set(cause.circuits) == set(uplinks)
    assert set(cause.blocks) >= set(view.sites_below(district))
