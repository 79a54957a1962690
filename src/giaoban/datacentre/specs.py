"""What the provider's resources are asked to be: the shape of their inputs."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from giaoban.intent.model import BackupClass, InterfaceName, Slug

Mac = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{2}(:[0-9a-f]{2}){5}$")]
DeviceName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$", max_length=56)]


class Spec(BaseModel):
    """What every resource's inputs share."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: DeviceName


class NetworkSpec(Spec):
    """A zone's network, as the hypervisors offer it to servers."""

    vlan: int = Field(ge=2, le=4094)


class ImageSpec(Spec):
    """What a server's disk begins as.

    `source` is the backend's own: a file to upload (libvirt), or nothing (the twin builds it).
    """

    source: str = ""


class FirstBootFile(BaseModel):
    """A file that a server finds when it boots for the first time; `mode` in octal digits."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Annotated[str, StringConstraints(pattern=r"^(/\.?[A-Za-z0-9_@-][A-Za-z0-9_@.-]*)+$")]
    text: str
    mode: Annotated[str, StringConstraints(pattern=r"^0[0-7]{3}$")] = "0644"


class ServerSpec(Spec):
    """A virtual server: `memory` and `disk` in bytes, `addresses` with their prefix lengths."""

    hypervisor: DeviceName
    network: DeviceName
    port: InterfaceName
    mac: Mac
    addresses: tuple[str, ...]
    cpus: int = Field(ge=1)
    memory: int = Field(ge=2**20)
    disk: int = Field(ge=2**20)
    image: str
    owner: Slug | None = None
    backup: BackupClass | None = None
    exposed: bool = False
    running: bool = True
    first_boot: tuple[FirstBootFile, ...] = ()


# What cannot be changed in a server that runs: another one takes its place.
REPLACING = frozenset({"name", "hypervisor"})
# What only the birth of a server reads: a change of it is noted, and changes no server.
AT_BIRTH = frozenset({"image", "first_boot"})

KINDS: dict[str, type[Spec]] = {
    "giaoban:index:Network": NetworkSpec,
    "giaoban:index:Image": ImageSpec,
    "giaoban:index:Server": ServerSpec,
}


def plain(spec: Spec) -> dict[str, Any]:
    """Give a resource's inputs as plain values."""
    return spec.model_dump(mode="json")


def outputs_of(spec: Spec, **known: Any) -> dict[str, Any]:
    """Give a resource's outputs: its inputs and what the backend knows besides."""
    return plain(spec) | known
