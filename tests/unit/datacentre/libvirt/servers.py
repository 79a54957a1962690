"""A server to be, for tests of the backend libvirt."""

from __future__ import annotations

from giaoban.datacentre.backends.libvirt.domain import Record
from giaoban.datacentre.specs import FirstBootFile, ServerSpec, plain

GIB = 2**30
_AUTHORIZED_KEYS = FirstBootFile(path="/root/.ssh/authorized_keys", text="key\n", mode="0600")
URN = "urn:pulumi:production::giaoban::giaoban:index:Server::sv-dns-1"


def server(**changes: object) -> ServerSpec:
    sound: dict[str, object] = {
        "name": "sv-dns-1",
        "hypervisor": "hv-kvm-1",
        "network": "internal",
        "port": "s80-21",
        "mac": "02:00:00:00:00:21",
        "addresses": ("10.64.40.21/24", "fd67::15/64"),
        "cpus": 2,
        "memory": 2 * GIB,
        "disk": 20 * GIB,
        "image": "debian-13",
        "owner": "so-thong-tin-va-truyen-thong",
        "backup": "daily",
        "first_boot": (
            FirstBootFile(path="/root/.ssh/authorized_keys", text="key\n", mode="0600"),
        ),
    }
    return ServerSpec.model_validate(sound | changes)


def record(spec: ServerSpec, *, made_by: str = URN, whole: bool = True) -> Record:
    settings = {
        key: value for key, value in plain(spec).items() if key not in ("first_boot", "running")
    }
    return Record(made_by, whole, settings | {"born": "0123456789abcdef"})
