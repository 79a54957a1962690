"""How the stack's file names hypervisors."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from giaoban.datacentre.backends import UnknownBackendError, backend_of
from giaoban.datacentre.backends.libvirt import LibvirtBackend
from giaoban.datacentre.backends.libvirt.settings import (
    LibvirtSettings,
    LibvirtSettingsError,
    uris_of,
)
from giaoban.intent.load import load
from giaoban.plan import build
from tests.support.checkout import ROOT

_SOUND = {"uri": "qemu+ssh://operator@{address}/system", "pool": "default", "inventory": "."}


def test_the_production_stack_reaches_every_hypervisor_of_the_plan() -> None:
    file = ROOT / "pulumi" / "Pulumi.production.yaml"
    configuration = yaml.safe_load(file.read_text(encoding="utf-8"))["config"]
    assert isinstance(backend_of(configuration), LibvirtBackend)
    plain = {key.partition(":")[2]: text for key, text in configuration.items()}
    found = LibvirtSettings.of(plain).uris()
    assert set(found) == {"hv-kvm-1", "hv-kvm-2"}
    assert found["hv-kvm-1"].startswith("qemu+ssh://operator@10.64.")


def test_each_field_of_the_uri_is_filled_in() -> None:
    plan = build(load(ROOT / "inventory" / "daknong"))
    found = uris_of(plan, "x://{name}/{address}?keyfile={key}", Path("/a b/operator"))
    address = plan.devices["hv-kvm-2"].management.ipv4
    assert found["hv-kvm-2"] == f"x://hv-kvm-2/{address}?keyfile=/a%20b/operator"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"uri": ""}, "giaoban:uri is '', expected a libvirt URI such as qemu+ssh://"),
        ({"uri": "x://{host}/"}, "giaoban:uri is 'x://{host}/', expected a libvirt URI"),
        ({"uri": "x://{address"}, "giaoban:uri is 'x://{address', expected a libvirt URI"),
        ({"uri": "x://{}/"}, "giaoban:uri is 'x://{}/', expected a libvirt URI"),
        ({"pool": ""}, "giaoban:pool is '', expected the name of each hypervisor's storage pool"),
        ({"domain-type": "xen"}, "giaoban:domain-type is 'xen', expected one of kvm, qemu"),
    ],
)
def test_what_is_missing_is_named(changes: dict[str, str], sentence: str) -> None:
    with pytest.raises(LibvirtSettingsError) as refused:
        LibvirtSettings.of(_SOUND | changes)
    assert str(refused.value).startswith(sentence)
    assert "pulumi/Pulumi.production.yaml" in str(refused.value)


def test_another_backend_is_refused_with_what_is_expected() -> None:
    with pytest.raises(UnknownBackendError, match="'vmware', expected 'libvirt', with giaoban:uri"):
        backend_of({"giaoban:backend": "vmware"})
