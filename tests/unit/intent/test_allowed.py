"""What is right is not complained of: the last value inside each limit, and the other provinces."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from giaoban.intent.load import load
from giaoban.intent.model import Intent, Site
from giaoban.intent.semantics import findings
from tests.support import provinces

SMALL = Path(__file__).with_name("small.yml").read_text(encoding="utf-8")
XA_A = "    parent: huyen-a\n"
ALLOWED = {
    "one vlan in zones that never meet": (
        "vlan: 50, tiers: [district]",
        "vlan: 60, tiers: [district]",
    ),
    "last number of an upper site": (
        "number: 3\n    parent: trung",
        "number: 80\n    parent: trung",
    ),
    "last number of a commune": (
        "number: 2\n    parent: huyen-b",
        "number: 640\n    parent: huyen-b",
    ),
    "a district under nothing": ("number: 2\n    parent: trung-tam\n", "number: 2\n"),
    "a commune right under the data centre": (XA_A, "    parent: trung-tam\n"),
    "meetings in the data centre": (XA_A, f"{XA_A}    meeting_node: trung-tam\n"),
    "a prefix from outside the block": (
        XA_A,
        f'{XA_A}    prefixes: {{ ipv4: 10.68.0.0/25, ipv6: "fd01::/60" }}\n',
    ),
    "a closed commune keeps its parent": ("name: Xã Cũ", "name: Xã Cũ (sáp nhập)"),
    "a larger block": ("ipv4: 10.64.0.0/14", "ipv4: 10.64.0.0/13"),
    "last AS number": ("asn: 4200670000", "asn: 4294957294"),
    "slowest rate": ("rate: 20 Mbit/s, mtu", "rate: 1000 kbit/s, mtu"),
    "fastest rate": ("rate: 20 Mbit/s, mtu", "rate: 100 Gbit/s, mtu"),
    "all of the rate guaranteed": ("guaranteed_percent: 70", "guaranteed_percent: 60"),
    "a ceiling at the guarantee": ("ceiling_percent: 40", "ceiling_percent: 30"),
    "last port": ("ports: [443]", "ports: [1, 65535]"),
    "fourth circuit of a district": ("to: core-2, carrier", "to: core-2, ordinal: 4, carrier"),
    "one reference of two carriers": ("reference: T-1", "reference: V-1"),
    "a commune's line to a core": ("{ site: xa-a, to: huyen-a", "{ site: xa-a, to: core-1"),
    "a rule between sites in one zone": (
        "source: noc, target: management",
        "source: office, target: office",
    ),
    "one server number in two zones": ("zone: noc, number: 11", "zone: office, number: 10"),
    "a zone number that only the data centre has": (
        "name: hall, number: 5, vlan: 50, tiers: [district]",
        "name: hall, number: 15, vlan: 50, tiers: [data_centre]",
    ),
}


@pytest.mark.parametrize("what", ALLOWED)
def test_allowed(what: str, tmp_path: Path) -> None:
    old, new = ALLOWED[what]
    assert SMALL.count(old) == 1
    path = tmp_path / "intent.yml"
    path.write_text(SMALL.replace(old, new), encoding="utf-8")
    load(path)


@pytest.mark.parametrize("make", [provinces.tiny, provinces.two_tier, provinces.large])
def test_the_provinces_of_the_tests_are_right(make: Callable[[], Intent]) -> None:
    intent = make()
    assert list(findings(dict(intent))) == []
    assert make() == intent


def test_meetings_are_held_by_another_districts_media_server() -> None:
    intent = provinces.large(districts=2, communes=2, departments=0)
    sites = {site.slug: site for site in intent.sites}
    district = sites["huyen-02"].model_copy(update={"media_server": True})
    commune = sites["xa-001"].model_copy(update={"meeting_node": "huyen-02"})
    changed = [*(sites | {"huyen-02": district, "xa-001": commune}).values()]
    assert list(findings(dict(intent) | {"sites": changed})) == []


def test_the_largest_province_that_has_addresses_is_right() -> None:
    intent = provinces.large(districts=40, communes=640, departments=40)
    assert len(intent.sites) == 721
    assert list(findings(dict(intent))) == []


def test_free_numbers_are_handed_out_until_there_is_none() -> None:
    intent = provinces.large(districts=40, communes=640, departments=40)
    sites = [
        site.model_copy(update={"number": 1}) if site.slug in {"xa-638", "xa-640"} else site
        for site in intent.sites
    ]
    sites.append(Site.model_validate(provinces.site("so-99", "department", 1)))
    sites.append(Site.model_validate(provinces.site("xa-641", "commune", 2, "huyen-01")))
    hints = [one.hint for one in findings({"sites": sites}) if one.kind == "duplicate-number"]
    assert hints == [
        "the next free number is 638",
        "the next free number is 640",
        "no number of districts and departments is free",
        "no number of communes is free",
    ]
