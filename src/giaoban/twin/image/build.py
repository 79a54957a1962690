"""Builds the factory images: one base by mmdebstrap, and a layer over it for each flavour.

A layer is a folder named by what went into it. It is built beside its place and renamed, so what
stands there is whole.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import get_args

from giaoban.checkout import checkout
from giaoban.commands import disk_full_is_a_sentence, run
from giaoban.image import factory
from giaoban.software import contents, here
from giaoban.software.bundle import unpack_layer
from giaoban.software.own import OWN
from giaoban.software.repository import BOOTSTRAP, Repository
from giaoban.store import Progress, digest, last_wanted, lock_of, once
from giaoban.twin.image import tuning
from giaoban.twin.paths import IMAGES
from giaoban.twin.topology import Flavour

_DAY = 86_400  # seconds
_RECIPE = (factory.__file__, tuning.__file__, __file__)


@dataclass(frozen=True, slots=True)
class Images:
    """Where each flavour's layers are, uppermost first, as overlayfs wants them."""

    layers: dict[Flavour, tuple[Path, ...]]


def layer_keys() -> dict[str, str]:
    """Give the name of the base layer and of every flavour's: a digest of all that goes in."""
    recipe = "".join(Path(file).read_text(encoding="utf-8") for file in _RECIPE)
    base = f"base-{digest(recipe, *BOOTSTRAP, contents.SUITE, *contents.BASE)}"
    keys = {"base": base}
    tools = checkout("tools") / "tools"
    for flavour, added in contents.ADDED.items():
        ours = (package.recipe(tools) for package in OWN if package.name in added)
        keys[flavour] = f"{flavour}-{digest(base, *added, *ours)}"
    return keys


def build_images(cache: Path, flavours: Iterable[Flavour], progress: Progress) -> Images:
    """Build what is missing in `cache` and give where it is.

    Raises:
        OperationError: apt or mmdebstrap failed, with their last lines.

    """
    keys = layer_keys()
    base = cache / keys["base"]
    cache.mkdir(parents=True, exist_ok=True)
    with disk_full_is_a_sentence():
        _layer(base, progress, "image base", _base_builder(progress))
        layers: dict[Flavour, tuple[Path, ...]] = {}
        for flavour in sorted(set(flavours)):
            layer = cache / keys[flavour]
            _layer(layer, progress, f"image {flavour}", _flavour_builder(flavour, base, progress))
            layers[flavour] = (layer, base)
    return Images(layers)


def every_layer(progress: Progress) -> dict[str, Path]:
    """Give every layer of every flavour by its name, built where it is missing."""
    images = build_images(IMAGES, get_args(Flavour), progress)
    return {layer.name: layer for layers in images.layers.values() for layer in layers}


def remove_unused(cache: Path, in_use: Iterable[str], *, now: float) -> None:
    """Remove the layers that nobody uses any more.

    Args:
        cache: where the layers are.
        in_use: the `lowerdir` of every node of every twin.
        now: seconds since the epoch; what is younger than a day may be in another run's hands.
    """
    used = {Path(layer).name for lower in in_use for layer in lower.split(":")}
    used |= set(layer_keys().values())
    for layer in cache.iterdir():
        if layer.name not in used and layer.is_dir() and now - last_wanted(layer) > _DAY:
            shutil.rmtree(layer, ignore_errors=True)
            lock_of(layer).unlink(missing_ok=True)


def _layer(place: Path, progress: Progress, what: str, build: Callable[[Path], None]) -> None:
    """Have a layer stand: unpacked from the bundle that this machine was given, else built."""
    bundle = here.given_bundle()
    packed = bundle.image(place.name) if bundle else None
    if packed:
        once(place, progress, what, partial(unpack_layer, packed))
    else:
        once(place, progress, what, build)


def _base_builder(progress: Progress) -> Callable[[Path], None]:
    return lambda root: _build_base(here.repository(progress), root)


def _build_base(packages: Repository, root: Path) -> None:
    run(
        [
            *BOOTSTRAP,
            "--mode=root",
            f"--include={','.join(contents.BASE)}",
            contents.SUITE,
            str(root),
            "-",
        ],
        stdin=packages.source,
    )
    _write(root, tuning.base_files())
    for link, target in tuning.base_links().items():
        path = root / link
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.symlink_to(target)
    _in_root(root, tuning.base_commands())


def _flavour_builder(flavour: Flavour, base: Path, progress: Progress) -> Callable[[Path], None]:
    def build(layer: Path) -> None:
        scratch = layer.with_name(f"{layer.name}.scratch")
        shutil.rmtree(scratch, ignore_errors=True)
        work, merged = scratch / "work", scratch / "merged"
        for path in (work, merged):
            path.mkdir(parents=True)
        _inside_overlay(
            f"lowerdir={base},upperdir={layer},workdir={work}",
            merged,
            lambda: _fill_flavour(flavour, merged, scratch / "apt", progress),
        )
        shutil.rmtree(scratch)

    return build


def _inside_overlay(options: str, merged: Path, fill: Callable[[], None]) -> None:
    run(["mount", "-t", "overlay", "-o", options, "overlay", str(merged)])
    try:
        run(["mount", "-t", "proc", "proc", str(merged / "proc")])
        try:
            fill()
        finally:
            run(["umount", str(merged / "proc")])
    finally:
        run(["umount", "--lazy", str(merged)])


def _fill_flavour(flavour: Flavour, root: Path, apt: Path, progress: Progress) -> None:
    if contents.ADDED[flavour]:
        _install(root, apt, here.repository(progress), contents.ADDED[flavour])
    _write(root, tuning.flavour_files(flavour))
    _in_root(root, tuning.flavour_commands(flavour))


def _install(root: Path, apt: Path, packages: Repository, names: Iterable[str]) -> None:
    """Install with the machine's apt into `root`."""
    (apt / "lists").mkdir(parents=True)
    source = apt / "sources.list"
    source.write_text(packages.source, encoding="utf-8")
    policy = root / "usr/sbin/policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 101\n", encoding="utf-8")
    policy.chmod(0o755)
    options = {
        "Dir": str(root),
        "Dir::Etc::sourcelist": str(source),
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::State::lists": str(apt / "lists"),
        "Dir::Cache::pkgcache": "",
        "Dir::Cache::srcpkgcache": "",
        "DPkg::Chroot-Directory": str(root),
        "APT::Install-Recommends": "false",
        "APT::Sandbox::User": "root",
        "Acquire::Languages": "none",
        "Dpkg::Use-Pty": "false",
    }
    apt_get = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet=2", "--yes"]
    for option, value in options.items():
        apt_get += ["-o", f"{option}={value}"]
    run([*apt_get, "update"])
    run([*apt_get, "install", *names])
    run([*apt_get, "clean"])
    policy.unlink()


def _write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _in_root(root: Path, commands: Iterable[str]) -> None:
    for command in commands:
        run(["chroot", os.fspath(root), "/bin/sh", "-ec", command])
