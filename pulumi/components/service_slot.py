"""A slot: the one server of an application, and the address that people ask for."""

from __future__ import annotations

import pulumi

from components.server_group import Ground
from giaoban.datacentre.design import SlotSpec
from giaoban.datacentre.resources import Server


class ServiceSlot(pulumi.ComponentResource):
    """An application's place; what two servers of a group are to each other, two slots are not."""

    def __init__(
        self, spec: SlotSpec, ground: Ground, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Declare the slot's server."""
        super().__init__("giaoban:index:ServiceSlot", spec.name, None, opts)
        needed = ground.under(spec.server)
        self.server = Server(spec.server, pulumi.ResourceOptions(parent=self, depends_on=needed))
        self.register_outputs({"url": spec.url, "server": spec.server.name})
