"""The factory configuration of a node: the files it leaves the factory with. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from giaoban.image.factory import name_files
from giaoban.plan.model import Plan
from giaoban.twin.centre import frr_configuration, network_files
from giaoban.twin.names import OOB_PORT
from giaoban.twin.topology import Node

READ_ONLY, FRR_ONLY, PRIVATE = 0o644, 0o640, 0o600

_OOB = f"""\
# The management port: reached from the bench by its link-local address only.
[Match]
Name={OOB_PORT}
[Network]
LinkLocalAddressing=ipv6
IPv6DuplicateAddressDetection=0
IPv6AcceptRA=no
DHCP=no
LLDP=no
EmitLLDP=no
[Link]
RequiredForOnline=no
"""

_PC_PORT = """\
# An office PC asks its network for everything.
[Match]
Name={port}
[Network]
DHCP=ipv4
IPv6AcceptRA=yes
LinkLocalAddressing=ipv6
"""

# staticd, zebra and mgmtd always run; ospfd and ospf6d wait for a configuration that needs them.
_FRR_DAEMONS = """\
bgpd=yes
bfdd=yes
ospfd=no
ospf6d=no
vtysh_enable=yes
zebra_options="  -A 127.0.0.1 -s 90000000"
mgmtd_options="  -A 127.0.0.1"
bgpd_options="   -A 127.0.0.1"
ospfd_options="  -A 127.0.0.1"
ospf6d_options=" -A ::1"
staticd_options="-A 127.0.0.1"
bfdd_options="   -A 127.0.0.1"
"""

_FRR_EMPTY = """\
frr defaults traditional
hostname {name}
log syslog informational
service integrated-vtysh-config
"""


# Routers start FRR with their first generation; the centre's is not ours and comes configured.
_START_FRR = "[Unit]\nWants=frr.service\n"


@dataclass(frozen=True, slots=True)
class File:
    """A file of a node: its text and its mode."""

    text: str
    mode: int = READ_ONLY


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the twin issues to one node: its host key, and the public keys that may log in."""

    host_key: str
    bench: str
    operator: str
    observer: str


def machine_id(twin: str, name: str) -> str:
    """Give a node's machine id: the same in every run, 32 hexadecimal digits."""
    return hashlib.sha256(f"{twin} {name} machine-id".encode()).hexdigest()[:32]


def identity_files(twin: str, name: str) -> dict[str, File]:
    """Give the files that tell a node its name."""
    return {
        **{path: File(text) for path, text in name_files(name).items()},
        "etc/machine-id": File(f"{machine_id(twin, name)}\n"),
    }


def factory_files(plan: Plan, twin: str, node: Node, credentials: Credentials) -> dict[str, File]:
    """Give every file of a node's factory configuration, by its path without the leading slash.

    References to secrets stay as they are.
    """
    name = node.name
    files = identity_files(twin, name) | {
        "etc/ssh/ssh_host_ed25519_key": File(credentials.host_key, PRIVATE),
        "etc/systemd/network/10-oob0.network": File(_OOB),
        "root/.ssh/authorized_keys": File(credentials.bench, PRIVATE),
    }
    if node.flavour == "workstation":
        files |= _workstation_files(node, credentials)
    if node.flavour == "router":
        files |= {
            "etc/frr/daemons": File(_FRR_DAEMONS),
            "etc/frr/frr.conf": File(_FRR_EMPTY.format(name=name)),
            "etc/frr/vtysh.conf": File("service integrated-vtysh-config\n"),
        }
    if node.device.owner == "centre":
        files["etc/frr/frr.conf"] = File(frr_configuration(plan, node.device), FRR_ONLY)
        files["etc/systemd/system/multi-user.target.d/frr.conf"] = File(_START_FRR)
        files |= {name: File(text) for name, text in network_files(plan, node.device).items()}
    return files


def _workstation_files(node: Node, credentials: Credentials) -> dict[str, File]:
    files = {
        f"etc/systemd/network/20-{port}.network": File(_PC_PORT.format(port=port))
        for port in node.device.ports
    }
    return files | {
        "root/.ssh/authorized_keys": File(credentials.bench + credentials.operator, PRIVATE),
        "etc/ssh/authorized_keys.d/operator": File(credentials.operator),
        "etc/ssh/authorized_keys.d/observer": File(credentials.observer),
        "etc/ssh/sshd_config.d/20-accounts.conf": File(
            "AuthorizedKeysFile .ssh/authorized_keys /etc/ssh/authorized_keys.d/%u\n"
        ),
    }
