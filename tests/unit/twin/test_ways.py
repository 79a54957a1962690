"""How the twin is entered: sockets, ssh, nsenter; and what is said when it is not there."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import stat
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TextIO

import pytest
from click import Context

from giaoban.commands import DiskFullError, MissingProgramsError, disk_full_is_a_sentence
from giaoban.files import open_private, private_folder
from giaoban.plan import build
from giaoban.store import is_there, once
from giaoban.twin.capabilities import OTHERS, TRIALS, lacking
from giaoban.twin.cli import twin as commands
from giaoban.twin.disks import lowers_in_use
from giaoban.twin.enter import FACTORY, INBAND, UnknownNodeError, ssh_argv
from giaoban.twin.faults import FAULTS
from giaoban.twin.faults.access_vlan import access_port, other_vlan
from giaoban.twin.faults.bgp_as import addresses_above, neighbours
from giaoban.twin.image.build import layer_keys, remove_unused
from giaoban.twin.inside import DROPPED, KEPT, inside_argv
from giaoban.twin.lock import TwinBusyError, alone
from giaoban.twin.nodes import Box
from giaoban.twin.paths import NOC_CONNECT, TwinPaths
from giaoban.twin.relay import ways
from giaoban.twin.state import ActiveFault, State
from giaoban.twin.status import Status, status_lines
from giaoban.twin.up import noc_of
from giaoban.waiting import wait_until
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
    assert ssh_argv(_PATHS, "rt-xa-a", INBAND)[-1] == "operator@rt-xa-a"
    bench = ssh_argv(_PATHS, "rt-xa-a", FACTORY, command=["true"])
    assert bench[-2:] == ["root@rt-xa-a", "true"]
    assert f"ProxyCommand={NOC_CONNECT} {_PATHS.oob('rt-xa-a')}" in bench


def test_inside_a_node_nothing_of_the_callers_environment_is_left() -> None:
    argv = inside_argv(42, ["id"])
    entered = argv.index("nsenter")
    assert argv[entered : entered + 3] == ["nsenter", "-t", "42"]
    assert argv[-1] == "id"
    assert argv[:2] == ["env", "-i"]
    assert argv[entered - 4] == "setpriv"


def test_a_journal_is_read_as_narrowly_as_a_command_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def ran(argv: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        seen.append(argv)
        return subprocess.CompletedProcess(argv, 0, "the line\n", "")

    monkeypatch.setattr(Box, "init", 42)
    monkeypatch.setattr("giaoban.twin.nodes.subprocess.run", ran)
    assert Box(_PATHS, "rt-xa-a").journal() == "the line\n"
    assert seen == [inside_argv(42, ["journalctl", "-n", "12", "--no-pager"])]


def test_of_what_a_node_may_nothing_is_both_kept_and_dropped() -> None:
    assert not set(KEPT) & set(DROPPED)
    assert {"sys_ptrace", "mknod", "dac_read_search", "audit_control"} <= set(DROPPED)
    bounding = next(word for word in inside_argv(42, []) if word.startswith("--bounding-set="))
    assert bounding.removeprefix("--bounding-set=").split(",") == [
        "-all",
        *(f"+{name}" for name in KEPT),
    ]


@pytest.mark.parametrize("verb", commands.commands)
def test_every_command_takes_the_twin_from_the_environment(
    verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIAOBAN_TWIN", "t-of-the-environment")
    command = commands.commands[verb]
    (name,) = (option for option in command.params if option.name == "name")
    assert name.value_from_envvar(Context(command)) == "t-of-the-environment"


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


def test_a_layer_that_is_wanted_again_stays(tmp_path: Path) -> None:
    (tmp_path / "router-1").mkdir()
    os.utime(tmp_path / "router-1", (0, 0))
    assert is_there(tmp_path / "router-1")
    assert not is_there(tmp_path / "router-2")
    remove_unused(tmp_path, [], now=time.time())
    assert (tmp_path / "router-1").exists()


def test_a_layer_that_another_run_builds_stays(tmp_path: Path) -> None:
    """Its folder may be as old as what is unpacked into it."""

    def build(root: Path) -> None:
        scratch = root.with_name(f"{root.name}.scratch")
        scratch.mkdir()
        for folder in (root, scratch):
            os.utime(folder, (0, 0))
        remove_unused(tmp_path, [], now=time.time())
        assert (root.exists(), scratch.exists()) == (True, True)
        remove_unused(tmp_path, [], now=time.time() + 90_000)
        assert (root.exists(), scratch.exists()) == (False, False)
        root.mkdir()
        os.utime(root, (0, 0))

    once(tmp_path / "router-1", lambda _: None, "router", build)
    remove_unused(tmp_path, [], now=time.time())
    assert (tmp_path / "router-1").exists()


def test_a_layer_that_another_run_renames_meanwhile_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = [tmp_path / ".router-1.new"]  # named a moment ago, renamed since
    monkeypatch.setattr(Path, "iterdir", lambda _: iter(there))
    remove_unused(tmp_path, [], now=time.time())


def test_disks_that_another_twin_makes_and_removes_meanwhile_are_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("giaoban.twin.disks.STATE_ROOT", tmp_path)
    (tmp_path / ".a.lock").touch()
    kept = tmp_path / "a" / "nodes" / "rt-a"
    kept.mkdir(parents=True)
    (kept / "lower").write_text("/x/router-1")
    ended = threading.Event()

    def come_and_go() -> None:
        nodes = tmp_path / "b" / "nodes"
        while not ended.is_set():
            (nodes / ".sw-a.new").mkdir(parents=True)
            (nodes / ".sw-a.new" / "lower").write_text("/x/switch-1")
            (nodes / ".sw-a.new").rename(nodes / "sw-a")
            shutil.rmtree(tmp_path / "b")

    with ThreadPoolExecutor(max_workers=1) as other:
        done = other.submit(come_and_go)
        try:
            for _ in range(2_000):
                assert "/x/router-1" in lowers_in_use()
        finally:
            ended.set()
        done.result()


def test_a_lock_whose_file_was_removed_holds_nobody_off(tmp_path: Path) -> None:
    """Whoever waits behind a `down` must not hold the file that it removed."""
    lock = tmp_path / "x.lock"
    opened = fcntl.flock

    def removed_first(file: TextIO, how: int) -> None:
        if lock.exists() and not lock.read_text():
            lock.unlink()
            lock.write_text("another")
        opened(file, how)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("giaoban.twin.lock.fcntl.flock", removed_first)
        holding = alone(lock, "x")
        holding.__enter__()
    with pytest.raises(TwinBusyError), alone(lock, "x"):
        pass
    holding.__exit__(None, None, None)


_HOLDER = """
import sys
from pathlib import Path
from giaoban.commands import run
from giaoban.twin.lock import alone

with alone(Path(sys.argv[1]), "x"):
    run(["sh", "-c", "echo began > $0; read line < $1; echo ended > $0", *sys.argv[2:]])
"""


def test_what_a_killed_holder_started_is_waited_for(tmp_path: Path) -> None:
    """A `giaoban twin up` that was killed leaves an `ip` behind, which still makes links."""
    lock, log, word = tmp_path / "x.lock", tmp_path / "log", tmp_path / "word"
    os.mkfifo(word)
    with subprocess.Popen([sys.executable, "-c", _HOLDER, lock, log, word]) as holder:
        assert wait_until(log.exists, seconds=20)
        holder.kill()
    with ThreadPoolExecutor(max_workers=1) as other:
        waiting = other.submit(lambda: alone(lock, "x").__enter__() or log.read_text())
        with pytest.raises(TimeoutError):
            waiting.result(timeout=0.3)
        word.write_text("go\n")
        assert waiting.result(timeout=20) == "ended\n"


def test_folders_and_locks_are_roots_alone(tmp_path: Path) -> None:
    folder = tmp_path / "open"
    folder.mkdir(mode=0o755)
    private_folder(folder)
    open_private(folder / "lock", "w").close()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "lock").stat().st_mode) == 0o600
