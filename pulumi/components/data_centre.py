"""The whole data centre: its networks, the image servers begin as, their groups, and slots."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi

from components.server_group import Ground, ServerGroup
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
        networks = {spec.name: Network(spec, mine) for spec in design.networks}
        ground = Ground(design.hypervisors, networks, Image(design.image, mine))
        made: list[tuple[Server, ServerSpec]] = []
        for name, servers in design.groups.items():
            group = ServerGroup(name, servers, ground, mine)
            made += zip(group.servers, servers, strict=True)
        made += [(ServiceSlot(slot, ground, mine).server, slot.server) for slot in design.slots]
        hypervisors = {spec.name: spec.hypervisor for _, spec in made}
        born = {
            spec.name: server.born.apply(_known, run_with_unknowns=True) for server, spec in made
        }

        def inventory(found: Mapping[str, str | None]) -> dict[str, Any]:
            servers = {
                name: {"born": token, "hypervisor": hypervisors[name]}
                for name, token in found.items()
                if token is not None
            }
            return {"schema": SCHEMA, "servers": servers}

        self.inventory = pulumi.Output.all(**born).apply(inventory)
        self.register_outputs({"inventory": self.inventory})


def _known(born: object) -> str | None:
    """Give the token of a server that exists: one that this run is not about may not."""
    return born if isinstance(born, str) else None
