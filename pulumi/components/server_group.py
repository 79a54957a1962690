"""Servers that serve the same, kept apart: the loss of one hypervisor leaves some of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pulumi

from giaoban.datacentre.policy import PolicyError, apart
from giaoban.datacentre.resources import Server
from giaoban.datacentre.specs import ServerSpec


class ServerGroup(pulumi.ComponentResource):
    """The servers of one group, on as many hypervisors as there are.

    Raises:
        PolicyError: two of them stand on one hypervisor while another has none.

    """

    def __init__(
        self,
        name: str,
        servers: Sequence[ServerSpec],
        hypervisors: Iterable[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare the group's servers; `hypervisors` are all there are."""
        super().__init__("giaoban:index:ServerGroup", name, None, opts)
        together = apart(name, servers, hypervisors)
        if together:
            raise PolicyError(together)
        self.servers = [
            Server(
                spec,
                pulumi.ResourceOptions(parent=self, depends_on=opts.depends_on if opts else None),
            )
            for spec in servers
        ]
        self.register_outputs({"servers": [spec.name for spec in servers]})
