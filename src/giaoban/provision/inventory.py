"""The plan as Ansible sees it: hosts, groups and variables. Pure but for the reach's key files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from giaoban.directory.load import FILE as PEOPLE_FILE
from giaoban.intent.load import load
from giaoban.plan import Plan, build
from giaoban.plan.model import Device
from giaoban.plan.people import open_to_people
from giaoban.plan.services import MONITORING, PKI, backed_up, measured, members, serving
from giaoban.provision.authority import Authority, Domain
from giaoban.provision.reach import Reach
from giaoban.provision.secrets import SecretStore

_TIER_GROUPS = {
    "data_centre": "data_centre",
    "department": "departments",
    "district": "districts",
    "commune": "communes",
}
VIRTUAL_GROUP = "virtual_servers"
SERVING_GROUP = "serving"  # all that datacentre.yml makes serve
MEASURED_GROUP = "measured"
BACKED_UP_GROUP = "backed_up"
OPEN_GROUP = "open_to_people"
_ROLE_GROUPS = {
    "router": "routers",
    "switch": "switches",
    "hypervisor": "hypervisors",
    "server": "servers",
    "endpoint": "endpoints",
    "workstation": "workstations",
}


@dataclass(frozen=True, slots=True)
class Host:
    """A device of ours as an Ansible host."""

    name: str
    groups: tuple[str, ...]
    variables: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Inventory:
    """Everything the inventory plugin adds; `groups` maps a group to its parent or None."""

    hosts: tuple[Host, ...]
    groups: dict[str, str | None]
    variables: dict[str, Any]


def inventory_of(reach: Reach) -> Inventory:
    """Plan the intent of an inventory and give its hosts.

    Raises:
        IntentError: the intent has problems; the message lists them all.
        InventoryError: the inventory's own file cannot be read.
    """
    return planned_inventory(build(load(reach.intent)), reach)


def planned_inventory(plan: Plan, reach: Reach) -> Inventory:
    """Give the hosts of a plan."""
    standing = reach.standing(plan)
    ours = [
        device
        for device in plan.devices.values()
        if device.owner == "us" and device.name in standing
    ]
    return Inventory(
        hosts=tuple(_host(plan, reach, device, standing) for device in ours),
        groups=_groups(plan),
        variables=environment_variables(reach)
        | {"base__root_certificate": root_certificate(plan, reach)},
    )


def environment_variables(reach: Reach) -> dict[str, Any]:
    """Give what depends on where the province runs: keys and what its kernels can do."""
    can = reach.capabilities.has
    return {
        "base__operator_keys": reach.public_keys("operator"),
        "base__observer_keys": reach.public_keys("observer"),
        "base__vlan_device": "kernel" if can("vlan_8021q") else "openvswitch",
        "base__clock_control": can("clock_control"),
        "qos__leaf": "fq_codel" if can("fq_codel") else "pfifo",
        "lan_switch__datapath": "system" if can("openvswitch_kernel") else "netdev",
        # Two provinces may use the same addresses, and Ansible shares connections by address: a
        # master of another inventory would carry this one's pushes to the other's boxes.
        "ansible_control_path_dir": str(_control_paths(reach)),
        "commit__candidate_dir": str(candidate_folder(reach)),
        "commit__secrets_file": str(reach.master_key),
        "backup_server__pulumi_state": str(reach.state / "pulumi" / "state"),
        "commit__register_dir": str(reach.staged),
        "directory__people": str(reach.intent / PEOPLE_FILE),
        "monitoring__observer_key": str(reach.key_file("observer")),
        "monitoring__known_hosts": str(reach.known_hosts),
    }


def root_certificate(plan: Plan, reach: Reach) -> str:
    """Give the certificate of the province's root in PEM; empty without a CA or a master key yet.

    Raises:
        SecretsFileError: the master key cannot be used as it stands.
    """
    if not reach.master_key.exists() or not any(members(plan, PKI)):
        return ""
    province = plan.intent.province
    networks = (province.blocks.ipv4, province.blocks.ipv6)
    domain = Domain(province.name, province.domain, networks)
    return Authority(domain, SecretStore.from_file(reach.master_key)).root()


def _control_paths(reach: Reach) -> Path:
    return reach.state / "cp"


def candidate_folder(reach: Reach) -> Path:
    """Give where the candidate trees of an inventory are rendered."""
    return reach.inventory.parent.parent / "build" / "candidates" / reach.inventory.name


def group_name(slug: str) -> str:
    """Give the Ansible group of a site: its slug with underscores."""
    return slug.replace("-", "_")


def _groups(plan: Plan) -> dict[str, str | None]:
    groups: dict[str, str | None] = dict.fromkeys(_ROLE_GROUPS.values())
    for slug, site_plan in plan.sites.items():
        groups[group_name(slug)] = _TIER_GROUPS[site_plan.site.tier]
    for device in plan.devices.values():
        groups |= dict.fromkeys(_own_groups(plan, device))
    return groups


def _host(plan: Plan, reach: Reach, device: Device, standing: frozenset[str]) -> Host:
    groups = (group_name(device.site), _ROLE_GROUPS[device.role], *_own_groups(plan, device))
    variables: dict[str, Any] = {
        "ansible_host": str(device.management.ipv4),
        "ansible_user": "operator",
        "ansible_ssh_private_key_file": str(reach.key_file("operator")),
        "ansible_ssh_common_args": _arguments(reach.ssh_options(device)),
        "giaoban_site": device.site,
        "giaoban_role": device.role,
        "staging_ssh_private_key_file": str(reach.key_file("bench")),
        "staging_ssh_common_args": _arguments(reach.ssh_options(device, "oob")),
    }
    if device.role == "server":
        # The operator has no home. What modules need lies in folders of their own there, which
        # nobody else can take the place of.
        variables["ansible_remote_tmp"] = "/tmp"  # noqa: S108
    if MONITORING in device.groups:
        # What does not stand is not asked, and nobody is woken for it.
        variables["monitoring__standing"] = sorted(standing)
    if device.name in plan.virtual_servers:
        variables |= _of_virtual_server(reach, device)
    return Host(device.name, groups, variables | device.variables)


def _of_virtual_server(reach: Reach, device: Device) -> dict[str, Any]:
    """A virtual server has no bench: its first boot brought it into the network.

    Its place in the register is its birth's: one that was made anew is staged anew. So are the
    connections that Ansible keeps open: those to the one before it would hang.
    """
    born = reach.servers[device.name].born
    return {
        "ansible_control_path_dir": str(_control_paths(reach) / born[:8]),
        "staging_ssh_common_args": _arguments(reach.ssh_options(device)),
        "commit__register_dir": str(reach.staged / born),
    }


def _own_groups(plan: Plan, device: Device) -> list[str]:
    if device.owner != "us":
        return []
    named = [group_name(group) for group in device.groups]
    of_servers = {
        VIRTUAL_GROUP: plan.virtual_servers,
        SERVING_GROUP: serving(plan),
        MEASURED_GROUP: {server.device for server in measured(plan)},
        BACKED_UP_GROUP: {server.device for server in backed_up(plan)},
        OPEN_GROUP: {server.device for server in open_to_people(plan)},
    }
    kinds = [group for group, names in of_servers.items() if device.name in names]
    return [f"platform_{device.platform}", *_district_groups(plan, device), *kinds, *named]


def _district_groups(plan: Plan, device: Device) -> list[str]:
    site = plan.sites[device.site].site
    district = site.slug if site.tier == "district" else site.parent
    if district is None or plan.sites[district].site.tier != "district":
        return []
    return [f"district_{group_name(district)}"]


def _arguments(options: list[str]) -> str:
    return " ".join(f"'{option}'" if " " in option else option for option in options)
