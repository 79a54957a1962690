"""Variables of the roles `software` and `package_mirror`: where a server's packages come from."""

from __future__ import annotations

from typing import Any

from giaoban.plan.model import Device
from giaoban.plan.services import MIRROR, members
from giaoban.plan.variables.pki import CHALLENGES
from giaoban.plan.variables.view import Networks

_FOLDER = "/srv/mirror"


def software_variables(networks: Networks, device: Device) -> dict[str, Any]:
    """Give where the mirror is; on the mirror itself it is a folder.

    By its address: names come from servers that install from it.
    """
    mirrors = list(members(networks.plan, MIRROR))
    if not mirrors:
        return {}
    here = any(mirror.device == device.name for mirror in mirrors)
    uris = [f"http://{mirror.address.ipv4.ip}/debian" for mirror in mirrors]
    return {
        "software__uris": [f"file:{_FOLDER}/debian"] if here else uris,
        "package_mirror__folder": _FOLDER,
        "package_mirror__challenges": CHALLENGES,
    }
