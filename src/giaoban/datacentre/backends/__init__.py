"""The hypervisors that servers are made on: one Protocol, and who keeps it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from giaoban.datacentre.specs import REPLACING, ServerSpec, Spec, plain
from giaoban.errors import GiaobanError, OperationError

# The keys of a stack's configuration that backends read, without their namespace.
CONFIGURATION = ("backend", "twin", "uri", "pool", "domain-type", "inventory")


class UnknownBackendError(GiaobanError):
    """The stack names a backend that does not exist."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"giaoban:backend is {name!r}, expected 'libvirt', with giaoban:uri and giaoban:pool,"
            " or 'twin', with giaoban:twin, its name; write them in the stack's file, as in"
            " pulumi/Pulumi.production.yaml and pulumi/Pulumi.twin.yaml"
        )


class ServerError(OperationError):
    """A virtual server, or what it stands on, cannot be made or changed as asked."""


class NameTakenError(OperationError):
    """A thing of that name is there, and it is not the stack's."""

    def __init__(self, name: str, whose: str, *, adoptable: bool = False) -> None:
        adopt = "; to have it adopted, write `adopt: true` in its `machine`" if adoptable else ""
        super().__init__(
            f"{name}: a thing of that name is there already, made by {whose}; it was not touched."
            f" Name yours otherwise, or have its maker remove it{adopt}"
        )


class StandsAlreadyError(OperationError):
    """A server of ours stands whole, elsewhere than asked for, and the state does not know it."""

    def __init__(self, name: str, differing: Iterable[str]) -> None:
        super().__init__(
            f"{name}: it stands there whole, made by this stack, with another"
            f" {', '.join(differing)}; Pulumi's state does not know it. It was not touched: bring"
            " the state back from its copy, or remove the server by hand"
        )


def demand_same_place(before: Mapping[str, Any], spec: ServerSpec) -> None:
    """See that a server which stands there is the one asked for; else another would replace it.

    Raises:
        StandsAlreadyError: it is not.

    """
    asked = plain(spec)
    differing = sorted(key for key in REPLACING if before[key] != asked[key])
    if differing:
        raise StandsAlreadyError(spec.name, differing)


def demand_ours(name: str, whose: str | None, made_by: str) -> None:
    """See that a thing is nobody's, or was made by the resource `made_by`.

    Raises:
        NameTakenError: it is somebody else's.

    """
    if whose not in (None, made_by):
        raise NameTakenError(name, whose)


def is_stacks(whose: str) -> bool:
    """Tell whether a stack made something, ours or another: by its resource's URN."""
    return whose.startswith("urn:pulumi:")


def demand_own_server(
    name: str, whose: str | None, made_by: str, adopted_from: str | None = None
) -> None:
    """See that a server is nobody's, was made by `made_by`, or was adopted by it.

    Args:
        name: the server's.
        whose: who made it.
        made_by: the resource that asks.
        adopted_from: whom the resource imported it from, as the state says.

    Raises:
        NameTakenError: it is somebody else's.

    """
    if whose is None or whose in (made_by, adopted_from):
        return
    raise NameTakenError(name, whose, adoptable=not is_stacks(whose))


def shrinking(name: str, had: int, asked: int) -> str | None:
    """Say that a disk, in bytes, cannot shrink; None where it need not."""
    if asked >= had:
        return None
    return (
        f"{name}: its disk is {had} bytes and cannot shrink to {asked}; ask for as much, or take"
        " the server out of intent and put it back"
    )


def demand_no_shrinking(name: str, had: int, asked: int) -> None:
    """See that a disk need not shrink.

    Raises:
        ServerError: it would have to.

    """
    if sentence := shrinking(name, had, asked):
        raise ServerError(sentence)


def demand_unused(network: str, users: Iterable[str]) -> None:
    """See that no server stands in a network.

    Raises:
        ServerError: with those that do.

    """
    if named := ", ".join(users):
        raise ServerError(f"network {network}: {named} stands in it; remove that first")


class Backend(Protocol):
    """A place where resources are made, by kind (the type's token) and name.

    Every method blocks. `made_by` is the resource's URN: what has another one's is never touched.
    """

    def create(self, kind: str, spec: Spec, made_by: str) -> dict[str, Any]:
        """Make it whole, or leave nothing; what the same `made_by` left half-made is made again.

        A server that the same `made_by` made whole is taken as it stands, with its disk: the state
        was lost, or its run died before it was noted.

        Gives its outputs: its inputs and what only the backend knows.

        Raises:
            NameTakenError: somebody else's is there.
            StandsAlreadyError: ours is, and it is another.
            OperationError: with what stands in the way.

        """
        ...

    def read(self, kind: str, name: str) -> dict[str, Any] | None:
        """Give what is there, in the shape of `create`'s outputs; None where no stack's is."""
        ...

    def foreign(self, name: str) -> dict[str, Any] | None:
        """Give what can be seen of a server that no stack made; None where there is no such.

        Its keys are those of `create`'s outputs, as far as they can be seen, and `adopted_from`:
        who made it. Without a `disk` it has none that could be kept.
        """
        ...

    def update(
        self, kind: str, spec: Spec, made_by: str, adopted_from: str | None = None
    ) -> dict[str, Any]:
        """Make what is there be as asked for.

        What `adopted_from` made becomes `made_by`'s: its stack imported it.
        """
        ...

    def delete(self, kind: str, name: str, made_by: str) -> None:
        """Remove it; nothing happens where it is gone."""
        ...

    def servers(self) -> dict[str, str]:
        """Give every server there is, whoever made it: its name, and who did."""
        ...


def backend_of(variables: Mapping[str, str]) -> Backend:
    """Give the backend that a stack's configuration names.

    Args:
        variables: the configuration; its keys may have their namespace, as in `giaoban:backend`.

    Raises:
        UnknownBackendError: there is none of that name.
        GiaobanError: what else it needs is not there.

    """
    plain = {key.rpartition(":")[2]: text for key, text in variables.items()}
    name = plain.get("backend", "")
    if name == "twin" and "twin" in plain:
        from giaoban.datacentre.backends.twin import TwinBackend  # noqa: PLC0415 - the twin can be taken away

        return TwinBackend(plain["twin"])
    if name == "libvirt":
        from giaoban.datacentre.backends.libvirt import LibvirtBackend  # noqa: PLC0415 - its bindings are optional
        from giaoban.datacentre.backends.libvirt.settings import LibvirtSettings  # noqa: PLC0415 - as above

        settings = LibvirtSettings.of(plain)
        return LibvirtBackend(settings.uris(), settings.pool, settings.kind)
    raise UnknownBackendError(name)
