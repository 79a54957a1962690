"""Virtual servers: what the twin's hypervisors know of them, and how they come and go.

Pulumi makes them, `up` only starts again what it made. A record is written before anything else and
removed after everything else, so what a killed run left behind is always found.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from ipaddress import ip_interface
from typing import Any

from giaoban.commands import disk_full_is_a_sentence, run
from giaoban.errors import OperationError
from giaoban.files import write_whole
from giaoban.twin import cabling, cgroups, enter, names, namespaces, relay
from giaoban.twin.commands import demand_root
from giaoban.twin.disks import lowers_in_use, make_disk, remove_disk
from giaoban.twin.factory import File, identity_files
from giaoban.twin.image import build_images, remove_unused
from giaoban.twin.lock import alone
from giaoban.twin.nodes import Box, launch
from giaoban.twin.paths import IMAGES, TwinPaths
from giaoban.twin.state import read_state, write_state
from giaoban.twin.topology import Cable, Flavour, LinkEnd
from giaoban.waiting import wait_until

FLAVOUR: Flavour = "bare"
_PORT = "eth0"
_PORT_SECONDS = 10
# Open vSwitch in user space goes on listening at a device that is gone, when one of its name comes
# back: it is to forget the port, and is told again what its configuration says of it. In a kernel
# it sees to that itself.
_OPEN_PORT = """\
file=/etc/giaoban/openvswitch
[ -r $file ] || exit 0
ovs-vsctl --timeout=5 --if-exists del-port "$1"
ovs-vsctl --timeout=5 $(awk -v port="$1" '
    { for (i = 1; i <= NF; i++) if ($i == port) { print "--", $0; next } }' $file)
"""


class GuestError(OperationError):
    """A virtual server cannot be made as asked."""


@dataclass(frozen=True, slots=True)
class Guest:
    """A virtual server's record; `settings` are its maker's, and mean nothing to the twin.

    `whole` says that it was made to its end.
    """

    name: str
    made_by: str
    hypervisor: str
    port: str
    mac: str
    addresses: tuple[str, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)
    whole: bool = False

    def cable(self, twin: str) -> Cable:
        """Give the cable from its hypervisor's switch to it."""
        return Cable(
            LinkEnd(names.namespace(twin, self.hypervisor), self.port),
            LinkEnd(names.namespace(twin, self.name), _PORT, self.mac),
        )


@dataclass(frozen=True, slots=True)
class Seen:
    """A virtual server as found: its record, whether it runs, and how it is plugged in."""

    guest: Guest
    running: bool
    plugged: bool


def records(paths: TwinPaths) -> dict[str, Guest]:
    """Give the records of a twin's virtual servers, half-made ones too."""
    if not paths.guests.is_dir():
        return {}
    found = {}
    for file in sorted(paths.guests.glob("[!.]*.json")):
        content = json.loads(file.read_text(encoding="utf-8"))
        found[file.stem] = Guest(**content | {"addresses": tuple(content["addresses"])})
    return found


def write(paths: TwinPaths, guest: Guest) -> None:
    """Write a record."""
    text = json.dumps(asdict(guest), indent=1, ensure_ascii=False) + "\n"
    write_whole(paths.guests / f"{guest.name}.json", text, 0o600)


def look(paths: TwinPaths, name: str) -> Seen | None:
    """Say how a virtual server is; None where there is none, or a half-made one."""
    guest = records(paths).get(name)
    if guest is None or not guest.whole or not paths.node(name).exists():
        return None
    plugged = _is_there(guest.cable(paths.name).a)
    return Seen(guest, running=Box(paths, name).ready, plugged=plugged)


def make(paths: TwinPaths, guest: Guest, files: Mapping[str, File]) -> None:
    """Make a virtual server and wait until it is up; where that fails nothing is left of it.

    Args:
        paths: the twin's.
        guest: its record.
        files: what it finds at its first boot, by path without the leading slash.

    Raises:
        GuestError: with what stands in the way.
        NodeNotUpError: it was started and did not come up.

    """
    demand_root()
    with alone(paths.lock, paths.name), disk_full_is_a_sentence():
        sweep(paths)
        _demand_free(paths, guest)
        _remove(paths, guest.name)
        write(paths, replace(guest, whole=False))
        try:
            _make_disk(paths, guest, files)
            start(paths, guest)
        except BaseException:
            _remove(paths, guest.name)
            _note(paths)
            raise
        write(paths, replace(guest, whole=True))
        _note(paths)


def start(paths: TwinPaths, guest: Guest) -> None:
    """Plug a virtual server in and start it, unless it runs, and wait until it is up."""
    _power_on(paths, guest)
    _await_up(paths, guest)


def _await_up(paths: TwinPaths, guest: Guest) -> None:
    """Wait until a virtual server is up, and its hypervisor's port with it.

    Open vSwitch takes a port down that it has just made, to set it up, and forgets to raise it
    where networkd did so meanwhile.
    """
    Box(paths, guest.name).await_up()
    port = guest.cable(paths.name).a
    if not wait_until(partial(_raise, port), seconds=_PORT_SECONDS, step=0.2):
        raise GuestError(
            f"{guest.name}: its port {guest.port} of {guest.hypervisor} stays down; look with"
            f" giaoban twin console --name {paths.name} {guest.hypervisor}"
        )


def _raise(end: LinkEnd) -> bool:
    """Have a cable's end up, and tell whether it was already."""
    (link,) = json.loads(run(["ip", "-n", end.namespace, "-json", "link", "show", end.name]))
    if "UP" in link["flags"]:
        return True
    namespaces.configure(end.namespace, "ip", [f"link set {end.name} up"])
    return False


def _power_on(paths: TwinPaths, guest: Guest) -> None:
    _plug(paths, guest)
    if not Box(paths, guest.name).ready:
        launch(paths, guest.name, FLAVOUR)


def start_all(paths: TwinPaths) -> None:
    """Start each whole virtual server again that is not broken and whose hypervisor is there."""
    known = records(paths)
    state = read_state(paths)
    broken = {fault.target for fault in state.faults}
    housed = [
        name
        for name in whole(paths)
        if known[name].hypervisor in state.nodes and name not in broken
    ]
    for name in housed:
        _power_on(paths, known[name])
    for name in housed:
        _await_up(paths, known[name])


def sweep(paths: TwinPaths) -> None:
    """Remove what killed runs left half-made or half-removed. The twin's lock is held."""
    left = [name for name, guest in records(paths).items() if not guest.whole]
    for name in left:
        _remove(paths, name)
    if left:
        _note(paths)


def whole(paths: TwinPaths) -> tuple[str, ...]:
    """Give the names of the virtual servers that were made to their end."""
    return tuple(
        name for name, guest in records(paths).items() if guest.whole and paths.node(name).exists()
    )


def change(paths: TwinPaths, guest: Guest) -> None:
    """Give a virtual server another record, and plug it in and start it as that says."""
    demand_root()
    with alone(paths.lock, paths.name):
        sweep(paths)
        before = records(paths)[guest.name]
        _demand_free(paths, guest)
        if (before.port, before.mac) != (guest.port, guest.mac):
            _unplug(paths, before)
        write(paths, replace(guest, whole=True))
        start(paths, guest)
        _note(paths)


def remove(paths: TwinPaths, name: str) -> None:
    """End a virtual server and remove it with its disk."""
    demand_root()
    with alone(paths.lock, paths.name):
        guest = records(paths).get(name)
        if guest is not None:
            write(paths, replace(guest, whole=False))
        sweep(paths)
        _note(paths)


def _demand_free(paths: TwinPaths, guest: Guest) -> None:
    state = read_state(paths)
    known = records(paths)
    if not state.nodes:
        raise GuestError(
            f"the twin {paths.name!r} is not up: run giaoban twin up --name {paths.name}"
        )
    if Box(paths, guest.hypervisor).init is None or guest.hypervisor not in state.nodes:
        raise GuestError(
            f"{guest.name}: its hypervisor {guest.hypervisor} does not run; giaoban twin status"
            " says what does, giaoban twin up starts what does not"
        )
    racked = guest.name in state.nodes and guest.name not in state.guests
    if racked or (paths.node(guest.name).exists() and guest.name not in known):
        raise GuestError(
            f"{guest.name}: a box of that name stands in the rack; it was not touched. Name the"
            " server otherwise"
        )
    _demand_free_port(paths, guest, known.get(guest.name))
    for other in known.values():
        if other.name == guest.name:
            continue
        for what, own, theirs in (
            ("MAC address", {guest.mac}, {other.mac}),
            ("address", set(guest.addresses), set(other.addresses)),
            ("port", {f"{guest.hypervisor}:{guest.port}"}, {f"{other.hypervisor}:{other.port}"}),
        ):
            if own & theirs:
                raise GuestError(
                    f"{guest.name}: {what} {', '.join(sorted(own & theirs))} is in use by"
                    f" {other.name}; give it another, or remove {other.name} first"
                )


def _demand_free_port(paths: TwinPaths, guest: Guest, before: Guest | None) -> None:
    end = guest.cable(paths.name).a
    own = before is not None and before.cable(paths.name).a == end
    if not own and _is_there(end):
        raise GuestError(
            f"{guest.name}: port {guest.port} of {guest.hypervisor} is something else's already;"
            " give it another"
        )


def _make_disk(paths: TwinPaths, guest: Guest, files: Mapping[str, File]) -> None:
    images = build_images(IMAGES, {FLAVOUR}, lambda _: None)
    identity = identity_files(paths.name, guest.name)
    make_disk(paths, guest.name, identity | dict(files), images.layers[FLAVOUR])
    remove_unused(IMAGES, lowers_in_use(), now=time.time())


def _plug(paths: TwinPaths, guest: Guest) -> None:
    cable = guest.cable(paths.name)
    found = namespaces.found(cable.z.namespace)
    if cable.z.namespace in found and not namespaces.usable(cable.z.namespace):
        namespaces.remove([cable.z.namespace])
        found = set()
    if cable.z.namespace not in found:
        namespaces.make([cable.z.namespace])
    new = not _is_there(cable.a)
    if new:
        namespaces.configure(None, "ip", [cabling.veth_line(cable)])
    for end in (cable.a, cable.z):
        namespaces.ask(end.namespace, partial(namespaces.offloads_off, [end.name]))
    hypervisor = Box(paths, guest.hypervisor)
    if new and hypervisor.init is not None:
        enter.run_inside(hypervisor, ["sh", "-c", _OPEN_PORT, "sh", guest.port])
    addresses = tuple(str(ip_interface(address).ip) for address in guest.addresses)
    relay.lead_to(paths, guest.name, addresses)


def _unplug(paths: TwinPaths, guest: Guest) -> None:
    """Pull the cable: a namespace that is removed takes its links along only some time later."""
    end = guest.cable(paths.name).a
    if _is_there(end):
        namespaces.configure(end.namespace, "ip", [f"link del {end.name}"])


def _is_there(end: LinkEnd) -> bool:
    exists = end.namespace in namespaces.found(end.namespace)
    return exists and end.name in namespaces.ask(end.namespace, namespaces.interfaces)


def _remove(paths: TwinPaths, name: str) -> None:
    Box(paths, name).end()
    guest = records(paths).get(name)
    if guest is not None:
        _unplug(paths, guest)
    cgroups.remove(paths.name, name)
    namespace = names.namespace(paths.name, name)
    if namespace in namespaces.found(namespace):
        namespaces.remove([namespace])
    remove_disk(paths, name)
    (paths.guests / f"{name}.json").unlink(missing_ok=True)


def _note(paths: TwinPaths) -> None:
    """Have the twin's list of nodes agree with the records."""
    state = read_state(paths)
    racked = [name for name in state.nodes if name not in state.guests]
    guests = whole(paths)
    write_state(paths, replace(state, nodes=(*racked, *guests), guests=guests))
