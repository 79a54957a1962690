"""The carrier delivers less than the contract says."""

from __future__ import annotations

from giaoban.twin.carrier import shape_lines
from giaoban.twin.faults.base import Fault, Scene

PERCENT = 25


class Rate(Fault):
    """A line that is shaped to a part of its committed rate."""

    id = "rate"
    target = "circuit"
    broken = f"The carrier shapes the circuit to {PERCENT} % of its committed rate."
    noticed = "Everything works while little is sent; meetings and files at the same time do not."

    def survey(self, scene: Scene, target: str) -> dict[str, str]:
        """Find the circuit."""
        scene.circuit(target)
        return {}

    def break_(self, scene: Scene, target: str, undo: dict[str, str]) -> None:
        """Shape both directions to less."""
        del undo
        circuit = scene.circuit(target)
        scene.in_carrier("tc", shape_lines(circuit, circuit.rate * PERCENT // 100))

    def mend(self, scene: Scene, target: str, undo: dict[str, str]) -> None:
        """Shape both directions to the contract."""
        del undo
        circuit = scene.circuit(target)
        scene.in_carrier("tc", shape_lines(circuit, circuit.rate))
