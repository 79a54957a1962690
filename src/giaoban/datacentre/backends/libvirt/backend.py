"""Keeps the Protocol `Backend` on KVM hypervisors.

A server is a domain whose metadata says who made it; it is defined before its disk is made and
removed after it, so what a killed run left behind is always found. A network is a record, since its
ports are the switch's: role `lan_switch` makes them. An image is a volume on every hypervisor, with
a record beside it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from giaoban.datacentre.backends import (
    NameTakenError,
    ServerError,
    demand_no_shrinking,
    demand_ours,
    demand_own_server,
    demand_same_place,
    demand_unused,
)
from giaoban.datacentre.backends.libvirt import domain as xml
from giaoban.datacentre.backends.libvirt.connection import UnreachableError
from giaoban.datacentre.backends.libvirt.domain import Machine, Record
from giaoban.datacentre.backends.libvirt.hypervisor import Found, Hypervisor
from giaoban.datacentre.backends.libvirt.pool import Pool
from giaoban.datacentre.backends.libvirt.seed import seed_of
from giaoban.datacentre.specs import ADOPTED_FROM, ImageSpec, ServerSpec, Spec, outputs_of, plain
from giaoban.errors import OperationError
from giaoban.image.disk import Disk, build_disk, disk_key
from giaoban.store import cache

_NOBODY = "somebody who is not giaoban"
# What of a server's inputs its record does not hold: secrets, and whether it runs.
_NOT_SETTINGS = {"first_boot", "running"}


class LibvirtBackend:
    """Networks, images and servers on the hypervisors of one data centre.

    Args:
        uris: of each hypervisor, by its name.
        pool: the storage pool that each has.
        kind: `kvm` or `qemu`; None asks each hypervisor whether KVM works there.

    """

    def __init__(self, uris: Mapping[str, str], pool: str, kind: str | None = None) -> None:
        self._hypervisors = {
            name: Hypervisor(name, uri, pool, kind) for name, uri in sorted(uris.items())
        }

    @cached_property
    def _disk(self) -> Disk:
        return build_disk(cache("disks"), lambda _: None)

    def create(self, kind: str, spec: Spec, made_by: str) -> dict[str, Any]:
        """Make a network, an image or a server."""
        self._sweep(made_by)
        match spec:
            case ServerSpec():
                return self._create_server(spec, made_by)
            case ImageSpec():
                return self._create_image(spec, made_by)
        note = _note_name(kind, spec.name)
        pools = [hypervisor.pool for hypervisor in self._hypervisors.values()]
        for pool in pools:
            demand_ours(spec.name, _maker(pool.noted(note)), made_by)
        for pool in pools:
            pool.note(note, {"made_by": made_by, "whole": True, "outputs": plain(spec)})
        return plain(spec)

    def read(self, kind: str, name: str) -> dict[str, Any] | None:
        """Look what is there; what one hypervisor lacks is made again on all."""
        if kind.endswith(":Server"):
            found = self._find(name)
            return None if found is None else _outputs(found)
        notes = [each.pool.noted(_note_name(kind, name)) for each in self._hypervisors.values()]
        if not notes or not all(note and note["whole"] for note in notes):
            return None
        if kind.endswith(":Image") and not self._image_stands(name, notes):
            return None
        outputs: dict[str, Any] = (notes[0] or {})["outputs"]
        return outputs

    def foreign(self, name: str) -> dict[str, Any] | None:
        """Give what can be seen of a server that no stack made."""
        found = self._find(name)
        if found is None or found.machine.record is not None:
            return None
        return _seen(found.hypervisor.with_disk(found))

    def update(
        self, kind: str, spec: Spec, made_by: str, adopted_from: str | None = None
    ) -> dict[str, Any]:
        """Change what is there; a server whose hardware changes is shut down and started again."""
        if not isinstance(spec, ServerSpec):
            return self.create(kind, spec, made_by)
        found = self._find(spec.name)
        if found is not None and found.machine.record is None:
            found = found.hypervisor.with_disk(found)
        elif found is None or not _is_whole(found.machine):
            raise ServerError(
                f"{spec.name}: it is gone from its hypervisor; run giaoban dc refresh, then giaoban"
                " dc up"
            )
        demand_own_server(spec.name, _made_by(found.machine), made_by, adopted_from)
        if found.capacity is not None:
            demand_no_shrinking(spec.name, found.capacity, spec.disk)
        self._demand_free(spec)
        born = _settings(found).get("born") or secrets.token_hex(8)
        record = _record(spec, made_by, born=born)
        found.hypervisor.change(found, spec, record)
        return outputs_of(spec, born=born)

    def delete(self, kind: str, name: str, made_by: str) -> None:
        """Remove it."""
        self._sweep(made_by)
        if kind.endswith(":Server"):
            found = self._find(name)
            if found is not None:
                demand_own_server(name, _made_by(found.machine), made_by)
                found.hypervisor.remove(found)
            return
        note = _note_name(kind, name)
        for hypervisor in self._hypervisors.values():
            demand_ours(name, _maker(hypervisor.pool.noted(note)), made_by)
        if kind.endswith(":Network"):
            records = {machine.name: machine.record for _, machine in self._machines()}
            demand_unused(
                name,
                (own for own, r in records.items() if r and r.settings.get("network") == name),
            )
        for hypervisor in self._hypervisors.values():
            if kind.endswith(":Image") and hypervisor.pool.has(note):
                hypervisor.pool.remove(_image_name(name))
            hypervisor.pool.remove(note)

    def servers(self) -> dict[str, str]:
        """Give every server there is, half-made ones too, and who made it."""
        return {machine.name: _made_by(machine) for _, machine in self._machines()}

    def _sweep(self, made_by: str) -> None:
        """Remove what killed runs of the same stack left half-made: two at once there are none."""
        for hypervisor, machine in list(self._machines()):
            record = machine.record
            if record and not record.whole and _stack(record.made_by) == _stack(made_by):
                found = hypervisor.find(machine.name)
                if found is not None:
                    found.hypervisor.remove(found)

    def _create_server(self, spec: ServerSpec, made_by: str) -> dict[str, Any]:
        hypervisor = self._hypervisors.get(spec.hypervisor)
        if hypervisor is None:
            raise ServerError(
                f"{spec.name}: its hypervisor {spec.hypervisor} is none of"
                f" {', '.join(self._hypervisors) or '—'}"
            )
        before = self._find(spec.name)
        if before is not None:
            demand_own_server(spec.name, _made_by(before.machine), made_by)
            if _is_whole(before.machine):
                demand_same_place(_outputs(before) or {}, spec)
                return self.update("giaoban:index:Server", spec, made_by)
        self._demand_free(spec)
        self._demand_image(spec, hypervisor.pool)
        if before is not None:
            before.hypervisor.remove(before)
        born = secrets.token_hex(8)
        hypervisor.make(
            spec,
            _record(spec, made_by, born=born),
            _image_name(spec.image),
            seed_of(spec),
        )
        return outputs_of(spec, born=born)

    def _create_image(self, spec: ImageSpec, made_by: str) -> dict[str, Any]:
        note, volume = _note_name("giaoban:index:Image", spec.name), _image_name(spec.name)
        pools = [hypervisor.pool for hypervisor in self._hypervisors.values()]
        for pool in pools:
            found = pool.noted(note)
            if found is None and pool.has(volume):
                raise NameTakenError(f"{pool.hypervisor}: volume {volume}", _NOBODY)
            demand_ours(spec.name, _maker(found), made_by)
        outputs = outputs_of(spec, key=self._disk.key, sha256=self._disk.sha256)
        for pool in pools:
            self._put_image(pool, spec.name, {"made_by": made_by, "outputs": outputs})
        return outputs

    def _put_image(self, pool: Pool, name: str, record: dict[str, Any]) -> None:
        note, volume = _note_name("giaoban:index:Image", name), _image_name(name)
        size = self._disk.file.stat().st_size
        whole = record | {"whole": True, "size": size}
        if pool.noted(note) == whole and pool.sha256(volume) == self._disk.sha256:
            return
        pool.note(note, record | {"whole": False})
        pool.remove(volume)
        pool.demand_room(name, size)
        pool.upload(volume, self._disk.file)
        arrived = pool.sha256(volume)
        if arrived != self._disk.sha256:
            pool.remove(volume)
            raise OperationError(
                f"{pool.hypervisor}: image {name} arrived torn: its SHA-256 there is"
                f" {str(arrived)[:12]}…, expected {self._disk.sha256[:12]}…; run the same again"
            )
        pool.note(note, whole)

    def _image_stands(self, name: str, notes: list[dict[str, Any] | None]) -> bool:
        """Tell whether every hypervisor has the image that would be built now, at its length."""
        return all(
            note is not None
            and note["outputs"]["key"] == disk_key()
            and hypervisor.pool.physical(_image_name(name)) == note["size"]
            for hypervisor, note in zip(self._hypervisors.values(), notes, strict=True)
        )

    def _demand_image(self, spec: ServerSpec, pool: Pool) -> None:
        note = pool.noted(_note_name("giaoban:index:Image", spec.image))
        where = f"{spec.name}: image {spec.image} of {pool.hypervisor}"
        remedy = "run giaoban dc refresh, then giaoban dc up"
        if note is None or not note["whole"]:
            raise ServerError(f"{where} is not there; {remedy}")
        if pool.physical(_image_name(spec.image)) != note["size"]:
            found = pool.physical(_image_name(spec.image))
            raise ServerError(
                f"{where} is torn: it has {found} bytes, expected {note['size']}; {remedy}"
            )
        sha256 = pool.sha256(_image_name(spec.image))
        if sha256 != note["outputs"]["sha256"]:
            raise ServerError(
                f"{where} is torn: its SHA-256 is {str(sha256)[:12]}…, expected"
                f" {note['outputs']['sha256'][:12]}…; remove the volume there, then {remedy}"
            )

    def _demand_free(self, spec: ServerSpec) -> None:
        """See that nothing another machine has is given twice."""
        for hypervisor, machine in self._machines():
            if machine.name == spec.name:
                continue
            addresses = machine.record.settings.get("addresses", ()) if machine.record else ()
            here = hypervisor.name == spec.hypervisor
            for what, own, theirs in (
                ("MAC address", {spec.mac}, set(machine.macs)),
                ("address", set(spec.addresses), set(addresses)),
                ("port", {spec.port}, set(machine.ports) if here else set()),
            ):
                if own & theirs:
                    raise ServerError(
                        f"{spec.name}: {what} {', '.join(sorted(own & theirs))} is in use by"
                        f" {machine.name} on {hypervisor.name}; give it another, or remove"
                        f" {machine.name} first"
                    )

    def _machines(self) -> Iterator[tuple[Hypervisor, Machine]]:
        for hypervisor in self._hypervisors.values():
            for machine in hypervisor.machines():
                yield hypervisor, machine

    def _find(self, name: str) -> Found | None:
        """Find a server wherever it is; it may only be said gone where all hypervisors answer."""
        failure: UnreachableError | None = None
        for hypervisor in self._hypervisors.values():
            try:
                found = hypervisor.find(name)
            except UnreachableError as unreachable:
                failure = unreachable
                continue
            if found is not None:
                return found
        if failure is not None:
            raise failure
        return None


def _note_name(kind: str, name: str) -> str:
    return f"giaoban-{kind.rpartition(':')[2].lower()}-{name}.json"


def _image_name(name: str) -> str:
    return f"giaoban-image-{name}.qcow2"


def _stack(made_by: str) -> list[str]:
    """Give the stack and the project of a resource's URN."""
    return made_by.split("::")[:2]


def _maker(note: Mapping[str, Any] | None) -> str | None:
    return None if note is None else note["made_by"]


def _made_by(machine: Machine) -> str:
    return machine.record.made_by if machine.record else _NOBODY


def _is_whole(machine: Machine) -> bool:
    return machine.record is not None and machine.record.whole


def _record(spec: ServerSpec, made_by: str, *, born: str) -> Record:
    asked = outputs_of(spec, born=born)
    settings = {key: value for key, value in asked.items() if key not in _NOT_SETTINGS}
    return Record(made_by, whole=True, settings=settings)


def _settings(found: Found) -> Mapping[str, Any]:
    return found.machine.record.settings if found.machine.record else {}


def _seen(found: Found) -> dict[str, Any]:
    """Give what can be seen of a server without a record; of its faces the one that runs."""
    face = found.faces[0]
    seen = {
        "name": face.name,
        "hypervisor": found.hypervisor.name,
        "cpus": face.cpus,
        "memory": face.memory,
        "mac": face.mac,
        "port": face.port,
        "running": found.running,
        ADOPTED_FROM: _NOBODY,
    }
    return seen if found.capacity is None else seen | {"disk": found.capacity}


def _outputs(found: Found) -> dict[str, Any] | None:
    """Give what is there in the shape of what was asked for; None of what is not ours."""
    if not _is_whole(found.machine) or found.capacity is None:
        return None
    asked = ServerSpec.model_validate(
        {key: value for key, value in _settings(found).items() if key in ServerSpec.model_fields}
    )
    seen = [xml.seen_as_asked(machine, asked) for machine in found.faces]
    # What runs and what would be started next may differ, and each may differ from what was asked.
    values = {
        key: next((v for v in (getattr(face, key) for face in seen) if v != wanted), wanted)
        for key, wanted in (
            ("cpus", asked.cpus),
            ("memory", asked.memory),
            ("mac", asked.mac),
            ("port", asked.port),
        )
    }
    return {
        **_settings(found),
        **values,
        "hypervisor": found.hypervisor.name,
        "disk": found.capacity,
        "running": found.running,
    }
