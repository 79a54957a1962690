"""Taking a twin down: everything that carries its name, whoever left it."""

from __future__ import annotations

import shutil
from collections.abc import Sequence

from giaoban.twin import cgroups, names, namespaces, relay, sysctls
from giaoban.twin.commands import demand_root
from giaoban.twin.lock import alone
from giaoban.twin.nodes import Box
from giaoban.twin.paths import RUN_ROOT, TwinPaths
from giaoban.twin.progress import Told
from giaoban.waiting import wait_until


def take_down(paths: TwinPaths, told: Told, *, keep_disks: bool = False) -> None:
    """End every process of a twin and remove what it made; keys and secrets stay.

    Raises:
        OperationError: a process does not end, or another command holds the twin.

    """
    demand_root()
    with alone(paths.lock, paths.name):
        told.step("ending nodes")
        cgroups.end(cgroups.twin_group(paths.name))
        for box in boxes(paths):
            box.end()
        wait_until(lambda: relay.running(paths) is None, seconds=10)
        cgroups.remove(paths.name)
        told.step("removing cables")
        namespaces.remove(namespaces.found(names.namespace_prefix(paths.name)))
        shutil.rmtree(paths.run, ignore_errors=True)
        told.step("removing disks")
        if not keep_disks and paths.nodes.exists():
            gone = paths.state / ".nodes.gone"
            shutil.rmtree(gone, ignore_errors=True)
            paths.nodes.rename(gone)
            shutil.rmtree(paths.staged, ignore_errors=True)
            shutil.rmtree(paths.guests, ignore_errors=True)
            shutil.rmtree(paths.shelf, ignore_errors=True)
        shutil.rmtree(paths.state / ".nodes.gone", ignore_errors=True)
        paths.state_file.unlink(missing_ok=True)
        paths.capabilities.unlink(missing_ok=True)
        paths.devices.unlink(missing_ok=True)
        if not other_twins(paths.name):
            sysctls.restore_limits()
        # While it is held: whoever opened it meanwhile sees that it is gone, and makes another.
        paths.lock.unlink(missing_ok=True)


def stop(paths: TwinPaths, devices: Sequence[str], told: Told) -> None:
    """End devices that left the plan, with their disks and their cables; say which."""
    for name in devices:
        told.said(f"{name} is no longer in the plan: stopped, its disk removed")
        Box(paths, name).end()
        cgroups.remove(paths.name, name)
        namespaces.remove([names.namespace(paths.name, name)])
        shutil.rmtree(paths.node(name), ignore_errors=True)
        (paths.staged / name).unlink(missing_ok=True)


def boxes(paths: TwinPaths) -> list[Box]:
    """Give the nodes that have a disk."""
    if not paths.nodes.exists():
        return []
    return [
        Box(paths, folder.name)
        for folder in sorted(paths.nodes.iterdir())
        if not folder.name.startswith(".")
    ]


def other_twins(name: str) -> list[str]:
    """Give the names of the twins that are up besides `name`."""
    found = {path.name for root in (RUN_ROOT,) if root.is_dir() for path in root.iterdir()}
    return sorted(twin for twin in found if twin != name and not twin.startswith("."))
