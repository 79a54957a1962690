"""Pushes that go wrong: the box is back on its confirmed generation, and says why."""

from __future__ import annotations

import base64
import gzip
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from giaoban.plan.model import Plan
from giaoban.provision.generation import Generation, load_candidate
from giaoban.provision.secrets import SecretStore
from giaoban.waiting import wait_until
from tests.twin.configured import own_inventory
from tests.twin.conftest import DISTRICT, ROOT, SITE, Twin, _twin

pytestmark = pytest.mark.twin

COMMUNE = f"rt-{SITE}"
PARENT = f"rt-{DISTRICT}"
LINK = f"{SITE}-1"
BACK_WITHIN_S = 60
SHORT_S = 25


@dataclass(frozen=True)
class Province:
    """A staged twin, and an inventory of its own."""

    twin: Twin
    folder: Path

    @property
    def inventory(self) -> Path:
        return self.folder / "inventory" / "twin"

    def argv(self, playbook: Path, limit: str, *arguments: str) -> list[str]:
        ansible = Path(sys.executable).with_name("ansible-playbook")
        return [
            str(ansible),
            "-i",
            str(self.inventory),
            str(playbook),
            "-l",
            limit,
            *arguments,
        ]

    def play(
        self, playbook: str, limit: str = "all", *arguments: str
    ) -> subprocess.CompletedProcess[str]:
        return _run(self.argv(ROOT / "playbooks" / playbook, limit, *arguments))

    def commit_argv(self, candidates: Path, limit: str, *arguments: str) -> list[str]:
        playbook = self.folder / "commit.yml"
        playbook.write_text(
            "- hosts: all\n  gather_facts: false\n  roles: [commit]\n", encoding="utf-8"
        )
        chosen = ("-e", f"commit__candidate_dir={candidates}", *arguments)
        return self.argv(playbook, limit, *chosen)

    def commit(
        self, candidates: Path, limit: str = COMMUNE, *arguments: str
    ) -> subprocess.CompletedProcess[str]:
        return _run(self.commit_argv(candidates, limit, *arguments))

    def rendered(self) -> Path:
        return self.folder / "build" / "candidates" / "twin"

    def copy(self, name: str) -> Path:
        """A copy of every box's candidate tree, to be broken."""
        copied = self.folder / name
        shutil.rmtree(copied, ignore_errors=True)
        shutil.copytree(self.rendered(), copied)
        return copied

    def state(self, box: str = COMMUNE) -> dict[str, Any]:
        said: dict[str, Any] = json.loads(self.twin.said(box, "/usr/lib/giaoban/commit state"))
        return said


def _run(argv: list[str]) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"ANSIBLE_FORCE_COLOR": "0"}
    return subprocess.run(
        argv, capture_output=True, text=True, check=False, cwd=ROOT, timeout=400, env=environment
    )


def _words(text: str) -> str:
    """The text on one line, as Ansible's callback breaks it where it likes."""
    return " ".join(text.replace("''", "'").split())


def _changed(done: subprocess.CompletedProcess[str]) -> int:
    return sum(int(found) for found in re.findall(r"changed=(\d+)", done.stdout))


@pytest.fixture(scope="module")
def province(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Province]:
    twin = _twin("push", plan)
    folder = tmp_path_factory.mktemp("province")
    own_inventory(folder, twin.paths)
    province = Province(twin, folder)
    try:
        twin.up(SITE)
        staged = province.play("stage.yml")
        assert staged.returncode == 0, staged.stdout
        reached = wait_until(lambda: _pings(province, "sv-noc-1", COMMUNE), seconds=90)
        assert reached, "routing did not converge after staging"
        yield province
    finally:
        twin.down()


@pytest.fixture(autouse=True)
def _in_force_afterwards(province: Province) -> Iterator[None]:
    before = {box: province.state(box) for box in (COMMUNE, PARENT)}
    yield
    after = {box: province.state(box) for box in (COMMUNE, PARENT)}
    for box, state in after.items():
        assert (state["confirmed"], state["pending"], state["drift"]) == (
            before[box]["confirmed"],
            None,
            [],
        )


@dataclass(frozen=True)
class Breakage:
    """A change of one file that must not stay. `cause` is what the box says when asked."""

    path: str
    edit: Callable[[str], str]
    cause: str


def _without_noc(ruleset: str) -> str:
    kept = [line for line in ruleset.splitlines() if not re.search(r"saddr .* tcp dport 22", line)]
    return "\n".join(kept) + "\n"


CUTS_ITSELF_OFF = {
    "firewall": Breakage(
        "etc/nftables.d/10-zones.nft", _without_noc, rf"not confirmed within {SHORT_S} s"
    ),
    "address": Breakage(
        "etc/systemd/network/20-wan1.network",
        lambda text: re.sub(r"Address=[0-9a-f.:]+/", "Address=192.0.2.1/", text).replace(
            "192.0.2.1/127", "2001:db8::1/127"
        ),
        rf"not confirmed within {SHORT_S} s",
    ),
}
HALF_A_CUT = Breakage(
    "etc/systemd/network/20-wan1.network",
    lambda text: re.sub(r"Address=10\.[0-9.]+/31", "Address=192.0.2.1/31", text),
    r"it lost its BGP sessions with 10\.",
)
FAILS_AT_ONCE = {
    "frr": Breakage(
        "etc/frr/frr.conf",
        lambda text: text + "router bgp 4200999999\n bgp router-id 192.0.2.1\nexit\n!\n",
        r"frr: .*router bgp 4200999999",
    ),
    "openvswitch": Breakage(
        "etc/giaoban/openvswitch",
        lambda text: text + "add-port br-lan nosuch0\n",
        r"openvswitch: .*nosuch0",
    ),
}
REFUSED = {
    "frr": Breakage("etc/frr/frr.conf", lambda text: text + "no such word\n", r"frr: .*no such"),
    "nftables": Breakage(
        "etc/nftables.d/10-zones.nft", lambda text: text + "tabel x {}\n", r"nftables: .*syntax"
    ),
    "openvswitch": Breakage(
        "etc/giaoban/openvswitch",
        lambda text: text + "set port lan0 tga=10\n",
        r"openvswitch: .*tga",
    ),
    "sudoers": Breakage(
        "etc/sudoers.d/giaoban-operator", lambda text: text + "operator ALL=\n", r"sudo: .*syntax"
    ),
    "sshd": Breakage(
        "etc/ssh/sshd_config.d/00-giaoban.conf",
        lambda text: text + "NoSuchKeyword yes\n",
        r"sshd: .*NoSuchKeyword",
    ),
    "networkd": Breakage(
        "etc/systemd/network/20-wan1.network",
        lambda text: text.replace("/31", ""),
        r"networkd: .*prefix length",
    ),
}
ALL = CUTS_ITSELF_OFF | FAILS_AT_ONCE


def _break(province: Province, breakage: Breakage, box: str = COMMUNE) -> Path:
    candidates = province.copy("broken")
    path = candidates / box / breakage.path
    before = path.read_text(encoding="utf-8")
    after = breakage.edit(before)
    assert before != after, "the edit found nothing to break"
    path.write_text(after, encoding="utf-8")
    return candidates


def _assert_back(province: Province, since: float, cause: str) -> None:
    back = wait_until(lambda: province.state()["pending"] is None, seconds=BACK_WITHIN_S)
    assert back, f"still pending after {BACK_WITHIN_S} s: {province.state()}"
    assert time.monotonic() - since < BACK_WITHIN_S
    last = province.state()["last"]
    assert last["outcome"] == "rolled-back", last
    assert re.search(cause, last["cause"]), last


def _wait_for_activation(province: Province, before: dict[str, Any]) -> float:
    def started() -> bool:
        now = province.state()
        return now["pending"] is not None or now["last"] != before["last"]

    assert wait_until(started, seconds=90), "nothing was activated"
    return time.monotonic()


def test_a_second_run_changes_nothing(province: Province) -> None:
    done = province.play("network.yml")
    assert done.returncode == 0, done.stdout
    assert _changed(done) == 0, done.stdout


def test_what_left_before_its_class_was_there_is_no_drift(province: Province) -> None:
    """HTB counts it in what `tc qdisc show` prints, for as long as the qdisc lives."""
    parent = province.twin.plan.devices[PARENT].management.ipv4
    province.twin.said(
        COMMUNE,
        "grep 'dev wan1' /etc/giaoban/qos.tc >/run/wan1; tc qdisc del dev wan1 root;"
        f" head -n 1 /run/wan1 | tc -batch -; ping -c 3 -i 0.2 -W 1 {parent};"
        " tail -n +2 /run/wan1 | tc -batch -; rm /run/wan1",
    )
    assert "direct_packets_stat 0" not in province.twin.said(COMMUNE, "tc qdisc show dev wan1")
    assert province.state()["drift"] == []


@pytest.mark.parametrize("name", REFUSED)
def test_a_wrong_file_is_refused_by_its_own_validator(province: Province, name: str) -> None:
    before = province.state()
    done = province.commit(_break(province, REFUSED[name]))
    assert done.returncode != 0
    assert re.search(REFUSED[name].cause, _words(done.stdout)), done.stdout
    assert province.state() == before


@pytest.mark.parametrize("name", FAILS_AT_ONCE)
def test_a_change_that_cannot_be_carried_out_goes_back_at_once(
    province: Province, name: str
) -> None:
    since = time.monotonic()
    done = province.commit(_break(province, FAILS_AT_ONCE[name]))
    assert done.returncode != 0
    _assert_back(province, since, FAILS_AT_ONCE[name].cause)
    assert re.search(FAILS_AT_ONCE[name].cause, _words(done.stdout)), done.stdout


@pytest.mark.parametrize("name", CUTS_ITSELF_OFF)
def test_a_change_that_cuts_management_goes_back(province: Province, name: str) -> None:
    before = province.state()
    arguments = province.commit_argv(
        _break(province, CUTS_ITSELF_OFF[name]), COMMUNE, "-e", f"commit__timeout_s={SHORT_S}"
    )
    with subprocess.Popen(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT
    ) as controller:
        since = _wait_for_activation(province, before)
        said, _ = controller.communicate(timeout=200)
    assert controller.returncode != 0
    assert "no new connection" in _words(said), said
    _assert_back(province, since, CUTS_ITSELF_OFF[name].cause)


def test_a_change_that_leaves_management_but_loses_a_session_goes_back(
    province: Province,
) -> None:
    since = time.monotonic()
    done = province.commit(_break(province, HALF_A_CUT))
    assert done.returncode != 0
    _assert_back(province, since, HALF_A_CUT.cause)


@pytest.mark.parametrize("name", ALL)
def test_the_controller_is_killed_after_activation(province: Province, name: str) -> None:
    before = province.state()
    arguments = province.commit_argv(
        _break(province, ALL[name]), COMMUNE, "-e", f"commit__timeout_s={SHORT_S}"
    )
    with subprocess.Popen(
        arguments,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        start_new_session=True,
    ) as controller:
        since = _wait_for_activation(province, before)
        os.killpg(controller.pid, signal.SIGKILL)
    _assert_back(province, since, ALL[name].cause)


@pytest.mark.parametrize("name", ALL)
def test_the_box_loses_power_while_a_change_is_pending(province: Province, name: str) -> None:
    before = province.state()
    arguments = province.commit_argv(_break(province, ALL[name]), COMMUNE)
    with subprocess.Popen(
        arguments,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        start_new_session=True,
    ) as controller:
        since = _wait_for_activation(province, before)
        cycled = province.twin.command("cycle", COMMUNE)
        os.killpg(controller.pid, signal.SIGKILL)
    assert cycled.returncode == 0, cycled.stderr
    _assert_back(province, since, rf"the box restarted before it was confirmed|{ALL[name].cause}")
    reached = wait_until(lambda: _pings(province, "sv-noc-1", COMMUNE), seconds=BACK_WITHIN_S)
    assert reached, "the NOC does not reach the box again"


def _pings(province: Province, source: str, target: str) -> bool:
    address = province.twin.plan.devices[target].management.ipv4
    return province.twin.inside(source, f"ping -c 1 -W 1 {address}").returncode == 0


def _with_other_key(province: Province) -> Path:
    """Candidates in which both ends of the commune's circuit have another BGP password."""
    candidates = province.copy("other-key")
    for box in (COMMUNE, PARENT):
        config = candidates / box / "etc" / "frr" / "frr.conf"
        config.write_text(config.read_text().replace(f"bgp/{LINK}/", f"bgp/{LINK}/9"))
        shared = candidates / box / "etc" / "giaoban" / "shared.json"
        links = json.loads(shared.read_text()) | {LINK: "another"}
        shared.write_text(json.dumps(links))
    return candidates


def test_one_end_of_a_link_alone_is_refused_and_the_other_named(province: Province) -> None:
    before = province.state()
    done = province.commit(_with_other_key(province), COMMUNE)
    assert done.returncode != 0
    assert f"both ends of link {LINK} change, and {PARENT} is not in this run" in _words(
        done.stdout
    )
    assert province.state()["last"] == before["last"]


def test_a_link_whose_one_end_fails_is_taken_back_at_both(province: Province) -> None:
    candidates = _with_other_key(province)
    breakage = FAILS_AT_ONCE["openvswitch"]
    path = candidates / COMMUNE / breakage.path
    path.write_text(breakage.edit(path.read_text()))
    done = province.commit(candidates, f"{COMMUNE},{PARENT}")
    assert done.returncode != 0
    assert province.state(COMMUNE)["last"]["outcome"] == "rolled-back"
    last = province.state(PARENT)["last"]
    assert last["outcome"] == "rolled-back", done.stdout
    assert COMMUNE in last["cause"], last


def test_both_ends_of_a_link_change_together_and_back(province: Province) -> None:
    for candidates in (_with_other_key(province), province.rendered()):
        done = province.commit(candidates, f"{COMMUNE},{PARENT}")
        assert done.returncode == 0, done.stdout
        confirmed = {box: province.state(box)["last"]["outcome"] for box in (COMMUNE, PARENT)}
        assert set(confirmed.values()) == {"confirmed"}
        established = wait_until(lambda: _pings(province, "sv-noc-1", COMMUNE), seconds=30)
        assert established, "the session between the two did not come back"


TAMPERINGS = {
    "a file": ("echo '! by hand' >>/etc/frr/frr.conf", "etc/frr/frr.conf"),
    "a mode": ("chmod 644 /etc/frr/frr.conf", "etc/frr/frr.conf"),
    "a removed file": ("rm /etc/nftables.d/20-qos.nft", "etc/nftables.d/20-qos.nft"),
    "the ruleset": ("nft add rule inet zones input tcp dport 23 accept", "running:nftables"),
    "a static route": ("vtysh -c 'conf t' -c 'ip route 192.0.2.0/24 Null0'", "running:frr"),
    "a port": ("ovs-vsctl set port office tag=99", "running:openvswitch"),
    "a queue": ("tc qdisc del dev wan1 root", "running:qos"),
    "an address": ("ip addr add 192.0.2.1/24 dev wan1", "running:address@wan1"),
    "a sysctl": ("sysctl -qw net.ipv4.ip_forward=0", "running:sysctl"),
    "a dead daemon": ("systemctl stop dnsmasq", "running:dnsmasq"),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_what_was_changed_by_hand_is_seen_and_healed(province: Province, name: str) -> None:
    command, seen = TAMPERINGS[name]
    province.twin.said(COMMUNE, command)
    assert seen in province.state()["drift"]
    done = province.commit(province.rendered())
    assert done.returncode == 0, done.stdout
    assert seen in _words(done.stdout) or _changed(done) > 0
    assert province.state()["drift"] == []


def test_a_diff_shows_no_secret(province: Province) -> None:
    done = province.commit(_with_other_key(province), f"{COMMUNE},{PARENT}", "--check", "--diff")
    assert done.returncode == 0, done.stdout
    secrets = re.findall(r"password (\S+)", province.twin.said(COMMUNE, "cat /etc/frr/frr.conf"))
    assert secrets
    assert not [secret for secret in secrets if secret in done.stdout]
    assert "+ neighbor" in done.stdout
    assert f"@secret{{bgp/{LINK}/91 sha256:" in done.stdout


@pytest.mark.parametrize("line", ["nneighbor 192.0.2.9", "neighbor nobody"])
def test_a_line_with_a_key_that_fails_shows_no_key(province: Province, line: str) -> None:
    secret = "password-of-a-neighbour"  # noqa: S105 (nobody uses it)
    breakage = Breakage(
        "etc/frr/frr.conf",
        lambda text: re.sub(r"(?m)^router bgp .*$", rf"\g<0>\n {line} password {secret}", text),
        "frr: ",
    )
    done = province.commit(_break(province, breakage))
    assert done.returncode != 0
    assert f"{line} password ***" in _words(done.stdout), done.stdout
    assert secret not in done.stdout + done.stderr
    assert secret not in province.twin.said(COMMUNE, "/usr/lib/giaoban/commit last")


def test_a_link_that_frr_planted_does_not_lead_root_astray(province: Province) -> None:
    province.twin.said(
        COMMUNE,
        "chown frr:frr /etc/frr; chmod 770 /etc/frr; rm -rf /root/bait; mkdir /root/bait;"
        " ln -s /root/bait /etc/frr/.frr.conf.giaoban-new; echo '!' >>/etc/frr/frr.conf",
    )
    done = province.commit(province.rendered())
    assert done.returncode == 0, done.stdout
    assert province.twin.said(COMMUNE, "ls -A /root/bait") == ""
    assert province.twin.said(COMMUNE, "stat -c '%U %G %a' /etc/frr") == "root frr 750"


def test_an_upgrade_of_something_else_is_refused(province: Province) -> None:
    done = province.twin.inside(
        COMMUNE,
        "cd $(mktemp -d) && mkdir -p usr/lib/giaoban etc/sudoers.d && cp /usr/lib/giaoban/commit"
        " usr/lib/giaoban && echo x >etc/sudoers.d/x && tar -c usr etc |"
        " /usr/lib/giaoban/commit upgrade",
    )
    assert done.returncode == 1
    assert "holds something that is not the agent's" in done.stderr
    assert province.twin.said(COMMUNE, "ls /etc/sudoers.d/x 2>&1 || :").endswith(
        "such file or directory"
    )


OPERATOR = "sudo -n -u operator sudo -n /usr/lib/giaoban/commit"


@pytest.mark.parametrize(
    "verb", ["validate /etc", "boot", "restore", "activate-now", "boot-links", "rollback why"]
)
def test_the_operator_is_not_asked_for_the_units_verbs(province: Province, verb: str) -> None:
    assert province.twin.inside(COMMUNE, f"{OPERATOR} state 0").returncode == 0
    done = province.twin.inside(COMMUNE, f"{OPERATOR} {verb}")
    assert done.returncode == 1
    assert "password is required" in done.stderr or "not allowed" in done.stderr


def test_validation_does_not_touch_the_etc_in_force(province: Province) -> None:
    generation = f"/var/lib/giaoban/generations/{province.state()['confirmed']}"
    done = province.twin.inside(COMMUNE, f"/usr/lib/giaoban/commit validate {generation}")
    assert done.returncode == 1
    assert "over the one in force" in done.stderr
    assert province.twin.inside(COMMUNE, "grep -e ' /etc ' /proc/mounts").returncode == 1


def _send(province: Province, name: str, tar: bytes) -> str:
    """Push a tar by hand, which must be refused, and give what the box says."""
    packed = base64.encodebytes(gzip.compress(tar)).decode()
    done = province.twin.inside(
        COMMUNE,
        f"base64 -d <<'END' | gzip -dc | /usr/lib/giaoban/commit push {name}\n{packed}END\n",
    )
    assert done.returncode != 0
    return done.stderr


def _generation(province: Province) -> Generation:
    """The commune's candidate with one line more."""
    tree = province.copy("one-line-more") / COMMUNE
    with (tree / "etc" / "hosts").open("a", encoding="utf-8") as hosts:
        hosts.write("192.0.2.1 one-line-more\n")
    return load_candidate(
        tree, SecretStore.from_file(province.twin.paths.state / "secrets/master.key")
    )


def test_a_push_that_breaks_off_changes_nothing(province: Province) -> None:
    generation = _generation(province)
    whole = generation.tar()
    before = province.twin.said(COMMUNE, "ls -AR /var/lib/giaoban; cat /etc/hosts")
    for length in (0, 100, len(whole) // 2, len(whole) - 12_000):
        assert "did not arrive whole" in _send(province, generation.name, whole[:length])
    assert province.twin.said(COMMUNE, "ls -AR /var/lib/giaoban; cat /etc/hosts") == before


def test_a_generation_under_another_name_is_refused(province: Province) -> None:
    generation = _generation(province)
    assert "its MANIFEST is not" in _send(province, "0" * 64, generation.tar())


def test_a_full_disk_is_a_sentence(province: Province) -> None:
    generation = _generation(province)
    shelf = "/var/lib/giaoban"
    province.twin.said(
        COMMUNE,
        f"cp -a {shelf} /run/kept && mount -t tmpfs -o size=1m tmpfs {shelf}"
        f" && cp -a /run/kept/. {shelf} && {{ cat /dev/zero >{shelf}/ballast || :; }}",
    )
    try:
        said = _send(province, generation.name, generation.tar())
    finally:
        province.twin.said(COMMUNE, f"umount {shelf}; rm -r /run/kept")
    assert "no room on this box" in said
    assert "kB free" in said


def test_a_pending_change_is_not_pushed_over(province: Province) -> None:
    generation = _generation(province)
    confirmed = province.state()["confirmed"]
    province.twin.said(COMMUNE, f"/usr/lib/giaoban/commit activate {confirmed} --timeout 40")
    try:
        said = _send(province, generation.name, generation.tar())
    finally:
        province.twin.said(COMMUNE, "/usr/lib/giaoban/commit state 20")
        province.twin.said(COMMUNE, "echo the test is over | /usr/lib/giaoban/commit rollback")
    assert re.search(r"another change \(.*\) waits to be confirmed .* in \d+ s at the latest", said)
    assert province.state()["last"]["cause"] == "the test is over"
