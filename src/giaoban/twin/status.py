"""How a twin is: what runs, what should, what is broken on purpose, what is stood in for."""

from __future__ import annotations

import json
from dataclasses import dataclass

from giaoban.twin import relay
from giaoban.twin.capabilities import lacking
from giaoban.twin.nodes import Box
from giaoban.twin.paths import TwinPaths
from giaoban.twin.state import State, read_state


@dataclass(frozen=True, slots=True)
class Status:
    """A twin as found; `booting` have a first process and did not come up yet."""

    name: str
    state: State
    up: tuple[str, ...]
    booting: tuple[str, ...]
    dead: tuple[str, ...]
    relay: int | None
    lacking: tuple[tuple[str, str], ...]

    @property
    def whole(self) -> bool:
        """Whether everything that should run runs."""
        return bool(self.up) and not self.booting and not self.dead and self.relay is not None


def status_of(paths: TwinPaths) -> Status:
    """Look at a twin."""
    state = read_state(paths)
    up, booting, dead = [], [], []
    for name in state.nodes:
        box = Box(paths, name)
        if box.ready:
            up.append(name)
        elif box.init is not None:
            booting.append(name)
        else:
            dead.append(name)
    can = json.loads(paths.capabilities.read_text()) if paths.capabilities.exists() else None
    missing = lacking(can) if can is not None else []
    return Status(
        paths.name,
        state,
        tuple(up),
        tuple(booting),
        tuple(dead),
        relay.running(paths),
        tuple(missing),
    )


def status_lines(status: Status) -> list[str]:
    """Give what `giaoban twin status` prints. Pure."""
    if not status.state.nodes:
        return [f"the twin {status.name!r} is not up: run giaoban twin up"]
    lines = [
        (
            f"twin {status.name}: {len(status.up)} of {len(status.state.nodes)} nodes up,"
            f" {len(status.state.sites)} sites"
        ),
        f"relay: process {status.relay}" if status.relay else "relay: DEAD (giaoban twin up)",
    ]
    for what, nodes in (("booting", status.booting), ("not running", status.dead)):
        if nodes:
            lines.append(f"{what}: {', '.join(nodes)} (giaoban twin up starts them)")
    lines += [f"broken on purpose: {fault.fault} {fault.target}" for fault in status.state.faults]
    lines.append("sites: " + ", ".join(status.state.sites))
    if status.lacking:
        lines.append("lacking in this kernel, and what stands in:")
        lines += [f"  {name:22} {stand_in}" for name, stand_in in status.lacking]
    return lines
