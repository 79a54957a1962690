"""What differs in a server that is to be adopted, and which one is not."""

from __future__ import annotations

from typing import Any

import pytest

from giaoban.datacentre.adoption import NotAdoptableError, adoption, demand_adoptable
from giaoban.datacentre.specs import plain
from tests.unit.datacentre.libvirt.servers import GIB, server

_SPEC = server(adopt=True)


def _seen(**changes: Any) -> dict[str, Any]:
    kept = ("name", "hypervisor", "cpus", "memory", "disk", "mac", "port", "running")
    asked = {key: value for key, value in plain(_SPEC).items() if key in kept}
    return {**asked, "adopted_from": "a hand", **changes}


def test_to_adopt_is_no_input() -> None:
    assert "adopt" not in plain(_SPEC)


def test_what_differs_is_told_before() -> None:
    said = adoption(_seen(memory=GIB, port="", running=False), _SPEC)
    assert said.startswith("sv-dns-1: made by a hand, and intent adopts it")
    assert said.endswith("(memory 1 GiB → 2 GiB, port none → s80-21, running False → True)")
    assert adoption(_seen(), _SPEC).endswith("be as asked for (as it is)")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"hypervisor": "hv-kvm-2"},
            "its hypervisor is hv-kvm-2 and intent says hv-kvm-1; say in data-centre.yml what",
        ),
        (
            {"addresses": ["10.64.40.99/24"]},
            "its addresses is 10.64.40.99/24 and intent says 10.64.40.21/24, fd67::15/64; say in",
        ),
        ({"disk": 21 * GIB}, "its disk is 21 GiB and intent says 20 GiB; a disk cannot shrink"),
        ({"disk": None}, "its disk is no volume of a storage pool of hv-kvm-1; move it into one"),
    ],
)
def test_what_could_not_be_kept_is_not_adopted(changes: dict[str, Any], sentence: str) -> None:
    seen = {key: value for key, value in _seen(**changes).items() if value is not None}
    with pytest.raises(NotAdoptableError) as refused:
        demand_adoptable(seen, _SPEC)
    assert str(refused.value).startswith(f"sv-dns-1: it cannot be adopted: {sentence}")
    demand_adoptable(_seen(disk=GIB), _SPEC)
