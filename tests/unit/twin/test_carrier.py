"""The carrier's bridges, as lines for ip and tc."""

from __future__ import annotations

from dataclasses import replace

from giaoban.plan.model import Port
from giaoban.twin.carrier import alias, bridge_lines, finish_lines, shape_lines, unfinished
from giaoban.twin.faults.loss import rules
from giaoban.twin.topology import CarrierCircuit

_CIRCUIT = CarrierCircuit(
    name="xa-a-1",
    rate=20_000_000,
    mtu=1500,
    lower=Port("rt-xa-a", "wan1"),
    upper=Port("rt-huyen-a", "c1-1"),
    lit=True,
)


def test_a_circuit_is_taken_up_until_its_alias_stands() -> None:
    assert unfinished([_CIRCUIT], {}) == (_CIRCUIT,)
    assert unfinished([_CIRCUIT], {_CIRCUIT.bridge: ""}) == (_CIRCUIT,)
    assert unfinished([_CIRCUIT], {_CIRCUIT.bridge: alias(_CIRCUIT)}) == ()


def test_a_new_rate_is_taken_up() -> None:
    faster = replace(_CIRCUIT, rate=50_000_000)
    assert unfinished([faster], {_CIRCUIT.bridge: alias(_CIRCUIT)}) == (faster,)


def test_a_circuit_with_one_end_is_left_dark() -> None:
    assert unfinished([replace(_CIRCUIT, lit=False)], {}) == ()


def test_a_bridge_that_exists_is_not_made_again() -> None:
    made = bridge_lines([_CIRCUIT], set())
    again = bridge_lines([_CIRCUIT], {_CIRCUIT.bridge})
    assert [line for line in made if line not in again] == [
        (
            f"link add {_CIRCUIT.bridge} mtu 1500 type bridge"
            " stp_state 0 mcast_snooping 0 ageing_time 30000"
        )
    ]


def test_both_directions_are_shaped_in_bits_per_second() -> None:
    lines = shape_lines(_CIRCUIT, _CIRCUIT.rate)
    assert [line.split()[3] for line in lines] == [_CIRCUIT.lower_link, _CIRCUIT.upper_link]
    assert all("tbf rate 20000000bit burst 25000 latency 50ms" in line for line in lines)


def test_a_slow_circuit_still_lets_a_full_frame_through() -> None:
    assert "burst 9234" in shape_lines(replace(_CIRCUIT, mtu=9216), 64_000)[0]


def test_what_is_finished_says_so_last() -> None:
    assert finish_lines([_CIRCUIT]) == [f'link set {_CIRCUIT.bridge} alias "xa-a-1 20000000 1500"']


def test_loss_drops_what_enters_at_either_side() -> None:
    text = rules(_CIRCUIT)
    assert text.count("numgen random mod 100 < 5 drop") == 2
    assert f'device "{_CIRCUIT.lower_link}"' in text
    assert f'device "{_CIRCUIT.upper_link}"' in text
