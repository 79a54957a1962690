"""The data centre as a twin: made, made to serve, each server lost in turn, all of it rebuilt."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from giaoban.twin.down import take_down
from giaoban.twin.paths import TwinPaths
from giaoban.twin.progress import PlainLines
from tests.bench import figure
from tests.bench.dns import bench_dns
from tests.bench.losses import bench_losses
from tests.bench.rebuild import bench_rebuild
from tests.bench.running import Failed, own_inventory, run, seconds, timed
from tests.bench.users import users

SITES = "trung-tam-du-lieu,xa-dak-wil"


def _bench_servers(inventory: Path) -> None:
    words = ("--inventory", str(inventory))
    figure("dc up, first run", seconds(lambda: run("giaoban", "dc", "up", *words)), "s")
    again = ("giaoban", "dc", "preview", "--expect-no-changes", *words)
    figure("dc preview, nothing to change", seconds(lambda: run(*again)), "s")


def _bench_services(inventory: Path) -> None:
    figure("servers.yml, first generation", timed(inventory, "servers.yml"), "s")
    figure("datacentre.yml, first run", timed(inventory, "datacentre.yml"), "s")
    figure("datacentre.yml, nothing to change", timed(inventory, "datacentre.yml", changed=0), "s")
    figure("people.yml, first run", timed(inventory, "people.yml"), "s")


def _bench(paths: TwinPaths, folder: Path, parts: Sequence[str]) -> None:
    inventory, intent = own_inventory(folder, paths)
    up = ("giaoban", "twin", "up", "--name", paths.name, "--inventory", str(intent))
    run(*up, "--sites", SITES)
    timed(inventory, "stage.yml")
    _bench_servers(inventory)
    _bench_services(inventory)
    if "dns" in parts:
        bench_dns(paths, inventory)
    asked = users(paths, inventory)
    if "losses" in parts:
        bench_losses(paths, inventory, asked)
    if "rebuild" in parts:
        bench_rebuild(paths, inventory, asked)


def main() -> None:
    """Measure on a twin of its own, and take it down; arguments name parts, and none means all."""
    paths = TwinPaths(f"bench-dc-{os.getpid()}")
    with TemporaryDirectory() as scratch:
        try:
            _bench(paths, Path(scratch), sys.argv[1:] or ["dns", "losses", "rebuild"])
        except Failed as failure:
            sys.exit(f"bench: {failure}")
        finally:
            take_down(paths, PlainLines())
            shutil.rmtree(paths.state, ignore_errors=True)


if __name__ == "__main__":
    main()
