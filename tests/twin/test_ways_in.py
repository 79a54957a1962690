"""Going into the nodes of a twin."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest

from giaoban.twin import cgroups, enter, names, namespaces, relay
from giaoban.twin.nodes import Box
from giaoban.waiting import wait_until
from tests.twin.conftest import SITE, Twin

pytestmark = pytest.mark.twin

# Numbers of linux/capability.h.
NET_ADMIN = 12
REFUSED = {
    "dac_read_search": 2,
    "sys_module": 16,
    "sys_rawio": 17,
    "sys_ptrace": 19,
    "sys_time": 25,
    "mknod": 27,
    "audit_control": 30,
}


def test_every_kind_of_node_answers_on_its_management_port(twin: Twin) -> None:
    kinds = ("rt", "sw", "vc", "pc")
    for node in (*(f"{kind}-{SITE}" for kind in kinds), "sv-noc-1", "rt-core-1", "rt-centre"):
        argv = enter.ssh_argv(twin.paths, node, enter.FACTORY, command=["hostname"])
        done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=30)
        assert done.stdout.strip() == node, done.stderr


def test_every_node_came_up_whole(twin: Twin) -> None:
    for node in ("rt", "sw", "vc", "pc"):
        assert twin.said(f"{node}-{SITE}", "systemctl is-system-running") == "running"


def test_a_password_is_not_asked_for_and_a_strange_key_is_refused(twin: Twin) -> None:
    node = f"rt-{SITE}"
    argv = enter.ssh_argv(twin.paths, node, enter.FACTORY, command=["true"])
    wrong = [word.replace("bench_ed25519", "observer_ed25519") for word in argv]
    done = subprocess.run(
        wrong, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=30
    )
    assert done.returncode == 255
    assert "Permission denied (publickey)" in done.stderr


def test_a_workstation_takes_the_operators_key(twin: Twin) -> None:
    node = f"pc-{SITE}"
    argv = enter.ssh_argv(twin.paths, node, enter.FACTORY, command=["sudo", "-n", "id", "-u"])
    mine = [
        word.replace("bench_ed25519", "operator_ed25519").replace("root@", "operator@")
        for word in argv
    ]
    done = subprocess.run(mine, capture_output=True, text=True, check=False, timeout=30)
    assert done.stdout == "0\n", done.stderr


def test_run_gives_the_commands_own_exit_code(twin: Twin) -> None:
    done = twin.command("run", f"rt-{SITE}", "sh", "-c", "echo in $(hostname); exit 7")
    assert (done.returncode, done.stdout) == (7, f"in rt-{SITE}\n")


def test_run_prints_nothing_of_its_own_and_starts_at_the_root(twin: Twin) -> None:
    done = twin.command("run", f"rt-{SITE}", "sh", "-c", "pwd")
    assert (done.returncode, done.stdout, done.stderr) == (0, "/\n", "")


def test_run_hands_no_program_of_a_node_the_callers_environment(
    twin: Twin, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = f"rt-{SITE}"
    spy = "/usr/bin/env"
    script = f'#!/bin/sh\n{spy}.real >>/root/seen\nexec {spy}.real "$@"\n'
    twin.said(node, f"mv {spy} {spy}.real; printf '{script}' > {spy}; chmod 755 {spy}")
    monkeypatch.setenv("OF_THE_CALLER", "secret")
    try:
        said = twin.command("run", node, "env").stdout
    finally:
        seen = twin.said(node, f"mv {spy}.real {spy}; cat /root/seen; rm /root/seen")
    assert "OF_THE_CALLER" not in said + seen
    assert {"HOME", "LANG", "PATH", "TERM"} <= {line.split("=")[0] for line in said.splitlines()}


@pytest.mark.parametrize("kind", ["rt", "sw", "vc", "pc"])
def test_a_node_may_no_more_than_it_needs_and_who_enters_no_more_either(
    twin: Twin, kind: str
) -> None:
    node = f"{kind}-{SITE}"
    sets = twin.said(node, "grep -h ^CapBnd /proc/1/status /proc/self/status").split()[1::2]
    assert sets[0] == sets[1]
    held = int(sets[0], 16)
    assert held >> NET_ADMIN & 1
    assert not [name for name, number in REFUSED.items() if held >> number & 1]


def test_a_nodes_journal_is_read_as_from_inside(twin: Twin) -> None:
    box = Box(twin.paths, f"vc-{SITE}")
    twin.said(box.name, "logger --tag giaoban-test the line; journalctl --sync")
    assert "the line" in box.journal()


@pytest.mark.skipif(not cgroups.v1_roots(), reason="this machine has no v1 hierarchies")
def test_a_node_sees_its_own_part_of_each_v1_hierarchy(twin: Twin) -> None:
    node = f"rt-{SITE}"
    for root in cgroups.v1_roots():
        kinds = [line.split(":") for line in Path("/proc/self/cgroup").read_text().splitlines()]
        kind = next(kind for _, kind, _ in kinds if kind.removeprefix("name=") == root.name)
        look = f"mount -t cgroup -o {kind} none /mnt && cat /mnt/tasks && ls /mnt"
        said = twin.said(node, f"systemd-run --quiet --wait --pipe unshare --mount sh -c '{look}'")
        assert "cgroup.procs" in said
        assert "release_agent" not in said, kind
        assert names.PREFIX not in said, kind
    box = Path(f"/proc/{Box(twin.paths, node).init}/cgroup").read_text()
    parts = [line.split(":", 2)[1:] for line in box.splitlines()]
    assert not [kind for kind, path in parts if node not in path]


def test_a_misspelt_node_is_named_with_the_nearest(twin: Twin) -> None:
    done = twin.command("ssh", "rt-xa-dak-will")
    assert done.returncode == 1
    assert f"did you mean 'rt-{SITE}'?" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_device_that_does_not_answer_is_given_up_in_five_seconds(twin: Twin) -> None:
    socket = twin.paths.inband("rt-xa-truc-son")  # in the plan, not in this twin
    done = subprocess.run(
        ["timeout", "6", "nc", "-U", str(socket)], stdin=subprocess.DEVNULL, check=False
    )
    assert done.returncode == 0


def test_a_relay_that_died_is_noticed_and_started_again(twin: Twin) -> None:
    before = relay.running(twin.paths)
    assert before is not None
    os.kill(before, signal.SIGKILL)
    assert wait_until(lambda: relay.running(twin.paths) is None, seconds=5)
    assert "relay: DEAD" in twin.command("status").stdout
    twin.up()
    assert relay.running(twin.paths) not in (None, before)
    test_every_kind_of_node_answers_on_its_management_port(twin)


def test_the_relay_opens_nothing_in_the_machines_own_namespace(twin: Twin) -> None:
    pid = relay.running(twin.paths)
    assert pid is not None
    own, theirs = (Path(f"/proc/{one}/ns/net").stat().st_ino for one in ("self", pid))
    assert own != theirs


def test_what_an_init_just_forked_is_not_taken_for_it(twin: Twin, tmp_path: Path) -> None:
    init = Box(twin.paths, f"vc-{SITE}").init
    scope = tmp_path / "payload" / "init.scope"
    scope.mkdir(parents=True)
    (scope / "cgroup.procs").write_text(f"{os.getpid()}\n{init}\n")
    assert cgroups.first_process(tmp_path) == init


def test_a_node_keeps_its_disk_over_a_reboot(twin: Twin) -> None:
    node = f"vc-{SITE}"
    box = Box(twin.paths, node)
    twin.said(node, "echo kept > /root/kept; sync")
    first = box.init
    twin.inside(node, "systemctl reboot")
    assert wait_until(lambda: box.init not in (None, first) and box.ready, seconds=60)
    assert twin.said(node, "cat /root/kept") == "kept"
    assert "oob0" in namespaces.ask(f"giaoban.{twin.paths.name}.{node}", namespaces.interfaces)


def test_a_node_that_died_is_named_and_started_again(twin: Twin) -> None:
    node = f"sw-{SITE}"
    Box(twin.paths, node).end()
    assert f"not running: {node}" in twin.command("status").stdout
    twin.up()
    assert twin.command("status").returncode == 0
