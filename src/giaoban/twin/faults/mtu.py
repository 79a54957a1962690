"""An MTU black hole inside the carrier."""

from __future__ import annotations

from giaoban.twin.faults.base import Fault, Scene

LESS = 120  # bytes: about what a tunnel and its encryption take


class Mtu(Fault):
    """A box of the carrier's that drops large frames and tells nobody."""

    id = "mtu"
    target = "circuit"
    broken = f"The carrier silently drops packets within {LESS} bytes of the circuit's MTU."
    noticed = "Pings and log-ins work; mail with attachments and web pages hang."

    def survey(self, scene: Scene, target: str) -> dict[str, str]:
        """Find the circuit."""
        scene.circuit(target)
        return {}

    def break_(self, scene: Scene, target: str, undo: dict[str, str]) -> None:
        """Lower the MTU of the carrier's ports: a veth drops what is larger on arrival."""
        del undo
        circuit = scene.circuit(target)
        scene.in_carrier("ip", self._lines(scene, target, circuit.mtu - LESS))

    def mend(self, scene: Scene, target: str, undo: dict[str, str]) -> None:
        """Put the circuit's MTU back."""
        del undo
        scene.in_carrier("ip", self._lines(scene, target, scene.circuit(target).mtu))

    def _lines(self, scene: Scene, target: str, mtu: int) -> list[str]:
        circuit = scene.circuit(target)
        return [f"link set {link} mtu {mtu}" for link in (circuit.lower_link, circuit.upper_link)]
