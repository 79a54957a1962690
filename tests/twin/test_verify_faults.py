"""Verify against a province at work: clean it passes, broken it names what was broken.

Targets are drawn; the seed is printed with a failure, and GIAOBAN_SEED repeats a draw.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from giaoban.provision.reach import Reach
from giaoban.verify.collect import collect, fleet_of
from giaoban.verify.doors import doors, plan_of, view_of
from giaoban.verify.model import Results, State
from giaoban.verify.results import Timing, results
from giaoban.verify.view import View
from tests.twin.configured import Province

pytestmark = pytest.mark.twin

SEED = int(os.environ.get("GIAOBAN_SEED", random.SystemRandom().randrange(10**6)))
SETTLED_WITHIN = 240  # seconds: a BGP session without BFD is held for 180
USUAL_LOOKS, FULL_LOOKS = 2, 10
KINDS = {
    "circuit-down": "circuit-down",
    "loss": "circuit-loss",
    "rate": "rate-below-contract",
    "mtu": "mtu-black-hole",
    "access-vlan": "wrong-access-vlan",
    "bgp-as": "bgp-wrong-as",
}


@dataclass(frozen=True)
class Fault:
    """A fault of `giaoban twin break`, the site it is about and the place verify must name."""

    name: str
    target: str
    site: str

    def is_named(self, seen: Results) -> bool:
        """Whether a cause says just this."""
        return any(
            cause.kind == KINDS[self.name]
            and cause.site == self.site
            and self.target in cause.place
            for cause in seen.causes
        )


@dataclass(frozen=True)
class Scene:
    """The province under test, as verify sees it."""

    province: Province
    reach: Reach
    view: View

    def look(self) -> Results:
        """Ask everything once."""
        answers = collect(self.view, fleet_of(doors(self.reach, self.view)))
        return results(self.view, answers, Timing("", "", 0.0))

    def awaited(self, what: str, good: Callable[[Results], bool]) -> Results:
        """Look until what is awaited is seen."""
        end = time.monotonic() + SETTLED_WITHIN
        while not good(seen := self.look()):
            if time.monotonic() > end:
                pytest.fail(f"seed {SEED}: awaited {what}, saw {summary(seen)}")
        return seen

    @contextmanager
    def broken(self, *faults: Fault) -> Iterator[None]:
        """Break the province, and mend it: in the end it is clean."""
        print(f"seed {SEED}: {faults}")  # noqa: T201 - pytest shows it with a failure
        try:
            for fault in faults:
                done = self.province.twin("break", fault.name, fault.target)
                assert done.returncode == 0, done.stderr
            yield
        finally:
            mended = self.province.twin("mend")
        assert mended.returncode == 0, mended.stderr
        self.awaited(f"clean after {faults}", is_clean)

    def draw(self, name: str, luck: random.Random, *taken: str) -> Fault:
        """Draw a target at a site that is not taken."""
        sites = [site for site in self.view.sites if site.site.slug not in taken]
        if name in ("access-vlan", "bgp-as"):
            communes = [
                site.site
                for site in sites
                if site.site.tier == "commune" and site.site.lan == "managed"
            ]
            site = luck.choice([one.slug for one in communes if one.workstation])
            return Fault(name, site, site)
        slugs = {site.site.slug for site in sites}
        circuit = luck.choice([one for one in self.view.circuits if one.site in slugs])
        return Fault(name, circuit.name, circuit.site)


def lucky(what: str) -> random.Random:
    """Give the luck of one test: the same for the same seed."""
    return random.Random(f"{SEED} {what}")  # noqa: S311 - a draw that can be repeated


def summary(seen: Results) -> str:
    causes = [f"{cause.kind} at {cause.place}: {cause.evidence.en}" for cause in seen.causes]
    unknown = [check.text.en for check in seen.checks if check.state is State.UNKNOWN]
    return "; ".join(causes + unknown) or "nothing wrong"


def is_clean(seen: Results) -> bool:
    return {check.state for check in seen.checks} <= {State.PASS, State.NOT_APPLICABLE}


@pytest.fixture(scope="module")
def scene(province: Province) -> Scene:
    """The province, once nothing of an earlier test is left in it."""
    reach = province.reach
    made = Scene(province, reach, view_of(reach, plan_of(reach), None))
    made.awaited("nothing but PASS", is_clean)
    return made


@pytest.mark.parametrize(
    "look",
    [
        pytest.param(look, marks=[] if look < USUAL_LOOKS else pytest.mark.full)
        for look in range(FULL_LOOKS)
    ],
)
def test_a_clean_province_passes_at_each_look(scene: Scene, look: int) -> None:
    seen = scene.look()
    assert is_clean(seen), f"look {look}: {summary(seen)}"


@pytest.mark.parametrize("name", KINDS)
def test_a_fault_is_named(scene: Scene, name: str) -> None:
    fault = scene.draw(name, lucky(name))
    with scene.broken(fault):
        seen = scene.awaited(f"{KINDS[name]} at {fault.target}", fault.is_named)
    cause = next(one for one in seen.causes if one.kind == KINDS[name])
    assert cause.remedy.en != cause.remedy.vi
    assert cause.calls


def test_two_faults_at_once_are_both_named(scene: Scene) -> None:
    luck = lucky("two at once")
    first, second = luck.sample(["loss", "rate", "access-vlan"], 2)
    one = scene.draw(first, luck)
    other = scene.draw(second, luck, one.site)
    with scene.broken(one, other):
        scene.awaited(
            f"both of {one} and {other}",
            lambda seen: one.is_named(seen) and other.is_named(seen),
        )


def test_a_district_cut_off_is_one_cause(scene: Scene) -> None:
    view = scene.view
    districts = [site.site.slug for site in view.sites if site.site.tier == "district"]
    district = lucky("cut off").choice(districts)
    uplinks = [circuit.name for circuit in view.circuits_of(district)]
    with scene.broken(*(Fault("circuit-down", name, district) for name in uplinks)):
        seen = scene.awaited(
            f"one cause, {district} cut off",
            lambda one: [cause.kind for cause in one.causes] == ["cut-off"],
        )
    (cause,) = seen.causes
    assert set(cause.circuits) == set(uplinks)
    assert set(cause.blocks) >= set(view.sites_below(district))
