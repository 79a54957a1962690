"""Plan and render: seconds and peak memory, for provinces of growing size.

Each size runs in a process of its own, so that its peak is its own. The largest is ten provinces
of 630 sites planned side by side: one province ends at 640 communes.
"""

from __future__ import annotations

import json
import multiprocessing
import resource
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from giaoban.intent.load import load
from giaoban.intent.model import Intent
from giaoban.plan import Plan, build
from giaoban.provision.inventory import planned_inventory
from giaoban.provision.reach import Reach
from giaoban.render.cli import SAMPLE_KEY
from giaoban.render.playbook import ProjectTemplates
from tests.bench import figure
from tests.support.provinces import large

ROOT = Path(__file__).parents[2]


def _real() -> list[Intent]:
    return [load(ROOT / "inventory" / "daknong")]


def _large() -> list[Intent]:
    return [large()]


def _ten_large() -> list[Intent]:
    return [large() for _ in range(10)]


SIZES: dict[str, Callable[[], list[Intent]]] = {
    "100 sites": _real,
    "630 sites": _large,
    "6300 sites": _ten_large,
}


def _measure(size: str, results: Path) -> None:
    intents = SIZES[size]()
    started = time.process_time()
    plans = [build(intent) for intent in intents]
    planned = time.process_time()
    boxes = sum(_render(plan, results.parent) for plan in plans)
    rendered = time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    results.write_text(json.dumps([planned - started, rendered - planned, peak, boxes]))


def _render(plan: Plan, nowhere: Path) -> int:
    found = planned_inventory(plan, Reach(nowhere, nowhere, nowhere, None))
    environment = found.variables | {"base__operator_keys": [SAMPLE_KEY]}
    templates = ProjectTemplates(ROOT)
    return sum(
        bool(templates.files(host.groups, environment | host.variables)) for host in found.hosts
    )


def main() -> None:
    """Measure every size."""
    with TemporaryDirectory() as folder:
        for size in SIZES:
            results = Path(folder) / "results.json"
            process = multiprocessing.get_context("fork").Process(
                target=_measure, args=(size, results)
            )
            process.start()
            process.join()
            planning, rendering, peak, boxes = json.loads(results.read_text())
            figure(f"plan {size}", planning, "CPU s")
            figure(f"render {size} ({boxes} boxes)", rendering, "CPU s")
            figure(f"plan and render {size}, peak memory", peak, "MiB")


if __name__ == "__main__":
    main()
