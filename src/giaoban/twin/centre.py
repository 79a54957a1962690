"""The factory configuration of the central government's router, which nobody here manages. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from giaoban.plan.model import BgpEnd, CircuitPlan, Device, Plan

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
    """Give frr.conf: eBGP with both cores, announcing the centre's prefixes of both families."""
    centre = plan.centre
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
    cores = list(_neighbours(plan, device))
    for ours, core in cores:
        for own, theirs in ((ours.ipv4, core.ipv4), (ours.ipv6, core.ipv6)):
            lines += [
                f" neighbor {theirs} remote-as {core.asn}",
                f" neighbor {theirs} description {core.device}",
                f" neighbor {theirs} update-source {own}",
                f" neighbor {theirs} timers connect 5",
                f" neighbor {theirs} bfd",
            ]
    lines += [
        " address-family ipv4 unicast",
        *(f"  network {prefix}" for prefix in centre.prefixes_ipv4),
        *(f"  neighbor {core.ipv4} activate" for _, core in cores),
        " exit-address-family",
        " address-family ipv6 unicast",
        *(f"  network {prefix}" for prefix in centre.prefixes_ipv6),
        *(f"  neighbor {core.ipv6} activate" for _, core in cores),
        " exit-address-family",
    ]
    return "".join(f"{line}\n" for line in lines)


def _circuits(plan: Plan, device: Device) -> Iterator[CircuitPlan]:
    return (circuit for circuit in plan.circuits.values() if circuit.lower.device == device.name)


def _neighbours(plan: Plan, device: Device) -> Iterator[tuple[BgpEnd, BgpEnd]]:
    for session in plan.sessions:
        if session.kind == "centre":
            ends = (session.lower, session.upper)
            yield ends if session.lower.device == device.name else ends[::-1]
