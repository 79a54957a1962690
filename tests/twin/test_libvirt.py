"""A real hypervisor of the test's own: a server boots there, changes, and goes.

One guest at a time, on an emulated processor: tests share it, and stand in the order of its life.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from giaoban.datacentre.backends import NameTakenError, ServerError
from giaoban.datacentre.backends.libvirt import LibvirtBackend, hypervisor
from giaoban.datacentre.backends.libvirt.connection import PoolFullError, RefusedError
from giaoban.datacentre.backends.libvirt.domain import Record, disk_name, domain_xml, seed_name
from giaoban.datacentre.design import design_of
from giaoban.datacentre.first_boot import Identity
from giaoban.datacentre.specs import ImageSpec, NetworkSpec, ServerSpec
from giaoban.errors import OperationError
from giaoban.intent.load import load
from giaoban.plan import build
from giaoban.provision.host_keys import new_private_key, public_text
from giaoban.waiting import wait_until
from tests.support.hypervisor import PrivateHypervisor, private_hypervisor
from tests.twin.configured import INTENT

pytestmark = pytest.mark.twin

_IMAGE, _NETWORK = ImageSpec(name="debian-13"), NetworkSpec(name="internal", vlan=80)
_OF_IMAGE, _OF_NETWORK, _OF_SERVER = (
    f"giaoban:index:{kind}" for kind in ("Image", "Network", "Server")
)
_URN = "urn:pulumi:production::giaoban::thing"
_GIB = 2**30
_LOGIN_SECONDS = 240  # 30 on an idle machine


@dataclass(frozen=True)
class Room:
    """A hypervisor with the image and the network, and the server that a test may make there."""

    private: PrivateHypervisor
    backend: LibvirtBackend
    spec: ServerSpec
    key: Path

    def login(self, command: str) -> str:
        """Log in as the NOC would, from the far end of the server's port, and run a command."""
        gateway = self.spec.addresses[0].rpartition(".")[0] + ".1/24"
        self.private.inside("ip", "address", "replace", gateway, "dev", self.spec.port)
        argv = [
            *("ssh", "-F", "none", "-i", str(self.key), "-oBatchMode=yes", "-oConnectTimeout=5"),
            *(f"-oUserKnownHostsFile={self.key}.known", "-oStrictHostKeyChecking=yes"),
            *(f"-oHostKeyAlias={self.spec.name}", f"root@{self.spec.addresses[0].split('/')[0]}"),
        ]
        said: list[str] = []

        def answered() -> bool:
            try:
                done = self.private.inside(*argv, command)
            except subprocess.TimeoutExpired:
                said[:] = ["it took the connection and did not answer"]
                return False
            said[:] = [done.stdout or done.stderr]
            return done.returncode == 0

        assert wait_until(answered, seconds=_LOGIN_SECONDS, step=0.5), said[0]
        return said[0]

    def volumes(self) -> set[str]:
        """Give the files of the storage pool."""
        return {file.name for file in self.private.disks.iterdir()}


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    if os.geteuid() != 0:
        pytest.skip("a hypervisor of one's own needs root")
    folder = tmp_path_factory.mktemp("hypervisor")
    key, host_key = folder / "key", new_private_key()
    key.write_text(new_private_key())
    key.chmod(0o600)
    (folder / "key.known").write_text(f"sv-dns-1 {public_text(host_key)}\n")
    plan = build(load(INTENT))
    # The far end of the server's port stands for the NOC here: no router is between.
    identity = Identity(host_key, public_text(key.read_text()), ("10.64.40.0/24",))
    groups = design_of(plan, dict.fromkeys(plan.virtual_servers, identity)).groups
    spec = groups["dns"][0].model_copy(update={"memory": _GIB, "disk": 5 * _GIB})
    with private_hypervisor(folder / "hv") as private:
        backend = LibvirtBackend({spec.hypervisor: private.uri}, "disks", "qemu")
        backend.create(_OF_NETWORK, _NETWORK, _URN)
        backend.create(_OF_IMAGE, _IMAGE, _URN)
        yield Room(private, backend, spec, key)


def _leave_half_made(room: Room) -> None:
    half = Record(_URN, whole=False, settings={})
    file = room.key.with_name("half.xml")
    file.write_text(domain_xml(room.spec, half, "disks", "qemu"))
    room.private.virsh("define", str(file))
    for volume in (disk_name(room.spec.name), seed_name(room.spec.name)):
        room.private.virsh("vol-create-as", "disks", volume, "1M")


@pytest.fixture(scope="module")
def born(room: Room) -> str:
    """Have the server there, over what a killed run left of it; give the token of its birth."""
    _leave_half_made(room)
    made: str = room.backend.create(_OF_SERVER, room.spec, _URN)["born"]
    return made


def test_network_and_image_are_there_and_made_twice_no_other(room: Room) -> None:
    assert room.backend.read(_OF_NETWORK, "internal") == {"name": "internal", "vlan": 80}
    image = room.backend.read(_OF_IMAGE, _IMAGE.name)
    assert image is not None
    file = room.private.disks / "giaoban-image-debian-13.qcow2"
    before = file.stat()
    assert room.backend.create(_OF_IMAGE, _IMAGE, _URN) == image
    assert file.stat() == before
    assert before.st_mode & 0o777 == 0o600
    for kind, spec in ((_OF_NETWORK, _NETWORK), (_OF_IMAGE, _IMAGE)):
        with pytest.raises(NameTakenError, match=f"{spec.name}: a thing of that name is there"):
            room.backend.create(kind, spec, "urn:pulumi:other::giaoban::thing")
        with pytest.raises(NameTakenError):
            room.backend.delete(kind, spec.name, "urn:pulumi:other::giaoban::thing")


def test_a_torn_image_is_seen_and_no_server_begins_as_it(room: Room) -> None:
    file = room.private.disks / "giaoban-image-debian-13.qcow2"
    with file.open("r+b") as opened:
        opened.seek(2**20)
        opened.write(b"torn")
    with pytest.raises(ServerError, match="image debian-13 of hv-kvm-1 is torn: its SHA-256 is"):
        room.backend.create(_OF_SERVER, room.spec, _URN)
    with file.open("ab") as opened:
        opened.write(b"longer")
    assert room.backend.read(_OF_IMAGE, _IMAGE.name) is None
    with pytest.raises(ServerError, match=r"hv-kvm-1 is torn: it has \d+ bytes, expected"):
        room.backend.create(_OF_SERVER, room.spec, _URN)
    assert room.backend.create(_OF_IMAGE, _IMAGE, _URN) == room.backend.read(_OF_IMAGE, _IMAGE.name)
    assert room.backend.servers() == {}


def test_a_full_pool_is_a_sentence_and_nothing_is_left(room: Room) -> None:
    before = room.volumes()
    vast = room.spec.model_copy(update={"disk": 2**60})
    with pytest.raises(PoolFullError, match=r"sv-dns-1: hv-kvm-1: storage pool 'disks' has \d+"):
        room.backend.create(_OF_SERVER, vast, _URN)
    assert room.volumes() == before
    assert room.backend.servers() == {}


def test_a_volume_of_nobody_is_not_touched(room: Room) -> None:
    theirs = room.private.disks / "sv-dns-1.qcow2"
    theirs.write_text("theirs")
    try:
        room.private.virsh("pool-refresh", "disks")
        with pytest.raises(OperationError, match=r"volume sv-dns-1.qcow2 of hv-kvm-1 is there al"):
            room.backend.create(_OF_SERVER, room.spec, _URN)
        assert theirs.read_text() == "theirs"
    finally:
        theirs.unlink()
        room.private.virsh("pool-refresh", "disks")


def test_a_server_that_cannot_start_leaves_nothing(room: Room) -> None:
    before = room.volumes()
    room.private.inside("ip", "link", "add", room.spec.port, "type", "veth", "peer", "name", "far")
    try:
        with pytest.raises(RefusedError, match="sv-dns-1: hv-kvm-1: libvirt refused: "):
            room.backend.create(_OF_SERVER, room.spec, _URN)
    finally:
        room.private.inside("ip", "link", "delete", room.spec.port)
    assert room.volumes() == before
    assert room.private.virsh("list", "--all", "--name").split() == []


def test_a_server_that_does_not_boot_leaves_nothing(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = room.volumes()
    monkeypatch.setattr(hypervisor, "_BOOT_SECONDS", 1)
    with pytest.raises(hypervisor.NotBootedError, match="sv-dns-1: it did not boot within 1 s on"):
        room.backend.create(_OF_SERVER, room.spec, _URN)
    assert room.volumes() == before
    assert room.private.virsh("list", "--all", "--name").split() == []


def test_it_boots_to_a_login_with_the_first_boots_key(room: Room, born: str) -> None:
    assert room.login("hostname").strip() == "sv-dns-1"
    size = room.login("df --block-size=1 --output=size / | tail -1")
    assert int(size) > 4 * _GIB  # it has grown to its disk
    assert room.login("ls -d /root/.ssh/authorized_keys /etc/giaoban/* 2>/dev/null || true") == (
        "/root/.ssh/authorized_keys\n"
    )
    found = room.backend.read(_OF_SERVER, room.spec.name)
    assert found is not None
    assert (found["born"], found["running"], found["disk"]) == (born, True, 5 * _GIB)


@pytest.mark.usefixtures("born")
def test_no_private_key_is_left_on_the_hypervisor(room: Room) -> None:
    assert not [name for name in room.volumes() if name.endswith(".tar")]
    both = (
        room.private.virsh("dumpxml", "sv-dns-1"),
        room.private.virsh("dumpxml", "--inactive", "sv-dns-1"),
    )
    assert all("giaoban-seed" not in text for text in both)
    assert "autostart:      enable" in " ".join(
        line.lower() for line in room.private.virsh("dominfo", "sv-dns-1").splitlines()
    )


@pytest.mark.usefixtures("born")
def test_a_network_in_use_stays(room: Room) -> None:
    with pytest.raises(ServerError, match="network internal: sv-dns-1 stands in it"):
        room.backend.delete(_OF_NETWORK, "internal", _URN)


def test_more_is_given_to_the_same_server(room: Room, born: str) -> None:
    more = {"cpus": 1, "memory": _GIB + _GIB // 2, "disk": 6 * _GIB, "owner": "so-noi-vu"}
    spec = room.spec.model_copy(update=more)
    assert room.backend.update(_OF_SERVER, spec, _URN)["born"] == born
    found = room.backend.read(_OF_SERVER, spec.name)
    assert found is not None
    assert {key: found[key] for key in more} == more
    assert found["running"] is True
    # It is the same server: the key that it was born with, and the disk that it had.
    assert room.login("nproc").strip() == "1"
    assert int(room.login("df --block-size=1 --output=size / | tail -1")) > 5 * _GIB


@pytest.mark.usefixtures("born")
def test_what_somebody_pulled_or_shut_off_is_seen_and_healed(room: Room) -> None:
    room.private.virsh("destroy", "sv-dns-1")
    room.private.virsh("detach-interface", "sv-dns-1", "ethernet", "--config")
    found = room.backend.read(_OF_SERVER, "sv-dns-1")
    assert found is not None
    assert (found["running"], found["port"], found["mac"]) == (False, "", "")
    spec = room.spec.model_copy(update={"cpus": 1, "disk": 6 * _GIB})
    room.backend.update(_OF_SERVER, spec, _URN)
    found = room.backend.read(_OF_SERVER, "sv-dns-1")
    assert found is not None
    assert (found["running"], found["port"], found["mac"]) == (True, spec.port, spec.mac)


@pytest.mark.usefixtures("born")
def test_everything_goes(room: Room) -> None:
    for kind, name in (
        (_OF_SERVER, "sv-dns-1"),
        (_OF_IMAGE, _IMAGE.name),
        (_OF_NETWORK, _NETWORK.name),
    ):
        room.backend.delete(kind, name, _URN)
        assert room.backend.read(kind, name) is None
    assert room.volumes() == set()
    assert room.private.virsh("list", "--all", "--name").split() == []
