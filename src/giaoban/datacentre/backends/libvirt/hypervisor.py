"""One hypervisor: its domains, and how a server comes, changes and goes there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from giaoban.datacentre.backends.libvirt import domain as xml
from giaoban.datacentre.backends.libvirt.connection import (
    bindings,
    connect,
    is_missing,
    said_by,
    sentences,
)
from giaoban.datacentre.backends.libvirt.domain import Machine, Record
from giaoban.datacentre.backends.libvirt.pool import Pool
from giaoban.datacentre.backends.libvirt.seed import was_taken
from giaoban.datacentre.specs import ServerSpec
from giaoban.errors import OperationError
from giaoban.waiting import wait_until

_BOOT_SECONDS = 300  # an emulated processor takes some 30, a real one 5
_UNPLUG_SECONDS = 30
_SHUTDOWN_SECONDS = 120
_STEP = 0.5  # seconds; each asks over the network


class NotBootedError(OperationError):
    """A server was started and did not take its first boot's files."""

    def __init__(self, server: str, hypervisor: str, *, runs: bool) -> None:
        found = (
            f"did not boot within {_BOOT_SECONDS} s" if runs else "went off before it had booted"
        )
        super().__init__(
            f"{server}: it {found} on {hypervisor}, and was removed; /var/log/libvirt/qemu/"
            f"{server}.log there says what its machine met"
        )


class NotOffError(OperationError):
    """A server that has to be started again does not shut down."""

    def __init__(self, server: str, hypervisor: str) -> None:
        super().__init__(
            f"{server}: it did not shut down within {_SHUTDOWN_SECONDS} s and runs as before; shut"
            f" it down by hand (on {hypervisor}: virsh destroy {server}), and run the same again"
        )


@dataclass(frozen=True, slots=True)
class Found:
    """A server as found: what would be started (`machine`), what runs, and its disk in bytes."""

    hypervisor: Hypervisor
    domain: Any
    machine: Machine
    live: Machine | None
    capacity: int | None

    @property
    def running(self) -> bool:
        """Whether it runs."""
        return self.live is not None

    @property
    def faces(self) -> tuple[Machine, ...]:
        """What runs, then what would be started."""
        return (self.machine,) if self.live is None else (self.live, self.machine)


class Hypervisor:
    """A hypervisor that is connected to when it is first asked for something."""

    def __init__(self, name: str, uri: str, pool: str, kind: str | None) -> None:
        self.name = name
        self._uri, self._pool_name, self._kind_wanted = uri, pool, kind
        self._connection: Any = None
        self._pool: Pool | None = None

    @property
    def pool(self) -> Pool:
        """Its storage pool."""
        connection = self._connected()
        if self._pool is None:
            self._pool = Pool(self.name, connection, self._pool_name)
        return self._pool

    def machines(self) -> Iterator[Machine]:
        """Give its domains, whoever made them."""
        with self._sentences():
            found = [domain.XMLDesc(_inactive()) for domain in self._connected().listAllDomains(0)]
        return map(xml.machine_of, found)

    def find(self, name: str) -> Found | None:
        """Give the domain of that name; None where there is none."""
        libvirt = bindings()
        try:
            domain = self._connected().lookupByName(name)
            machine = xml.machine_of(domain.XMLDesc(_inactive()))
            live = xml.machine_of(domain.XMLDesc(0)) if _runs(domain) else None
        except libvirt.libvirtError as failure:
            if is_missing(failure):
                return None
            raise OperationError(f"{self.name}: {name}: {said_by(failure)}") from None
        ours = machine.record is not None
        capacity = self._pool_of(machine).capacity(machine.volume) if ours else None
        return Found(self, domain, machine, live, capacity)

    def with_disk(self, found: Found) -> Found:
        """Give a server that somebody made with the volume of its disk, where it has one."""
        libvirt, machine = bindings(), found.machine
        if not machine.volume and machine.disk_file:
            self.pool  # noqa: B018 - it looks what is in it
            try:
                volume = self._connected().storageVolLookupByPath(machine.disk_file)
                place = volume.storagePoolLookupByVolume().name(), volume.name()
            except libvirt.libvirtError:
                return found
            machine = replace(machine, pool=place[0], volume=place[1])
        if not machine.volume:
            return found
        return replace(
            found, machine=machine, capacity=self._pool_of(machine).capacity(machine.volume)
        )

    def make(self, spec: ServerSpec, record: Record, image: str, seed: bytes) -> None:
        """Make a server and wait until it took its first boot's files; or leave nothing of it."""
        for volume in (xml.disk_name(spec.name), xml.seed_name(spec.name)):
            if self.pool.has(volume):
                raise OperationError(
                    f"{spec.name}: volume {volume} of {self.name} is there already, and no server's"
                    " of ours; it was not touched. Look what it holds, and remove it by hand"
                )
        self.pool.demand_room(spec.name, spec.disk)
        half = replace(record, whole=False)
        with self._sentences(spec.name):
            text = xml.domain_xml(spec, half, self.pool.name, self._kind())
            self._connected().defineXML(text)
        try:
            self.pool.clone(image, xml.disk_name(spec.name), spec.disk)
            self.pool.write(xml.seed_name(spec.name), seed)
            with self._sentences(spec.name):
                self._boot(spec.name, record)
        except BaseException:
            left = self.find(spec.name)
            if left is not None:
                self.remove(left)
            raise

    def change(self, found: Found, spec: ServerSpec, record: Record) -> None:
        """Have a server be as asked for, and run; it is shut down for other hardware only."""
        with self._sentences(spec.name):
            fitting = all(xml.fits(face, spec) for face in found.faces)
            # First of all, since libvirt may refuse it: what runs is not touched by it.
            place = found.machine.pool or self.pool.name, found.machine.volume
            text = xml.changed_xml(found.domain.XMLDesc(_inactive()), spec, record, place)
            domain = self._connected().defineXML(text)
            domain.setAutostart(1)
            if found.capacity is not None and spec.disk > found.capacity:
                self._grow(found, spec.disk)
            if domain.isActive() and not fitting:
                if _runs(domain):
                    self._shut_down(domain, spec.name)
                else:  # paused: it hears no request
                    domain.destroy()
            if not domain.isActive():
                domain.create()
                return
            self._write_record(domain, record)
            if not _runs(domain):  # paused
                domain.resume()

    def remove(self, found: Found) -> None:
        """End a server and remove it with its disk."""
        libvirt, domain, machine = bindings(), found.domain, found.machine
        with self._sentences(machine.name):
            if machine.record is not None and machine.record.whole:
                self._write_record(domain, replace(machine.record, whole=False))
            if domain.isActive():
                domain.destroy()
            pool = self._pool_of(machine)
            disk = machine.volume or xml.disk_name(machine.name)  # an adopted one's has its own
            for volume in (xml.seed_name(machine.name), disk):
                pool.remove(volume)
            flags = libvirt.VIR_DOMAIN_UNDEFINE_MANAGED_SAVE
            flags |= libvirt.VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA
            if domain.listAllCheckpoints(0):
                flags |= libvirt.VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA
            domain.undefineFlags(flags)

    def _boot(self, name: str, record: Record) -> None:
        libvirt = bindings()
        domain = self._connected().lookupByName(name)
        domain.create()

        def taken() -> bool:
            return not _runs(domain) or was_taken(self.pool.read(xml.seed_name(name)) or b"")

        booted = wait_until(taken, seconds=_BOOT_SECONDS, step=_STEP)
        if not booted or not _runs(domain):
            raise NotBootedError(name, self.name, runs=_runs(domain))
        device = xml.seed_xml(self.pool.name, name)
        domain.detachDeviceFlags(device, libvirt.VIR_DOMAIN_AFFECT_CONFIG)
        domain.detachDeviceFlags(device, libvirt.VIR_DOMAIN_AFFECT_LIVE)
        # The server lets go of it in its own time; by now there is nothing in it.
        wait_until(lambda: not xml.has_seed(domain.XMLDesc(0)), seconds=_UNPLUG_SECONDS, step=_STEP)
        self.pool.remove(xml.seed_name(name))
        domain.setAutostart(1)
        self._write_record(domain, record)

    def _shut_down(self, domain: Any, name: str) -> None:
        domain.shutdown()
        if not wait_until(lambda: not _runs(domain), seconds=_SHUTDOWN_SECONDS, step=_STEP):
            raise NotOffError(name, self.name)

    def _grow(self, found: Found, capacity: int) -> None:
        libvirt = bindings()
        if found.domain.isActive():
            found.domain.blockResize(
                found.machine.target, capacity, libvirt.VIR_DOMAIN_BLOCK_RESIZE_BYTES
            )
        else:
            self._pool_of(found.machine).resize(found.machine.volume, capacity)

    def _write_record(self, domain: Any, record: Record) -> None:
        libvirt = bindings()
        flags = libvirt.VIR_DOMAIN_AFFECT_CONFIG
        if domain.isActive():
            flags |= libvirt.VIR_DOMAIN_AFFECT_LIVE
        element = libvirt.VIR_DOMAIN_METADATA_ELEMENT
        domain.setMetadata(element, xml.record_xml(record), xml.PREFIX, xml.NAMESPACE, flags)

    def _kind(self) -> str:
        """Give `kvm` where the hypervisor says that it works, and `qemu` otherwise."""
        libvirt = bindings()
        if self._kind_wanted is not None:
            return self._kind_wanted
        try:
            self._connected().getDomainCapabilities(None, "x86_64", None, "kvm")
        except libvirt.libvirtError:
            return "qemu"
        return "kvm"

    def _pool_of(self, machine: Machine) -> Pool:
        """Give the pool that a server's disk is in: the stack's may have become another since."""
        if machine.pool in ("", self._pool_name):
            return self.pool
        return Pool(self.name, self._connected(), machine.pool)

    def _connected(self) -> Any:
        if self._connection is None or not self._connection.isAlive():
            self._pool = None
            self._connection = connect(self.name, self._uri)
        return self._connection

    def _sentences(self, server: str = "") -> Any:
        return sentences(f"{server}: {self.name}" if server else self.name)


def _inactive() -> int:
    flag: int = bindings().VIR_DOMAIN_XML_INACTIVE
    return flag


def _runs(domain: Any) -> bool:
    """Tell whether a domain runs: one that is paused or crashed does not."""
    state, _ = domain.state(0)
    libvirt = bindings()
    return state in (
        libvirt.VIR_DOMAIN_RUNNING,
        libvirt.VIR_DOMAIN_BLOCKED,
        libvirt.VIR_DOMAIN_SHUTDOWN,
    )
