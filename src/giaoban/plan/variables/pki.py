"""Variables of the roles `trust`, `pki` and `certificate`: the province's CA, and who asks it."""

from __future__ import annotations

from typing import Any, Final

from giaoban.plan.model import Device, Plan
from giaoban.plan.services import MIRROR, PKI, SERVED, WEB, certified, members, serving
from giaoban.plan.variables.view import Networks

# Where a server whose port 80 is a web server's lays what the CA asks for.
CHALLENGES: Final = "/srv/challenges"


def pki_variables(networks: Networks, device: Device) -> dict[str, Any]:
    """Give whom a server trusts, and what it needs to sign or to ask for a certificate."""
    plan = networks.plan
    issuers = {server.device: server.server.key_generation for server in members(plan, PKI)}
    if device.name not in serving(plan) or not issuers:
        return {}
    province = plan.intent.province
    authority = {
        "name": province.name,
        "domain": province.domain,
        "networks": [str(province.blocks.ipv4), str(province.blocks.ipv6)],
    }
    variables: dict[str, Any] = {"trust__authority": authority}
    if device.name in issuers:
        names = [f"{name}.{province.domain}" for name in (PKI, device.name)]
        return variables | {
            "pki__authority": authority,
            "pki__names": names,
            "pki__generations": issuers,
        }
    if any(server.device == device.name for server in certified(plan)):
        variables |= {
            "certificate__names": [f"{n}.{province.domain}" for n in _names(plan, device)],
            "certificate__directories": [
                f"https://{issuer}.{province.domain}/acme/province/directory" for issuer in issuers
            ],
            "certificate__generations": issuers,
            "certificate__webroot": CHALLENGES if {MIRROR, WEB} & {*device.groups} else "",
        }
    return variables


def _names(plan: Plan, device: Device) -> list[str]:
    """Give a server's name, and those of the groups that it is alone in.

    The CA asks one address of a name; of a name that several servers share, it may be another's.
    Of a slot's name it asks either web server, and one that was not meant asks the others.
    """
    alone = [
        group for group in device.groups if group in SERVED and len(list(members(plan, group))) == 1
    ]
    slots = [slot.host for slot in plan.intent.slots] if WEB in device.groups else []
    return [device.name, *alone, *slots]
