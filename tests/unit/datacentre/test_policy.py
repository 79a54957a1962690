"""What no server may be made without: a sentence for each, and none for a province in order."""

from __future__ import annotations

import pytest

from giaoban.datacentre.policy import Capacity, apart, violations
from giaoban.datacentre.specs import ServerSpec

_GIB = 2**30
_HYPERVISORS = {
    "hv-a": Capacity(8, 16 * _GIB, 100 * _GIB),
    "hv-b": Capacity(8, 16 * _GIB, 100 * _GIB),
}
_NETWORKS = {"internal": ("10.0.0.0/24", "fd00::/64"), "dmz": ("10.0.1.0/24", "fd00:1::/64")}


def _server(name: str = "sv-a", **changes: object) -> ServerSpec:
    sound: dict[str, object] = {
        "name": name,
        "hypervisor": "hv-a",
        "network": "internal",
        "port": "s80-11",
        "mac": "02:00:00:00:00:01",
        "addresses": ("10.0.0.11/24", "fd00::b/64"),
        "cpus": 4,
        "memory": 8 * _GIB,
        "disk": 50 * _GIB,
        "image": "debian-13",
        "owner": "so-noi-vu",
        "backup": "daily",
    }
    if changes.get("network") == "dmz":
        sound["addresses"] = ("10.0.1.11/24", "fd00:1::b/64")
    return ServerSpec.model_validate(sound | changes)


def test_servers_in_order_break_nothing() -> None:
    servers = [
        _server("sv-a"),
        _server("sv-b"),
        _server("sv-c", network="dmz", exposed=True, hypervisor="hv-b"),
    ]
    assert violations(servers, _HYPERVISORS, _NETWORKS, {"dmz"}) == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"addresses": ("10.9.0.1/24",)}, "sv-a: address 10.9.0.1/24 is not of network internal"),
        ({"owner": None}, "sv-a: nobody answers for it; write `owner:`"),
        ({"backup": None}, "sv-a: it has no backup class; write `backup: daily`"),
        ({"network": "attic"}, "sv-a: network 'attic' is not in the plan; it has internal, dmz"),
        ({"network": "dmz"}, "sv-a: zone dmz is asked from outside the province"),
        ({"exposed": True}, "sv-a: it is exposed, and zone internal may not be"),
        ({"hypervisor": "hv-c"}, "sv-a: hypervisor hv-c is none of hv-a, hv-b"),
        ({"cpus": 9}, "hv-a: its servers ask for 9 of processors and it has 8"),
        ({"memory": 20 * _GIB}, "hv-a: its servers ask for 20 GiB of memory and it has 16 GiB"),
        ({"disk": 101 * _GIB}, "hv-a: its servers ask for 101 GiB of disk and it has 100 GiB"),
    ],
)
def test_each_thing_that_may_not_be_has_its_sentence(
    changes: dict[str, object], sentence: str
) -> None:
    (found,) = violations([_server(**changes)], _HYPERVISORS, _NETWORKS, {"dmz"})
    assert found.startswith(sentence)


def test_quotas_count_what_servers_ask_for_together() -> None:
    servers = [_server(f"sv-{n}", cpus=3) for n in range(3)]
    assert any(
        "ask for 9 of processors" in one
        for one in violations(servers, _HYPERVISORS, _NETWORKS, {"dmz"})
    )


def test_a_group_stands_apart_while_it_can() -> None:
    together = [_server("sv-1"), _server("sv-2")]
    (found,) = apart("dns", together, _HYPERVISORS)
    assert found.startswith("group dns: sv-1, sv-2 stand on hv-a and would be lost with it")
    assert apart("dns", together, ["hv-a"]) == []
    assert apart("dns", [_server("sv-1"), _server("sv-2", hypervisor="hv-b")], _HYPERVISORS) == []
