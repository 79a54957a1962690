"""The CSV of people: every problem has its line, and all are told at once."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest

from giaoban.directory.people import PeopleError, Person, Unit, read_people
from giaoban.intent.load import load
from tests.support.checkout import ROOT

UNITS = {
    "xa-dak-wil": Unit("xa-dak-wil", "Xã Đắk Wil", "commune", "huyen-cu-jut", retired=False),
    "huyen-cu-jut": Unit("huyen-cu-jut", "Huyện Cư Jút", "district", None, retired=False),
    "xa-cu": Unit("xa-cu", "Xã Cũ", "commune", "huyen-cu-jut", retired=True),
}
HEADER = "number,name,unit,title,phone,login,aliases,left\n"


def _read(rows: str, header: str = HEADER) -> list[Person]:
    return read_people((header + rows).encode(), UNITS, "people.csv")


def _complaints(content: bytes) -> list[str]:
    with pytest.raises(PeopleError) as caught:
        read_people(content, UNITS, "people.csv")
    return str(caught.value).splitlines()


def test_a_row_is_a_person() -> None:
    row = "7,Nguyễn  Văn Anh ,xa-dak-wil,Văn thư,0261.000.0001,,van-thu; vt,2026-01-31\n"
    assert _read(row) == [
        Person(
            line=2,
            number=7,
            name="Nguyễn Văn Anh",
            unit="xa-dak-wil",
            title="Văn thư",
            phone="0261 000 0001",
            login="anhnv",
            aliases=("van-thu", "vt"),
            left=date(2026, 1, 31),
        )
    ]


def test_columns_come_in_any_order_and_three_are_enough() -> None:
    (person,) = _read("xa-dak-wil,7,Nguyễn Văn Anh\n", "unit,number,name\n")
    assert (person.number, person.login, person.phone) == (7, "anhnv", "")


def test_what_excel_and_a_mac_write_reads_the_same() -> None:
    row = "7,Nguyễn Văn Anh,xa-dak-wil,,,,,\r\n"
    text = unicodedata.normalize("NFD", HEADER + row)
    assert read_people(b"\xef\xbb\xbf" + text.encode(), UNITS, "people.csv") == _read(row)


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("0,An,xa-dak-wil,,,,,", "2: found '0' in 'number', expected 1 to 9999999"),
        ("a,An,xa-dak-wil,,,,,", "2: found 'a' in 'number', expected 1 to 9999999"),
        ("1,,xa-dak-wil,,,,,", "2: found no name; write family, middle and given name"),
        ("1,王,xa-dak-wil,,,,,", "2: found no letter in the name '王' to make an address of"),
        ("1,An,xa-dak-wik,,,,,", "did you mean 'xa-dak-wil'?"),
        ("1,An,xa-cu,,,,,", "2: found the unit 'xa-cu', which is closed"),
        ("1,An,xa-dak-wil,,123,,,", "2: found '123' in 'phone', expected a number such as"),
        ("1,An,xa-dak-wil,,0261 000 000x,,,", "2: found '0261 000 000x' in 'phone'"),
        ("1,An,xa-dak-wil,,,Án,,", "2: found 'Án' before the @ of an address, expected small"),
        ("1,An,xa-dak-wil,,,,a..b,", "2: found 'a..b' before the @ of an address"),
        (f"1,An,xa-dak-wil,,,{'a' * 65},,", "before the @ of an address"),
        ("1,An,xa-dak-wil,,,,,31/01/2026", "2: found '31/01/2026' in 'left', expected the day"),
        ("1,An,xa-dak-wil,,,,,2026-02-30", "2: found '2026-02-30' in 'left'"),
        ("1,An\x07,xa-dak-wil,,,,,", r"2: found 'An\x07' in 'name', expected text"),
        (f"1,An,xa-dak-wil,{'x' * 129},,,,", "2: found 129 characters in 'title', expected 128"),
        ("1,An,xa-dak-wil,a,b,,,,", "2: found 9 cells, expected 8 as in line 1"),
        ("1,An,xa-dak-wil,,,postmaster,,", "found 'postmaster' before the @ of an address, which"),
        ("1,An,xa-dak-wil,,,,huyen-cu-jut,", "which is of the unit 'huyen-cu-jut'; write another"),
        ("1,An,xa-dak-wil,,,a,,\n2,Bo,xa-dak-wil,,,,a,", "3: found 'a' before the @"),
        ("1,An,xa-dak-wil,,,,,\n\n1,Bo,xa-dak-wil,,,,,", "4: found the number 1, which line 2 has"),
        ('1,"An\nBa",xa-dak-wil,,,,,\n1,C,xa-dak-wil,,,,,', "4: found the number 1, which line 2"),
        ('1,"An,xa-dak-wil,,,,,', "found no end of a quoted text"),
    ],
)
def test_a_problem_is_told_with_its_line(row: str, complaint: str) -> None:
    first, *_, count = _complaints((HEADER + row + "\n").encode())
    assert first.startswith("people.csv:")
    assert complaint in first
    assert count == "1 problem in people.csv"


@pytest.mark.parametrize(
    ("header", "complaint"),
    [
        ("number;name;unit\n", "1: found ';' between columns, expected ','"),
        ("number,name,unit,tel\n", "1: found a column 'tel', expected some of: number, name"),
        ("number,name,unit,name\n", "1: found the column 'name' twice"),
        ("number,name\n", "1: found no column 'unit'"),
        ("", "1: found no column 'name'"),
    ],
)
def test_columns_are_judged_first(header: str, complaint: str) -> None:
    assert complaint in _complaints((header + "x\n" * bool(header)).encode())[0]


def test_another_encoding_is_told_where_it_begins() -> None:
    row = "1,Nguyễn Văn Anh,xa-dak-wil,,,,,\n2,Trần Hùng,xa-dak-wil,,,,,\n".encode("utf-16-le")
    assert "1: found the byte 0xff, expected UTF-8" in _complaints(b"\xff\xfe" + row)[0]
    latin = (HEADER + "1,An,xa-dak-wil,,,,,\n").encode() + "2,Hà,xa-dak-wil,,,,,\n".encode("cp1258")
    assert "people.csv:3: found the byte 0xe0, expected UTF-8" in _complaints(latin)[0]


def test_all_problems_are_told_at_once_in_order() -> None:
    rows = "1,,xa-dak-wil,,,,,\n2,An,nowhere,,1,,,\n2,Ba,xa-dak-wil,,,,,\n"
    lines = _complaints((HEADER + rows).encode())
    assert [line.partition(": ")[0] for line in lines] == [
        "people.csv:2",
        "people.csv:3",
        "people.csv:3",
        "3 problems in people.csv",
    ]


def test_who_left_keeps_a_closed_unit_and_his_login() -> None:
    gone, here = _read("1,Lê An,xa-cu,,,,,2026-01-31\n2,Lý An,xa-dak-wil,,,,,\n")
    assert (gone.login, here.login) == ("anl", "anl2")


def test_a_login_by_hand_and_an_alias_go_first() -> None:
    rows = "1,Lê An,xa-dak-wil,,,,,\n2,Lý An,xa-dak-wil,,,anl,,\n3,Lò An,xa-dak-wil,,,,anl2,\n"
    assert [person.login for person in _read(rows)] == ["anl3", "anl", "anl4"]


def test_the_example_has_no_problem() -> None:
    folder = ROOT / "inventory" / "daknong"
    units = {
        site.slug: Unit(site.slug, site.name, site.tier, site.parent, site.retired)
        for site in load(folder).sites
    }
    people = read_people((folder / "people.csv").read_bytes(), units, "people.csv")
    assert len(people) == 40
    assert {person.login for person in people} >= {"anhnv", "anhnv2", "anhnv3", "anhnv4", "kbrong"}
