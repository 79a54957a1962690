"""Provinces for tests, as intents made in Python: the same call always gives the same province."""

from __future__ import annotations

from typing import Any

from giaoban.intent.model import Intent

CARRIERS = ("vnpt", "viettel", "mobifone")
CORES = ("core-1", "core-2")
DATA_CENTRE = "trung-tam-du-lieu"

_EVERY_TIER = ["data_centre", "department", "district", "commune"]
_RULES = (
    ("office", "internal", ["dns", "dns-tcp", "ntp", "http", "https", "ping"]),
    ("office", "dmz", ["https"]),
    ("office", "meeting", ["https", "media-udp", "media-tcp"]),
    ("video", "meeting", ["https", "media-udp", "media-tcp"]),
    ("video", "internal", ["dns", "ntp"]),
    ("management", "internal", ["dns", "ntp", "syslog"]),
    ("management", "noc", ["syslog"]),
    ("noc", "office", ["ping", "ssh"]),
    ("noc", "video", ["ping", "ssh"]),
    ("noc", "management", ["ping", "ssh"]),
    ("noc", "internal", ["ping", "ssh"]),
    ("dmz", "internal", ["dns", "ntp"]),
    ("internal", "database", ["postgresql"]),
)
_SERVICES: tuple[tuple[str, str, list[int]], ...] = (
    ("ping", "icmp", []),
    ("ssh", "tcp", [22]),
    ("dns", "udp", [53]),
    ("dns-tcp", "tcp", [53]),
    ("ntp", "udp", [123]),
    ("http", "tcp", [80]),
    ("https", "tcp", [443]),
    ("syslog", "udp", [514]),
    ("media-udp", "udp", [7882]),
    ("media-tcp", "tcp", [7881]),
    ("postgresql", "tcp", [5432]),
)
_QUEUES = (
    ("control", ["cs6"], 5, 100, 0),
    ("audio", ["ef"], 10, 30, 1),
    ("management", ["cs2"], 5, 100, 2),
    ("signalling", ["cs5"], 5, 100, 3),
    ("video", ["af41"], 35, 100, 4),
    ("official", ["af21"], 20, 100, 5),
    ("best", ["cs0"], 20, 100, 7),
)
_ACCESS_PORTS = {"office": [2, 3, 4, 5], "video": [1], "guest": [6]}
_ZONES = (
    ("office", 1, 10, _EVERY_TIER),
    ("video", 2, 20, _EVERY_TIER),
    ("guest", 3, 30, _EVERY_TIER),
    ("management", 4, 40, _EVERY_TIER),
    ("meeting", 5, 50, ["data_centre", "district"]),
    ("noc", 6, 60, ["data_centre"]),
    ("dmz", 7, 70, ["data_centre"]),
    ("internal", 8, 80, ["data_centre"]),
    ("database", 9, 90, ["data_centre"]),
)


def site(slug: str, tier: str, number: int, parent: str | None = None) -> dict[str, Any]:
    """Give a site as a person would write it."""
    return {"slug": slug, "name": slug, "tier": tier, "number": number, "parent": parent}


def circuit(site_slug: str, to: str, ordinal: int = 1, rate: str = "20 Mbit/s") -> dict[str, Any]:
    """Give a circuit as a person would write it; the carrier follows from the ordinal."""
    carrier = CARRIERS[(ordinal - 1) % len(CARRIERS)]
    return {
        "site": site_slug,
        "to": to,
        "ordinal": ordinal,
        "carrier": carrier,
        "reference": f"{carrier}/{site_slug}/{ordinal}",
        "rate": rate,
    }


def both_cores(site_slug: str, rate: str) -> list[dict[str, Any]]:
    """Give a site's two circuits, one to each core."""
    return [circuit(site_slug, core, n, rate) for n, core in enumerate(CORES, 1)]


def province(sites: list[dict[str, Any]], circuits: list[dict[str, Any]]) -> dict[str, Any]:
    """Give a whole intent as a person would write it, with these sites below the data centre."""
    return {
        "province": {
            "slug": "vi-du",
            "name": "Tỉnh Ví Dụ",
            "domain": "vidu.example",
            "blocks": {"ipv4": "10.64.0.0/14", "ipv6": "fd67:6700:a64::/48"},
            "asn": 4_200_670_000,
        },
        "network": {"noc": {"name": "Trực mạng", "phone": "0000 000 001"}},
        "carriers": [
            {"slug": slug, "name": slug.upper(), "phone": f"0000 000 1{n:02d}"}
            for n, slug in enumerate(CARRIERS, 1)
        ],
        "sites": [site(DATA_CENTRE, "data_centre", 1), *sites],
        "circuits": circuits,
        "zones": [
            {
                "name": name,
                "number": number,
                "vlan": vlan,
                "tiers": tiers,
                "access_ports": _ACCESS_PORTS.get(name, []),
            }
            for name, number, vlan, tiers in _ZONES
        ],
        "services": [
            {"name": name, "protocol": protocol, "ports": ports}
            for name, protocol, ports in _SERVICES
        ],
        "rules": [
            {"source": source, "target": target, "services": services}
            for source, target, services in _RULES
        ],
        "queues": [
            {
                "name": name,
                "dscp": dscp,
                "guaranteed_percent": guaranteed,
                "ceiling_percent": ceiling,
                "priority": priority,
            }
            for name, dscp, guaranteed, ceiling, priority in _QUEUES
        ],
        "data_centre": {
            "cores": list(CORES),
            "servers": [
                {"name": "noc-1", "zone": "noc", "number": 10, "groups": ["noc"]},
                {"name": "probe-1", "zone": "internal", "number": 10, "groups": ["probe"]},
            ],
        },
        "centre": {
            "name": "Mạng truyền số liệu chuyên dùng cấp I",
            "asn": 4_200_000_001,
            "prefixes_ipv4": ["10.248.0.0/16"],
            "prefixes_ipv6": ["fd00:248::/32"],
            "links": [
                {
                    "core": core,
                    "theirs_ipv4": f"10.248.255.{2 * n}",
                    "ours_ipv4": f"10.248.255.{2 * n + 1}",
                    "theirs_ipv6": f"fd00:248:ffff::{2 * n}",
                    "ours_ipv6": f"fd00:248:ffff::{2 * n + 1}",
                    "rate": "1 Gbit/s",
                    "carrier": "vnpt",
                    "reference": f"vnpt/centre/{n + 1}",
                }
                for n, core in enumerate(CORES)
            ],
        },
    }


def tiny() -> Intent:
    """One department, two districts, two communes below the first; the second one has a standby."""
    sites = [
        site("so-noi-vu", "department", 1),
        site("huyen-a", "district", 2),
        site("huyen-b", "district", 3),
        site("xa-a", "commune", 1, "huyen-a"),
        site("xa-b", "commune", 2, "huyen-a"),
    ]
    circuits = [
        *both_cores("so-noi-vu", "100 Mbit/s"),
        *both_cores("huyen-a", "200 Mbit/s"),
        *both_cores("huyen-b", "200 Mbit/s"),
        circuit("xa-a", "huyen-a"),
        circuit("xa-b", "huyen-a"),
        {**circuit("xa-b", "huyen-b", 2, "10 Mbit/s"), "standby": True},
    ]
    return Intent.model_validate(province(sites, circuits))


def two_tier(communes: int = 30, departments: int = 5) -> Intent:
    """The province of 2025: communes right under the data centre, each with a line to both cores.

    Every third commune has one line only.
    """
    sites = [site(f"so-{n:02d}", "department", n) for n in range(1, departments + 1)]
    circuits = [line for one in sites for line in both_cores(one["slug"], "100 Mbit/s")]
    for number in range(1, communes + 1):
        slug = f"xa-{number:03d}"
        sites.append(site(slug, "commune", number, DATA_CENTRE))
        lines = both_cores(slug, "50 Mbit/s")
        circuits.extend(lines[:1] if number % 3 == 0 else lines)
    return Intent.model_validate(province(sites, circuits))


def large(districts: int = 30, communes: int = 579, departments: int = 20) -> Intent:
    """A province of the largest kind: communes dealt to the districts in turn.

    Every fifth commune has a standby circuit to the next district.
    """
    sites = [site(f"so-{n:02d}", "department", n) for n in range(1, departments + 1)]
    upper = [f"huyen-{n:02d}" for n in range(1, districts + 1)]
    sites += [site(slug, "district", departments + n) for n, slug in enumerate(upper, 1)]
    circuits = [line for one in sites for line in both_cores(one["slug"], "200 Mbit/s")]
    for number in range(1, communes + 1):
        slug = f"xa-{number:03d}"
        own, neighbour = upper[number % districts], upper[(number + 1) % districts]
        sites.append(site(slug, "commune", number, own))
        circuits.append(circuit(slug, own))
        if number % 5 == 0:
            circuits.append({**circuit(slug, neighbour, 2, "10 Mbit/s"), "standby": True})
    return Intent.model_validate(province(sites, circuits))
