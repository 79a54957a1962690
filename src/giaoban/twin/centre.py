"""The factory configuration of the central government's router, which nobody here manages. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from giaoban.plan.model import CircuitPlan, Device, Plan

_LINK = """\
[Match]
Name={port}
[Network]
LinkLocalAddressing=ipv6
IPv6AcceptRA=no
Address={ipv4}
Address={ipv6}
"""
_LOOPBACK = """\
[Match]
Name=lo
[Network]
Address={ipv4}/32
Address={ipv6}/128
"""


def network_files(plan: Plan, device: Device) -> dict[str, str]:
    """Give the networkd files that address the router's circuits and its loopback."""
    files = {
        f"etc/systemd/network/20-{circuit.lower.name}.network": _LINK.format(
            port=circuit.lower.name,
            ipv4=circuit.lower_address.ipv4,
            ipv6=circuit.lower_address.ipv6,
        )
        for circuit in _circuits(plan, device)
    }
    loopback = device.management
    files["etc/systemd/network/20-lo.network"] = _LOOPBACK.format(
        ipv4=loopback.ipv4, ipv6=loopback.ipv6
    )
    files["etc/sysctl.d/20-forwarding.conf"] = (
        "net.ipv4.ip_forward = 1\nnet.ipv6.conf.all.forwarding = 1\n"
    )
    return files


def frr_configuration(plan: Plan, device: Device) -> str:
    """Give frr.conf: eBGP with both cores, announcing the centre's prefixes of both families.

    Passwords are references, as in the plan; whoever writes the file resolves them.
    """
    centre = plan.centre
    circuits = {circuit.name: circuit for circuit in _circuits(plan, device)}
    lines = [
        "frr defaults traditional",
        f"hostname {device.name}",
        "log syslog informational",
        "service integrated-vtysh-config",
        "no zebra nexthop kernel enable",
        *(f"ip route {prefix} Null0" for prefix in centre.prefixes_ipv4),
        *(f"ipv6 route {prefix} Null0" for prefix in centre.prefixes_ipv6),
        f"router bgp {centre.asn}",
        f" bgp router-id {device.management.ipv4}",
        " no bgp default ipv4-unicast",
        " no bgp ebgp-requires-policy",
    ]
    sessions = [session for session in plan.sessions if session.circuit in circuits]
    cores = [session.upper for session in sessions]
    for session in sessions:
        ours, core, circuit = session.lower, session.upper, circuits[session.circuit or ""]
        password = f"@secret{{bgp/{circuit.name}/{circuit.key}}}"
        for own, theirs in ((ours.ipv4, core.ipv4), (ours.ipv6, core.ipv6)):
            lines += [
                f" neighbor {theirs} remote-as {core.asn}",
                f" neighbor {theirs} description {core.device}",
                f" neighbor {theirs} password {password}",
                f" neighbor {theirs} ttl-security hops 1",
                f" neighbor {theirs} timers connect 5",
                f" neighbor {theirs} bfd",
                f" neighbor {theirs} bfd profile circuit",
                f" neighbor {theirs} update-source {own}",
            ]
    lines += [
        " address-family ipv4 unicast",
        *(f"  network {prefix}" for prefix in centre.prefixes_ipv4),
        *(f"  neighbor {core.ipv4} activate" for core in cores),
        " exit-address-family",
        " address-family ipv6 unicast",
        *(f"  network {prefix}" for prefix in centre.prefixes_ipv6),
        *(f"  neighbor {core.ipv6} activate" for core in cores),
        " exit-address-family",
        "exit",
        "bfd",
        " profile circuit",
        f"  receive-interval {_bfd_ms(circuits.values())}",
        f"  transmit-interval {_bfd_ms(circuits.values())}",
        " exit",
        "exit",
    ]
    return "".join(f"{line}\n" for line in lines)


def _circuits(plan: Plan, device: Device) -> Iterator[CircuitPlan]:
    return (circuit for circuit in plan.circuits.values() if circuit.lower.device == device.name)


def _bfd_ms(circuits: Iterable[CircuitPlan]) -> int:
    return max(circuit.bfd_ms for circuit in circuits)
