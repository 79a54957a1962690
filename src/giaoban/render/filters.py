"""Filters that the roles' templates name; Ansible gets the same ones through plugins/filter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from giaoban.render.nftables import nft_family, nft_quote, zone_rules

_FRAME_BITS = 1514 * 8
_BURST_SECONDS = 0.01
_SMALLEST_QUEUE = 10


def htb_burst(rate: int) -> int:
    """Give HTB's burst in bytes for a rate in bit/s: 10 ms of it, at least two full frames.

    A burst below the clock tick's worth (tc-htb(8), BURST AND QUANTUM) would keep the rate down.
    """
    return max(int(rate * _BURST_SECONDS / 8), 2 * _FRAME_BITS // 8)


def queue_packets(rate: int, milliseconds: int) -> int:
    """Give how many full frames wait `milliseconds` at `rate` bit/s, at least ten."""
    return max(rate * milliseconds // 1000 // _FRAME_BITS, _SMALLEST_QUEUE)


FILTERS: dict[str, Callable[..., Any]] = {
    "htb_burst": htb_burst,
    "nft_family": nft_family,
    "nft_quote": nft_quote,
    "queue_packets": queue_packets,
    "zone_rules": zone_rules,
}
