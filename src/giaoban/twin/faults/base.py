"""What a fault is, and the sentences for targets it cannot have."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Literal

from giaoban.errors import OperationError, did_you_mean
from giaoban.plan.model import Device, Plan
from giaoban.twin import enter, names, namespaces
from giaoban.twin.paths import TwinPaths
from giaoban.twin.topology import CarrierCircuit, Topology


class UnknownTargetError(OperationError):
    """The fault's target is not in this twin."""

    def __init__(self, kind: str, target: str, known: Iterable[str]) -> None:
        example = next(iter(known), "none")
        super().__init__(
            f"{kind} {target!r} is not in this twin{did_you_mean(target, known)} (one it has:"
            f" {example!r})"
        )


class CannotBreakError(OperationError):
    """The box refused, or is not configured so far that this can be broken."""

    def __init__(self, what: str, node: str, said: str) -> None:
        super().__init__(
            f"{what} on {node!r} could not be done: {said.strip() or 'it gave no reason'}; is the"
            " network configured (playbooks/network.yml)?"
        )


@dataclass(frozen=True, slots=True)
class Scene:
    """Where faults happen."""

    paths: TwinPaths
    plan: Plan
    topology: Topology

    def circuit(self, name: str) -> CarrierCircuit:
        """Give a lit circuit.

        Raises:
            UnknownTargetError: with the nearest name.
        """
        lit = {name: circuit for name, circuit in self.topology.circuits.items() if circuit.lit}
        if name not in lit:
            raise UnknownTargetError("circuit", name, lit)
        return lit[name]

    def device(self, site: str, role: str) -> Device:
        """Give the first device of a role at a site.

        Raises:
            UnknownTargetError: with the nearest site that has one.
        """
        devices = [node.device for node in self.topology.nodes.values() if node.device.role == role]
        by_site = {device.site: device for device in reversed(devices) if device.owner == "us"}
        if site not in by_site:
            raise UnknownTargetError(f"site (with a {role})", site, by_site)
        return by_site[site]

    def in_carrier(self, program: str, lines: list[str]) -> None:
        """Give lines to `ip` or `tc` in the carrier's namespace."""
        namespaces.configure(names.namespace(self.paths.name, names.CARRIER), program, lines)

    def in_node(self, what: str, node: str, command: list[str]) -> str:
        """Run a command in a node and give what it printed.

        Raises:
            CannotBreakError: it ended with an error.
        """
        done = enter.run_inside(enter.demand_node(self.paths, node), command)
        if done.returncode != 0:
            raise CannotBreakError(what, node, done.stderr or done.stdout)
        return done.stdout


class Fault(ABC):
    """Something broken on purpose; breaking twice is breaking once, and mending puts all back."""

    id: ClassVar[str]
    target: ClassVar[Literal["circuit", "site", "server"]]
    broken: ClassVar[str]
    """What is broken, and how."""
    noticed: ClassVar[str]
    """What users notice."""

    @abstractmethod
    def survey(self, scene: Scene, target: str) -> dict[str, str]:
        """Give what breaking and mending need to know; changes nothing.

        Raises:
            UnknownTargetError: there is no such target.
            CannotBreakError: the target cannot be broken as it is.
        """

    @abstractmethod
    def break_(self, scene: Scene, target: str, undo: dict[str, str]) -> None:
        """Break it."""

    @abstractmethod
    def mend(self, scene: Scene, target: str, undo: dict[str, str]) -> None:
        """Put it back as it was."""
