"""Servers that somebody made by hand and intent adopts: what differs there, said beforehand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from giaoban.datacentre.backends import Backend
from giaoban.datacentre.specs import ADOPTED_FROM, REPLACING, ServerSpec, plain
from giaoban.errors import GiaobanError

_GIB = 2**30
_SEEN = ("cpus", "memory", "disk", "mac", "port", "running")


class NotAdoptableError(GiaobanError):
    """A server as it stands could not be kept."""

    def __init__(self, server: str, found: str, remedy: str) -> None:
        super().__init__(f"{server}: it cannot be adopted: {found}; {remedy}")


def adoptions(servers: Iterable[ServerSpec], backend: Backend) -> Iterator[str]:
    """Give a sentence for each server that stands there, is nobody's, and is to be adopted.

    Raises:
        NotAdoptableError: one of them could not be kept.
        OperationError: a hypervisor does not answer.

    """
    for spec in servers:
        seen = backend.foreign(spec.name) if spec.adopt else None
        if seen is not None:
            demand_adoptable(seen, spec)
            yield adoption(seen, spec)


def demand_adoptable(seen: Mapping[str, Any], spec: ServerSpec) -> None:
    """See that adopting a server would neither replace it nor cut its disk. Pure.

    Raises:
        NotAdoptableError: it would.

    """
    asked = plain(spec)
    for key in sorted(REPLACING & seen.keys()):
        if seen[key] != asked[key]:
            raise NotAdoptableError(
                spec.name,
                f"its {key} is {_said(key, seen[key])} and intent says {_said(key, asked[key])}",
                "say in data-centre.yml what stands there, or move it first",
            )
    if "disk" not in seen:
        raise NotAdoptableError(
            spec.name,
            f"its disk is no volume of a storage pool of {spec.hypervisor}",
            "move it into one",
        )
    if seen["disk"] > spec.disk:
        raise NotAdoptableError(
            spec.name,
            f"its disk is {_said('disk', seen['disk'])} and intent says {_said('disk', spec.disk)}",
            "a disk cannot shrink, so ask for as much",
        )


def adoption(seen: Mapping[str, Any], spec: ServerSpec) -> str:
    """Say what adopting a server means, and what will be changed in it afterwards. Pure."""
    asked = plain(spec)
    differing = [
        f"{key} {_said(key, seen[key])} → {_said(key, asked[key])}"
        for key in _SEEN
        if key in seen and seen[key] != asked[key]
    ]
    return (
        f"{spec.name}: made by {seen[ADOPTED_FROM]}, and intent adopts it: one run imports it as it"
        " stands, and protects it; the next has it carry this stack's mark and be as asked for"
        f" ({', '.join(differing) or 'as it is'})"
    )


def _said(key: str, value: object) -> str:
    if key in ("memory", "disk") and isinstance(value, int):
        return f"{value / _GIB:g} GiB"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return str(value) or "none"
