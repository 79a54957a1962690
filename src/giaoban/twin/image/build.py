"""Builds the factory images: one base by mmdebstrap, and a layer over it for each flavour.

A layer is a folder named by what went into it. It is built beside its place and renamed, so what
stands there is whole.
"""

from __future__ import annotations

import math
import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from giaoban.commands import disk_full_is_a_sentence, run
from giaoban.image import sources
from giaoban.image.packages import BASE, SUITE
from giaoban.image.store import Progress, digest, once
from giaoban.twin.image import packages, tuning
from giaoban.twin.topology import Flavour

_DAY = 86_400  # seconds


@dataclass(frozen=True, slots=True)
class Images:
    """Where each flavour's layers are, uppermost first, as overlayfs wants them."""

    layers: dict[Flavour, tuple[Path, ...]]


def layer_keys() -> dict[str, str]:
    """Give the name of the base layer and of every flavour's: a digest of all that goes in."""
    recipe = "".join(
        Path(module.__file__ or "").read_text(encoding="utf-8") for module in (tuning, sources)
    ) + Path(__file__).read_text(encoding="utf-8")
    base = f"base-{digest(recipe, SUITE, *BASE)}"
    keys = {"base": base}
    for flavour, added in packages.ADDED.items():
        keys[flavour] = f"{flavour}-{digest(base, *added)}"
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
        once(base, progress, "image base", _build_base)
        layers: dict[Flavour, tuple[Path, ...]] = {}
        for flavour in sorted(set(flavours)):
            layer = cache / keys[flavour]
            once(layer, progress, f"image {flavour}", _flavour_builder(flavour, base))
            layers[flavour] = (layer, base)
    return Images(layers)


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
        if layer.name not in used and layer.is_dir() and now - _wanted(layer) > _DAY:
            shutil.rmtree(layer, ignore_errors=True)
            layer.with_name(f".{layer.name}.lock").unlink(missing_ok=True)


def _wanted(layer: Path) -> float:
    """Give when a layer was last wanted; for ever where another run renamed or removed it."""
    try:
        return layer.stat().st_mtime
    except FileNotFoundError:
        return math.inf


def _build_base(root: Path) -> None:
    run(
        [
            "mmdebstrap",
            "--quiet",
            "--mode=root",
            "--variant=minbase",
            f"--include={','.join(BASE)}",
            SUITE,
            str(root),
            "-",
        ],
        stdin=sources.of_this_machine(),
    )
    _write(root, tuning.base_files())
    for link, target in tuning.base_links().items():
        path = root / link
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.symlink_to(target)
    _in_root(root, tuning.base_commands())


def _flavour_builder(flavour: Flavour, base: Path) -> Callable[[Path], None]:
    def build(layer: Path) -> None:
        scratch = layer.with_name(f"{layer.name}.scratch")
        shutil.rmtree(scratch, ignore_errors=True)
        work, merged = scratch / "work", scratch / "merged"
        for path in (work, merged):
            path.mkdir(parents=True)
        _inside_overlay(
            f"lowerdir={base},upperdir={layer},workdir={work}",
            merged,
            lambda: _fill_flavour(flavour, merged, scratch / "apt"),
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


def _fill_flavour(flavour: Flavour, root: Path, apt: Path) -> None:
    if packages.ADDED[flavour]:
        _install(root, apt, packages.ADDED[flavour])
    _write(root, tuning.flavour_files(flavour))
    _in_root(root, tuning.flavour_commands(flavour))


def _install(root: Path, apt: Path, names: Iterable[str]) -> None:
    """Install with the machine's apt, its proxies and its credentials, into `root`."""
    (apt / "lists").mkdir(parents=True)
    source = apt / "sources.list"
    source.write_text(sources.of_this_machine(), encoding="utf-8")
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
