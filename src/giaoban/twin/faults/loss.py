"""The carrier's line loses packets."""

from __future__ import annotations

from giaoban.commands import run, succeeds
from giaoban.twin import names
from giaoban.twin.faults.base import Fault, Scene
from giaoban.twin.topology import CarrierCircuit

PERCENT = 5


class Loss(Fault):
    """A noisy line: packets are dropped at random, both ways, as they enter the carrier."""

    id = "loss"
    target = "circuit"
    broken = f"The carrier loses {PERCENT} % of all packets, at random, in both directions."
    noticed = "Calls crackle and pictures freeze; files arrive slowly."

    def survey(self, scene: Scene, target: str) -> dict[str, str]:
        """Find the circuit."""
        scene.circuit(target)
        return {}

    def break_(self, scene: Scene, target: str, undo: dict[str, str]) -> None:
        """Drop packets where they enter the carrier."""
        self.mend(scene, target, undo)
        run(_nft(scene, rules(scene.circuit(target))))

    def mend(self, scene: Scene, target: str, undo: dict[str, str]) -> None:
        """Take the rules away."""
        del undo
        succeeds(_nft(scene, f"delete table netdev {_table(scene.circuit(target))}"))


def rules(circuit: CarrierCircuit) -> str:
    """Give the nftables ruleset. Pure."""
    hooks = "".join(
        f' chain {side} {{\n  type filter hook ingress device "{link}" priority 0\n'
        f"  numgen random mod 100 < {PERCENT} drop\n }}\n"
        for side, link in (("lower", circuit.lower_link), ("upper", circuit.upper_link))
    )
    return f"table netdev {_table(circuit)} {{\n{hooks}}}\n"


def _table(circuit: CarrierCircuit) -> str:
    return circuit.bridge.replace("b-", "loss_")


def _nft(scene: Scene, ruleset: str) -> list[str]:
    carrier = names.namespace(scene.paths.name, names.CARRIER)
    return ["ip", "netns", "exec", carrier, "nft", ruleset]
