"""What things of a twin are called."""

from __future__ import annotations

from ipaddress import IPv6Address

import pytest

from giaoban.plan import build
from giaoban.plan.model import Port
from giaoban.plan.variables.view import link_local
from giaoban.twin import names
from giaoban.twin.names import BadTwinNameError, checked_twin_name
from tests.support.provinces import large

_LONGEST_INTERFACE = 15


def test_no_twins_prefix_begins_anothers() -> None:
    assert not names.namespace("a-b", "rt-x").startswith(names.namespace_prefix("a"))


@pytest.mark.parametrize("name", ["", "A", "1a", "a.b", "a/b", "a b", "-a", "a" * 33, "đ"])
def test_a_name_that_could_not_be_part_of_names_is_refused(name: str) -> None:
    with pytest.raises(BadTwinNameError, match="a twin's name has a letter"):
        checked_twin_name(name)


def test_link_local_follows_from_the_mac() -> None:
    assert link_local("02:00:5e:10:20:30") == IPv6Address("fe80::5eff:fe10:2030")


def test_macs_are_local_stable_and_differ_between_twins() -> None:
    port = Port("rt-xa-a", "oob0")
    assert names.mac("daknong", port) == names.mac("daknong", port)
    assert names.mac("daknong", port) != names.mac("t-other", port)
    first = int(names.mac("daknong", port).split(":")[0], 16)
    assert first & 0b11 == 0b10


def test_interface_names_fit_and_do_not_clash_in_a_large_province() -> None:
    plan = build(large())
    carrier = [
        name
        for circuit in plan.circuits
        for name in (
            names.circuit_bridge(circuit),
            names.circuit_lower(circuit),
            names.circuit_upper(circuit),
        )
    ]
    oob = [names.oob_link(device) for device in plan.devices]
    for namespace in (carrier, oob):
        assert len(set(namespace)) == len(namespace)
        assert max(map(len, namespace)) <= _LONGEST_INTERFACE
