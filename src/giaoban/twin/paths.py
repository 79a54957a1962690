"""Where a twin keeps its files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from giaoban.twin.names import checked_twin_name

IMAGES = Path("/var/cache/giaoban/images")
STATE_ROOT = Path("/var/lib/giaoban/twin")
RUN_ROOT = Path("/run/giaoban/twin")
NETNS = Path("/run/netns")
LAUNCHER = Path(__file__).with_name("node.sh")
NOC_CONNECT = Path(__file__).with_name("noc-connect")


@dataclass(frozen=True, slots=True)
class TwinPaths:
    """The paths of one twin; `state` outlives `down`, `run` does not outlive a reboot."""

    name: str

    def __post_init__(self) -> None:
        checked_twin_name(self.name)

    @property
    def state(self) -> Path:
        """What lasts: disks, keys, secrets."""
        return STATE_ROOT / self.name

    @property
    def run(self) -> Path:
        """What lasts as long as the machine is up: sockets and locks."""
        return RUN_ROOT / self.name

    @property
    def state_file(self) -> Path:
        """What was asked for: sites, nodes, faults."""
        return self.state / "state.json"

    @property
    def lock(self) -> Path:
        """Held by the one command that changes the twin."""
        return STATE_ROOT / f".{self.name}.lock"

    @property
    def nodes(self) -> Path:
        """A folder for each node's disk."""
        return self.state / "nodes"

    def node(self, name: str) -> Path:
        """A node's disk: `upper`, `work`, `console.log`, `lock`."""
        return self.nodes / name

    @property
    def guests(self) -> Path:
        """The records of the virtual servers."""
        return self.state / "guests"

    @property
    def shelf(self) -> Path:
        """The records of networks and images."""
        return self.state / "shelf"

    @property
    def keys(self) -> Path:
        """The key pairs of those who log in."""
        return self.state / "keys"

    def key(self, account: str) -> Path:
        """The private key of `bench`, `operator` or `observer`; `.pub` is beside it."""
        return self.keys / f"{account}_ed25519"

    @property
    def host_keys(self) -> Path:
        """The private host key of each device."""
        return self.state / "host-keys"

    @property
    def known_hosts(self) -> Path:
        """One line a device name."""
        return self.state / "known_hosts"

    @property
    def capabilities(self) -> Path:
        """What the kernel can do."""
        return self.state / "capabilities.json"

    @property
    def devices(self) -> Path:
        """Names of the devices that stand, for the inventory."""
        return self.state / "devices.json"

    @property
    def staged(self) -> Path:
        """The bench's register: a file for each device that has had its first generation."""
        return self.state / "staged"

    @property
    def master_key(self) -> Path:
        """What the twin's secrets are derived from."""
        return self.state / "secrets" / "master.key"

    @property
    def relay_plan(self) -> Path:
        """Which sockets the relay keeps and where they lead."""
        return self.run / "relay.json"

    @property
    def relay_lock(self) -> Path:
        """Held by the relay as long as it lives; holds its pid."""
        return self.run / "relay.pid"

    @property
    def relay_log(self) -> Path:
        """What the relay has to say."""
        return self.run / "relay.log"

    @property
    def mountpoint(self) -> Path:
        """Where a node's launcher mounts its disk, in a mount namespace of its own."""
        return self.run / "mnt"

    def inband(self, device: str) -> Path:
        """The socket that leads to a device through the network, from the NOC."""
        return self.run / "inband" / f"{device}.sock"

    def oob(self, device: str) -> Path:
        """The socket that leads to a device's management port."""
        return self.run / "oob" / f"{device}.sock"
