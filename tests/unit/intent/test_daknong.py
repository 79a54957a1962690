"""The intent of Đắk Nông is the province before the merger of July 2025, whole."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from giaoban.intent.load import load
from giaoban.intent.model import Intent

FOLDER = Path(__file__).parents[3] / "inventory" / "daknong"


@pytest.fixture(scope="module")
def daknong() -> Intent:
    return load(FOLDER)


def test_every_place_is_there(daknong: Intent) -> None:
    tiers = Counter(site.tier for site in daknong.sites)
    assert tiers == {"data_centre": 1, "department": 20, "district": 8, "commune": 71}


def test_districts_and_communes_have_their_gso_codes(daknong: Intent) -> None:
    codes = [site.gso_code for site in daknong.sites if site.tier in {"district", "commune"}]
    assert len(set(codes)) == 79
    assert {len(str(code)) for code in codes} == {3, 5}


def test_numbers_follow_the_order_of_the_list(daknong: Intent) -> None:
    upper = [site.number for site in daknong.sites if site.tier in {"department", "district"}]
    communes = [site.number for site in daknong.sites if site.tier == "commune"]
    assert sorted(upper) == list(range(1, 29))
    assert communes == list(range(1, 72))


def test_departments_and_districts_lead_to_both_cores(daknong: Intent) -> None:
    ends = defaultdict(list)
    for circuit in daknong.circuits:
        ends[circuit.site].append(circuit.to)
    for site in daknong.sites:
        if site.tier in {"department", "district"}:
            assert ends[site.slug] == list(daknong.data_centre.cores), site.slug


def test_a_commune_leads_to_its_district_and_stands_by_at_another(daknong: Intent) -> None:
    parents = {site.slug: site.parent for site in daknong.sites if site.tier == "commune"}
    lines = [circuit for circuit in daknong.circuits if circuit.site in parents]
    assert all((line.to == parents[line.site]) != line.standby for line in lines)
    assert sum(line.standby for line in lines) == 16
    assert len(lines) == 71 + 16


def test_no_telephone_number_or_domain_is_real(daknong: Intent) -> None:
    phones = [daknong.network.noc.phone, *(carrier.phone for carrier in daknong.carriers)]
    assert all(phone.startswith("0261 000 ") for phone in phones)
    assert daknong.province.domain.endswith(".example")


def test_the_files_are_nfc() -> None:
    for file in FOLDER.glob("*.yml"):
        text = file.read_text(encoding="utf-8")
        assert text == unicodedata.normalize("NFC", text), file.name
