"""The whole data centre: its networks, the image servers begin as, their groups, and slots."""

from __future__ import annotations

import pulumi

from components.server_group import ServerGroup
from components.service_slot import ServiceSlot
from giaoban.datacentre.design import Design
from giaoban.datacentre.resources import Image, Network, Server
from giaoban.datacentre.specs import ServerSpec
from giaoban.provision.handover import SCHEMA


class DataCentre(pulumi.ComponentResource):
    """Everything that a design asks for; `inventory` is what Ansible needs to know of it."""

    def __init__(self, design: Design, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare networks first, then the image, then the servers that need both."""
        super().__init__("giaoban:index:DataCentre", "data-centre", None, opts)
        mine = pulumi.ResourceOptions(parent=self)
        needed: list[pulumi.Resource] = [Network(spec, mine) for spec in design.networks]
        needed.append(Image(design.image, mine))
        after = pulumi.ResourceOptions(parent=self, depends_on=needed)
        made: list[tuple[Server, ServerSpec]] = []
        for name, servers in design.groups.items():
            group = ServerGroup(name, servers, design.hypervisors, after)
            made += zip(group.servers, servers, strict=True)
        made += [(ServiceSlot(slot, after).server, slot.server) for slot in design.slots]
        born = {
            spec.name: {"born": server.born, "hypervisor": spec.hypervisor} for server, spec in made
        }
        self.inventory = pulumi.Output.from_input({"schema": SCHEMA, "servers": born})
        self.register_outputs({"inventory": self.inventory})
