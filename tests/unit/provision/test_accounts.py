"""What a server's accounts of people lack."""

from __future__ import annotations

import pytest

from giaoban.provision.accounts import Accounts, difference

_LEVELS = {"operator": ["people", "adm"], "observer": ["people"]}
_AN = {"slug": "an", "name": "Nguyễn Văn An", "level": "operator"}
_HBIA = {"slug": "hbia", "name": "H'Bia Niê", "level": "observer"}
_TOLD = """\
root:x:0:0:root:/root:/bin/bash
www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
an:x:1000:1000:Nguyễn Văn An:/home/an:/bin/sh
hbia:x:1001:1001:H'Bia Niê:/home/hbia:/bin/sh

adm:x:4:an
people:x:990:an,hbia
an:x:1000:

an
hbia
"""


def _lacking(told: str = _TOLD, *people: dict[str, str]) -> Accounts:
    return difference(told, people or (_AN, _HBIA), _LEVELS, "/bin/sh", "people")


def test_lacks_nothing() -> None:
    assert _lacking() == Accounts()


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("Văn An", "Văn Ân"),
        (":/home/an:/bin/sh", ":/home/an:/bin/bash"),
        ("adm:x:4:an", "adm:x:4:"),
        ("adm:x:4:an", "adm:x:4:an\nsudo:x:27:an"),
        ("\n\nan\n", "\n\n"),
        ("an:x:1000:1000:Nguyễn Văn An:/home/an:/bin/sh\n", ""),
    ],
)
def test_names_whose_account_is_not_as_it_is_to_be(was: str, now: str) -> None:
    assert was in _TOLD
    assert _lacking(_TOLD.replace(was, now)) == Accounts(people=[_AN])


def test_names_groups_leavers_and_programs() -> None:
    assert _lacking(_TOLD.replace("adm:x:4:an\n", "")).groups == ["adm"]
    assert _lacking(_TOLD, _AN) == Accounts(leavers=["hbia"])
    assert _lacking(_TOLD, _AN, _HBIA, _AN | {"slug": "www-data"}).foreign == ["www-data"]
