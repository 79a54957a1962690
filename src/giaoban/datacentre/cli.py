"""The commands `giaoban dc …`: the data centre's servers, by Pulumi."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import click

from giaoban.datacentre import stack
from giaoban.datacentre.stack import Said, Settings

_inventory = click.option(
    "--inventory",
    type=click.Path(path_type=Path),
    default=Path("inventory/daknong-twin"),
    show_default=True,
    help="Folder with giaoban.yml: which province, and where its servers are made.",
)
_groups = click.option(
    "--groups",
    help="Groups of servers with commas between, and no other server; else the whole.",
)
_NO_CHANGES = 7  # as plain `pulumi --expect-no-changes` ends


def _say(line: str) -> None:
    click.echo(line, err=True)


def _changes(action: Callable[[Settings, Said], dict[str, int]], inventory: Path) -> dict[str, int]:
    """Carry something out, tell of servers that nobody declared, and give what changed."""
    settings = Settings.of(inventory)
    changes = action(settings, _say)
    for name, whose in stack.strays(settings).items():
        _say(
            f"{name} stands on a hypervisor and nobody declared it (made by {whose}); it was left"
            " alone: declare it in data-centre.yml, or remove it by hand"
        )
    return changes


def _listed(groups: str | None) -> list[str]:
    return [group.strip() for group in groups.split(",")] if groups else []


def _sum(changes: dict[str, int]) -> str:
    done = [f"{count} {what}" for what, count in sorted(changes.items()) if what != "same"]
    return ", ".join(done) or "nothing to change"


@click.group()
def dc() -> None:
    """The data centre's networks and servers, made by Pulumi."""


@dc.command()
@_inventory
@_groups
@click.option("--expect-no-changes", is_flag=True, help="End with 7 where something would change.")
def preview(*, inventory: Path, groups: str | None, expect_no_changes: bool) -> None:
    """Say what `up` would make, change and remove."""
    changes = _changes(partial(stack.preview, groups=_listed(groups)), inventory)
    click.echo(f"preview: {_sum(changes)}")
    if expect_no_changes and set(changes) - {"same"}:
        sys.exit(_NO_CHANGES)


@dc.command()
@_inventory
@_groups
def up(*, inventory: Path, groups: str | None) -> None:
    """Make the data centre as planned."""
    changes = _changes(partial(stack.up, groups=_listed(groups)), inventory)
    click.echo(f"up: {_sum(changes)}")


@dc.command()
@_inventory
def refresh(*, inventory: Path) -> None:
    """Look at what is there, and note what somebody changed behind our back."""
    click.echo(f"refresh: {_sum(_changes(stack.refresh, inventory))}")


@dc.command()
@_inventory
@click.confirmation_option(prompt="Every server of the data centre goes, with its disk. Go on?")
def destroy(*, inventory: Path) -> None:
    """Remove every network and server that Pulumi made."""
    click.echo(f"destroy: {_sum(stack.destroy(Settings.of(inventory), _say))}")


@dc.command()
@_inventory
def unlock(*, inventory: Path) -> None:
    """Free the state of a run that died."""
    freed = stack.unlock(Settings.of(inventory))
    click.echo("\n".join(f"freed: it was locked by {who}" for who in freed) or "it is not locked")


@dc.command()
@_inventory
def environment(*, inventory: Path) -> None:
    """Print what plain `pulumi` needs: eval "$(giaoban dc environment)"."""
    settings = Settings.of(inventory)
    for name, value in settings.environment.items():
        click.echo(f"export {name}={shlex.quote(value)}")
