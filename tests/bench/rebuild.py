"""The whole data centre from nothing: destroyed, made, made to serve, and its data brought back."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from giaoban.intent.load import load
from giaoban.plan import build
from giaoban.plan.services import backed_up
from giaoban.provision.reach import Reach
from giaoban.twin.paths import TwinPaths
from giaoban.waiting import wait_until
from tests.bench import figure
from tests.bench.running import Failed, run, seconds, timed
from tests.bench.users import PC, inside
from tests.bench.watching import Service, Watch

ARTICLE = "Giao ban tuần 48: dữ liệu còn nguyên"
BACK_SECONDS = 120


def bench_rebuild(paths: TwinPaths, inventory: Path, services: Sequence[Service]) -> None:
    """Destroy every server, make all again, restore, and demand that users find what they had.

    Raises:
        Failed: something failed, or what was there is not.

    """
    plan = build(load(Reach.read(inventory).intent))
    ((slot_server, slot),) = plan.slots.items()
    post = f"echo 'Bài viết trước khi mất tất cả.' | bai-viet them '{ARTICLE}'"
    inside(paths, slot_server, post)
    for server in backed_up(plan):
        inside(paths, server.device, "/usr/lib/giaoban/backup now")
    words = ("--inventory", str(inventory))
    steps = {
        "destroy": lambda: run("giaoban", "dc", "destroy", "--yes", *words),
        "up": lambda: run("giaoban", "dc", "up", *words),
        "servers.yml": lambda: timed(inventory, "servers.yml"),
        "datacentre.yml": lambda: timed(inventory, "datacentre.yml"),
        "restore.yml": lambda: timed(inventory, "restore.yml", "-l", "backed_up"),
    }
    total = 0.0
    for name, step in steps.items():
        took = seconds(step)
        total += took
        figure(f"rebuild: {name}", took, "s")
    figure("rebuild from nothing, data back", total / 60, "min")
    watch = Watch(paths, services)
    for service in services:
        if not wait_until(partial(watch.served, service), seconds=BACK_SECONDS, step=1):
            raise Failed(f"{service.name}: not served after the data centre was made again")
    page = inside(paths, PC, f"curl -sS --fail --cacert /run/root.crt https://{slot.name}/")
    if ARTICLE not in page:
        raise Failed(f"https://{slot.name}/: the article of before is not there")
