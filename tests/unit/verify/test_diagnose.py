"""One thing wrong gives one cause, two give two; what depends on it is blocked by it."""

from __future__ import annotations

import pytest

from giaoban.verify.answers import Answers, Login
from giaoban.verify.assess import judge
from giaoban.verify.diagnose import causes
from giaoban.verify.model import Results, State
from giaoban.verify.results import Timing, results
from giaoban.verify.view import View
from tests.unit.verify.cases import (
    CASES,
    Edit,
    access,
    bgp,
    crossing,
    dead,
    full_size,
    rate,
    together,
    upper_asks,
    wrong_as,
)
from tests.unit.verify.healthy import dumb, healthy, replaced, small_view, without

NO_TIME = Timing("", "", 0.0)
SITE_A = ("rt-xa-a", "sw-xa-a", "vc-xa-a", "pc-xa-a")


@pytest.fixture(scope="module")
def view() -> View:
    return small_view()


def boxes(view: View, *sites: str) -> tuple[str, ...]:
    return tuple(device.name for site in sites for device in view.plan.devices_by_site[site])


def cut(name: str, *sites: str) -> Edit:
    """Cut a line, and let the sites behind it be silent."""

    def edit(answers: Answers, view: View) -> Answers:
        quiet = dumb(dead(name)(answers, view), view, *boxes(view, *sites))
        return upper_asks(name, 0, 0)(quiet, view)

    return edit


def silent(*sites: str) -> Edit:
    return lambda answers, view: dumb(answers, view, *boxes(view, *sites))


def found(view: View, *edits: Edit) -> Results:
    return results(view, together(*edits)(healthy(view), view), NO_TIME)


FAR_AS = together(
    silent("xa-a"),
    upper_asks("xa-a-1", 100, 100),
    bgp("xa-a-1", "rt-huyen-a", "0202", state="Idle"),
)
DISTRICT_CUT = together(
    *(
        together(dead(name), upper_asks(name, 0, 0))
        for name in ("huyen-a-1", "huyen-a-2", "xa-b-2")
    ),
    silent("huyen-a", "xa-a", "xa-b", "xa-c"),
)
SCENES = [
    ("line of a single-homed commune", [cut("xa-a-1", "xa-a")], [("circuit-down", "xa-a-1")]),
    (
        "silent line of a single-homed commune",
        [silent("xa-a"), upper_asks("xa-a-1", 0, 0)],
        [("circuit-down", "xa-a-1")],
    ),
    ("one uplink of a district", [dead("huyen-a-1")], [("circuit-down", "huyen-a-1")]),
    ("loss", [crossing("xa-a-1", 90, 91)], [("circuit-loss", "xa-a-1")]),
    ("rate", [rate("xa-a-1", 5e6)], [("rate-below-contract", "xa-a-1")]),
    ("MTU", [full_size("xa-a-1", 0, 0)], [("mtu-black-hole", "xa-a-1")]),
    ("VLAN", [access("sw-xa-a", "p2", 30)], [("wrong-access-vlan", "sw-xa-a:p2")]),
    (
        "AS wrong at the district",
        [wrong_as("xa-b-1", "rt-huyen-a", "rt-xa-b", 65001)],
        [("bgp-wrong-as", "rt-huyen-a")],
    ),
    (
        "AS wrong at the commune that has a standby",
        [wrong_as("xa-b-1", "rt-xa-b", "rt-huyen-a", 65001)],
        [("bgp-wrong-as", "rt-xa-b")],
    ),
    ("AS wrong at a commune that cannot be asked", [FAR_AS], [("bgp-wrong-as", "rt-xa-a")]),
    (
        "MTU on one uplink of a district, which stalls logging in behind it",
        [
            full_size("huyen-a-1", 0, 0),
            lambda answers, view: without(answers, *boxes(view, "xa-a"), login=Login.TIMEOUT),
        ],
        [("mtu-black-hole", "huyen-a-1")],
    ),
    (
        "two at once",
        [cut("xa-a-1", "xa-a"), crossing("so-noi-vu-1", 90, 91)],
        [("circuit-down", "xa-a-1"), ("circuit-loss", "so-noi-vu-1")],
    ),
    (
        "two at one site",
        [rate("xa-b-1", 5e6), wrong_as("xa-b-2", "rt-xa-b", "rt-huyen-b", 65001)],
        [("bgp-wrong-as", "rt-xa-b"), ("rate-below-contract", "xa-b-1")],
    ),
]


@pytest.mark.parametrize(
    ("edits", "expected"), [scene[1:] for scene in SCENES], ids=[scene[0] for scene in SCENES]
)
def test_causes(view: View, edits: list[Edit], expected: list[tuple[str, str]]) -> None:
    seen = found(view, *edits)
    assert sorted((cause.kind, cause.place) for cause in seen.causes) == sorted(expected)
    assert seen.exit_code == 1


def test_both_uplinks_of_a_district_are_one_cause(view: View) -> None:
    seen = found(view, DISTRICT_CUT)
    (district, standby) = seen.causes
    assert (district.kind, district.place) == ("cut-off", "rt-huyen-a")
    assert district.circuits == ("huyen-a-1", "huyen-a-2")
    assert {"xa-a", "xa-c"} <= set(district.blocks)
    assert (standby.kind, standby.place) == ("circuit-down", "xa-b-2")
    states = {site.slug: site.state for site in seen.sites}
    assert states["xa-a"] == states["xa-c"] == State.BLOCKED
    assert [call.reference for call in district.calls][:2] == [
        "vnpt/huyen-a/1",
        "viettel/huyen-a/2",
    ]


def test_a_dead_core_is_one_cause(view: View) -> None:
    lost = [name for name, one in view.plan.circuits.items() if one.upper.device == "rt-core-1"]
    dark = [crossing(name, 0, 0) for name in lost if not name.startswith("centre")]
    seen = found(view, lambda answers, view: dumb(answers, view, "rt-core-1"), *dark)
    assert [(cause.kind, cause.place) for cause in seen.causes] == [("cut-off", "rt-core-1")]


def test_a_dead_switch_blocks_what_hangs_on_it(view: View) -> None:
    seen = found(view, lambda answers, view: dumb(answers, view, "sw-xa-a", "vc-xa-a", "pc-xa-a"))
    assert [(cause.kind, cause.place) for cause in seen.causes] == [("device-silent", "sw-xa-a")]
    assert "xa-a/device-reachable/vc-xa-a" in seen.causes[0].explains


def test_the_standby_that_carries_a_site_is_named(view: View) -> None:
    def rerouted(answers: Answers, _view: View) -> Answers:
        for family in ("4", "6"):
            command = f"ip -j -{family} route show default"
            answers = replaced(answers, "rt-xa-b", command, '[{"dst":"default","dev":"wan2"}]')
        for command in ("show ip route 0.0.0.0/0 json", "show ipv6 route ::/0 json"):
            said = answers.said["rt-xa-b"][command].replace("wan1", "wan2")
            answers = replaced(answers, "rt-xa-b", command, said)
        return answers

    seen = found(view, dead("xa-b-1"), rerouted)
    site = next(one for one in seen.sites if one.slug == "xa-b")
    assert site.on_standby == "xa-b-2"
    carries = {one.name: one.carries for one in seen.circuits}
    assert (carries["xa-b-1"], carries["xa-b-2"]) == (False, True)


def test_every_failure_is_traced_to_a_cause(view: View) -> None:
    for case in CASES:
        judged = judge(view, case.edit(healthy(view), view))
        why = causes(view, judged)
        named = {result for cause in why for result in (*cause.roots, *cause.explains)}
        failing = {key for key, one in judged.items() if one.verdict.state is State.FAIL}
        assert failing <= named, case.name


def test_without_a_login_nothing_is_blamed_on_the_line(view: View) -> None:
    seen = found(view, lambda answers, _view: without(answers, *SITE_A, login=Login.REFUSED))
    assert {cause.kind for cause in seen.causes} == {"login-refused"}
