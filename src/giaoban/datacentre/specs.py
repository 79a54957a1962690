"""What the provider's resources are asked to be: the shape of their inputs."""

from __future__ import annotations

from ipaddress import ip_interface
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from giaoban.intent.model import BackupClass, InterfaceName, Slug

Mac = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{2}(:[0-9a-f]{2}){5}$")]
DeviceName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$", max_length=56)]


ServerName = Annotated[str, StringConstraints(pattern=r"^sv-[a-z0-9-]+$", max_length=56)]
HypervisorName = Annotated[str, StringConstraints(pattern=r"^hv-[a-z0-9-]+$", max_length=56)]


def _interface(text: str) -> str:
    if "/" not in text or "%" in text:
        raise ValueError("an address with its prefix length, such as 10.64.40.21/24")
    return str(ip_interface(text))


Address = Annotated[str, AfterValidator(_interface)]


class Spec(BaseModel):
    """What every resource's inputs share."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: DeviceName


class NetworkSpec(Spec):
    """A zone's network, as the hypervisors offer it to servers."""

    vlan: int = Field(ge=2, le=4094)


class ImageSpec(Spec):
    """What a server's disk begins as."""


class FirstBootFile(BaseModel):
    """A file that a server finds when it boots for the first time; `mode` in octal digits."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Annotated[str, StringConstraints(pattern=r"^(/\.?[A-Za-z0-9_@-][A-Za-z0-9_@.-]*)+$")]
    text: str
    mode: Annotated[str, StringConstraints(pattern=r"^0[0-7]{3}$")] = "0644"


class ServerSpec(Spec):
    """A virtual server: `memory` and `disk` in bytes, `addresses` with their prefix lengths."""

    name: ServerName
    hypervisor: HypervisorName
    network: DeviceName
    port: InterfaceName
    mac: Mac
    addresses: tuple[Address, ...] = Field(min_length=1)
    cpus: int = Field(ge=1)
    memory: int = Field(ge=2**20)
    disk: int = Field(ge=2**20)
    image: str
    owner: Slug | None = None
    backup: BackupClass | None = None
    exposed: bool = False
    running: Literal[True] = True  # one that does not run is a difference
    first_boot: tuple[FirstBootFile, ...] = ()
    # No input: whether the program imports it, and protects it.
    adopt: bool = Field(default=False, exclude=True)


# What cannot be changed in a server that runs: another one takes its place. Its addresses are what
# its first boot gave it, and nobody reaches it to change them.
REPLACING = frozenset({"name", "hypervisor", "network", "addresses"})
# What only the birth of a server reads: a change of it is noted, and changes no server.
AT_BIRTH = frozenset({"image", "first_boot"})
# What is encrypted in the state, and never shown.
SECRET = frozenset({"first_boot"})

# Outputs of a server that was made by hand: who made it, and that it was imported just now.
ADOPTED_FROM, AS_IT_STANDS = "adopted_from", "as_it_stands"

SERVER = "giaoban:index:Server"
KINDS: dict[str, type[Spec]] = {
    "giaoban:index:Network": NetworkSpec,
    "giaoban:index:Image": ImageSpec,
    SERVER: ServerSpec,
}


def plain(spec: Spec) -> dict[str, Any]:
    """Give a resource's inputs as plain values."""
    return spec.model_dump(mode="json")


def outputs_of(spec: Spec, **known: Any) -> dict[str, Any]:
    """Give a resource's outputs: its inputs and what the backend knows besides."""
    return plain(spec) | known
