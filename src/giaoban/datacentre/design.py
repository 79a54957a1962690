"""The plan's data centre as resources to be: the one input of the Pulumi program."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from giaoban.datacentre.first_boot import Identity, first_boot
from giaoban.datacentre.policy import Capacity, PolicyError, apart, violations
from giaoban.datacentre.specs import ImageSpec, NetworkSpec, ServerSpec
from giaoban.intent.load import load
from giaoban.intent.model import CENTRE
from giaoban.plan import Plan, build
from giaoban.plan.build import hypervisor_name
from giaoban.plan.model import ServerPlan
from giaoban.provision.host_keys import make_host_keys
from giaoban.provision.reach import InventoryError, Reach

IMAGE = "debian-13"


@dataclass(frozen=True, slots=True)
class SlotSpec:
    """A slot to be: its server, and where people reach what runs on it."""

    name: str
    url: str
    server: ServerSpec


@dataclass(frozen=True, slots=True)
class Design:
    """Every resource to be, in stable order; `groups` by the first group of their servers.

    A slot's server is of no group here: sites of two departments do not stand in for each other.
    `prefixes` are those of every network of the plan, by zone; `exposed` the zones that the matrix
    lets be asked from outside the province; `members` the servers of every group, by name.
    """

    hypervisors: dict[str, Capacity]
    prefixes: dict[str, tuple[str, str]]
    networks: tuple[NetworkSpec, ...]
    image: ImageSpec
    groups: dict[str, tuple[ServerSpec, ...]]
    slots: tuple[SlotSpec, ...]
    exposed: frozenset[str]
    members: dict[str, tuple[str, ...]]

    @property
    def servers(self) -> list[ServerSpec]:
        """Every server to be."""
        grouped = [server for group in self.groups.values() for server in group]
        return [*grouped, *(slot.server for slot in self.slots)]


def read_design(inventory: Path) -> Design:
    """Plan an inventory's intent and give its data centre; host keys that are missing are made."""
    reach = Reach.read(inventory)
    plan = build(load(reach.intent))
    make_host_keys(reach.host_keys, reach.known_hosts, plan.virtual_servers)
    bench = "".join(f"{key}\n" for key in reach.public_keys("bench"))
    if not bench:
        raise InventoryError(
            f"{reach.key_file('bench')}.pub: no key of the bench, so nobody could enter a new"
            " server; docs/howto-noc.md says how it is made"
        )
    noc = plan.data_centre.segment("noc")
    prefixes = (str(noc.networks.ipv4), str(noc.networks.ipv6))
    identities = {
        name: Identity((reach.host_keys / name).read_text(encoding="ascii"), bench, prefixes)
        for name in plan.virtual_servers
    }
    return design_of(plan, identities)


def design_of(plan: Plan, identities: Mapping[str, Identity]) -> Design:
    """Give the data centre of a plan. Pure."""
    centre = plan.data_centre
    used = {server.segment.zone for server in plan.virtual_servers.values()}
    groups: dict[str, list[ServerSpec]] = {}
    members: dict[str, list[str]] = {}
    for name, server in plan.virtual_servers.items():
        if name in plan.slots:
            continue
        groups.setdefault(first_group(server), []).append(_server(server, identities[name]))
        for one in server.server.groups:
            members.setdefault(one, []).append(name)
    return Design(
        hypervisors={
            hypervisor_name(one.name): Capacity(one.cpus, one.memory, one.disk)
            for one in plan.intent.data_centre.hypervisors
        },
        prefixes={
            segment.zone: (str(segment.networks.ipv4), str(segment.networks.ipv6))
            for segment in centre.segments
        },
        networks=tuple(
            NetworkSpec(name=segment.zone, vlan=segment.vlan)
            for segment in centre.segments
            if segment.zone in used
        ),
        image=ImageSpec(name=IMAGE),
        groups={group: tuple(servers) for group, servers in groups.items()},
        slots=tuple(
            SlotSpec(one.slot.name, f"https://{one.name}/", _server(one.server, identities[name]))
            for name, one in plan.slots.items()
        ),
        exposed=frozenset(rule.target for rule in plan.intent.rules if rule.source == CENTRE),
        members={group: tuple(names) for group, names in members.items()},
    )


def first_group(server: ServerPlan) -> str:
    """Give the group that a server is made with: its first, or its own name where it has none."""
    return next(iter(server.server.groups), server.server.name)


def demand_policy(design: Design, others: Collection[ServerSpec] = ()) -> None:
    """See that nothing of a design breaks the policy, nor servers beside it. Pure.

    Raises:
        PolicyError: with a sentence for each thing that does.

    """
    servers = [*design.servers, *others]
    found = violations(servers, design.hypervisors, design.prefixes, design.exposed)
    for group, names in design.members.items():
        members = [server for server in servers if server.name in names]
        found += apart(group, members, design.hypervisors)
    if found:
        raise PolicyError(found)


def _server(planned: ServerPlan, identity: Identity) -> ServerSpec:
    server, machine = planned.server, planned.server.machine
    if machine is None:
        raise ValueError(f"{planned.device} stands in a rack: nobody makes it")
    return ServerSpec(
        name=planned.device,
        hypervisor=planned.port.device,
        network=planned.segment.zone,
        port=planned.port.name,
        mac=planned.mac,
        addresses=(str(planned.address.ipv4), str(planned.address.ipv6)),
        cpus=machine.cpus,
        memory=machine.memory,
        disk=machine.disk,
        image=IMAGE,
        owner=server.owner,
        backup=server.backup,
        exposed=server.exposed,
        adopt=machine.adopt,
        first_boot=first_boot(planned, identity),
    )
