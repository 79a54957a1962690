"""The subcommand `giaoban plan`: what was computed, for people and for other programs."""

from __future__ import annotations

import json
import sys
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Column, Table

from giaoban.intent.load import load
from giaoban.plan.build import build
from giaoban.plan.model import Plan

_FILE_WIDTH = 200  # characters


@click.command()
@click.option(
    "--intent",
    "folder",
    type=click.Path(exists=True, path_type=Path),
    default=Path("inventory/daknong"),
    show_default=True,
    help="Folder of the intent.",
)
@click.option("--site", help="Only what stands at this site.")
@click.option("--json", "as_json", is_flag=True, help="Everything, as JSON.")
def plan(folder: Path, site: str | None, *, as_json: bool) -> None:
    """Show the addresses of every device, computed from the intent."""
    planned = build(load(folder))
    if site is not None and site not in planned.sites:
        raise click.UsageError(f"site '{site}' is not in {folder}; `giaoban plan` lists all")
    if as_json:
        click.echo(json.dumps(as_plain(planned), indent=1, ensure_ascii=False, default=str))
        return
    # No address is ever cut: on a narrow terminal it is folded, and a file is as wide as need be.
    console = Console(width=None if sys.stdout.isatty() else _FILE_WIDTH)
    console.print(_device_table(planned, site))
    console.print(_circuit_table(planned, site))


def as_plain(value: Any) -> Any:
    """Give dataclasses as mappings; the intent itself is left out, since people wrote it."""
    if is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: as_plain(getattr(value, field.name))
            for field in fields(value)
            if field.name not in ("intent", "site")
        }
    if isinstance(value, dict):
        return {key: as_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [as_plain(item) for item in value]
    return value


def _table(*headings: str) -> Table:
    return Table(*(Column(heading, overflow="fold") for heading in headings))


def _device_table(planned: Plan, site: str | None) -> Table:
    table = _table("device", "site", "role", "IPv4", "IPv6", "circuits from the core")
    for device in planned.devices.values():
        if site in (None, device.site):
            table.add_row(
                device.name,
                device.site,
                device.role,
                str(device.management.ipv4),
                str(device.management.ipv6),
                str(device.rank),
            )
    return table


def _circuit_table(planned: Plan, site: str | None) -> Table:
    table = _table("circuit", "lower end", "upper end", "IPv4", "Mbit/s", "carrier", "reference")
    for circuit in planned.circuits.values():
        if site in (None, circuit.site):
            table.add_row(
                circuit.name,
                f"{circuit.lower} {circuit.lower_address.ipv4.ip}",
                f"{circuit.upper} {circuit.upper_address.ipv4.ip}",
                str(circuit.lower_address.ipv4.network),
                f"{circuit.rate / 1e6:g}",
                circuit.carrier,
                circuit.reference,
            )
    return table
