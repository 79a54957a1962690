"""Servers of a twin: the hypervisors are its nodes, and what they know are files of its state."""

from __future__ import annotations

import secrets
from typing import Any

from giaoban.datacentre.backends import (
    ServerError,
    demand_no_shrinking,
    demand_ours,
    demand_own_server,
    demand_same_place,
    demand_unused,
    is_stacks,
)
from giaoban.datacentre.specs import ADOPTED_FROM, ImageSpec, ServerSpec, Spec, outputs_of, plain
from giaoban.twin import guests, shelf
from giaoban.twin.factory import File
from giaoban.twin.guests import Guest
from giaoban.twin.image import build_images
from giaoban.twin.paths import IMAGES, TwinPaths

# What of a server's inputs its record does not hold: secrets, and what the twin holds itself.
_NOT_SETTINGS = {"name", "hypervisor", "port", "mac", "addresses", "first_boot", "running"}


class TwinBackend:
    """Keeps the Protocol `Backend` on one twin."""

    def __init__(self, name: str) -> None:
        self._paths = TwinPaths(name)

    def create(self, kind: str, spec: Spec, made_by: str) -> dict[str, Any]:
        """Make a network, an image or a server."""
        match spec:
            case ServerSpec():
                return self._create_server(spec, made_by)
            case ImageSpec():
                layers = build_images(IMAGES, {guests.FLAVOUR}, lambda _: None).layers
                spec_outputs = outputs_of(spec, layer=layers[guests.FLAVOUR][0].name)
            case _:
                spec_outputs = plain(spec)
        found = shelf.read(self._paths, kind, spec.name)
        demand_ours(spec.name, found["made_by"] if found else None, made_by)
        shelf.write(self._paths, kind, spec.name, {"made_by": made_by, "outputs": spec_outputs})
        return spec_outputs

    def read(self, kind: str, name: str) -> dict[str, Any] | None:
        """Look what is there."""
        if kind.endswith(":Server"):
            seen = guests.look(self._paths, name)
            if seen is None or not is_stacks(seen.guest.made_by):
                return None
            return _outputs(seen)
        found = shelf.read(self._paths, kind, name)
        return None if found is None else dict(found["outputs"])

    def foreign(self, name: str) -> dict[str, Any] | None:
        """Give what can be seen of a server that no stack made."""
        seen = guests.look(self._paths, name)
        if seen is None or is_stacks(seen.guest.made_by):
            return None
        return _outputs(seen) | {ADOPTED_FROM: seen.guest.made_by}

    def update(
        self, kind: str, spec: Spec, made_by: str, adopted_from: str | None = None
    ) -> dict[str, Any]:
        """Change what is there."""
        if not isinstance(spec, ServerSpec):
            return self.create(kind, spec, made_by)
        before = guests.records(self._paths).get(spec.name)
        if before is None:
            raise ServerError(
                f"{spec.name}: it is gone from the twin; run giaoban dc refresh, then giaoban dc up"
            )
        demand_own_server(spec.name, before.made_by, made_by, adopted_from)
        demand_no_shrinking(spec.name, before.settings["disk"], spec.disk)
        born = before.settings.get("born") or secrets.token_hex(8)
        guests.change(self._paths, _guest(spec, made_by, born))
        return outputs_of(spec, born=born)

    def delete(self, kind: str, name: str, made_by: str) -> None:
        """Remove it."""
        if kind.endswith(":Server"):
            known = guests.records(self._paths).get(name)
            if known is None:
                return
            demand_own_server(name, known.made_by, made_by)
            guests.remove(self._paths, name)
            return
        found = shelf.read(self._paths, kind, name)
        demand_ours(name, found["made_by"] if found else None, made_by)
        if kind.endswith(":Network"):
            guests_there = guests.records(self._paths).values()
            demand_unused(
                name, (each.name for each in guests_there if each.settings.get("network") == name)
            )
        shelf.remove(self._paths, kind, name)

    def servers(self) -> dict[str, str]:
        """Give every server there is, and who made it."""
        known = guests.records(self._paths)
        return {name: known[name].made_by for name in guests.whole(self._paths)}

    def _create_server(self, spec: ServerSpec, made_by: str) -> dict[str, Any]:
        known = guests.records(self._paths).get(spec.name)
        demand_own_server(spec.name, known.made_by if known else None, made_by)
        if spec.name in guests.whole(self._paths) and known:
            demand_same_place({**known.settings, **_place(known)}, spec)
            return self.update("giaoban:index:Server", spec, made_by)
        files = {
            file.path.removeprefix("/"): File(file.text, int(file.mode, 8))
            for file in spec.first_boot
        }
        born = secrets.token_hex(8)
        guests.make(self._paths, _guest(spec, made_by, born), files)
        return outputs_of(spec, born=born)


def _guest(spec: ServerSpec, made_by: str, born: str) -> Guest:
    values = outputs_of(spec, born=born)
    return Guest(
        name=spec.name,
        made_by=made_by,
        hypervisor=spec.hypervisor,
        port=spec.port,
        mac=spec.mac,
        addresses=spec.addresses,
        settings={key: value for key, value in values.items() if key not in _NOT_SETTINGS},
    )


def _outputs(seen: guests.Seen) -> dict[str, Any]:
    guest = seen.guest
    return {
        **guest.settings,
        "name": guest.name,
        "hypervisor": guest.hypervisor,
        "port": guest.port if seen.plugged else "",
        "mac": guest.mac,
        "addresses": list(guest.addresses),
        "running": seen.running,
    }


def _place(guest: Guest) -> dict[str, Any]:
    return {
        "name": guest.name,
        "hypervisor": guest.hypervisor,
        "addresses": list(guest.addresses),
    }
