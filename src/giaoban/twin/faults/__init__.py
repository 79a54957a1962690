"""What can be broken on purpose, one small class a file."""

from giaoban.twin.faults.access_vlan import AccessVlan
from giaoban.twin.faults.base import Fault, Scene
from giaoban.twin.faults.bgp_as import BgpAs
from giaoban.twin.faults.circuit_down import CircuitDown
from giaoban.twin.faults.loss import Loss
from giaoban.twin.faults.mtu import Mtu
from giaoban.twin.faults.rate import Rate
from giaoban.twin.faults.server_down import ServerDown

FAULTS: dict[str, Fault] = {
    fault.id: fault
    for fault in (CircuitDown(), Loss(), Rate(), Mtu(), AccessVlan(), BgpAs(), ServerDown())
}

__all__ = ["FAULTS", "Fault", "Scene"]
