"""What the backend does with domains, on libvirt's own test driver.

The driver can neither fill volumes nor resize them: tests/twin/test_libvirt.py makes whole servers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from giaoban.datacentre.backends import NameTakenError, ServerError, StandsAlreadyError
from giaoban.datacentre.backends.libvirt import LibvirtBackend
from giaoban.datacentre.backends.libvirt.connection import UnreachableError
from giaoban.datacentre.backends.libvirt.domain import domain_xml
from giaoban.datacentre.backends.libvirt.pool import PoolError
from giaoban.datacentre.specs import ServerSpec
from tests.unit.datacentre.libvirt.servers import GIB, URN, record, server

libvirt = pytest.importorskip("libvirt", reason="scripts/setup --libvirt brings it")

_URI, _POOL, _KIND = "test:///default", "default-pool", "giaoban:index:Server"


@pytest.fixture
def connection() -> Iterator[Any]:
    """Give the driver; it keeps what it has as long as anybody in this process is connected."""
    opened = libvirt.open(_URI)
    yield opened
    for domain in opened.listAllDomains():
        if domain.name() != "test":
            if domain.isActive():
                domain.destroy()
            domain.undefine()
    pool = opened.storagePoolLookupByName(_POOL)
    if not pool.isActive():
        pool.create()
    for volume in pool.listAllVolumes():
        volume.delete()
    opened.close()


@pytest.fixture
def backend(connection: Any) -> LibvirtBackend:
    del connection  # it has to be open
    return LibvirtBackend({"hv-kvm-1": _URI}, _POOL)


def _stand(connection: Any, spec: ServerSpec, **changes: Any) -> Any:
    """Have a server stand as the backend would have left it."""
    volume = f"<volume><name>{spec.name}.qcow2</name><capacity>{spec.disk}</capacity></volume>"
    connection.storagePoolLookupByName(_POOL).createXML(volume)
    text = domain_xml(spec, record(spec, **changes), _POOL, "test")
    domain = connection.defineXML(text.replace('arch="x86_64" machine="q35"', 'arch="i686"'))
    domain.create()
    return domain


def test_what_stands_is_read_as_it_was_asked_for(connection: Any, backend: LibvirtBackend) -> None:
    spec = server()
    _stand(connection, spec)
    found = backend.read(_KIND, spec.name)
    assert found is not None
    assert {key: found[key] for key in ("cpus", "memory", "disk", "mac", "port", "running")} == {
        "cpus": 2,
        "memory": 2 * GIB,
        "disk": 20 * GIB,
        "mac": spec.mac,
        "port": "s80-21",
        "running": True,
    }
    assert (found["owner"], found["born"]) == (spec.owner, "0123456789abcdef")


@pytest.mark.parametrize(
    ("edit", "key", "value"),
    [
        (("02:00:00:00:00:21", "02:00:00:00:00:99"), "mac", "02:00:00:00:00:99"),
        (("s80-21", "s80-99"), "port", "s80-99"),
        ((">2</vcpu>", ">4</vcpu>"), "cpus", 4),
        ((">2097152<", ">1048576<"), "memory", GIB),
    ],
)
def test_what_somebody_changed_is_seen(
    connection: Any, backend: LibvirtBackend, edit: tuple[str, str], key: str, value: object
) -> None:
    domain = _stand(connection, server())
    text = domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE)
    head, metadata, tail = text.partition("</metadata>")
    assert edit[0] in tail
    connection.defineXML(head + metadata + tail.replace(*edit))
    found = backend.read(_KIND, "sv-dns-1")
    assert found is not None
    assert found[key] == value


@pytest.mark.parametrize("how", ["destroy", "suspend"])
def test_a_server_that_is_off_or_paused_does_not_run(
    connection: Any, backend: LibvirtBackend, how: str
) -> None:
    domain = _stand(connection, server())
    getattr(domain, how)()
    found = backend.read(_KIND, "sv-dns-1")
    assert found is not None
    assert found["running"] is False
    made = backend.update(_KIND, server(), URN)
    assert made["born"] == "0123456789abcdef"
    assert domain.state()[0] == libvirt.VIR_DOMAIN_RUNNING


def test_a_change_without_hardware_leaves_it_running(
    connection: Any, backend: LibvirtBackend
) -> None:
    before = _stand(connection, server()).ID()
    backend.update(_KIND, server(owner="so-noi-vu"), URN)
    found = backend.read(_KIND, "sv-dns-1")
    assert found is not None
    domain = connection.lookupByName("sv-dns-1")
    assert (found["owner"], domain.ID()) == ("so-noi-vu", before)
    assert domain.autostart()


def test_other_hardware_takes_effect_by_a_restart(connection: Any, backend: LibvirtBackend) -> None:
    before = _stand(connection, server()).ID()
    backend.update(_KIND, server(cpus=4, memory=4 * GIB), URN)
    found = backend.read(_KIND, "sv-dns-1")
    assert found is not None
    assert (found["cpus"], found["memory"], found["running"]) == (4, 4 * GIB, True)
    assert connection.lookupByName("sv-dns-1").ID() != before


def test_a_disk_never_shrinks(connection: Any, backend: LibvirtBackend) -> None:
    _stand(connection, server())
    with pytest.raises(ServerError, match="sv-dns-1: its disk is 21474836480 bytes and cannot"):
        backend.update(_KIND, server(disk=10 * GIB), URN)


def test_delete_leaves_nothing_and_may_be_repeated(
    connection: Any, backend: LibvirtBackend
) -> None:
    _stand(connection, server())
    backend.delete(_KIND, "sv-dns-1", URN)
    backend.delete(_KIND, "sv-dns-1", URN)
    assert backend.read(_KIND, "sv-dns-1") is None
    assert "sv-dns-1" not in backend.servers()
    assert connection.storagePoolLookupByName(_POOL).listVolumes() == []


def test_a_half_made_server_is_not_there(connection: Any, backend: LibvirtBackend) -> None:
    _stand(connection, server(), whole=False)
    assert backend.read(_KIND, "sv-dns-1") is None
    assert "sv-dns-1" in backend.servers()


def test_what_a_killed_run_left_is_swept_and_what_another_stacks_did_is_not(
    connection: Any, backend: LibvirtBackend
) -> None:
    _stand(connection, server(), whole=False)
    other = server(name="sv-other", mac="02:00:00:00:00:99", port="s80-99")
    _stand(connection, other, made_by="urn:pulumi:other::giaoban::x", whole=False)
    backend.delete(_KIND, "sv-third", URN.replace("sv-dns-1", "sv-third"))
    assert {domain.name() for domain in connection.listAllDomains()} == {"test", "sv-other"}


@pytest.mark.parametrize("made_by", ["urn:pulumi:other::giaoban::x", None])
def test_what_is_not_ours_is_never_touched(
    connection: Any, backend: LibvirtBackend, made_by: str | None
) -> None:
    if made_by is None:
        rest = "<memory>1024</memory><os><type>hvm</type></os></domain>"
        domain = connection.defineXML(f"<domain type='test'><name>sv-dns-1</name>{rest}")
    else:
        domain = _stand(connection, server(), made_by=made_by)
    before = domain.XMLDesc()
    whose = made_by or "somebody who is not giaoban"
    sentence = f"sv-dns-1: a thing of that name is there already, made by {whose}"
    with pytest.raises(NameTakenError, match=sentence):
        backend.create(_KIND, server(), URN)
    with pytest.raises(NameTakenError, match=sentence):
        backend.delete(_KIND, "sv-dns-1", URN)
    assert domain.XMLDesc() == before
    assert backend.servers()["sv-dns-1"] == whose


def test_a_domain_that_somebody_made_is_read_as_nothing_of_ours(
    backend: LibvirtBackend,
) -> None:
    assert backend.read(_KIND, "test") is None
    assert backend.servers() == {"test": "somebody who is not giaoban"}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"mac": "02:00:00:00:00:99"}, "MAC address 02:00:00:00:00:99"),
        ({"port": "s80-99"}, "port s80-99"),
        ({"addresses": ("10.64.40.99/24",)}, "address 10.64.40.99/24"),
    ],
)
def test_what_is_in_use_is_not_given_twice(
    connection: Any, backend: LibvirtBackend, changes: dict[str, Any], sentence: str
) -> None:
    other = server(
        name="sv-other",
        mac="02:00:00:00:00:99",
        port="s80-99",
        addresses=("10.64.40.99/24",),
    )
    _stand(connection, other, made_by="x")
    with pytest.raises(ServerError, match=f"sv-dns-1: {sentence} is in use by sv-other on hv-kvm"):
        backend.create(_KIND, server(**changes), URN)


def test_a_server_without_its_image_is_not_begun(backend: LibvirtBackend) -> None:
    with pytest.raises(ServerError, match="image debian-13 of hv-kvm-1 is not there; run giaoban"):
        backend.create(_KIND, server(), URN)
    assert "sv-dns-1" not in backend.servers()


def test_a_pool_that_is_missing_or_stopped_is_named(connection: Any) -> None:
    missing = LibvirtBackend({"hv-kvm-1": _URI}, "fast")
    with pytest.raises(PoolError, match="hv-kvm-1: no storage pool 'fast', there is default-pool;"):
        missing.create(_KIND, server(), URN)
    connection.storagePoolLookupByName(_POOL).destroy()
    stopped = LibvirtBackend({"hv-kvm-1": _URI}, _POOL)
    with pytest.raises(PoolError, match="hv-kvm-1: storage pool 'default-pool' is stopped; run"):
        stopped.create(_KIND, server(), URN)


def test_a_hypervisor_that_is_not_there_is_named(connection: Any) -> None:
    nowhere = "qemu+unix:///system?socket=/nonexistent/libvirt-sock"
    both = LibvirtBackend({"hv-kvm-0": nowhere, "hv-kvm-1": _URI}, _POOL)
    _stand(connection, server())
    assert both.read(_KIND, "sv-dns-1") is not None
    with pytest.raises(UnreachableError, match="hv-kvm-0: no connection to qemu\\+unix:///system"):
        both.read(_KIND, "sv-other")


def test_one_that_the_state_lost_is_taken_as_it_stands(
    connection: Any, backend: LibvirtBackend
) -> None:
    domain = _stand(connection, server())
    before = domain.UUIDString(), domain.ID()
    outputs = backend.create(_KIND, server(), URN)
    found = connection.lookupByName(server().name)
    assert (found.UUIDString(), found.ID()) == before
    assert outputs["name"] == server().name


def test_one_that_the_state_lost_and_that_is_another_is_left_alone(
    connection: Any, backend: LibvirtBackend
) -> None:
    _stand(connection, server())
    moved = server(addresses=("10.64.40.99/24", "fd67:6700:a64:18::63/64"))
    with pytest.raises(StandsAlreadyError, match="with another addresses; Pulumi's state"):
        backend.create(_KIND, moved, URN)
    assert connection.lookupByName(server().name).isActive()


_BY_HAND = """\
<domain type='test'>
  <name>sv-dns-1</name><memory unit='MiB'>1024</memory><vcpu>1</vcpu><os><type>hvm</type></os>
  <devices>
    <disk type='file' device='disk'>
      <source file='{file}'/><target dev='sda' bus='scsi'/>
    </disk>
    <interface type='network'>
      <mac address='02:00:00:00:00:99'/><source network='default'/><model type='e1000'/>
    </interface>
  </devices>
</domain>
"""


def _by_hand(connection: Any, folder: str = "") -> Any:
    """Have a server stand as a technician makes one: a disk by its path, a card in a network."""
    pool = connection.storagePoolLookupByName(_POOL)
    volume = f"<volume><name>theirs.img</name><capacity>{10 * GIB}</capacity></volume>"
    path = pool.createXML(volume).path()
    domain = connection.defineXML(_BY_HAND.format(file=folder or path))
    domain.create()
    return domain


def test_what_a_hand_made_is_seen_as_it_is(connection: Any, backend: LibvirtBackend) -> None:
    _by_hand(connection)
    assert backend.foreign("sv-dns-1") == {
        "name": "sv-dns-1",
        "hypervisor": "hv-kvm-1",
        "cpus": 1,
        "memory": GIB,
        "disk": 10 * GIB,
        "mac": "02:00:00:00:00:99",
        "port": backend.foreign("sv-dns-1")["port"],  # type: ignore[index] - libvirt names it
        "running": True,
        "adopted_from": "somebody who is not giaoban",
    }
    assert backend.read(_KIND, "sv-dns-1") is None


def test_a_disk_of_no_pool_is_not_seen(connection: Any, backend: LibvirtBackend) -> None:
    _by_hand(connection, "/srv/theirs.img")
    assert "disk" not in (backend.foreign("sv-dns-1") or {"disk": 0})


def test_what_a_stack_made_is_not_for_adoption(connection: Any, backend: LibvirtBackend) -> None:
    _stand(connection, server(), made_by="urn:pulumi:other::giaoban::x")
    assert backend.foreign("sv-dns-1") is None
    with pytest.raises(NameTakenError, match="made by urn:pulumi:other"):
        backend.update(_KIND, server(), URN, "somebody who is not giaoban")


def test_what_was_imported_becomes_ours_with_its_disk(
    connection: Any, backend: LibvirtBackend
) -> None:
    before = _by_hand(connection).UUIDString()
    spec = server(disk=10 * GIB)
    with pytest.raises(NameTakenError, match="to have it adopted, write `adopt: true` in its"):
        backend.update(_KIND, spec, URN)
    made = backend.update(_KIND, spec, URN, "somebody who is not giaoban")
    assert backend.foreign("sv-dns-1") is None
    found = backend.read(_KIND, "sv-dns-1")
    assert found is not None
    assert found == {key: value for key, value in made.items() if key != "first_boot"}
    assert (found["port"], found["mac"], found["owner"]) == (spec.port, spec.mac, spec.owner)
    domain = connection.lookupByName("sv-dns-1")
    assert domain.UUIDString() == before
    text = domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE)
    assert "<interface type='ethernet'>" in text
    assert "<model type='e1000'/>" in text
    assert f"<source pool='{_POOL}' volume='theirs.img'/>" in text
    backend.delete(_KIND, "sv-dns-1", URN)
    assert connection.storagePoolLookupByName(_POOL).listVolumes() == []
