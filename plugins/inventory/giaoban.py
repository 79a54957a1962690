"""Ansible's door to the plan: hosts, groups and variables of a province."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.errors import AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin

import giaoban.render  # noqa: F401 (loaded here once, so that every forked worker has it)
from giaoban.errors import GiaobanError
from giaoban.provision.inventory import Inventory, inventory_of
from giaoban.provision.reach import INVENTORY_FILE, Reach

DOCUMENTATION = r"""
name: giaoban
short_description: A province planned by giaoban
description:
  - Reads an intent, plans it, and gives every device of ours as a host with its variables.
options:
  plugin:
    description: Must be C(giaoban).
    required: true
    choices: [giaoban]
  intent:
    description: Folder of the intent, relative to this file.
    type: path
    required: true
  reach:
    description:
      - How boxes are reached. C(state) is the folder with keys, known hosts, the master key and
        declared capabilities; C(sockets) the folder with one UNIX socket a device.
    type: dict
    required: true
"""


class InventoryModule(BaseInventoryPlugin):
    """Fills Ansible's inventory from `giaoban.provision.inventory`."""

    NAME = "giaoban"

    def verify_file(self, path: str) -> bool:
        """Accept only files called giaoban.yml."""
        return Path(path).name == INVENTORY_FILE

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:  # noqa: FBT001, FBT002 (Ansible's signature)
        """Plan the intent and add what it gives; a problem is shown as our own sentence."""
        super().parse(inventory, loader, path, cache)
        try:
            reach = Reach.read(Path(path))
            reach.demand_standing()
            found = inventory_of(reach)
        except GiaobanError as failure:
            raise AnsibleParserError(str(failure)) from None
        self._fill(found)

    def _fill(self, found: Inventory) -> None:
        for name, value in found.variables.items():
            self.inventory.set_variable("all", name, value)
        for group, parent in found.groups.items():
            self.inventory.add_group(group)
            if parent:
                self.inventory.add_group(parent)
                self.inventory.add_child(parent, group)
        for host in found.hosts:
            self.inventory.add_host(host.name)
            for group in host.groups:
                self.inventory.add_child(group, host.name)
            for name, value in host.variables.items():
                self.inventory.set_variable(host.name, name, value)
