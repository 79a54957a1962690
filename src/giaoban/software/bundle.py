"""The bundle: all that a machine room without the Internet needs, in one folder.

    debian/   the signed repository that every box installs from
    images/   factory images of the twin, packed
    wheels/   Python packages of requirements/runtime.lock
    tools/    Pulumi's command
    bundle.json, SHA256SUMS

It is built beside its place and renamed, so what stands there is whole.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from giaoban.commands import disk_full_is_a_sentence, run
from giaoban.errors import OperationError
from giaoban.files import write_whole
from giaoban.software.repository import Repository
from giaoban.store import Progress, sha256_of

SCHEMA = 1
_SUMS, _ABOUT = "SHA256SUMS", "bundle.json"
_DEBIAN, _IMAGES, _WHEELS, _TOOLS = "debian", "images", "wheels", "tools"
_SHOWN = 3  # names in a sentence


class BundleError(OperationError):
    """A bundle cannot be used."""

    def __init__(self, folder: Path, what: str) -> None:
        super().__init__(
            f"{folder}: {what}; make it again with scripts/bundle where there is the Internet, and"
            " bring it here whole"
        )


class NotABundleError(OperationError):
    """Something else stands where a bundle is to be written."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder}: there are files here and no bundle; it was not touched. Name a folder that"
            " is empty, or not there, or holds a bundle"
        )


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle in a folder."""

    folder: Path

    @property
    def repository(self) -> Repository:
        """The Debian packages."""
        return Repository(self.folder / _DEBIAN)

    @property
    def sum(self) -> str:
        """The sum of all it holds, in hexadecimal digits.

        Raises:
            BundleError: there is no bundle.

        """
        self._sums()
        return sha256_of(self.folder / _SUMS)

    def demand_origin(self, told: str) -> None:
        """Compare its sum with the one that came another way than the bundle.

        Raises:
            BundleError: they differ.

        """
        if self.sum != told.strip().lower():
            raise BundleError(
                self.folder,
                f"its sum is {self.sum}, expected {told.strip() or '—'}: not the one that was made",
            )

    def image(self, key: str) -> Path | None:
        """Give a layer of an image, packed, where there is one.

        Raises:
            BundleError: it is not as it was made.

        """
        name = f"{_IMAGES}/{key}.tar.zst"
        if not (self.folder / name).exists():
            return None
        self._demand_as_made([name])
        return self.folder / name

    def demand_whole(self) -> None:
        """Compare every file with its sum.

        Raises:
            BundleError: files are missing, torn or too many.

        """
        there = {str(path.relative_to(self.folder)) for path in _files(self.folder)} - {_SUMS}
        self._demand_as_made(self._sums().keys() | there)

    def _demand_as_made(self, names: Iterable[str]) -> None:
        listed = self._sums()
        wrong = [name for name in sorted(names) if self._found(name) != listed.get(name)]
        if wrong:
            more = f" and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
            raise BundleError(self.folder, f"not as it was made: {', '.join(wrong[:_SHOWN])}{more}")

    def demand_packages(self, sets: Mapping[str, Sequence[str]]) -> None:
        """Demand that it was made for these packages, and that their index is as it was made.

        Raises:
            BundleError: some are missing, or it is of another version of giaoban.

        """
        about = self._about()
        held = {name for names in about["packages"].values() for name in names}
        missing = sorted({name for names in sets.values() for name in names} - held)
        if missing:
            raise BundleError(
                self.folder, f"without packages that are needed: {', '.join(missing)}"
            )
        # Apt holds all else against these.
        trusted = (self.repository.key, self.repository.index)
        self._demand_as_made([_ABOUT, *(str(file.relative_to(self.folder)) for file in trusted)])

    def _about(self) -> dict[str, Any]:
        try:
            about: dict[str, Any] = json.loads((self.folder / _ABOUT).read_text(encoding="utf-8"))
        except (OSError, ValueError) as failure:
            raise BundleError(self.folder, f"no bundle here ({failure})") from None
        if about.get("schema") != SCHEMA:
            found = about.get("schema")
            raise BundleError(self.folder, f"a bundle of schema {found}, expected {SCHEMA}")
        return about

    def _sums(self) -> dict[str, str]:
        try:
            lines = (self.folder / _SUMS).read_text(encoding="utf-8").splitlines()
        except OSError as failure:
            raise BundleError(self.folder, f"no bundle here ({failure})") from None
        pairs = (line.split("  ", 1) for line in lines)
        return {name: digest for digest, name in pairs}

    def _found(self, name: str) -> str | None:
        try:
            return sha256_of(self.folder / name)
        except FileNotFoundError:
            return None


@dataclass(frozen=True, slots=True)
class Parts:
    """What a bundle is made of: a repository, layers by key, a lock of wheels, and tools."""

    repository: Repository
    sets: Mapping[str, Sequence[str]]
    layers: Mapping[str, Path]
    lock: Path
    tools: Sequence[Path]


def make_bundle(place: Path, parts: Parts, progress: Progress) -> Bundle:
    """Put a bundle together; one that stands there is replaced.

    Raises:
        NotABundleError: something else stands there.
        OperationError: pip or tar failed, with their last lines, or the disk is full.

    """
    if place.exists() and not (place / _ABOUT).exists() and any(place.iterdir()):
        raise NotABundleError(place)
    beside = place.with_name(f".{place.name}.new")
    with disk_full_is_a_sentence():
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(parents=True)
        shutil.copytree(parts.repository.folder, beside / _DEBIAN, copy_function=_link_or_copy)
        _pack_layers(parts.layers, beside / _IMAGES, progress)
        progress("bundle: Python packages")
        _fetch_wheels(parts.lock, beside / _WHEELS)
        (beside / _TOOLS).mkdir()
        for tool in parts.tools:
            shutil.copy2(tool, beside / _TOOLS / tool.name)
        about = {"schema": SCHEMA, "packages": parts.sets}
        write_whole(beside / _ABOUT, json.dumps(about, indent=1) + "\n")
        progress("bundle: sums")
        lines = [f"{sha256_of(path)}  {path.relative_to(beside)}\n" for path in _files(beside)]
        write_whole(beside / _SUMS, "".join(lines))
        shutil.rmtree(place, ignore_errors=True)
        beside.rename(place)
    return Bundle(place)


def unpack_layer(archive: Path, folder: Path) -> None:
    """Unpack a layer of an image into an empty folder, as it was: owners, marks of overlayfs."""
    run(["tar", "--zstd", *_AS_IT_IS, "-C", str(folder), "-xf", str(archive)])


_AS_IT_IS = ("--numeric-owner", "--acls", "--xattrs", "--xattrs-include=*")


def _pack_layers(layers: Mapping[str, Path], folder: Path, progress: Progress) -> None:
    folder.mkdir()
    for key, layer in layers.items():
        progress(f"bundle: image {key}")
        archive = folder / f"{key}.tar.zst"
        run(["tar", "--zstd", *_AS_IT_IS, "-C", str(layer), "-cf", str(archive), "."])


def _fetch_wheels(lock: Path, folder: Path) -> None:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    run([*pip, "download", "--require-hashes", "--no-deps", "-r", str(lock), "-d", str(folder)])


def _link_or_copy(source: str, target: str) -> str:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())
