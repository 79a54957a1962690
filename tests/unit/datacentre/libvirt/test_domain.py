"""Domain XML of a server, and a server out of domain XML."""

from __future__ import annotations

import io
import os
import tarfile
from dataclasses import replace

import pytest

from giaoban.datacentre.backends.libvirt.domain import (
    changed_xml,
    domain_xml,
    fits,
    has_seed,
    machine_of,
    record_xml,
)
from giaoban.datacentre.backends.libvirt.seed import seed_of, was_taken
from tests.support.checkout import ROOT
from tests.unit.datacentre.libvirt.servers import GIB, record, server


def _xml(**changes: object) -> str:
    spec = server(**changes)
    return domain_xml(spec, record(spec), "disks", "kvm")


def test_a_servers_domain_is_the_golden_one() -> None:
    expected = ROOT / "tests" / "golden" / "libvirt" / "sv-dns-1.xml"
    if os.environ.get("GIAOBAN_GOLDEN") == "update":
        expected.write_text(_xml(), encoding="utf-8")
    assert _xml() == expected.read_text(encoding="utf-8")


def test_what_was_written_is_read_back() -> None:
    spec = server()
    found = machine_of(_xml())
    assert (found.name, found.cpus, found.mac, found.port) == (
        "sv-dns-1",
        2,
        spec.mac,
        spec.port,
    )
    assert (found.pool, found.volume) == ("disks", "sv-dns-1.qcow2")
    assert found.record == record(spec)


def test_a_domain_that_somebody_made_has_no_record() -> None:
    found = machine_of("<domain><name>sv-dns-1</name><metadata/></domain>")
    assert (found.record, found.mac, found.cpus) == (None, "", 0)


def test_no_secret_of_the_first_boot_is_in_the_domain() -> None:
    assert "authorized_keys" not in _xml()


def test_a_port_of_the_switch_is_named_and_no_vlan_beside_the_plans() -> None:
    text = _xml()
    assert '<interface type="ethernet">' in text
    assert '<target dev="s80-21" />' in text
    assert "vlan" not in text
    assert "bridge" not in text


def test_what_somebody_added_survives_a_change() -> None:
    before = _xml().replace("<devices>", '<devices><watchdog model="i6300esb" />')
    spec = server(cpus=4, memory=4 * GIB, mac="02:00:00:00:00:22", port="s80-22")
    after = changed_xml(before, spec, record(spec))
    assert "watchdog" in after
    assert after.count("<interface") == 1
    assert after.count("made_by=") == 1
    found = machine_of(after.replace('unit="bytes">' + str(4 * GIB), f'unit="KiB">{4 * 2**20}'))
    assert fits(found, spec)
    assert found.record == record(spec)


def test_a_port_that_was_pulled_is_plugged_again() -> None:
    spec = server()
    pulled = (
        _xml().replace('<interface type="ethernet">', "<was>").replace("</interface>", "</was>")
    )
    assert machine_of(pulled).port == ""
    assert machine_of(changed_xml(pulled, spec, record(spec))).port == spec.port


@pytest.mark.parametrize(
    ("more", "fitting"), [(0, True), (2**20 - 1024, True), (2**20, False), (-1024, False)]
)
def test_memory_that_was_rounded_up_is_as_asked_for(more: int, fitting: bool) -> None:  # noqa: FBT001 - a table
    spec = server()
    found = replace(machine_of(_xml()), memory=spec.memory + more)
    assert fits(found, spec) is fitting


def test_metadata_is_set_without_a_namespace_of_its_own() -> None:
    text = record_xml(record(server()))
    assert text.startswith('<server made_by="urn:')
    assert "xmlns" not in text


def test_the_first_boots_disk_is_known_by_its_serial() -> None:
    assert has_seed(_xml())
    assert not has_seed(_xml().replace("giaoban-seed", "other"))


def test_the_first_boot_holds_its_files_with_their_modes() -> None:
    disk = seed_of(server())
    assert len(disk) % 65_536 == 0
    with tarfile.open(fileobj=io.BytesIO(disk)) as tar:
        found = {entry.name: (entry.mode, entry.uid) for entry in tar}
        name = tar.extractfile("etc/hostname")
        assert name is not None
        assert name.read() == b"sv-dns-1\n"
    assert found["root/.ssh"] == (0o700, 0)
    assert found["root/.ssh/authorized_keys"] == (0o600, 0)


def test_a_first_boot_was_taken_once_all_of_it_is_overwritten() -> None:
    disk = seed_of(server())
    assert not was_taken(disk)
    assert not was_taken(bytes(65_536) + b"x")
    assert was_taken(bytes(len(disk)))
