"""Running commands of a benchmark, and a playbook's second run that must change nothing."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from giaoban.twin.paths import TwinPaths

ROOT = Path(__file__).parents[2]


class Failed(Exception):  # noqa: N818 (what happened, not a kind of error)
    """A command of the benchmark failed; what it said is the message."""


def run(*words: str) -> str:
    """Run a command in the checkout, and give what it printed.

    Raises:
        Failed: it ended with an error.

    """
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=ROOT)
    if done.returncode != 0:
        raise Failed(f"{' '.join(words)}:\n{done.stdout[-3000:]}{done.stderr[-2000:]}")
    return done.stdout


def seconds(action: Callable[[], object]) -> float:
    """Give how long something took."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def own_inventory(folder: Path, paths: TwinPaths) -> tuple[Path, Path]:
    """Write the inventory of a twin, and a copy of the intent that the benchmark may edit."""
    intent, inventory = folder / "intent", folder / "build" / "inventory"
    shutil.copytree(ROOT / "inventory" / "daknong", intent)
    inventory.mkdir(parents=True, exist_ok=True)
    reach = {"state": str(paths.state), "sockets": str(paths.run)}
    content = {"plugin": "giaoban", "intent": str(intent), "reach": reach}
    (inventory / "giaoban.yml").write_text(json.dumps(content))
    return inventory, intent


def playbook(inventory: Path, name: str, *words: str) -> str:
    """Run a playbook, given by its path in the checkout, and give what it printed."""
    return run("ansible-playbook", "-i", str(inventory), name, *words)


def timed(inventory: Path, name: str, *words: str, changed: int | None = None) -> float:
    """Give how many seconds a playbook took.

    Args:
        inventory: of the twin.
        name: the playbook's file under `playbooks/`.
        words: options.
        changed: 0 where it must have changed nothing.

    Raises:
        Failed: it failed, or changed what it must not.

    """
    said: list[str] = []
    took = seconds(lambda: said.append(playbook(inventory, f"playbooks/{name}", *words)))
    if changed is not None and said[0].count("changed=0 ") != said[0].count("changed="):
        raise Failed(f"{name} changed something where nothing was to change")
    return took
