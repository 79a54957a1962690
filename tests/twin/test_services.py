"""What the data centre's servers serve, in a province at work: packages and names."""

from __future__ import annotations

import re
import shutil
import socket
import struct
import subprocess
from functools import partial
from pathlib import Path

import pytest

from giaoban.intent.load import load
from giaoban.plan import build
from giaoban.plan.services import VOTE
from giaoban.software import here
from giaoban.software.repository import Repository
from giaoban.twin import names, namespaces
from giaoban.waiting import wait_until
from tests.twin.centre import COMMUNE, DOMAIN, PC, Centre
from tests.twin.configured import Province
from tests.twin.molecule import box_of, roles_on, run_scenario

pytestmark = pytest.mark.twin

MIRROR, DNS = "10.64.40.11", ("10.64.40.21", "10.64.40.22")


@pytest.fixture
def served(centre: Centre) -> Province:
    """The twin whose data centre serves."""
    return centre.province


def _asked(province: Province, name: str, *words: str, server: str = DNS[0]) -> str:
    """Ask a name server for a name, from an office of a commune; give its answer, or nothing."""
    ask = ("host", "-W", "2", *words, name, server)
    done = province.twin("run", PC, *ask)
    return done.stdout if done.returncode == 0 else ""


def test_nothing_is_left_to_change(centre: Centre) -> None:
    assert centre.changes() == {}


@pytest.mark.parametrize("role", roles_on("sv-", "ms-"))
def test_scenario(centre: Centre, role: str, tmp_path: Path) -> None:
    server = build(load(centre.intent)).servers.get(box_of(role))
    if server is None or (role == VOTE and VOTE not in server.server.groups):
        pytest.skip("its server stands with --full only")
    run_scenario(centre.province, role, tmp_path)


def test_nothing_is_left_of_the_scenarios(centre: Centre) -> None:
    assert centre.changes() != {}
    assert centre.changes() == {}


def _is_authentic(name: str) -> bool:
    """Ask for a name and for whether its signatures were checked (AD, RFC 6840, 5.7)."""
    wanted = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    recursion, authentic, inet, address = 0x0100, 0x0020, 1, 1
    header = struct.pack("!HHHHHH", 7, recursion | authentic, 1, 0, 0, 0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
        channel.settimeout(5)
        channel.sendto(header + wanted + b"\0" + struct.pack("!HH", address, inet), (DNS[0], 53))
        _, flags, _, answers = struct.unpack("!HHHH", channel.recv(4096)[:8])
    return bool(flags & authentic) and answers > 0


# Packages


def test_a_server_installs_from_the_mirror_and_from_nowhere_else(served: Province) -> None:
    asked = served.inside("sv-dns-1", "apt-get", "indextargets", "--format", "$(REPO_URI)")
    assert set(asked.split()) == {f"http://{MIRROR}/debian/"}
    assert "Candidate: 3." in served.inside("sv-dns-1", "apt-cache", "policy", "knot")


@pytest.fixture
def torn(tmp_path: Path) -> Repository:
    """A repository in which somebody put another package in place of one."""
    whole = here.repository(print)
    copy = tmp_path / "debian"
    shutil.copytree(whole.folder, copy)
    packages = sorted((copy / "pool").glob("chrony_*.deb"))
    packages[0].write_bytes(packages[0].read_bytes()[:-1] + b"!")
    return Repository(copy)


def _apt(repository: Repository, scratch: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run this machine's apt with one source and nothing installed."""
    for folder in ("lists/partial", "archives/partial"):
        (scratch / folder).mkdir(parents=True, exist_ok=True)
    (scratch / "status").touch()
    (scratch / "sources.list").write_text(repository.source)
    options = {
        "Dir::Etc::sourcelist": scratch / "sources.list",
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::State::lists": scratch / "lists",
        "Dir::State::status": scratch / "status",
        "Dir::Cache": scratch,
        "Dir::Cache::pkgcache": "",
        "APT::Sandbox::User": "root",
    }
    argv = ["apt-get", "--yes"]
    for option, value in options.items():
        argv += ["-o", f"{option}={value}"]
    return subprocess.run([*argv, *words], capture_output=True, text=True, check=False)


def test_a_package_that_was_put_in_is_not_installed(torn: Repository, tmp_path: Path) -> None:
    assert _apt(torn, tmp_path, "update").returncode == 0
    fetched = _apt(torn, tmp_path, "--download-only", "install", "chrony")
    assert fetched.returncode != 0
    assert "Hash Sum mismatch" in fetched.stderr


def test_an_index_that_was_changed_is_not_read(torn: Repository, tmp_path: Path) -> None:
    signed = torn.folder / "dists/trixie/InRelease"
    signed.write_text(signed.read_text().replace("Origin: giaoban", "Origin: somebody"))
    assert "BADSIG" in _apt(torn, tmp_path, "update").stderr


# Names


@pytest.mark.parametrize("server", DNS)
def test_an_office_finds_every_kind_of_name(served: Province, server: str) -> None:
    assert f"rt-{COMMUNE}.{DOMAIN} has address " in _asked(
        served, f"rt-{COMMUNE}.{DOMAIN}", server=server
    )
    assert "has IPv6 address fd67:" in _asked(served, f"dns.{DOMAIN}", "-t", "AAAA", server=server)
    assert f"pointer sv-dns-1.{DOMAIN}." in _asked(served, DNS[0], server=server)
    assert f"pointer sv-dns-2.{DOMAIN}." in _asked(served, "fd67:6700:a64:18::16", server=server)
    assert _asked(served, f"nobody.{DOMAIN}", server=server) == ""


def test_both_servers_sign_with_one_key_and_the_signatures_hold(served: Province) -> None:
    keys = {server: _asked(served, DOMAIN, "-t", "DNSKEY", server=server) for server in DNS}
    records = {re.findall(r"DNSKEY record (257 3 13 .*)", text)[0] for text in keys.values()}
    assert len(records) == 1
    # `ad`: the resolver has checked the signatures against the key of the province.
    pc = names.namespace(served.paths.name, PC)
    assert namespaces.ask(pc, partial(_is_authentic, f"rt-{COMMUNE}.{DOMAIN}"))


def test_a_signature_that_does_not_hold_is_no_answer(centre: Centre, served: Province) -> None:
    """Break what the resolver checks against: it must pass nothing on, and say so."""
    anchors = "/etc/unbound/unbound.conf.d/giaoban.conf"

    def answers() -> bool:
        return _asked(served, f"sv-noc-1.{DOMAIN}") != ""

    assert answers()
    other = f's/ 13 .*/ 13 {"A" * 86}=="/'
    served.inside("sv-dns-1", "sed", "-i", f'/trust-anchor: "{DOMAIN}/{other}', anchors)
    try:
        served.inside("sv-dns-1", "systemctl", "restart", "unbound")
        asked = served.twin("run", PC, "host", "-W", "5", f"sv-noc-1.{DOMAIN}", DNS[0])
        assert "SERVFAIL" in asked.stdout
    finally:
        assert centre.changes("--tags", "dns") == {"sv-dns-1": 2}
    assert wait_until(answers, seconds=10)


def test_a_guest_is_told_of_no_name_server_and_an_office_of_both(served: Province) -> None:
    leases = "cat /run/systemd/netif/leases/*"
    served.inside(PC, "networkctl", "reconfigure", "eth0")
    told = f"DNS={' '.join(DNS)}\n"
    assert wait_until(lambda: told in served.inside(PC, "sh", "-c", leases), seconds=20)
    said = served.inside(f"rt-{COMMUNE}", "cat", "/etc/dnsmasq.d/giaoban.conf")
    assert "tag:guest,option:dns-server\n" in said
    assert f"nameserver {DNS[0]}" in served.inside("sv-noc-1", "cat", "/etc/resolv.conf")


def test_names_go_on_without_one_of_the_servers(centre: Centre, served: Province) -> None:
    resolve = ("getent", "hosts", f"rt-{COMMUNE}.{DOMAIN}")
    served.inside("sv-dns-1", "systemctl", "stop", "unbound", "knot")
    try:
        assert _asked(served, f"rt-{COMMUNE}.{DOMAIN}") == ""
        assert f"rt-{COMMUNE}" in served.inside("sv-noc-1", *resolve)
        assert _asked(served, f"rt-{COMMUNE}.{DOMAIN}", server=DNS[1]) != ""
    finally:
        assert centre.changes("--tags", "dns") == {"sv-dns-1": 1}
    assert wait_until(lambda: _asked(served, f"rt-{COMMUNE}.{DOMAIN}") != "", seconds=10)


def test_a_site_that_comes_gets_its_names_and_nothing_else_changes(
    centre: Centre, served: Province
) -> None:
    """The serial is the daemon's: what the plan says is what is served, at once."""
    zone = f"/etc/knot/zones/{DOMAIN}.zone"
    before = served.inside("sv-dns-2", "knotc", "zone-status", DOMAIN, "+serial")
    served.inside("sv-dns-2", "sh", "-c", f"sed -i '/^rt-{COMMUNE} /d' {zone}")
    served.inside("sv-dns-2", "knotc", "-b", "zone-reload", DOMAIN)
    assert served.inside("sv-dns-2", "knotc", "zone-status", DOMAIN, "+serial") != before
    assert centre.changes("--tags", "dns") == {"sv-dns-2": 2}
    found = served.inside("sv-dns-2", "knotc", "zone-read", DOMAIN, f"rt-{COMMUNE}", "A")
    assert f"rt-{COMMUNE}.{DOMAIN}." in found


# Time


def _sources(province: Province, node: str) -> dict[str, str]:
    """Give the state of each of a node's time sources, in chrony's signs: `*` is followed."""
    lines = province.inside(node, "chronyc", "-n", "-c", "sources").splitlines()
    return {fields[2]: fields[1] for fields in (line.split(",") for line in lines)}


def test_time_comes_from_the_servers_and_goes_on_without_one(served: Province) -> None:
    """Cores follow a time server, whichever is there; sites follow the cores."""

    def follows() -> set[str]:
        return {address for address, sign in _sources(served, "rt-core-1").items() if sign == "*"}

    def ask_now() -> None:
        """Take four answers, of sixteen questions at most: a busy machine loses some."""
        served.inside("rt-core-1", "chronyc", "burst", "4/16")

    assert set(DNS) <= set(_sources(served, "rt-core-1"))
    ask_now()
    assert wait_until(lambda: follows() <= set(DNS) and follows() != set(), seconds=90)
    (followed,) = follows()
    lost = f"sv-dns-{1 + DNS.index(followed)}"
    served.inside(lost, "systemctl", "stop", "chrony")
    try:
        # It would believe what it heard for ten minutes more; one that starts now hears nothing.
        served.inside("rt-core-1", "chronyc", "reset", "sources")
        ask_now()
        assert wait_until(lambda: follows() not in ({followed}, set()), seconds=90)
    finally:
        served.inside(lost, "systemctl", "start", "chrony")
