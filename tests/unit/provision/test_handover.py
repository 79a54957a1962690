"""What Pulumi tells Ansible, and what Ansible makes of it without any Pulumi."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from giaoban.intent.load import load
from giaoban.plan import build
from giaoban.provision.handover import Born, HandoverError, handover_text, read_servers
from giaoban.provision.host_keys import make_host_keys
from giaoban.provision.inventory import planned_inventory
from giaoban.provision.reach import Reach
from tests.support.checkout import ROOT

_ROW = {"hypervisor": "hv-kvm-1", "born": "0123456789abcdef"}


def _reach(folder: Path) -> Reach:
    return Reach(folder / "inventory" / "x", ROOT / "inventory" / "daknong", folder, None)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    (tmp_path / "servers.json").write_text(handover_text({"sv-dns-1": _ROW}))
    assert read_servers(tmp_path) == {"sv-dns-1": Born(**_ROW)}


def test_nobody_ever_made_any(tmp_path: Path) -> None:
    assert read_servers(tmp_path) == {}


def test_another_version_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "servers.json").write_text(json.dumps({"schema": 2, "servers": {}}))
    with pytest.raises(HandoverError, match="schema 2 found, 1 expected"):
        read_servers(tmp_path)


def test_a_virtual_server_is_in_the_inventory_while_it_exists(tmp_path: Path) -> None:
    plan = build(load(ROOT / "inventory" / "daknong"))
    before = {host.name for host in planned_inventory(plan, _reach(tmp_path)).hosts}
    (tmp_path / "servers.json").write_text(handover_text({"sv-dns-1": _ROW}))
    hosts = {host.name: host for host in planned_inventory(plan, _reach(tmp_path)).hosts}
    assert hosts.keys() - before == {"sv-dns-1"}
    host = hosts["sv-dns-1"]
    assert "virtual_servers" in host.groups
    assert host.variables["commit__register_dir"].endswith("/staged/0123456789abcdef")


def test_known_hosts_keeps_what_others_wrote(tmp_path: Path) -> None:
    known = tmp_path / "known_hosts"
    known.write_text("# by hand\nrt-a ssh-ed25519 AAAA\nsv-a ssh-ed25519 OLD\n")
    make_host_keys(tmp_path / "host-keys", known, ["sv-a"])
    lines = known.read_text().splitlines()
    assert lines[:2] == ["# by hand", "rt-a ssh-ed25519 AAAA"]
    assert [line.split()[0] for line in lines[2:]] == ["sv-a"]
    assert "OLD" not in lines[2]
    assert (tmp_path / "host-keys" / "sv-a").stat().st_mode & 0o777 == 0o600
    before = known.read_text()
    make_host_keys(tmp_path / "host-keys", known, ["sv-a"])
    assert known.read_text() == before
