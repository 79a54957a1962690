"""A hypervisor's storage pool: disks, images, and records of what libvirt has no place for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from giaoban.datacentre.backends.libvirt.connection import (
    PoolFullError,
    bindings,
    is_missing,
    said_by,
    sentences,
)
from giaoban.errors import OperationError

# Each volume is a file there, so a disk is one that can be copied, resized and told torn.
_OF_FILES = frozenset({"dir", "fs", "netfs"})


class PoolError(OperationError):
    """A storage pool is not as it has to be."""


class Pool:
    """One storage pool of one hypervisor; every volume is named within it."""

    def __init__(self, hypervisor: str, connection: Any, name: str) -> None:
        """Find the pool and look what is in it.

        Raises:
            PoolError: it is not there, does not run, or does not hold files.

        """
        self.hypervisor, self.name = hypervisor, name
        self._connection = connection
        self._pool = self._found()
        with sentences(f"{hypervisor}: storage pool {name!r}"):
            kind = ET.fromstring(self._pool.XMLDesc(0)).get("type", "")  # noqa: S314 - libvirt's own
            active = bool(self._pool.isActive())
            if active:
                self._pool.refresh(0)  # what somebody did to its files behind libvirt's back
        if not active:
            raise PoolError(
                f"{hypervisor}: storage pool {name!r} is stopped; run there: virsh pool-start"
                f" {name}; virsh pool-autostart {name}"
            )
        if kind not in _OF_FILES:
            raise PoolError(
                f"{hypervisor}: storage pool {name!r} is of type {kind!r}, expected one of"
                f" {', '.join(sorted(_OF_FILES))}; name another in giaoban:pool"
            )

    def _found(self) -> Any:
        libvirt = bindings()
        try:
            return self._connection.storagePoolLookupByName(self.name)
        except libvirt.libvirtError as failure:
            if not is_missing(failure):
                raise PoolError(f"{self.hypervisor}: {said_by(failure)}") from None
            names = ", ".join(pool.name() for pool in self._connection.listAllStoragePools(0))
            raise PoolError(
                f"{self.hypervisor}: no storage pool {self.name!r}, there is {names or 'none'};"
                " make it there with virsh pool-define-as, or name another in giaoban:pool"
            ) from None

    def has(self, name: str) -> bool:
        """Tell whether a volume is there."""
        return self._volume(name) is not None

    def capacity(self, name: str) -> int | None:
        """Give what a disk holds, in bytes; None where there is none."""
        volume = self._volume(name)
        if volume is None:
            return None
        with sentences(self._where(name)):
            return int(volume.info()[1])

    def demand_room(self, for_whom: str, needed: int) -> None:
        """Raise PoolFullError unless `needed` bytes are free."""
        with sentences(f"{self.hypervisor}: storage pool {self.name!r}"):
            free = int(self._pool.info()[3])
        if free < needed:
            raise PoolFullError(f"{for_whom}: {self.hypervisor}", self.name, free, needed)

    def write(self, name: str, content: bytes) -> None:
        """Make a volume of some bytes, which only the hypervisor's root and its servers read."""
        self.remove(name)
        with self._making(name, len(content)):
            volume = self._create(name, "raw", len(content))
            stream = self._connection.newStream(0)
            volume.upload(stream, 0, len(content), 0)
            _send(stream, content)
            stream.finish()

    def read(self, name: str) -> bytes | None:
        """Give a volume's bytes; None where there is none."""
        volume = self._volume(name)
        if volume is None:
            return None
        parts: list[bytes] = []
        self._receive(volume, name, parts.append)
        return b"".join(parts)

    def upload(self, name: str, file: Path) -> None:
        """Make a volume that holds a qcow2 file."""
        self.remove(name)
        size = file.stat().st_size
        with self._making(name, size), file.open("rb") as opened:
            volume = self._create(name, "qcow2", size)
            stream = self._connection.newStream(0)
            volume.upload(stream, 0, 0, 0)
            stream.sendAll(lambda _stream, count, source: source.read(count), opened)
            stream.finish()
            self._pool.refresh(0)  # its size is what its header says, now that it has one

    def sha256(self, name: str) -> str | None:
        """Give the SHA-256 of a volume's bytes; None where there is none."""
        volume = self._volume(name)
        if volume is None:
            return None
        digest = hashlib.sha256()
        self._receive(volume, name, digest.update)
        return digest.hexdigest()

    def physical(self, name: str) -> int | None:
        """Give how long a volume's file is, in bytes; None where there is none."""
        volume = self._volume(name)
        if volume is None:
            return None
        with sentences(self._where(name)):
            found = ET.fromstring(volume.XMLDesc(0)).findtext("physical")  # noqa: S314 - libvirt's own
        return None if found is None else int(found)

    def clone(self, source: str, name: str, capacity: int) -> None:
        """Make a disk that begins as a copy of another volume, and holds `capacity` bytes."""
        with self._making(name, capacity):
            original = self._pool.storageVolLookupByName(source)
            volume = self._pool.createXMLFrom(_volume_xml(name, "qcow2", capacity), original, 0)
            if volume.info()[1] < capacity:
                volume.resize(capacity, 0)

    def resize(self, name: str, capacity: int) -> None:
        """Have a disk that no server runs on hold more."""
        with sentences(self._where(name)):
            self._pool.storageVolLookupByName(name).resize(capacity, 0)

    def remove(self, name: str) -> None:
        """Remove a volume; nothing happens where it is gone."""
        volume = self._volume(name)
        if volume is not None:
            with sentences(self._where(name)):
                volume.delete(0)

    def note(self, name: str, content: dict[str, Any]) -> None:
        """Keep a record."""
        text = json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
        self.write(name, text.encode("utf-8"))

    def noted(self, name: str) -> dict[str, Any] | None:
        """Give a record, or None; one that a killed run left half-written is none of anybody's."""
        text = self.read(name)
        if text is None:
            return None
        try:
            content: dict[str, Any] = json.loads(text)
        except ValueError:
            return {"made_by": None, "whole": False}
        return content

    def _volume(self, name: str) -> Any | None:
        libvirt = bindings()
        try:
            return self._pool.storageVolLookupByName(name)
        except libvirt.libvirtError as failure:
            if is_missing(failure):
                return None
            raise PoolError(f"{self._where(name)}: {said_by(failure)}") from None

    def _create(self, name: str, form: str, capacity: int) -> Any:
        return self._pool.createXML(_volume_xml(name, form, capacity), 0)

    @contextmanager
    def _making(self, name: str, needed: int) -> Iterator[None]:
        """Remove a volume that was not made to its end, and say so where there was no room."""
        libvirt = bindings()
        try:
            with sentences(self._where(name)):
                try:
                    yield
                except libvirt.libvirtError as failure:
                    if "No space left" in str(failure) or "quota" in str(failure):
                        raise PoolFullError(
                            f"{name}: {self.hypervisor}", self.name, None, needed
                        ) from None
                    raise
        except BaseException:
            self.remove(name)
            raise

    def _receive(self, volume: Any, name: str, take: Any) -> None:
        with sentences(self._where(name)):
            stream = self._connection.newStream(0)
            volume.download(stream, 0, 0, 0)
            stream.recvAll(lambda _stream, part, _take: _take(part), take)
            stream.finish()

    def _where(self, volume: str) -> str:
        return f"{self.hypervisor}: volume {volume} of storage pool {self.name!r}"


def _volume_xml(name: str, form: str, capacity: int) -> str:
    volume = ET.Element("volume")
    ET.SubElement(volume, "name").text = name
    ET.SubElement(volume, "capacity", unit="bytes").text = str(capacity)
    ET.SubElement(volume, "allocation", unit="bytes").text = "0"
    target = ET.SubElement(volume, "target")
    ET.SubElement(target, "format", type=form)
    permissions = ET.SubElement(target, "permissions")
    ET.SubElement(permissions, "mode").text = "0600"
    return ET.tostring(volume, encoding="unicode")


def _send(stream: Any, content: bytes) -> None:
    while content:
        content = content[stream.send(content) :]
