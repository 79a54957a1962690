"""How the twin is entered: sockets, ssh, nsenter; and what is said when it is not there."""

from __future__ import annotations

import errno
import subprocess
from pathlib import Path

import pytest

from giaoban.plan import build
from giaoban.twin.capabilities import OTHERS, TRIALS, lacking
from giaoban.twin.commands import DiskFullError, MissingProgramsError, disk_full_is_a_sentence
from giaoban.twin.enter import UnknownNodeError, inside_argv, ssh_argv
from giaoban.twin.faults import FAULTS
from giaoban.twin.faults.access_vlan import access_port, other_vlan
from giaoban.twin.faults.bgp_as import addresses_above, neighbours
from giaoban.twin.image.build import layer_keys, remove_unused
from giaoban.twin.paths import NOC_CONNECT, TwinPaths
from giaoban.twin.relay import ways
from giaoban.twin.state import ActiveFault, State
from giaoban.twin.status import Status, status_lines
from giaoban.twin.up import noc_of
from tests.support.provinces import tiny

_PLAN = build(tiny())
_PATHS = TwinPaths("t")


def test_every_device_has_both_ways_in() -> None:
    found = ways(_PATHS, _PLAN.devices.values(), "sv-noc-1")
    sockets = {way.socket for way in found}
    assert len(sockets) == 2 * len(_PLAN.devices)
    inband = next(way for way in found if way.socket == str(_PATHS.inband("rt-xa-a")))
    management = _PLAN.devices["rt-xa-a"].management
    assert inband.namespace == "giaoban.t.sv-noc-1"
    assert inband.addresses == (str(management.ipv4), str(management.ipv6))
    oob = next(way for way in found if way.socket == str(_PATHS.oob("rt-xa-a")))
    assert oob.namespace == "giaoban.t._oob"
    assert oob.addresses[0].startswith("fe80::")


def test_without_a_noc_nothing_is_in_band() -> None:
    assert not [way for way in ways(_PATHS, _PLAN.devices.values(), None) if "inband" in way.socket]


def test_the_noc_is_the_server_of_that_group() -> None:
    noc = noc_of(_PLAN)
    assert noc is not None
    assert "noc" in _PLAN.devices[noc].groups


def test_in_band_one_is_operator_and_on_the_bench_root() -> None:
    assert ssh_argv(_PATHS, "rt-xa-a", inband=True)[-1] == "operator@rt-xa-a"
    bench = ssh_argv(_PATHS, "rt-xa-a", inband=False, command=["true"])
    assert bench[-2:] == ["root@rt-xa-a", "true"]
    assert f"ProxyCommand={NOC_CONNECT} {_PATHS.oob('rt-xa-a')}" in bench


def test_inside_a_node_nothing_of_the_callers_environment_is_left() -> None:
    argv = inside_argv(42, ["id"])
    assert argv[:3] == ["nsenter", "-t", "42"]
    assert argv[-1] == "id"
    assert "-i" in argv[argv.index("env") :]


def test_noc_connect_says_at_once_that_no_twin_is_up(tmp_path: Path) -> None:
    done = subprocess.run(
        [NOC_CONNECT, tmp_path / "none.sock"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (1, "the twin is not up: run giaoban twin up\n")


def test_sentences_name_what_to_do() -> None:
    missing = MissingProgramsError(["nft", "systemd-nspawn"])
    assert str(missing) == (
        "not installed: nft, systemd-nspawn; run: apt-get install nftables systemd-container"
    )
    assert "did you mean 'rt-xa-a'?" in str(UnknownNodeError("rt-xaa", _PLAN.devices))


def test_what_a_kernel_lacks_is_listed_with_its_stand_in() -> None:
    everything = {trial.name: True for trial in TRIALS} | dict.fromkeys(OTHERS, True)
    assert lacking(everything) == []
    assert lacking(everything | {"netem": False}) == [
        ("netem", "nftables' numgen drops, tbf shapes")
    ]


def test_status_names_the_dead_and_the_broken() -> None:
    state = State("", ("xa-a",), ("rt-xa-a", "sw-xa-a"), (ActiveFault("loss", "xa-a-1"),))
    status = Status("t", state, ("rt-xa-a",), (), ("sw-xa-a",), None, ())
    text = "\n".join(status_lines(status))
    assert "1 of 2 nodes up" in text
    assert "relay: DEAD (giaoban twin up)" in text
    assert "not running: sw-xa-a (giaoban twin up starts them)" in text
    assert "broken on purpose: loss xa-a-1" in text
    assert not status.whole


def test_state_keeps_one_record_a_fault() -> None:
    fault = ActiveFault("access-vlan", "xa-a", {"tag": "10"})
    state = State().with_fault(fault).with_fault(fault)
    assert state.faults == (fault,)
    assert state.without_fault(ActiveFault("access-vlan", "xa-a")).faults == ()


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_says_what_is_broken_and_what_users_notice(fault: object) -> None:
    for text in (fault.broken, fault.noticed):  # type: ignore[attr-defined]
        assert text.endswith(".")


def test_only_the_plans_neighbours_are_read_out_of_the_running_configuration() -> None:
    above = addresses_above(_PLAN, "rt-xa-a")
    first = min(above)
    running = (
        "router bgp 4200660001\n"
        f" neighbor {first} remote-as 4200660000\n"
        " neighbor 192.0.2.1 remote-as 4200660000\n"
        f" neighbor {first} timers connect 5\n"
    )
    assert neighbours(running, above) == {first: "4200660000"}


def test_the_wrong_vlan_is_another_of_the_sites() -> None:
    vlans = {segment.vlan for segment in _PLAN.sites["xa-a"].segments}
    for vlan in vlans:
        assert other_vlan(_PLAN, "xa-a", vlan) in vlans - {vlan}
    assert access_port(_PLAN, "sw-xa-a") in _PLAN.devices["sw-xa-a"].ports


def test_a_full_disk_is_a_sentence() -> None:
    with pytest.raises(DiskFullError, match=r"^/var/x: no space left"), disk_full_is_a_sentence():
        raise OSError(errno.ENOSPC, "No space left on device", "/var/x")


def test_old_layers_that_no_node_uses_are_removed(tmp_path: Path) -> None:
    current = layer_keys()["base"]
    for name in (current, "base-0", "router-1", "router-2"):
        (tmp_path / name).mkdir()
    now = tmp_path.stat().st_mtime
    lowers = [f"{tmp_path}/router-1:{tmp_path}/base-0"]
    remove_unused(tmp_path, lowers, now=now)
    assert (tmp_path / "router-2").exists()
    remove_unused(tmp_path, lowers, now=now + 90_000)
    assert {path.name for path in tmp_path.iterdir()} == {current, "base-0", "router-1"}
