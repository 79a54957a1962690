"""Servers that serve the same, kept apart: the loss of one hypervisor leaves some of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pulumi

from giaoban.datacentre.policy import PolicyError, apart
from giaoban.datacentre.resources import Image, Network, Server
from giaoban.datacentre.specs import ServerSpec


@dataclass(frozen=True)
class Ground:
    """What servers stand on: every hypervisor and network there is, and what disks begin as."""

    hypervisors: Collection[str]
    networks: Mapping[str, Network]
    image: Image

    def under(self, server: ServerSpec) -> list[pulumi.Resource]:
        """Give what must be there before a server."""
        return [self.networks[server.network], self.image]


class ServerGroup(pulumi.ComponentResource):
    """The servers of one group, on as many hypervisors as there are.

    Raises:
        PolicyError: two of them stand on one hypervisor while another has none.

    """

    def __init__(
        self,
        name: str,
        servers: Sequence[ServerSpec],
        ground: Ground,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare the group's servers."""
        super().__init__("giaoban:index:ServerGroup", name, None, opts)
        together = apart(name, servers, ground.hypervisors)
        if together:
            raise PolicyError(together)
        self.servers = [
            Server(spec, pulumi.ResourceOptions(parent=self, depends_on=ground.under(spec)))
            for spec in servers
        ]
        self.register_outputs({"servers": [spec.name for spec in servers]})
