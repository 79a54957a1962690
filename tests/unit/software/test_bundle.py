"""A bundle is whole, and of this version, or it is refused with a sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from giaoban.errors import GiaobanError
from giaoban.software.bundle import (
    SCHEMA,
    Bundle,
    BundleError,
    NotABundleError,
    Parts,
    make_bundle,
)
from giaoban.software.here import given_bundle
from giaoban.software.repository import PUBLIC_KEY, Repository

SETS = {"role dns": ("knot", "unbound")}


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    """A bundle of a repository with one package, without images, wheels and tools."""
    repository = tmp_path / "debian-1"
    (repository / "pool").mkdir(parents=True)
    (repository / "pool" / "knot_3.4_amd64.deb").write_bytes(b"a package")
    (repository / PUBLIC_KEY).write_text("a key\n")
    Repository(repository).index.parent.mkdir(parents=True)
    Repository(repository).index.write_text("an index\n")
    lock = tmp_path / "runtime.lock"
    lock.write_text("")
    parts = Parts(Repository(repository), SETS, {}, lock, [])
    return make_bundle(tmp_path / "bundle", parts, print)


def test_what_was_made_is_whole(bundle: Bundle) -> None:
    bundle.demand_whole()
    bundle.demand_packages(SETS)
    assert bundle.repository.key.read_text() == "a key\n"


def test_one_that_stands_there_is_replaced_whole(bundle: Bundle, tmp_path: Path) -> None:
    (bundle.folder / "left-over").write_text("")
    lock = tmp_path / "runtime.lock"
    again = make_bundle(bundle.folder, Parts(bundle.repository, SETS, {}, lock, []), print)
    again.demand_whole()
    assert not (again.folder / "left-over").exists()


def _cut(folder: Path) -> None:
    (folder / "debian/pool/knot_3.4_amd64.deb").write_bytes(b"a pack")


def _lose(folder: Path) -> None:
    (folder / "debian/pool/knot_3.4_amd64.deb").unlink()


def _add(folder: Path) -> None:
    (folder / "debian/pool/other.deb").write_bytes(b"")


def _lose_sums(folder: Path) -> None:
    (folder / "SHA256SUMS").unlink()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_cut, "not as it was made: debian/pool/knot_3.4_amd64.deb"),
        (_lose, "not as it was made: debian/pool/knot_3.4_amd64.deb"),
        (_add, "not as it was made: debian/pool/other.deb"),
        (_lose_sums, "no bundle here"),
    ],
)
def test_one_that_is_not_whole_says_what_is_wrong(
    bundle: Bundle, spoil: Callable[[Path], None], said: str
) -> None:
    spoil(bundle.folder)
    with pytest.raises(BundleError, match=said) as refused:
        bundle.demand_whole()
    assert str(refused.value).startswith(f"{bundle.folder}: ")
    assert "make it again with scripts/bundle" in str(refused.value)


def test_one_that_somebody_made_himself_is_refused(
    bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole as it may be: its sum is not the one that was told."""
    monkeypatch.setenv("GIAOBAN_BUNDLE", str(bundle.folder))
    monkeypatch.delenv("GIAOBAN_BUNDLE_SUM", raising=False)
    with pytest.raises(GiaobanError, match=r"^GIAOBAN_BUNDLE_SUM: not set, expected the sum that"):
        given_bundle()
    monkeypatch.setenv("GIAOBAN_BUNDLE_SUM", bundle.sum)
    assert given_bundle() == bundle
    sums = bundle.folder / "SHA256SUMS"
    sums.write_text(sums.read_text().replace("  debian", "  ./debian"))
    with pytest.raises(BundleError, match="not the one that was made"):
        given_bundle()


@pytest.mark.parametrize("name", ["giaoban-archive.asc", "dists/trixie/InRelease"])
def test_an_index_or_a_key_that_was_put_in_is_refused(bundle: Bundle, name: str) -> None:
    (bundle.folder / "debian" / name).write_text("another\n")
    with pytest.raises(BundleError, match=f"not as it was made: debian/{name}"):
        bundle.demand_packages(SETS)


def test_an_image_that_was_put_in_is_refused(bundle: Bundle) -> None:
    assert bundle.image("base-0") is None
    (bundle.folder / "images/base-0.tar.zst").write_text("another")
    with pytest.raises(BundleError, match=r"not as it was made: images/base-0\.tar\.zst"):
        bundle.image("base-0")


def test_many_wrong_files_are_counted(bundle: Bundle) -> None:
    for number in range(9):
        (bundle.folder / f"extra-{number}").write_text("")
    with pytest.raises(BundleError, match="extra-0, extra-1, extra-2 and 6 more"):
        bundle.demand_whole()


def test_packages_that_it_lacks_are_named(bundle: Bundle) -> None:
    with pytest.raises(
        BundleError, match="without packages that are needed: nginx-light, postgresql"
    ):
        bundle.demand_packages(SETS | {"role x": ("postgresql", "nginx-light", "knot")})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no bundle here"),
        ("{", "no bundle here"),
        (json.dumps({"schema": SCHEMA + 1}), f"schema {SCHEMA + 1}, expected {SCHEMA}"),
    ],
)
def test_one_of_another_kind_is_refused(bundle: Bundle, text: str, said: str) -> None:
    (bundle.folder / "bundle.json").write_text(text)
    with pytest.raises(BundleError, match=said):
        bundle.demand_packages(SETS)


def test_a_folder_of_something_else_is_left_alone(bundle: Bundle, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "report.odt").write_text("a year's work")
    lock = tmp_path / "runtime.lock"
    with pytest.raises(NotABundleError, match="there are files here and no bundle"):
        make_bundle(theirs, Parts(bundle.repository, SETS, {}, lock, []), print)
    assert (theirs / "report.odt").exists()
