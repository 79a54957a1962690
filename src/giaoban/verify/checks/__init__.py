"""The checks, a module each; `CHECKS` lists them from the cable upwards."""

from giaoban.verify.check import AnyCheck
from giaoban.verify.checks.bfd import Bfd
from giaoban.verify.checks.bgp import BgpEstablished, BgpParameters
from giaoban.verify.checks.circuit import CircuitAlive, CircuitLoss
from giaoban.verify.checks.circuit_rate import CircuitRate
from giaoban.verify.checks.device_reachable import DeviceReachable
from giaoban.verify.checks.interface_configured import InterfaceConfigured
from giaoban.verify.checks.interface_up import InterfaceUp
from giaoban.verify.checks.lan import AccessPort, TrunkVlans
from giaoban.verify.checks.ospf import Ospf
from giaoban.verify.checks.path_mtu import PathMtu
from giaoban.verify.checks.queues import Queues
from giaoban.verify.checks.round_trip import RoundTrip
from giaoban.verify.checks.site_default import SiteDefault
from giaoban.verify.checks.site_prefixes import SitePrefixes
from giaoban.verify.checks.workstation import (
    WorkstationAddress,
    WorkstationReaches,
    WorkstationRefused,
)

CHECKS: tuple[AnyCheck, ...] = (
    DeviceReachable(),
    InterfaceConfigured(),
    InterfaceUp(),
    CircuitAlive(),
    CircuitLoss(),
    PathMtu(),
    CircuitRate(),
    Queues(),
    Bfd(),
    Ospf(),
    BgpParameters(),
    BgpEstablished(),
    SitePrefixes(),
    SiteDefault(),
    RoundTrip(),
    TrunkVlans(),
    AccessPort(),
    WorkstationAddress(),
    WorkstationReaches(),
    WorkstationRefused(),
)

__all__ = ["CHECKS"]
