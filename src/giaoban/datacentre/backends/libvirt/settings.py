"""What a stack's file says of hypervisors, with what the plan knows of them."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from giaoban.checkout import checkout
from giaoban.errors import GiaobanError
from giaoban.intent.load import load
from giaoban.plan import Plan, build
from giaoban.provision.reach import Reach

_FIELDS = ("address", "key", "name")
_FIELDS_SAID = "{address}, {key}, {name}"
_KINDS = ("kvm", "qemu")
EXAMPLE = "qemu+ssh://operator@{address}/system?no_tty=1"


class LibvirtSettingsError(GiaobanError):
    """The stack's file does not say how hypervisors are reached."""

    def __init__(self, key: str, found: str, expected: str) -> None:
        super().__init__(
            f"giaoban:{key} is {found!r}, expected {expected}; write it in the stack's file, as in"
            " pulumi/Pulumi.production.yaml"
        )


@dataclass(frozen=True, slots=True)
class LibvirtSettings:
    """How the hypervisors of a stack are reached, and where servers' disks go.

    `uri` may name `{address}` (of the plan), `{name}` (hv-kvm-1) and `{key}` (the operator's
    private key). `kind` is `kvm` or `qemu`; None asks each hypervisor whether KVM works there.
    """

    uri: str
    pool: str
    inventory: Path
    kind: str | None = None

    @classmethod
    def of(cls, configuration: Mapping[str, str]) -> LibvirtSettings:
        """Read a stack's configuration; its keys are without their namespace.

        Raises:
            LibvirtSettingsError: a key is missing, or is not what it has to be.

        """
        uri, pool = configuration.get("uri", ""), configuration.get("pool", "")
        kind = configuration.get("domain-type")
        try:
            fields = {
                field for _, field, _, _ in string.Formatter().parse(uri) if field is not None
            }
        except ValueError:
            fields = {"{"}
        if not uri or not fields <= set(_FIELDS):
            raise LibvirtSettingsError(
                "uri",
                uri,
                f"a libvirt URI such as {EXAMPLE}, with no other fields than {_FIELDS_SAID}",
            )
        if not pool:
            raise LibvirtSettingsError("pool", pool, "the name of each hypervisor's storage pool")
        if kind not in (None, *_KINDS):
            raise LibvirtSettingsError("domain-type", str(kind), f"one of {', '.join(_KINDS)}")
        # Relative to the project, as its program has it.
        project = checkout("pulumi") / "pulumi"
        return cls(uri, pool, project / configuration.get("inventory", ""), kind)

    def uris(self) -> dict[str, str]:
        """Give the URI of every hypervisor of the inventory's plan."""
        reach = Reach.read(self.inventory)
        return uris_of(build(load(reach.intent)), self.uri, reach.key_file("operator"))


def uris_of(plan: Plan, pattern: str, key: Path) -> dict[str, str]:
    """Give the URI of every hypervisor of a plan, by its name. Pure.

    Args:
        plan: where their addresses are.
        pattern: the URI, with its fields.
        key: the operator's private key.

    """
    return {
        device.name: pattern.format(
            address=device.management.ipv4, name=device.name, key=quote(str(key))
        )
        for device in plan.devices.values()
        if device.role == "hypervisor"
    }
