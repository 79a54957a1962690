"""What changes in the directory, and what never does."""

from __future__ import annotations

import hashlib
from base64 import b64decode
from dataclasses import replace
from datetime import date

import pytest

from giaoban.directory import ldif
from giaoban.directory.difference import difference, refusals
from giaoban.directory.entries import (
    LOCKED,
    PERSON_ATTRIBUTES,
    Entry,
    Passwords,
    frame,
    hashed,
    person_entry,
)
from giaoban.directory.people import Person, Unit

UNIT = Unit("xa-dak-wil", "Xã Đắk Wil", "commune", "huyen-cu-jut", retired=False)
ANH = Person(2, 7, "Nguyễn Văn Anh", "xa-dak-wil", "Văn thư", "", "anhnv", ("vt",), None)
GONE = replace(ANH, left=date(2026, 1, 31))
DN = "uid=anhnv,ou=people,dc=daknong,dc=example"


def _entry(person: Person) -> Entry:
    return person_entry(person, UNIT, "daknong.example")


def _after(person: Person, found: Entry) -> dict[str, tuple[str, ...]]:
    """Give what changes, in one entry that stands."""
    changes = difference([_entry(person)], [found], PERSON_ATTRIBUTES)
    assert len(changes) <= 1
    return dict(changes[0].after) if changes else {}


def _standing(**attributes: tuple[str, ...]) -> Entry:
    return Entry(DN, dict(_entry(ANH).attributes) | attributes)


def test_a_persons_entry_is_found_by_what_mail_asks_for() -> None:
    entry = _entry(ANH)
    assert entry.dn == DN
    assert entry.attributes["cn"] == ("Nguyễn Văn Anh", "Nguyen Van Anh")
    assert entry.attributes["mail"] == ("anhnv@daknong.example",)
    assert entry.attributes["mailLocalAddress"] == ("vt@daknong.example",)
    assert "telephoneNumber" not in entry.attributes
    assert "userPassword" not in entry.attributes


@pytest.mark.parametrize(
    ("person", "found", "after"),
    [
        pytest.param(ANH, _standing(), {}, id="nothing"),
        pytest.param(
            ANH,
            _standing(cn=("Nguyen Van Anh", "Nguyễn Văn Anh")),
            {},
            id="values in another order",
        ),
        pytest.param(ANH, _standing(mobile=("0900 000 000",)), {}, id="what is the person's own"),
        pytest.param(
            ANH, _standing(title=("Cán bộ",)), {"title": ("Văn thư",)}, id="another title"
        ),
        pytest.param(
            ANH, _standing(telephoneNumber=("1",)), {"telephoneNumber": ()}, id="no number any more"
        ),
        pytest.param(
            ANH, _standing(pwdAccountLockedTime=("20260101000000Z",)), {}, id="wrong passwords"
        ),
        pytest.param(
            GONE,
            _standing(pwdAccountLockedTime=("20260101000000Z",)),
            {"employeeType": ("former",), "pwdAccountLockedTime": (LOCKED,)},
            id="left",
        ),
        pytest.param(
            ANH,
            _standing(employeeType=("former",), pwdAccountLockedTime=(LOCKED,)),
            {"employeeType": ("official",), "pwdAccountLockedTime": ()},
            id="came back",
        ),
        pytest.param(
            ANH,
            _standing(objectClass=("inetOrgPerson", "quota")),
            {"objectClass": ("inetOrgPerson", "quota", "inetLocalMailRecipient")},
            id="classes of others stay",
        ),
    ],
)
def test_only_what_is_other_and_ours_changes(
    person: Person, found: Entry, after: dict[str, tuple[str, ...]]
) -> None:
    assert _after(person, found) == after


def test_who_is_new_is_added_and_shown() -> None:
    (change,) = difference([_entry(ANH)], [], PERSON_ATTRIBUTES)
    assert change.ldif().startswith(f"dn: {DN}\nchangetype: add\nobjectClass: inetOrgPerson\n")
    assert f"+ {DN}\n" in change.shown()
    assert "+   displayName: Nguyễn Văn Anh\n" in change.shown()


def test_a_secret_is_not_shown() -> None:
    found = Entry("cn=mail", {"userPassword": ("{SSHA512}old",)})
    wanted = Entry("cn=mail", {"userPassword": ("{SSHA512}new",)})
    (change,) = difference([wanted], [found], ["userPassword"])
    assert "{SSHA512}new" in change.ldif()
    assert (
        change.shown()
        == "  cn=mail\n-   userPassword: (not shown)\n+   userPassword: (not shown)\n"
    )


@pytest.mark.parametrize(
    ("found", "complaint"),
    [
        ({"uid": ("anhtv",), "employeeNumber": ("7",)}, "an address never changes: write 'anhtv'"),
        ({"uid": ("anhnv",), "employeeNumber": ("3",)}, "which is that of number 3"),
        ({"uid": ("quandm",), "employeeNumber": ("9",), "displayName": ("Quân",)}, "(Quân); put"),
    ],
)
def test_nobody_is_renamed_replaced_or_lost(
    found: dict[str, tuple[str, ...]], complaint: str
) -> None:
    entry = Entry(f"uid={found['uid'][0]},ou=people,dc=daknong,dc=example", found)
    assert complaint in "".join(each.message for each in refusals([ANH], [entry]))


def test_what_was_not_loaded_is_nobodys_business() -> None:
    others = [Entry("ou=people,dc=x", {"ou": ("people",)}), Entry("uid=x", {"uid": ("x",)})]
    assert list(refusals([ANH], [*others, _standing()])) == []


# The frame


def _frame(secret: str = "s" * 32) -> dict[str, Entry]:
    units = [replace(UNIT, retired=True), Unit("huyen", "Huyện", "district", None, retired=False)]
    rules = Passwords(min_length=12, history=5, max_failures=10, lockout_s=900)
    entries = frame("daknong.example", "Tỉnh Đắk Nông", units, {"mail": secret}, rules)
    return {entry.dn.removesuffix(",dc=daknong,dc=example"): entry for entry in entries}


def test_parents_come_before_children() -> None:
    names = list(_frame())
    assert names[0] == "dc=daknong,dc=example"
    for name in names[1:]:
        _, _, parent = name.partition(",")
        assert not parent or names.index(parent) < names.index(name)


def test_a_closed_unit_is_told_from_others() -> None:
    entries = _frame()
    closed = entries["ou=xa-dak-wil,ou=units"].attributes
    assert closed["businessCategory"] == ("retired",)
    assert closed["seeAlso"] == ("ou=huyen-cu-jut,ou=units,dc=daknong,dc=example",)
    assert "seeAlso" not in entries["ou=huyen,ou=units"].attributes


def test_a_services_hash_is_its_secrets_and_always_the_same() -> None:
    (value,) = _frame()["cn=mail,ou=services"].attributes["userPassword"]
    scheme, _, encoded = value.partition("}")
    raw = b64decode(encoded)
    assert scheme == "{SSHA512"
    assert raw[:64] == hashlib.sha512(b"s" * 32 + raw[64:]).digest()
    assert value == hashed("mail", "s" * 32) != hashed("meeting", "s" * 32)
    assert _frame("t" * 32)["cn=mail,ou=services"].attributes["userPassword"] != (value,)


# LDIF


def test_what_is_written_is_read_the_same() -> None:
    entry = Entry(
        DN, {"cn": ("Nguyễn", "Anh"), "title": (" lùi", ":x", "<y", "z "), "description": ("",)}
    )
    text = ldif.added(entry).replace("changetype: add\n", "")
    assert list(ldif.entries_of(text)) == [entry]
    assert text.isascii()


def test_what_is_no_ldif_is_told() -> None:
    with pytest.raises(ValueError, match="found 'nonsense', expected an attribute"):
        list(ldif.entries_of("dn: x\nnonsense\n"))


def test_an_attribute_without_values_goes() -> None:
    assert (
        ldif.replaced(DN, {"title": ()}) == f"dn: {DN}\nchangetype: modify\nreplace: title\n-\n\n"
    )
