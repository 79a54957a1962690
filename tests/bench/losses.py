"""The loss table: power is cut, of each server in turn, and what users notice is counted."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from giaoban.intent.load import load
from giaoban.plan import Plan, build
from giaoban.plan.build import hypervisor_name
from giaoban.provision.reach import Reach
from giaoban.twin.paths import TwinPaths
from giaoban.waiting import wait_until
from tests.bench.running import Failed, run
from tests.bench.watching import Noticed, Service, Watch

LOST_SECONDS = 30
BACK_SECONDS = 120  # within which all are served again after the power is back


def bench_losses(paths: TwinPaths, inventory: Path, services: Sequence[Service]) -> None:
    """Cut the power of each virtual server in turn, and of each hypervisor's, and print a table.

    Raises:
        Failed: users were not served again when the power was back.

    """
    plan = build(load(Reach.read(inventory).intent))
    print_row("lost for 30 s", [service.name for service in services])
    print_row("---", ["---"] * len(services))
    for what, servers in losses(plan).items():
        found = _lose(paths, servers, services)
        print_row(what, [str(found[service.name]) for service in services])


def losses(plan: Plan) -> dict[str, list[str]]:
    """Give what is lost at a time: nothing, a server, a hypervisor with all of its own. Pure."""
    houses: dict[str, list[str]] = {}
    for name, planned in plan.virtual_servers.items():
        machine = planned.server.machine
        if machine is not None:
            houses.setdefault(hypervisor_name(machine.hypervisor), []).append(name)
    return {"nothing": []} | {name: [name] for name in plan.virtual_servers} | houses


def _lose(
    paths: TwinPaths, servers: Sequence[str], services: Sequence[Service]
) -> Mapping[str, Noticed]:
    watch = Watch(paths, services)
    with watch.watching():
        for server in servers:
            _power(paths, "break", server)
        wait_until(lambda: watch.seconds > LOST_SECONDS, seconds=LOST_SECONDS, step=0.2)
    for server in servers:
        _power(paths, "mend", server)
    for service in services:
        if not wait_until(partial(watch.served, service), seconds=BACK_SECONDS, step=1):
            lost = ", ".join(servers)
            raise Failed(
                f"{service.name}: not served {BACK_SECONDS} s after {lost} had power again"
            )
    return watch.found()


def _power(paths: TwinPaths, verb: str, server: str) -> None:
    run("giaoban", "twin", verb, "--name", paths.name, "server-down", server)


def print_row(first: str, cells: Sequence[str]) -> None:
    """Print a row of the table, as Markdown has it."""
    sys.stdout.write(f"| {first} | {' | '.join(cells)} |\n")
    sys.stdout.flush()
