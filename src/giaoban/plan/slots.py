"""Slots in the plan: the server that each is given, and the name that people ask for."""

from __future__ import annotations

from typing import Final

from giaoban.intent.model import SLOT_ZONE, Server, Slot

# The group of every slot's server, beside that of its application.
SLOTS: Final = "slots"


def slot_server(slot: Slot) -> Server:
    """Give a slot's server as intent would write one: all that holds for servers holds for it."""
    return Server(
        name=slot.name,
        zone=SLOT_ZONE,
        number=slot.number,
        groups=[slot.application, SLOTS],
        machine=slot.machine,
        owner=slot.owner,
        backup=slot.backup,
    )
