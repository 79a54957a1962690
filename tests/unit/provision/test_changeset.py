"""Which boxes stand or fall together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from giaoban.provision.changeset import Change, Membership, Probed, decide, plan_sets

OLD, NEW = {"l1": "old"}, {"l1": "new"}
FAR = {"l1": "rt-far"}


def test_boxes_without_a_common_changed_link_are_on_their_own() -> None:
    changes = [Change("a", {"l1": "x"}, {"l1": "x"}), Change("b", {"l1": "x"}, {"l1": "x"})]
    sets = plan_sets(changes, {})
    assert {box: membership.members for box, membership in sets.items()} == {
        "a": ("a",),
        "b": ("b",),
    }


def test_both_ends_of_a_changed_link_are_one_set() -> None:
    sets = plan_sets([Change("a", OLD, NEW), Change("b", OLD, NEW)], {})
    assert sets["a"] == sets["b"] == Membership(("a", "b"))


def test_links_chain_boxes_into_one_set() -> None:
    changes = [
        Change("a", {"l1": "0"}, {"l1": "1"}),
        Change("b", {"l1": "0", "l2": "0"}, {"l1": "1", "l2": "1"}),
        Change("c", {"l2": "0"}, {"l2": "1"}),
        Change("d", {"l3": "0"}, {"l3": "0"}),
    ]
    sets = plan_sets(changes, {})
    assert sets["a"].members == sets["c"].members == ("a", "b", "c")
    assert sets["d"].members == ("d",)


def test_a_far_end_outside_the_run_is_named() -> None:
    sets = plan_sets([Change("a", OLD, NEW, FAR)], {})
    assert sets["a"].obstacle == (
        "both ends of link l1 change, and rt-far is not in this run or did not answer;"
        " a was left as it is: add rt-far to -l, or mend it first"
    )


def test_a_far_end_that_is_already_there_is_enough() -> None:
    assert plan_sets([Change("a", OLD, NEW, FAR)], {"rt-far": NEW})["a"].obstacle is None


def test_a_far_end_that_holds_the_old_parameters_is_not() -> None:
    assert plan_sets([Change("a", OLD, NEW, FAR)], {"rt-far": OLD})["a"].obstacle is not None


def test_a_new_link_does_not_wait_for_its_far_end() -> None:
    assert plan_sets([Change("a", {}, NEW, FAR)], {})["a"].obstacle is None


def test_a_closed_link_does_not_wait_for_its_far_end() -> None:
    assert plan_sets([Change("a", OLD, {}, FAR)], {})["a"].obstacle is None


def test_a_box_without_a_past_is_its_own_set() -> None:
    sets = plan_sets([Change("a", None, NEW, FAR), Change("b", OLD, NEW)], {})
    assert sets["a"] == Membership(("a",))
    assert sets["b"] == Membership(("b",))


def test_a_push_that_failed_holds_the_whole_set() -> None:
    sets = plan_sets([Change("a", OLD, NEW), Change("b", OLD, NEW, fault="nftables: syntax")], {})
    assert sets["a"].obstacle == "b: nftables: syntax"


links = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("01"))


@given(st.lists(st.tuples(st.none() | links, links), max_size=8))
def test_every_box_is_in_exactly_one_set_and_no_changed_link_spans_two(
    ends: list[tuple[dict[str, str] | None, dict[str, str]]],
) -> None:
    changes = [Change(f"rt-{n}", before, after) for n, (before, after) in enumerate(ends)]
    sets = plan_sets(changes, {})
    assert sets.keys() == {change.box for change in changes}
    for box, membership in sets.items():
        assert box in membership.members
        assert all(sets[member].members == membership.members for member in membership.members)
    for one in changes:
        for other in changes:
            if one.touched & other.touched:
                assert sets[one.box].members == sets[other.box].members


PAIR = Membership(("a", "b"))


def test_a_set_is_kept_when_every_member_is_well() -> None:
    probes = [Probed("a", well=True), Probed("b", well=True)]
    assert decide({"a": PAIR, "b": PAIR}, probes) == {"a": "", "b": ""}


def test_one_unwell_member_takes_all_back_with_its_cause() -> None:
    probes = [Probed("a", well=True), Probed("b", well=False, cause="no new connection")]
    assert decide({"a": PAIR, "b": PAIR}, probes) == dict.fromkeys("ab", "b: no new connection")


def test_a_member_nobody_probed_is_unwell() -> None:
    assert decide({"a": PAIR, "b": PAIR}, [Probed("a", well=True)])["a"] == "b: it was not probed"


def test_a_set_with_an_obstacle_was_never_activated() -> None:
    assert decide({"a": Membership(("a",), "b: down")}, []) == {}
