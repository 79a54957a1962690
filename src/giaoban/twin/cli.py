"""The commands `giaoban twin …`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from giaoban.errors import GiaobanError
from giaoban.intent.load import load
from giaoban.plan.build import build
from giaoban.plan.model import Plan
from giaoban.twin import enter
from giaoban.twin.commands import demand_root
from giaoban.twin.down import take_down
from giaoban.twin.faults import FAULTS, act
from giaoban.twin.inside import inside_argv
from giaoban.twin.names import DEFAULT_TWIN
from giaoban.twin.paths import TwinPaths
from giaoban.twin.progress import told
from giaoban.twin.state import read_state
from giaoban.twin.status import status_lines, status_of
from giaoban.twin.topology import pilot_sites
from giaoban.twin.up import Order, bring_up

_DEFAULT_INVENTORY = Path("inventory/daknong")

_name = click.option(
    "--name",
    envvar="GIAOBAN_TWIN",
    default=DEFAULT_TWIN,
    show_default=True,
    show_envvar=True,
    help="Which twin, if there are several.",
)
_inventory = click.option(
    "--inventory",
    type=click.Path(path_type=Path),
    default=_DEFAULT_INVENTORY,
    show_default=True,
    help="The folder of the province's intent.",
)


class NoInventoryError(GiaobanError):
    """The folder of the intent is not there."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path}: no such folder; run this from the project's folder or give --inventory"
        )


def _plan(inventory: Path) -> Plan:
    if not inventory.exists():
        raise NoInventoryError(inventory)
    return build(load(inventory))


def _plan_of(paths: TwinPaths) -> Plan:
    """Plan the inventory that the twin was brought up from."""
    inventory = read_state(paths).inventory
    if not inventory:
        raise enter.TwinNotUpError(paths.name)
    return _plan(Path(inventory))


@click.group()
def twin() -> None:
    """The same province, running on this machine."""


@twin.command()
@click.option("--all", "everything", is_flag=True, help="Every site.")
@click.option("--sites", help="Slugs with commas between; what they hang from is added.")
@_name
@_inventory
def up(*, everything: bool, sites: str | None, name: str, inventory: Path) -> None:
    """Bring the twin up: by default the pilot (the sites with a workstation)."""
    demand_root()
    if everything and sites:
        raise click.UsageError("give --all or --sites, not both")
    paths = TwinPaths(name)
    plan = _plan(inventory)
    if everything:
        wanted = tuple(plan.sites)
    elif sites:
        wanted = tuple(site.strip() for site in sites.split(","))
    else:
        wanted = pilot_sites(plan)
    with told() as progress:
        made = bring_up(paths, Order(plan, wanted, str(inventory.resolve())), progress)
    nodes = read_state(paths).nodes
    click.echo(f"twin {name} is up: {len(nodes)} nodes, {len(made.circuits)} circuits")


@twin.command()
@_name
@click.option("--keep-disks", is_flag=True, help="Keep what the nodes wrote for the next up.")
def down(*, name: str, keep_disks: bool) -> None:
    """Take the twin down; its keys stay."""
    paths = TwinPaths(name)
    with told() as progress:
        take_down(paths, progress, keep_disks=keep_disks)
    click.echo(f"twin {name} is down")


@twin.command()
@_name
def status(*, name: str) -> None:
    """Say what runs, what does not, and what stands in for what the kernel lacks."""
    demand_root()
    found = status_of(TwinPaths(name))
    click.echo("\n".join(status_lines(found)))
    sys.exit(0 if found.whole else 1)


_PASSED_ON = {"ignore_unknown_options": True, "allow_interspersed_args": False}


@twin.command(context_settings=_PASSED_ON)
@_name
@click.option("--oob", is_flag=True, help="By the management port, as from the bench.")
@click.argument("node")
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
def ssh(*, name: str, oob: bool, node: str, command: tuple[str, ...]) -> None:
    """Log in to NODE: through the network when it answers, else by its management port.

    A configured box lets `operator` in; one as it came from the factory, root.
    """
    demand_root()
    paths = TwinPaths(name)
    enter.demand_init(enter.demand_node(paths, node))
    argv = enter.ssh_argv(paths, node, enter.way_in(paths, node, oob=oob), command=command)
    os.execvp(argv[0], argv)  # noqa: S606 - this process becomes ssh


@twin.command(context_settings=_PASSED_ON)
@_name
@click.argument("node")
@click.argument("command", nargs=-1, type=click.UNPROCESSED, required=True)
def run(*, name: str, node: str, command: tuple[str, ...]) -> None:
    """Run COMMAND in NODE as root, without any network."""
    demand_root()
    init = enter.demand_init(enter.demand_node(TwinPaths(name), node))
    argv = inside_argv(init, command)
    os.execvp(argv[0], argv)  # noqa: S606 - this process becomes the command


@twin.command()
@_name
@click.argument("node")
def console(*, name: str, node: str) -> None:
    """Open a root shell in NODE, without any network."""
    demand_root()
    init = enter.demand_init(enter.demand_node(TwinPaths(name), node))
    argv = inside_argv(init, ["/bin/bash", "--login"])
    os.execvp(argv[0], argv)  # noqa: S606 - this process becomes the shell


@twin.command()
@_name
@click.argument("node")
def cycle(*, name: str, node: str) -> None:
    """Cut NODE's power and start it again."""
    demand_root()
    paths = TwinPaths(name)
    box = enter.demand_node(paths, node)
    box.end()
    order = Order(_plan_of(paths), (), read_state(paths).inventory)
    with told() as progress:
        bring_up(paths, order, progress)
    box.await_up()


@twin.command("break")
@_name
@click.argument("fault")
@click.argument("target")
def break_(*, name: str, fault: str, target: str) -> None:
    """Break something on purpose: FAULT of a circuit or a site, TARGET (see `faults`)."""
    demand_root()
    paths = TwinPaths(name)
    act.break_fault(paths, _plan_of(paths), fault, target)
    click.echo(f"broken: {fault} {target}; put it back with: giaoban twin mend {fault} {target}")


@twin.command()
@_name
@click.argument("fault", required=False)
@click.argument("target", required=False)
def mend(*, name: str, fault: str | None, target: str | None) -> None:
    """Put a fault back, or all of them."""
    demand_root()
    if fault and not target:
        raise click.UsageError("give FAULT and TARGET, or neither to mend all")
    chosen = (fault, target) if fault and target else None
    paths = TwinPaths(name)
    mended = act.mend_faults(paths, _plan_of(paths), chosen)
    for one in mended:
        click.echo(f"mended: {one.fault} {one.target}")
    if not mended:
        click.echo("nothing is broken")


@twin.command()
@_name
def faults(*, name: str) -> None:
    """List what can be broken, and what is."""
    demand_root()
    for fault in FAULTS.values():
        click.echo(f"{fault.id} {fault.target.upper()}\n  {fault.broken}\n  {fault.noticed}")
    active = read_state(TwinPaths(name)).faults
    for one in active:
        click.echo(f"BROKEN NOW: {one.fault} {one.target}")
    if not active:
        click.echo("nothing is broken now")
