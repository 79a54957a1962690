"""What a virtual server finds at its first boot: its address, its host key, and who may log in.

Enough for the NOC to reach it; all else is Ansible's. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass

from giaoban.datacentre.specs import FirstBootFile
from giaoban.plan.model import ServerPlan

_PRIVATE = "0600"
_NETWORK = """\
# Of the first boot; Ansible's first push replaces it.
[Match]
MACAddress={mac}
[Network]
{addresses}{gateways}IPv6AcceptRA=no
ConfigureWithoutCarrier=yes
"""


@dataclass(frozen=True, slots=True)
class Identity:
    """What a server proves itself with, and who may log in as root until its first generation.

    `bench` are their public keys, a line each; `noc` the prefixes that they may come from.
    """

    host_key: str
    bench: str
    noc: tuple[str, ...]

    @property
    def authorized_keys(self) -> str:
        """The lines of root's authorized_keys."""
        only = f'restrict,pty,from="{",".join(self.noc)}"'
        return "".join(f"{only} {key}\n" for key in self.bench.splitlines() if key)


def first_boot(server: ServerPlan, identity: Identity) -> tuple[FirstBootFile, ...]:
    """Give the files of a server's first boot."""
    addresses = (server.address.ipv4, server.address.ipv6)
    gateways = (server.segment.gateway.ipv4.ip, server.segment.gateway.ipv6.ip)
    network = _NETWORK.format(
        mac=server.mac,
        addresses="".join(f"Address={address}\n" for address in addresses),
        gateways="".join(f"Gateway={gateway}\n" for gateway in gateways),
    )
    return (
        FirstBootFile(path="/etc/systemd/network/20-eth0.network", text=network),
        FirstBootFile(path="/etc/ssh/ssh_host_ed25519_key", text=identity.host_key, mode=_PRIVATE),
        FirstBootFile(
            path="/root/.ssh/authorized_keys", text=identity.authorized_keys, mode=_PRIVATE
        ),
    )
