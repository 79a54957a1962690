"""The carrier's line is cut."""

from __future__ import annotations

from giaoban.twin.faults.base import Fault, Scene


class CircuitDown(Fault):
    """A cut line: both ends lose their carrier at once."""

    id = "circuit-down"
    target = "circuit"
    broken = "The carrier's line is cut; the ports at both ends lose their link."
    noticed = "The site is cut off, or lives on its standby circuit."

    def survey(self, scene: Scene, target: str) -> dict[str, str]:
        """Find the circuit."""
        scene.circuit(target)
        return {}

    def break_(self, scene: Scene, target: str, undo: dict[str, str]) -> None:
        """Take the carrier's two ports down."""
        del undo
        scene.in_carrier("ip", self._lines(scene, target, "down"))

    def mend(self, scene: Scene, target: str, undo: dict[str, str]) -> None:
        """Take them up again."""
        del undo
        scene.in_carrier("ip", self._lines(scene, target, "up"))

    def _lines(self, scene: Scene, target: str, state: str) -> list[str]:
        circuit = scene.circuit(target)
        return [f"link set {link} {state}" for link in (circuit.lower_link, circuit.upper_link)]
