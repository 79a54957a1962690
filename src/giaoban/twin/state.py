"""What was asked of a twin: which sites, which faults. What exists is asked of the machine."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace

from giaoban.files import write_whole
from giaoban.twin.paths import TwinPaths


@dataclass(frozen=True, slots=True, order=True)
class ActiveFault:
    """A fault that was broken and not mended; `undo` is what mending needs to know."""

    fault: str
    target: str
    undo: dict[str, str] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class State:
    """The contents of state.json; `guests` are those of the nodes that Pulumi made."""

    inventory: str = ""
    sites: tuple[str, ...] = ()
    nodes: tuple[str, ...] = ()
    faults: tuple[ActiveFault, ...] = ()
    guests: tuple[str, ...] = ()

    def with_fault(self, fault: ActiveFault) -> State:
        """Add a fault."""
        return replace(self, faults=(*self.without_fault(fault).faults, fault))

    def without_fault(self, fault: ActiveFault) -> State:
        """Take a fault out."""
        return replace(self, faults=tuple(one for one in self.faults if one != fault))


def read_state(paths: TwinPaths) -> State:
    """Give a twin's state; an empty one where it was never up."""
    if not paths.state_file.exists():
        return State()
    content = json.loads(paths.state_file.read_text(encoding="utf-8"))
    return State(
        inventory=content["inventory"],
        sites=tuple(content["sites"]),
        nodes=tuple(content["nodes"]),
        faults=tuple(ActiveFault(**fault) for fault in content["faults"]),
        guests=tuple(content.get("guests", ())),
    )


def write_state(paths: TwinPaths, state: State) -> None:
    """Write a twin's state, and beside it the devices that Ansible and verify will find."""
    write_whole(paths.devices, json.dumps(state.nodes, indent=1) + "\n")
    write_whole(paths.state_file, json.dumps(asdict(state), indent=1) + "\n")
