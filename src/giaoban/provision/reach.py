"""How boxes are reached: read from an inventory's `giaoban.yml`, the same for all who log in.

plugin: giaoban
intent: ../daknong        # folder of the intent, relative to this file
reach:
  state: /var/lib/…       # keys/, known_hosts, secrets/master.key, capabilities.json
  sockets: /run/…         # one UNIX socket a device instead of TCP (the twin's relay)
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import yaml

import giaoban
from giaoban.errors import GiaobanError
from giaoban.plan.model import Device, Plan
from giaoban.provision.handover import Born, read_servers

Account = Literal["operator", "observer", "bench"]
INVENTORY_FILE = "giaoban.yml"
# It never leaves the machine, and OpenSSH's sntrup761 takes each end 50 ms of CPU.
TWIN_KEY_EXCHANGE = "curve25519-sha256"
_PROXY = Path(giaoban.__file__).parent / "twin" / "noc-connect"


class InventoryError(GiaobanError):
    """An inventory's giaoban.yml cannot be read."""


@dataclass(frozen=True, slots=True)
class Connection:
    """How to log in to one device by SSH."""

    host: str
    port: int
    socket: Path | None
    user: str
    key_file: Path
    known_hosts: Path


@dataclass(frozen=True)
class Capabilities:
    """What a platform's kernel can do, as declared; a box is never asked while rendering."""

    declared: dict[str, bool] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        """Whether the platform has `name`; what nobody declared missing is there."""
        return self.declared.get(name, True)


@dataclass(frozen=True)
class Reach:
    """One inventory: where its intent lies and how its boxes are reached."""

    inventory: Path
    intent: Path
    state: Path
    sockets: Path | None

    @classmethod
    def read(cls, inventory: Path) -> Reach:
        """Read an inventory folder (or its giaoban.yml).

        Raises:
            InventoryError: the file is missing or a key is.
        """
        file = inventory / INVENTORY_FILE if inventory.is_dir() else inventory
        try:
            content: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
        except FileNotFoundError as missing:
            raise InventoryError(
                f"{file}: does not exist; an inventory is a folder with a {INVENTORY_FILE}"
            ) from missing
        except yaml.YAMLError as broken:
            raise InventoryError(f"{file}: is not YAML: {broken}") from broken
        reach = content.get("reach", {})
        folder = file.resolve().parent  # a link to an inventory is that inventory
        try:
            intent = (folder / content["intent"]).resolve()
            state = Path(reach["state"]).expanduser()
        except (KeyError, TypeError) as missing:
            raise InventoryError(
                f"{file}: found no {missing};"
                " expected `intent: FOLDER` and `reach: {state: FOLDER}`"
            ) from missing
        sockets = Path(reach["sockets"]) if reach.get("sockets") else None
        return cls(folder, intent, state, sockets)

    @property
    def known_hosts(self) -> Path:
        """Host keys, by device name."""
        return self.state / "known_hosts"

    @property
    def host_keys(self) -> Path:
        """The host keys that we make for boxes: a private one and a `.pub` for each."""
        return self.state / "host-keys"

    @property
    def master_key(self) -> Path:
        """The key all secrets derive from."""
        return self.state / "secrets" / "master.key"

    @property
    def staged(self) -> Path:
        """The bench's register: a file for each device that has had its first generation."""
        return self.state / "staged"

    @cached_property
    def capabilities(self) -> Capabilities:
        """What the platform declares; everything where it declares nothing."""
        file = self.state / "capabilities.json"
        return Capabilities(json.loads(file.read_text()) if file.exists() else {})

    def present_devices(self) -> frozenset[str] | None:
        """Names of boxes that stand; None where nobody keeps a list: then all racked ones do."""
        file = self.state / "devices.json"
        return frozenset(json.loads(file.read_text())) if file.exists() else None

    def standing(self, plan: Plan) -> frozenset[str]:
        """Names of a plan's devices that exist: racked ones that stand, servers that were made.

        Raises:
            HandoverError: what Pulumi told of servers cannot be read.
        """
        listed, made = self.present_devices(), self.servers
        return frozenset(
            name
            for name in plan.devices
            if (listed is None or name in listed)
            and (name in made or name not in plan.virtual_servers)
        )

    @cached_property
    def servers(self) -> dict[str, Born]:
        """The virtual servers that Pulumi said it made."""
        return read_servers(self.state)

    def demand_standing(self) -> None:
        """Raise InventoryError where boxes are reached by sockets and none stands behind them."""
        if self.sockets and self.present_devices() is None:
            raise InventoryError(
                f"{self.inventory}: the twin behind {self.sockets} is not up; run: giaoban twin up"
                f" --name {self.sockets.name}"
            )

    def key_file(self, account: Account) -> Path:
        """The private key of an account."""
        return self.state / "keys" / f"{account}_ed25519"

    def public_keys(self, account: Account) -> list[str]:
        """Public keys that may log in as `account`; empty where none was made."""
        file = self.key_file(account).with_suffix(".pub")
        return file.read_text().splitlines() if file.exists() else []

    def connection(
        self, device: Device, account: Account, way: Literal["inband", "oob"] = "inband"
    ) -> Connection:
        """Say how to log in to a device, in-band or over its bench port."""
        socket = self.sockets / way / f"{device.name}.sock" if self.sockets else None
        user = "root" if account == "bench" else account
        return Connection(
            host=str(device.management.ipv4),
            port=22,
            socket=socket,
            user=user,
            key_file=self.key_file(account),
            known_hosts=self.known_hosts,
        )

    def ssh_options(self, device: Device, way: Literal["inband", "oob"] = "inband") -> list[str]:
        """Give OpenSSH's options for a device, without user and key."""
        options = [
            f"-oHostKeyAlias={device.name}",
            f"-oUserKnownHostsFile={self.known_hosts}",
            "-oStrictHostKeyChecking=yes",
            "-oIdentitiesOnly=yes",
            "-oLogLevel=ERROR",
            # Ansible keeps connections open; one to a box that lost its power would hang for ever.
            "-oServerAliveInterval=5",
            "-oServerAliveCountMax=3",
        ]
        if self.sockets:
            options.append(f"-oProxyCommand={_PROXY} {self.sockets / way / device.name}.sock")
            options.append(f"-oKexAlgorithms={TWIN_KEY_EXCHANGE}")
        return options
