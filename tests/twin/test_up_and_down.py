"""Up and down converge, whatever happened before, and leave no trace."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from giaoban.intent.load import load
from giaoban.plan import build
from giaoban.twin import cgroups, enter, names, namespaces, sysctls
from giaoban.twin.down import other_twins
from giaoban.twin.faults import act
from giaoban.twin.lock import TwinBusyError, alone
from giaoban.twin.nodes import Box, NodeNotUpError
from giaoban.twin.paths import IMAGES, RUN_ROOT, STATE_ROOT
from giaoban.twin.progress import PlainLines
from giaoban.twin.state import read_state
from giaoban.twin.status import status_of
from giaoban.twin.up import NameOccupiedError, Order, bring_up
from tests.twin.conftest import INVENTORY, SITE, Twin

pytestmark = pytest.mark.twin

_UP = """
import sys
from pathlib import Path
from giaoban.intent.load import load
from giaoban.plan import build
from giaoban.twin.down import take_down
from giaoban.twin.paths import TwinPaths
from giaoban.twin.progress import PlainLines
from giaoban.twin.up import Order, bring_up
name, inventory, verb, site = sys.argv[1:]
paths, told = TwinPaths(name), PlainLines()
if verb == "up":
    bring_up(paths, Order(build(load(Path(inventory))), (site,), inventory), told)
else:
    take_down(paths, told)
"""


def _traces(twin: Twin) -> dict[str, list[str]]:
    """Everything on the machine that this twin could leave."""
    name = twin.paths.name
    mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
    processes = [
        path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        for path in Path("/proc").glob("[0-9]*/cmdline")
        if path.parent.name != str(os.getpid()) and path.exists()
    ]
    groups = [str(path) for path in Path("/sys/fs/cgroup").rglob(f"*{name}*")]
    return {
        "namespaces": sorted(namespaces.found(names.namespace_prefix(name))),
        "mounts": [line for line in mounts if name in line],
        "processes": [line for line in processes if name in line and "pytest" not in line],
        "cgroups": groups,
        "run": [str(twin.paths.run)] if twin.paths.run.exists() else [],
    }


def _host() -> dict[str, object]:
    """What belongs to the machine itself."""
    return {
        "links": sorted(namespaces.interfaces()),
        "sysctls": {key: sysctls._value(key) for key in sysctls.WANTED},  # noqa: SLF001
    }


def _start(twin: Twin, verb: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", _UP, twin.paths.name, str(INVENTORY), verb, SITE],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def test_down_leaves_no_trace(other: Twin) -> None:
    alone_here = not other_twins(other.paths.name)
    before = _host()
    other.up(SITE)
    assert _traces(other)["namespaces"]
    assert _traces(other)["cgroups"]
    if alone_here:
        assert _host()["sysctls"] != before["sysctls"]
    other.down()
    assert not any(_traces(other).values()), _traces(other)
    assert _host()["links"] == before["links"]
    if alone_here:
        assert _host() == before
        assert not (cgroups.unified_root() / names.PREFIX).exists()


def test_down_of_what_is_not_up_is_no_error(other: Twin) -> None:
    other.down()
    other.down()


def test_up_again_changes_nothing(twin: Twin) -> None:
    inits = {name: Box(twin.paths, name).init for name in status_of(twin.paths).up}
    start = time.monotonic()
    twin.up(SITE)
    assert time.monotonic() - start < 10
    assert {name: Box(twin.paths, name).init for name in inits} == inits


def test_a_second_site_is_added_to_what_runs(other: Twin) -> None:
    other.up("so-noi-vu")
    before = {name: Box(other.paths, name).init for name in status_of(other.paths).up}
    assert "rt-xa-dak-wil" not in before
    other.up(SITE)
    after = {name: Box(other.paths, name).init for name in status_of(other.paths).up}
    assert before.items() <= after.items()
    assert "rt-xa-dak-wil" in after
    link = other.plan.circuits["xa-dak-wil-1"].upper
    other.said("rt-xa-dak-wil", "ip link set wan1 up")
    other.said(link.device, f"ip link set {link.name} up")
    assert other.said(link.device, f"cat /sys/class/net/{link.name}/carrier") == "1"


def test_a_device_that_left_the_plan_is_stopped_and_named(
    other: Twin, capsys: pytest.CaptureFixture[str]
) -> None:
    other.up(SITE)
    act.break_fault(other.paths, other.plan, "loss", f"{SITE}-1")
    intent = load(INVENTORY)
    sites = [site for site in intent.sites if site.slug != SITE]
    circuits = [circuit for circuit in intent.circuits if circuit.site != SITE]
    smaller = build(intent.model_copy(update={"sites": sites, "circuits": circuits}))
    left = {name for name, device in other.plan.devices.items() if device.site == SITE}
    capsys.readouterr()
    bring_up(other.paths, Order(smaller, (), str(INVENTORY)), PlainLines())
    said = capsys.readouterr().err
    for name in left:
        assert f"{name} is no longer in the plan: stopped, its disk removed\n" in said
        assert Box(other.paths, name).init is None
        assert not other.paths.node(name).exists()
    assert not left & set(json.loads(other.paths.devices.read_text()))
    assert read_state(other.paths).faults == ()
    assert not [path for path in _traces(other)["cgroups"] if path.endswith(tuple(left))]
    assert status_of(other.paths).whole
    other.up(SITE)
    link = other.plan.circuits[f"{SITE}-1"].upper
    other.said(f"rt-{SITE}", "ip link set wan1 up")
    other.said(link.device, f"ip link set {link.name} up")
    assert other.said(link.device, f"cat /sys/class/net/{link.name}/carrier") == "1"


def test_two_twins_do_not_touch_each_other(twin: Twin, other: Twin) -> None:
    inits = {name: Box(twin.paths, name).init for name in status_of(twin.paths).up}
    other.up("so-noi-vu")
    assert status_of(other.paths).whole
    other.down()
    assert {name: Box(twin.paths, name).init for name in inits} == inits
    assert twin.command("status").returncode == 0


def test_a_name_in_use_by_another_province_is_left_alone(twin: Twin) -> None:
    order = Order(twin.plan, (), "/elsewhere/inventory")
    with pytest.raises(NameOccupiedError, match=f"is up from {INVENTORY}; give another --name"):
        bring_up(twin.paths, order, PlainLines())


def test_only_one_command_at_a_time(twin: Twin) -> None:
    with (
        alone(twin.paths.lock, twin.paths.name),
        pytest.raises(TwinBusyError, match=f"another giaoban \\(process {os.getpid()}\\)"),
    ):
        twin.up(SITE)


def _kill_and_converge(other: Twin, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - chance, no secret
    for verb in ("up", "up", "up", "down", "up"):
        running = _start(other, verb)
        time.sleep(chance.uniform(0.2, 5.0))  # the random point itself
        running.send_signal(signal.SIGKILL)
        running.wait()
    other.up(SITE)
    assert status_of(other.paths).whole
    for node in status_of(other.paths).up:
        argv = enter.ssh_argv(
            other.paths, node, enter.FACTORY, command=["systemctl --failed --no-legend --plain"]
        )
        done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=30)
        assert (done.returncode, done.stdout) == (0, ""), (seed, node, done.stdout, done.stderr)
    running = _start(other, "down")
    time.sleep(chance.uniform(0.2, 1.5))  # the random point itself
    running.send_signal(signal.SIGKILL)
    running.wait()
    other.down()
    assert not any(_traces(other).values()), _traces(other)


def test_killed_anywhere_the_next_run_converges(other: Twin) -> None:
    seed = random.randrange(10**6)  # noqa: S311 - as above
    print(f"seed {seed}")  # noqa: T201 - pytest shows it when the test fails
    _kill_and_converge(other, seed)


@pytest.mark.full
@pytest.mark.parametrize("seed", range(10))
def test_killed_ten_times_over(other: Twin, seed: int) -> None:
    _kill_and_converge(other, seed)


def test_a_node_that_hangs_is_named_with_its_journal(
    other: Twin, monkeypatch: pytest.MonkeyPatch
) -> None:
    other.up("so-noi-vu")
    node = "sw-so-noi-vu"
    hang = "[Service]\nExecStartPre=/bin/sh -c 'echo the test hangs; exec sleep infinity'\n"
    folder = "/etc/systemd/system/ssh.service.d"
    other.said(node, f'mkdir -p {folder}; printf "%s" "{hang}" > {folder}/hang.conf; sync')
    Box(other.paths, node).end()
    monkeypatch.setattr("giaoban.twin.up.BOOT_SECONDS", 8.0)
    with pytest.raises(NodeNotUpError, match=f"node '{node}' did not come up within 8 s") as failed:
        other.up()
    assert "the test hangs" in str(failed.value)


def test_capabilities_are_written_for_those_who_render(twin: Twin) -> None:
    found = json.loads(twin.paths.capabilities.read_text(encoding="utf-8"))
    assert {"vlan_8021q", "fq_codel", "netem", "clock_control", "openvswitch_kernel"} <= set(found)
    assert all(isinstance(value, bool) for value in found.values())
    assert found["clock_control"] is False


def test_what_was_open_to_others_is_closed_by_up(twin: Twin) -> None:
    node = twin.paths.node(f"rt-{SITE}")
    closed = (
        *(IMAGES, STATE_ROOT.parent, STATE_ROOT, twin.paths.state, twin.paths.nodes, node),
        *(RUN_ROOT.parent, RUN_ROOT, twin.paths.run),
    )
    for folder in (node, twin.paths.nodes, twin.paths.state, twin.paths.run):
        folder.chmod(0o755)
    twin.up()
    assert [path for path in closed if path.stat().st_mode & 0o077] == []
    for lock in (twin.paths.relay_lock, Box(twin.paths, node.name).lock):
        assert lock.stat().st_mode & 0o077 == 0


def test_secrets_are_roots_alone(twin: Twin) -> None:
    for path in (twin.paths.master_key, twin.paths.key("bench"), twin.paths.inband("rt-core-1")):
        assert path.stat().st_mode & 0o077 == 0
    assert len(bytes.fromhex(twin.paths.master_key.read_text().strip())) == 32
    lines = twin.paths.known_hosts.read_text().splitlines()
    assert {line.split()[0] for line in lines} == set(twin.plan.devices)
