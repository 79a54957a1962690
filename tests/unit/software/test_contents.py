"""Which packages are asked for: those of images, and those that roles list."""

from __future__ import annotations

from pathlib import Path

import pytest

from giaoban.software.contents import ADDED, BASE, RolePackagesError, package_sets
from giaoban.software.repository import repository_key
from tests.support.checkout import ROOT


def _role(folder: Path, text: str) -> Path:
    file = folder / "mail" / "vars" / "main.yml"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    return folder


def test_every_image_and_every_role_that_installs_is_a_set() -> None:
    sets = package_sets(ROOT / "roles")
    assert {f"image {flavour}" for flavour in ADDED} <= set(sets)
    assert {"disk image", "role dns", "role package_mirror", "role software"} <= set(sets)
    assert all(set(BASE) <= set(names) for names in sets.values())
    assert "unbound" in sets["role dns"]


def test_a_role_that_installs_nothing_is_none(tmp_path: Path) -> None:
    assert "role mail" not in package_sets(_role(tmp_path, "mail__folder: /srv\n"))


@pytest.mark.parametrize("found", ["postfix", "[1, 2]", "{a: b}"])
def test_what_is_no_list_of_names_is_refused(tmp_path: Path, found: str) -> None:
    roles = _role(tmp_path, f"mail__packages: {found}\n")
    with pytest.raises(RolePackagesError, match=r"mail/vars/main\.yml: mail__packages is"):
        package_sets(roles)


def test_another_package_makes_another_repository() -> None:
    one = {"role dns": ("knot",)}
    assert repository_key(one) == repository_key(dict(one))
    assert repository_key(one) != repository_key({"role dns": ("knot", "unbound")})
