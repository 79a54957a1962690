"""The commands `giaoban software …`: packages and all else, for a room without the Internet."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import click

from giaoban.checkout import checkout
from giaoban.software import here
from giaoban.software.bundle import Bundle, Parts, make_bundle


def _say(line: str) -> None:
    click.echo(line, err=True)


@click.group()
def software() -> None:
    """Debian packages, Python packages, tools and images, from one place."""


@software.command()
def repository() -> None:
    """Print the folder of the signed repository that boxes install from, made where missing."""
    click.echo(here.repository(_say).folder)


@software.command()
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("build/bundle"),
    show_default=True,
    help="Folder to write; one that stands there is replaced.",
)
def bundle(*, output: Path) -> None:
    """Put all that is needed without the Internet into one folder."""
    packages = here.repository(_say)
    pulumi = shutil.which("pulumi")
    if pulumi is None:
        _say("without Pulumi's command: there is none here (scripts/setup --pulumi builds it)")
    parts = Parts(
        repository=packages,
        sets=here.wanted_sets(),
        layers=_layers(),
        lock=checkout("requirements") / "requirements" / "runtime.lock",
        tools=[Path(pulumi).resolve()] if pulumi else [],
    )
    made = make_bundle(output.absolute(), parts, _say)
    size = sum(path.stat().st_size for path in made.folder.rglob("*") if path.is_file())
    click.echo(f"{made.folder}: {size / 2**20:.0f} MiB, sum {made.sum}")


def _layers() -> dict[str, Path]:
    """Give the layers of the twin's images; only root can build them."""
    if os.geteuid() != 0:
        _say("without the twin's images: only root can build them")
        return {}
    from giaoban.twin.image import every_layer  # noqa: PLC0415 - the twin can be taken away

    return every_layer(_say)


@software.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
def check(*, folder: Path) -> None:
    """Compare every file of a bundle with its sum, and its packages with what roles install.

    Its own sum is printed: compare it with the one that scripts/bundle printed.
    """
    found = Bundle(folder)
    found.demand_whole()
    found.demand_packages(here.wanted_sets())
    click.echo(f"{folder}: whole, sum {found.sum}")
