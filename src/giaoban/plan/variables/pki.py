"""Variables of the roles `trust`, `pki` and `certificate`: the province's CA, and who asks it."""

from __future__ import annotations

from typing import Any, Final

from giaoban.plan.model import Device, Plan
from giaoban.plan.services import MIRROR, PKI, WEB, certified, members, proven_names, serving
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
    """Give the names that a server proves as its own.

    Of a slot's name the CA asks either web server, and one that was not meant asks the others.
    """
    slots = [slot.host for slot in plan.intent.slots] if WEB in device.groups else []
    return [*proven_names(plan, plan.servers[device.name]), *slots]
