"""Which packages are asked for: those of images, and those that roles list."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from giaoban.software.contents import ADDED, BASE, RolePackagesError, package_sets
from giaoban.software.own import OWN, NoVersionError, version_of
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


def test_another_package_makes_another_repository(tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    shutil.copytree(ROOT / "tools", tools)
    one = {"role dns": ("knot",)}
    key = repository_key(one, tools)
    assert repository_key(dict(one), ROOT / "tools") == key
    assert repository_key({"role dns": ("knot", "unbound")}, tools) != key
    with (tools / "livekit" / "go.sum").open("a") as pinned:
        pinned.write("another version\n")
    assert repository_key(one, tools) != key


def test_our_own_packages_version_is_what_their_source_is_pinned_to() -> None:
    (livekit,) = (package for package in OWN if package.name == "livekit-server")
    pinned = (ROOT / "tools" / "livekit" / "go.mod").read_text()
    version = version_of(livekit, ROOT / "tools")
    assert f"{livekit.module} v{version}" in pinned
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)


def test_a_version_that_is_not_pinned_is_said(tmp_path: Path) -> None:
    (tmp_path / "livekit").mkdir()
    (tmp_path / "livekit" / "go.mod").write_text("module x\n")
    with pytest.raises(
        NoVersionError, match=r"livekit/go\.mod: github\.com/livekit/livekit-server is"
    ):
        version_of(OWN[0], tmp_path)
