"""Bringing a twin up: whatever is missing is made, whatever died is started again."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace

from giaoban.commands import disk_full_is_a_sentence
from giaoban.errors import OperationError
from giaoban.files import private_folder
from giaoban.plan.model import Device, Plan
from giaoban.provision.host_keys import make_host_keys
from giaoban.provision.secrets import SecretStore, resolve
from giaoban.twin import cabling, capabilities, cgroups, guests, relay, sysctls
from giaoban.twin.commands import demand_programs, demand_root
from giaoban.twin.disks import lowers_in_use, make_disk
from giaoban.twin.down import boxes, stop
from giaoban.twin.factory import factory_files
from giaoban.twin.image import build_images, remove_unused
from giaoban.twin.keys import credentials, make_keys
from giaoban.twin.lock import alone
from giaoban.twin.nodes import BOOT_SECONDS, Box, NodeNotUpError, launch
from giaoban.twin.paths import IMAGES, RUN_ROOT, STATE_ROOT, TwinPaths
from giaoban.twin.progress import Told
from giaoban.twin.state import State, read_state, write_state
from giaoban.twin.topology import Node, Topology, topology, with_what_they_need

_IN_FLIGHT = 4 * (os.cpu_count() or 1)
_POLL = 0.03  # seconds


class NameOccupiedError(OperationError):
    """A twin of that name is up from another inventory."""

    def __init__(self, name: str, inventory: str) -> None:
        super().__init__(
            f"the twin {name!r} is up from {inventory}; give another --name, or take it down first:"
            f" giaoban twin down --name {name}"
        )


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for."""

    plan: Plan
    sites: tuple[str, ...]
    inventory: str = ""
    in_flight: int = _IN_FLIGHT


def bring_up(paths: TwinPaths, order: Order, told: Told) -> Topology:
    """Make the twin have the sites that were asked for, besides those it has.

    A device that left the plan is stopped, and its disk removed.

    Raises:
        OperationError: with what stands in the way.
        NameOccupiedError: the name belongs to another province's twin.
        UnknownSiteError: a site is not in the plan.

    """
    demand_root()
    demand_programs()
    wanted = with_what_they_need(order.plan, order.sites)
    _close(paths)
    with alone(paths.lock, paths.name), disk_full_is_a_sentence():
        state = read_state(paths)
        if state.nodes and state.inventory != order.inventory:
            raise NameOccupiedError(paths.name, state.inventory)
        kept = [site for site in state.sites if site in order.plan.sites]
        sites = tuple(site for site in order.plan.sites if site in {*kept, *wanted})
        what = topology(order.plan, paths.name, sites)
        guests.sweep(paths)
        made = guests.whole(paths)
        stop(paths, [name for name in state.nodes if name not in {*what.nodes, *made}], told)
        faults = tuple(one for one in state.faults if one.target in {*sites, *what.circuits, *made})
        nodes = (*what.nodes, *made)
        write_state(paths, State(order.inventory, sites, nodes, faults, made))
        _prepare(paths, order.plan, told)
        _make_disks(paths, order.plan, what.nodes.values(), told)
        told.step("cables")
        cabling.cable_up(what)
        told.step("relay")
        relay.start(paths, relay.ways(paths, order.plan.devices.values(), noc_of(order.plan)))
        _start_nodes(paths, what, order.in_flight, told)
        guests.start_all(paths)
    return what


def noc_of(plan: Plan) -> str | None:
    """Give the server that the operators work from, or None."""
    servers = (device.name for device in plan.devices.values() if "noc" in device.groups)
    return next(servers, None)


def _close(paths: TwinPaths) -> None:
    """Make the twin's folders root's alone: a node's root can leave a setuid file on its disk."""
    of_all = (STATE_ROOT.parent, STATE_ROOT, RUN_ROOT.parent, RUN_ROOT, IMAGES.parent, IMAGES)
    for folder in (*of_all, paths.state, paths.run, paths.nodes):
        private_folder(folder)
    for box in boxes(paths):
        private_folder(paths.node(box.name))


def _prepare(paths: TwinPaths, plan: Plan, told: Told) -> None:
    told.step("limits, keys, capabilities")
    sysctls.raise_limits()
    paths.mountpoint.mkdir(exist_ok=True)
    make_keys(paths)
    make_host_keys(paths.host_keys, paths.known_hosts, plan.devices)
    cgroups.make_twin_group(paths.name)
    if not paths.capabilities.exists():
        capabilities.ask_kernel(paths)


def _make_disks(paths: TwinPaths, plan: Plan, nodes: Iterable[Node], told: Told) -> None:
    new = [node for node in nodes if not paths.node(node.name).exists()]
    if not new:
        return
    images = build_images(IMAGES, {node.flavour for node in new}, told.step)
    told.step("disks")
    secrets = SecretStore.from_file(paths.master_key)
    for node in new:
        files = {
            name: replace(file, text=resolve(file.text, secrets))
            for name, file in factory_files(
                plan, paths.name, node, credentials(paths, node.name)
            ).items()
        }
        (paths.staged / node.name).unlink(missing_ok=True)
        make_disk(paths, node.name, files, images.layers[node.flavour])
    remove_unused(IMAGES, lowers_in_use(), now=time.time())


def _boot_order(devices: Iterable[Device]) -> list[Device]:
    """Routers first: they take longest."""
    return sorted(devices, key=lambda device: device.role != "router")


def _start_nodes(paths: TwinPaths, what: Topology, in_flight: int, told: Told) -> None:
    """Start what does not run, some at a time, and wait until all came up."""
    order = _boot_order(node.device for node in what.nodes.values())
    waiting = [device.name for device in order]
    starting: dict[str, float] = {}
    up = 0
    while waiting or starting:
        while waiting and len(starting) < in_flight:
            name = waiting.pop(0)
            if not Box(paths, name).ready:
                launch(paths, name, what.nodes[name].flavour)
                starting[name] = time.monotonic()
            else:
                up += 1
        for name in [name for name in starting if Box(paths, name).ready]:
            del starting[name]
            up += 1
        told.nodes(up, len(what.nodes), list(starting))
        _check_patience(paths, starting)
        if starting:
            time.sleep(_POLL)


def _check_patience(paths: TwinPaths, starting: dict[str, float]) -> None:
    for name, since in starting.items():
        if time.monotonic() - since > BOOT_SECONDS:
            raise NodeNotUpError(name, BOOT_SECONDS, Box(paths, name).journal())
