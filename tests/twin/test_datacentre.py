"""The data centre's servers come, change and go by Pulumi; state and world agree."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from giaoban.provision.handover import read_servers
from giaoban.twin import guests, names, namespaces
from giaoban.twin.down import take_down
from giaoban.twin.nodes import Box
from giaoban.twin.paths import TwinPaths
from giaoban.twin.progress import PlainLines
from giaoban.twin.status import status_of
from giaoban.waiting import wait_until
from tests.twin.configured import BASE, BIN, ROOT, keep_servers, own_inventory

pytestmark = pytest.mark.twin

SERVERS = {"sv-mirror-1", "sv-dns-1", "sv-dns-2", "sv-pki-1"}
RACKED = {"sv-noc-1", "sv-probe-1", "sv-backup-1"}
_UP_SECONDS = 120


@dataclass(frozen=True)
class Centre:
    """A twin of the data centre alone, with an intent of its own that a test may edit."""

    paths: TwinPaths
    inventory: Path
    intent: Path

    def dc(self, *words: str, code: int = 0) -> str:
        """Run `giaoban dc …`, demand how it ends, and give all it printed."""
        done = subprocess.run(
            self.argv(*words),
            capture_output=True,
            text=True,
            check=False,
            timeout=_UP_SECONDS,
            cwd=ROOT,
        )
        said = done.stdout + done.stderr
        assert done.returncode == code, said
        assert "Traceback" not in said
        return said

    def argv(self, *words: str) -> list[str]:
        """Give the command line."""
        verb, *rest = words
        return [str(BIN / "giaoban"), "dc", verb, "--inventory", str(self.inventory), *rest]

    def edit(self, before: str, after: str) -> None:
        """Change the data centre's intent."""
        file = self.intent / "data-centre.yml"
        text = file.read_text(encoding="utf-8")
        assert before in text
        file.write_text(text.replace(before, after, 1), encoding="utf-8")

    def agree(self, servers: set[str] = SERVERS) -> None:
        """Demand that state, world and inventory tell of the same servers, and that all run."""
        assert self.in_state() == servers
        assert set(guests.whole(self.paths)) == servers
        assert set(guests.records(self.paths)) == servers
        assert set(read_servers(self.paths.state)) == servers
        status = status_of(self.paths)
        assert (status.dead, status.booting) == ((), ())
        assert servers <= set(status.up)
        nodes = {folder.name for folder in self.paths.nodes.iterdir()}
        assert {name for name in nodes if name.startswith("sv-")} - RACKED == servers
        found = namespaces.found(names.namespace_prefix(self.paths.name) + "sv-")
        assert len(found) == len(servers | RACKED)

    def in_state(self) -> set[str]:
        """Give the servers in Pulumi's state."""
        file = self.paths.state / "pulumi/state/.pulumi/stacks/giaoban/twin.json"
        if not file.exists():
            return set()
        rows = json.loads(file.read_text())["checkpoint"]["latest"].get("resources") or []
        return {row["id"] for row in rows if row["type"] == "giaoban:index:Server"}


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    if os.geteuid() != 0:
        pytest.skip("the twin needs root")
    paths = TwinPaths(f"t-dc-{os.getpid()}")
    inventory, intent = own_inventory(tmp_path_factory.mktemp("centre"), paths)
    keep_servers(intent, BASE)
    try:
        _twin_up(paths, intent)
        yield Centre(paths, inventory, intent)
    finally:
        take_down(paths, PlainLines())
        shutil.rmtree(paths.state, ignore_errors=True)


def _twin_up(paths: TwinPaths, intent: Path) -> None:
    options = ["--name", paths.name, "--inventory", str(intent), "--sites", "trung-tam-du-lieu"]
    argv = [str(BIN / "giaoban"), "twin", "up", *options]
    subprocess.run(argv, check=True, capture_output=True, cwd=ROOT, timeout=_UP_SECONDS)


@pytest.fixture
def made(centre: Centre) -> Iterator[Centre]:
    """Have every server there; put the intent back afterwards."""
    before = (centre.intent / "data-centre.yml").read_text(encoding="utf-8")
    centre.dc("up")
    yield centre
    (centre.intent / "data-centre.yml").write_text(before, encoding="utf-8")


def test_up_makes_what_is_planned_and_a_second_run_nothing(made: Centre) -> None:
    made.agree()
    assert "preview: nothing to change" in made.dc("preview", "--expect-no-changes")
    born = read_servers(made.paths.state)
    assert "up: nothing to change" in made.dc("up")
    assert read_servers(made.paths.state) == born


def test_no_secret_is_in_the_state_or_on_the_screen(made: Centre) -> None:
    key = (made.paths.state / "host-keys" / "sv-dns-1").read_text().splitlines()[1]
    (made.paths.state / "servers.json").unlink()
    assert key not in made.dc("up") + made.dc("preview") + made.dc("refresh")
    for file in (made.paths.state / "pulumi").rglob("*"):
        assert file.is_dir() or key.encode() not in file.read_bytes(), file


def test_what_somebody_changed_by_hand_is_seen_and_healed(made: Centre) -> None:
    off = Box(made.paths, "sv-dns-2")
    off.end()
    plugged = guests.records(made.paths)["sv-mirror-1"].cable(made.paths.name).a
    namespaces.configure(plugged.namespace, "ip", [f"link del {plugged.name}"])
    said = made.dc("preview", "--expect-no-changes", code=7)
    assert "sv-dns-2 update [diff: ~running]" in said
    assert "sv-mirror-1 update [diff: ~port]" in said
    assert "refresh: 2 update" in made.dc("refresh")
    assert "up: 2 update" in made.dc("up")
    made.agree()
    assert off.ready
    assert plugged.name in namespaces.ask(plugged.namespace, namespaces.interfaces)


def test_a_port_that_open_vswitch_left_down_is_raised(made: Centre) -> None:
    """It takes a port down that it has just made, and may forget to raise it."""
    switch = names.namespace(made.paths.name, "hv-kvm-1")
    link = ["ip", "-n", switch, "link"]
    subprocess.run([*link, "set", "s80-21", "down"], check=True)
    _twin_up(made.paths, made.intent)
    shown = subprocess.run([*link, "show", "s80-21"], check=True, capture_output=True, text=True)
    assert "state UP" in shown.stdout


def test_a_server_that_is_gone_is_made_anew(made: Centre) -> None:
    before = read_servers(made.paths.state)["sv-dns-1"]
    guests.remove(made.paths, "sv-dns-1")
    assert "up: 1 create" in made.dc("up")
    made.agree()
    assert read_servers(made.paths.state)["sv-dns-1"].born != before.born


def test_more_memory_is_given_in_place_and_less_disk_is_refused(made: Centre) -> None:
    born = read_servers(made.paths.state)
    made.edit(
        "hypervisor: kvm-2, cpus: 2, memory: 2 GiB", "hypervisor: kvm-2, cpus: 4, memory: 4 GiB"
    )
    assert "sv-dns-2 update [diff: ~cpus,memory]" in made.dc("preview")
    assert "up: 1 update" in made.dc("up")
    assert read_servers(made.paths.state) == born
    made.edit("cpus: 4, memory: 4 GiB, disk: 20 GiB", "cpus: 4, memory: 4 GiB, disk: 10 GiB")
    assert "sv-dns-2: its disk is" in made.dc("preview", code=1)
    assert "sv-dns-2: its disk is" in made.dc("up", code=1)
    assert read_servers(made.paths.state) == born
    made.edit("cpus: 4, memory: 4 GiB, disk: 10 GiB", "cpus: 2, memory: 2 GiB, disk: 20 GiB")
    made.dc("up")
    made.agree()


def test_another_hypervisor_takes_the_servers_place(made: Centre) -> None:
    born = read_servers(made.paths.state)
    made.edit(
        "machine: { hypervisor: kvm-1, cpus: 2, memory: 2 GiB, disk: 40",
        "machine: { hypervisor: kvm-2, cpus: 2, memory: 2 GiB, disk: 40",
    )
    assert "sv-mirror-1 replace" in made.dc("preview")
    made.dc("up")
    made.agree()
    found = read_servers(made.paths.state)
    assert found["sv-mirror-1"].hypervisor == "hv-kvm-2"
    assert found["sv-mirror-1"].born != born["sv-mirror-1"].born
    assert found["sv-dns-1"] == born["sv-dns-1"]


def test_another_zone_takes_the_servers_place_and_its_key(made: Centre) -> None:
    born = read_servers(made.paths.state)
    made.edit("number: 22", "number: 23")
    assert "sv-dns-2 replace" in made.dc("preview")
    made.dc("up")
    made.agree()
    assert read_servers(made.paths.state)["sv-dns-2"].born != born["sv-dns-2"].born
    assert guests.records(made.paths)["sv-dns-2"].port == "s80-23"


def test_a_server_made_again_proves_itself_with_another_key(made: Centre) -> None:
    before = (made.paths.host_keys / "sv-dns-1.pub").read_text()
    made.dc("destroy", "--yes")
    made.dc("up")
    after = (made.paths.host_keys / "sv-dns-1.pub").read_text()
    assert after != before
    lines = made.paths.known_hosts.read_text().splitlines()
    assert [line for line in lines if line.startswith("sv-dns-1 ")] == [f"sv-dns-1 {after.strip()}"]


def test_a_server_that_left_the_intent_is_removed(made: Centre) -> None:
    text = (made.intent / "data-centre.yml").read_text(encoding="utf-8")
    before, _, after = text.partition("    - name: dns-2")
    _, _, rest = after.partition("\n\n")
    (made.intent / "data-centre.yml").write_text(f"{before}\n{rest}", encoding="utf-8")
    assert "up: 1 delete" in made.dc("up")
    made.agree(SERVERS - {"sv-dns-2"})


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("      backup: daily\n", "", "sv-dns-1: it has no backup class"),
        (
            "number: 21\n      groups: [dns, time]\n      owner: so-thong-tin-va-truyen-thong\n",
            "number: 21\n      groups: [dns, time]\n",
            "sv-dns-1: nobody answers for it",
        ),
        (
            "name: dns-1\n      zone: internal",
            "name: dns-1\n      zone: dmz",
            "sv-dns-1: zone dmz is asked from outside the province",
        ),
        (
            "cpus: 32, memory: 128 GiB",
            "cpus: 3, memory: 128 GiB",
            "hv-kvm-1: its servers ask for 4 of processors and it has 3",
        ),
        (
            "hypervisor: kvm-2",
            "hypervisor: kvm-1",
            "group dns: sv-dns-1, sv-dns-2 stand on hv-kvm-1",
        ),
    ],
)
def test_policy_stops_it_before_anything_is_made(
    made: Centre, before: str, after: str, sentence: str
) -> None:
    born = read_servers(made.paths.state)
    made.edit(before, after)
    assert sentence in made.dc("preview", code=1)
    assert sentence in made.dc("up", code=1)
    assert read_servers(made.paths.state) == born
    assert set(guests.whole(made.paths)) == SERVERS


def _by_hand(name: str) -> guests.Guest:
    """Describe a server that no stack makes."""
    return guests.Guest(
        name=name,
        made_by="a technician's hand",
        hypervisor="hv-kvm-2",
        port="s80-99",
        mac="02:00:00:00:00:99",
        addresses=("10.64.40.99/24",),
    )


def test_a_server_made_by_hand_is_adopted_only_when_asked_and_protected_then(made: Centre) -> None:
    ours = guests.records(made.paths)["sv-dns-2"]
    guests.remove(made.paths, "sv-dns-2")
    theirs = replace(
        _by_hand("sv-dns-2"),
        addresses=ours.addresses,
        settings={"cpus": 1, "memory": 2**30, "disk": 10 * 2**30},
    )
    guests.make(made.paths, theirs, {})
    kept = made.paths.node("sv-dns-2") / "upper" / "kept"
    plain = "hypervisor: kvm-2, cpus: 2, memory: 2 GiB, disk: 20 GiB"
    try:
        kept.write_text("a year's work")
        assert "to have it adopted, write `adopt: true`" in made.dc("up", code=1)
        # Before, it is told what differs.
        made.edit(plain, f"{plain}, adopt: true")
        said = made.dc("preview")
        assert "made by a technician's hand, and intent adopts it" in said
        assert (
            "cpus 1 → 2, memory 1 GiB → 2 GiB, disk 10 GiB → 20 GiB, mac 02:00:00:00:00:99" in said
        )
        assert "preview: 1 import" in said
        assert guests.records(made.paths)["sv-dns-2"] == replace(theirs, whole=True)
        # One run imports it as it stands, the next has it be as asked for.
        assert "up: 1 import" in made.dc("up")
        assert guests.records(made.paths)["sv-dns-2"] == replace(theirs, whole=True)
        said = made.dc("up")
        assert "up: 1 update" in said
        assert "nobody declared it" not in said
        made.agree()
        found = guests.records(made.paths)["sv-dns-2"]
        assert (found.port, found.mac, found.made_by) == (ours.port, ours.mac, ours.made_by)
        assert kept.exists()
        assert "preview: nothing to change" in made.dc("preview")
    finally:
        if guests.records(made.paths)["sv-dns-2"].made_by == theirs.made_by:
            guests.remove(made.paths, "sv-dns-2")
    # Protected: neither moved nor removed, until intent says otherwise.
    protected = "sv-dns-2: it is protected, since intent adopted it"
    made.edit("number: 22", "number: 23")
    assert protected in made.dc("up", code=1)
    made.edit("number: 23", "number: 22")
    assert protected in made.dc("destroy", "--yes", code=1)
    assert kept.exists()
    made.edit(f"{plain}, adopt: true", plain)
    made.dc("up")
    made.agree()
    assert kept.exists()
    made.edit("number: 22", "number: 23")
    made.dc("up")
    made.agree()
    assert not kept.exists()


def test_nothing_is_adopted_where_nothing_stands(made: Centre) -> None:
    guests.remove(made.paths, "sv-mirror-1")
    made.edit("disk: 40 GiB }", "disk: 40 GiB, adopt: true }")
    said = made.dc("up", code=1)
    assert "sv-mirror-1: there is nothing of that name to adopt; to have it made, take" in said
    assert "sv-mirror-1" not in guests.records(made.paths)


def test_what_is_not_ours_is_never_touched(made: Centre) -> None:
    made.dc("destroy", "--yes")
    made.agree(set())
    theirs = _by_hand("sv-dns-2")
    guests.make(made.paths, theirs, {})
    try:
        said = made.dc("up", code=1)
        assert (
            "sv-dns-2: a thing of that name is there already, made by a technician's hand" in said
        )
        assert guests.records(made.paths)["sv-dns-2"] == replace(theirs, whole=True)
        assert Box(made.paths, "sv-dns-2").ready
        assert made.in_state() == SERVERS - {"sv-dns-2"}
    finally:
        guests.remove(made.paths, "sv-dns-2")
    made.dc("up")
    made.agree()


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("mac", "sv-dns-2: MAC address"),
        ("addresses", "sv-dns-2: address 10.64.40.22/24"),
    ],
)
def test_what_is_in_use_is_not_given_twice(made: Centre, key: str, sentence: str) -> None:
    taken = guests.records(made.paths)["sv-dns-2"]
    guests.remove(made.paths, "sv-dns-2")
    theirs = _by_hand("sv-other")
    guests.make(made.paths, replace(theirs, **{key: getattr(taken, key)}), {})
    try:
        said = made.dc("up", code=1)
        assert sentence in said
        assert "is in use by sv-other" in said
        assert "sv-dns-2" not in guests.records(made.paths)
    finally:
        guests.remove(made.paths, "sv-other")
    made.dc("up")
    made.agree()


def test_a_server_that_nobody_declared_is_told_and_left_alone(made: Centre) -> None:
    stray = _by_hand("sv-other")
    guests.make(made.paths, stray, {})
    try:
        for verb in ("preview", "up", "refresh"):
            said = made.dc(verb)
            assert "sv-other stands on a hypervisor and nobody declared it" in said
        assert Box(made.paths, "sv-other").ready
    finally:
        guests.remove(made.paths, "sv-other")
    assert "nobody declared" not in made.dc("preview")


def test_a_hypervisor_that_is_down_is_named(made: Centre) -> None:
    guests.remove(made.paths, "sv-dns-2")
    Box(made.paths, "hv-kvm-2").end()
    try:
        assert "sv-dns-2: its hypervisor hv-kvm-2 does not run" in made.dc("up", code=1)
        assert "sv-dns-2" not in guests.records(made.paths)
    finally:
        _twin_up(made.paths, made.intent)
    made.dc("up")
    made.agree()


@pytest.mark.parametrize("attempt", range(3))
def test_killed_anywhere_the_next_run_converges(
    made: Centre, attempt: int, record_property: Callable[[str, object], None]
) -> None:
    made.dc("destroy", "--yes")
    after = 1.5 + 2.5 * attempt + secrets.randbelow(2500) / 1000
    record_property("killed_after_s", after)
    run = _started(made)
    try:
        run.wait(timeout=after)
    except subprocess.TimeoutExpired:
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
    assert wait_until(lambda: not _providers(made), seconds=20)
    made.dc("unlock")
    made.dc("up")
    made.agree()


def test_a_server_that_a_program_declares_by_hand_is_judged_too(
    made: Centre, tmp_path: Path
) -> None:
    shutil.copytree(ROOT / "pulumi", tmp_path / "pulumi")
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    with (tmp_path / "pulumi" / "__main__.py").open("a") as program:
        program.write(_WRITTEN_BY_HAND)
    for found, sentence in (
        ({}, None),
        ({"owner": None}, "sv-hand: nobody answers for it"),
        ({"network": "dmz"}, "sv-hand: zone dmz is asked from outside the province"),
        ({"cpus": 31}, "hv-kvm-1: its servers ask for 35 of processors and it has 32"),
    ):
        done = _plain_pulumi(made, tmp_path / "pulumi", "preview", HAND=json.dumps(found))
        said = done.stdout + done.stderr
        assert (done.returncode == 0) == (sentence is None), said
        assert (sentence or "sv-hand create") in said
        assert "Traceback" not in said


_WRITTEN_BY_HAND = """
import json, os

found = {
    "name": "sv-hand", "hypervisor": "hv-kvm-1", "network": "internal", "port": "s80-99",
    "mac": "02:00:00:00:00:99", "addresses": ["10.64.40.99/24"], "cpus": 1, "memory": 2**30,
    "disk": 2**30, "image": "debian-13", "owner": "so-noi-vu", "backup": "none",
}
# As raw as can be: not even by our own class.
pulumi.CustomResource(
    "giaoban:index:Server",
    "sv-hand",
    found | json.loads(os.environ["HAND"]),
)
"""


def _providers(centre: Centre) -> list[str]:
    """Give the providers that serve a run of this centre's."""
    home = str(centre.paths.state / "pulumi")
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
            environment = (process / "environ").read_bytes()
        except OSError:
            continue
        if b"pulumi-resource-giaoban" in command and home.encode() in environment:
            found.append(process.name)
    return found


def _started(centre: Centre) -> subprocess.Popen[bytes]:
    silent = subprocess.DEVNULL
    return subprocess.Popen(
        centre.argv("up"), stdout=silent, stderr=silent, start_new_session=True, cwd=ROOT
    )


def test_two_runs_at_once(made: Centre) -> None:
    lock = made.paths.state / "pulumi/state/.pulumi/locks/organization/giaoban/twin"
    run = _started(made)
    try:
        give_up = time.monotonic() + 30
        while not list(lock.glob("*.json")):
            assert time.monotonic() < give_up, "the first run never locked the state"
            assert run.poll() is None
        os.killpg(run.pid, signal.SIGSTOP)
        said = made.dc("up", code=1)
        assert "the data centre's state is locked by" in said
        assert "wait for it to end" in said
        assert "wait for it to end" in made.dc("unlock", code=1)
    finally:
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
    said = made.dc("up", code=1)
    assert "it is dead; free the state with: giaoban dc unlock" in said
    assert "freed: it was locked by" in made.dc("unlock")
    made.dc("up")
    made.agree()


def test_another_master_key_cannot_read_the_state(made: Centre) -> None:
    key = made.paths.master_key.read_text()
    made.paths.master_key.write_text("ab" * 32 + "\n")
    try:
        assert "incorrect passphrase" in made.dc("preview", code=1)
    finally:
        made.paths.master_key.write_text(key)
    made.dc("preview", "--expect-no-changes")


def _plain_pulumi(
    centre: Centre, folder: Path, verb: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run plain `pulumi` as a person would."""
    line = (
        f'eval "$(giaoban dc environment --inventory {centre.inventory})" && cd {folder} &&'
        f" pulumi {verb} --non-interactive --stack twin"
        ' --config-file "$GIAOBAN_STACK_FILE"'
    )
    path = f"{BIN}:{ROOT / 'tests' / 'support'}:{os.environ['PATH']}"
    return subprocess.run(
        ["sh", "-c", line],
        capture_output=True,
        text=True,
        check=False,
        timeout=_UP_SECONDS,
        cwd=ROOT,
        env=os.environ | {"PATH": path} | environment,
    )


def test_the_folder_is_an_ordinary_pulumi_project(made: Centre) -> None:
    done = _plain_pulumi(made, ROOT / "pulumi", "preview --expect-no-changes")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "11 unchanged" in done.stdout
    made.edit("      backup: daily\n", "")
    done = _plain_pulumi(made, ROOT / "pulumi", "preview")
    assert done.returncode != 0
    assert "sv-dns-1: it has no backup class" in done.stdout + done.stderr


def test_a_part_is_made_and_nothing_else_is_touched(made: Centre) -> None:
    dns, dns_2 = {"sv-dns-1", "sv-dns-2"}, Box(made.paths, "sv-dns-2")
    made.dc("destroy", "--yes")
    assert "up: 7 create" in made.dc("up", "--groups", "time")
    made.agree(dns)
    assert "preview: nothing to change" in made.dc("preview", "--groups", "dns,time")
    before = guests.records(made.paths)
    # Of the rest one is off, the other is gone from the intent.
    dns_2.end()
    text = (made.intent / "data-centre.yml").read_text(encoding="utf-8")
    made.edit("name: dns-1", "name: dns-3")
    assert "up: 2 create" in made.dc("up", "--groups", "pki")
    assert made.in_state() == {*dns, "sv-pki-1"}
    assert not dns_2.ready
    found = guests.records(made.paths)
    assert {name: found[name] for name in dns} == before
    (made.intent / "data-centre.yml").write_text(text, encoding="utf-8")
    assert "up: 2 create, 1 update" in made.dc("up")
    made.agree()


def test_destroy_leaves_nothing(made: Centre) -> None:
    made.dc("destroy", "--yes")
    made.agree(set())
    assert not [file for file in made.paths.shelf.rglob("*") if file.is_file()]


def test_servers_outlive_the_loss_of_the_state(made: Centre) -> None:
    """An empty state, and `up`: every server is taken as it stands, with its disk."""
    born = read_servers(made.paths.state)
    mark = guests.records(made.paths)["sv-dns-2"]
    kept = made.paths.node("sv-dns-2") / "upper" / "root" / "kept"
    kept.write_text("a year's work")
    state = made.paths.state / "pulumi" / "state"
    lost = state.with_name("state.lost")
    state.rename(lost)
    assert "up: 11 create" in made.dc("up")
    assert kept.exists()
    assert read_servers(made.paths.state) == born
    assert guests.records(made.paths)["sv-dns-2"] == mark
    made.agree()
    shutil.rmtree(lost)
