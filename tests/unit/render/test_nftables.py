"""Rows of the zone matrix as rules."""

from __future__ import annotations

from giaoban.render.nftables import zone_rules

SERVICES = {
    "https": {"protocol": "tcp", "ports": [443]},
    "dns": {"protocol": "udp", "ports": [53]},
    "ntp": {"protocol": "udp", "ports": [123]},
    "ping": {"protocol": "icmp", "ports": []},
}
LOCAL = {"in": "dmz", "out": "database", "from": [], "to": [], "services": ["https"]}
OUTWARD = {
    "in": "office",
    "out": None,
    "from": [],
    "to": [{"ipv4": "10.64.40.0/24"}],
    "services": ["dns", "ping"],
}
PATTERN = {
    "in": None,
    "out": "internal",
    "from": [
        {
            "ipv6": "fd67:6700:a64::/48",
            "ipv6_mask": "0:0:0:f::",
            "ipv6_value": "0:0:0:1::",
        }
    ],
    "to": [],
    "services": ["https"],
}


def test_between_two_zones_of_one_router() -> None:
    assert zone_rules(LOCAL, SERVICES, stateful=True) == [
        'iifname "dmz" oifname "database" meta nfproto ipv4 tcp dport 443 accept',
        'iifname "dmz" oifname "database" meta nfproto ipv6 tcp dport 443 accept',
    ]


def test_towards_the_rest_of_the_province() -> None:
    assert zone_rules(OUTWARD, SERVICES, stateful=True) == [
        'iifname "office" oifname @wan ip daddr 10.64.40.0/24 udp dport 53 accept',
        'iifname "office" oifname @wan ip daddr 10.64.40.0/24 icmp type echo-request accept',
    ]


def test_without_state_the_answer_has_its_own_rule() -> None:
    assert zone_rules(PATTERN, SERVICES, stateful=False) == [
        (
            'iifname @wan oifname "internal" ip6 saddr fd67:6700:a64::/48 ip6 saddr & 0:0:0:f::'
            " == 0:0:0:1:: tcp dport 443 accept"
        ),
        (
            'iifname "internal" oifname @wan ip6 daddr fd67:6700:a64::/48 ip6 daddr & 0:0:0:f::'
            " == 0:0:0:1:: tcp sport 443 tcp dport 1024-65535 tcp flags & (syn | ack) != syn accept"
        ),
    ]


def test_an_answer_about_the_time_may_go_to_the_port_it_comes_from() -> None:
    row = {"in": "noc", "out": "internal", "from": [], "to": [], "services": ["dns", "ntp"]}
    answers = zone_rules(row, SERVICES, stateful=False)[2:]
    assert answers == [
        f'iifname "internal" oifname "noc" meta nfproto {family} {ports} accept'
        for family in ("ipv4", "ipv6")
        for ports in (
            "udp sport 53 udp dport 1024-65535",
            "udp sport 123 udp dport { 123, 1024-65535 }",
        )
    ]
