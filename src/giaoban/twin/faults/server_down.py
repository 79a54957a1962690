"""A virtual server loses its power."""

from __future__ import annotations

from giaoban.twin import guests, namespaces
from giaoban.twin.faults.base import Fault, Scene, UnknownTargetError
from giaoban.twin.nodes import Box


class ServerDown(Fault):
    """A power cut: all ends at once, and its port loses its link."""

    id = "server-down"
    target = "server"
    broken = "A virtual server is without power; its hypervisor's port loses its link."
    noticed = "What it alone served is away; of what two serve, some wait for the other."

    def survey(self, scene: Scene, target: str) -> dict[str, str]:
        """Find the server."""
        self._guest(scene, target)
        return {}

    def break_(self, scene: Scene, target: str, undo: dict[str, str]) -> None:
        """End it, and take its port's link away: its namespace would go on answering."""
        del undo
        port = self._guest(scene, target).cable(scene.paths.name).z
        namespaces.configure(port.namespace, "ip", [f"link set {port.name} down"])
        Box(scene.paths, target).end()

    def mend(self, scene: Scene, target: str, undo: dict[str, str]) -> None:
        """Start it again, and wait until it is up."""
        del undo
        guests.start(scene.paths, self._guest(scene, target))

    def _guest(self, scene: Scene, target: str) -> guests.Guest:
        known = guests.records(scene.paths)
        if target not in known:
            raise UnknownTargetError("virtual server", target, known)
        return known[target]
