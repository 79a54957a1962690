"""What no server may be made without: judged before anything is made. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_interface

from giaoban.datacentre.specs import ServerSpec
from giaoban.errors import GiaobanError

_GIB = 2**30


class PolicyError(GiaobanError):
    """Servers as asked for break the data centre's policy; nothing was made."""

    def __init__(self, sentences: Iterable[str]) -> None:
        listed = "".join(f"\n  {sentence}" for sentence in sentences)
        super().__init__(f"policy: nothing was made, because{listed}")


@dataclass(frozen=True, slots=True)
class Capacity:
    """What a hypervisor has for its servers together; `memory` and `disk` in bytes."""

    cpus: int
    memory: int
    disk: int


def violations(
    servers: Iterable[ServerSpec],
    hypervisors: Mapping[str, Capacity],
    networks: Mapping[str, Iterable[str]],
    exposed: Collection[str],
) -> list[str]:
    """Give a sentence for each thing that servers may not be.

    Args:
        servers: all of a stack's.
        hypervisors: what each has.
        networks: the plan's, each with its IPv4 and IPv6 prefix.
        exposed: those of them that may be asked from outside the province.

    """
    listed = list(servers)
    found = [sentence for server in listed for sentence in _own(server, networks, exposed)]
    for name, capacity in hypervisors.items():
        on_it = [server for server in listed if server.hypervisor == name]
        found += _over(name, capacity, on_it)
    found += [
        f"{server.name}: hypervisor {server.hypervisor} is none of {', '.join(hypervisors) or '—'}"
        for server in listed
        if server.hypervisor not in hypervisors
    ]
    return found


def _own(
    server: ServerSpec, networks: Mapping[str, Iterable[str]], exposed: Collection[str]
) -> Iterable[str]:
    if server.owner is None:
        yield (
            f"{server.name}: nobody answers for it; write `owner:` with the slug of a site in"
            " data-centre.yml"
        )
    if server.backup is None:
        yield (
            f"{server.name}: it has no backup class; write `backup: daily`, or `backup: none` with"
            " the reason beside it"
        )
    if server.network not in networks:
        yield (
            f"{server.name}: network {server.network!r} is not in the plan; it has"
            f" {', '.join(networks)}"
        )
    for address in server.addresses:
        prefixes = networks.get(server.network, ())
        if prefixes and str(ip_interface(address).network) not in prefixes:
            yield (
                f"{server.name}: address {address} is not of network {server.network}, which has"
                f" {', '.join(prefixes)}"
            )
    if server.network in exposed and not server.exposed:
        yield (
            f"{server.name}: zone {server.network} is asked from outside the province; write"
            " `exposed: true` if that is meant, or give it another zone"
        )
    if server.exposed and server.network not in exposed:
        yield (
            f"{server.name}: it is exposed, and zone {server.network} may not be asked from"
            f" outside; put it into {', '.join(sorted(exposed)) or 'none'}"
        )


def _over(name: str, capacity: Capacity, servers: list[ServerSpec]) -> Iterable[str]:
    for what, unit, has, asked in (
        ("processors", "", capacity.cpus, sum(server.cpus for server in servers)),
        ("memory", " GiB", capacity.memory / _GIB, sum(s.memory for s in servers) / _GIB),
        ("disk", " GiB", capacity.disk / _GIB, sum(s.disk for s in servers) / _GIB),
    ):
        if asked > has:
            yield (
                f"{name}: its servers ask for {asked:g}{unit} of {what} and it has {has:g}{unit};"
                " give one of them another hypervisor, or less"
            )


def apart(group: str, servers: Sequence[ServerSpec], hypervisors: Iterable[str]) -> list[str]:
    """Give a sentence for each hypervisor that holds several of a group while another has none."""
    load_of = Counter(server.hypervisor for server in servers)
    free = [hypervisor for hypervisor in hypervisors if hypervisor not in load_of]
    return [
        f"group {group}: {', '.join(one.name for one in servers if one.hypervisor == hypervisor)}"
        f" stand on {hypervisor} and would be lost with it; give one of them hypervisor"
        f" {free[0].removeprefix('hv-')!r}"
        for hypervisor, count in load_of.items()
        if count > 1 and free
    ]
