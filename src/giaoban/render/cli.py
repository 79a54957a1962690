"""The subcommand `giaoban render`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from giaoban.errors import GiaobanError, did_you_mean
from giaoban.provision.inventory import inventory_of
from giaoban.provision.reach import Reach
from giaoban.render.candidate import write_candidate
from giaoban.render.playbook import ProjectTemplates

SAMPLE_CERTIFICATE = """\
-----BEGIN CERTIFICATE-----
THE+PROVINCES+ROOT+GOES+HERE
-----END CERTIFICATE-----
"""
SAMPLE_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKEYOFTHENOCGOESHEREKEYOFTHENOCGOESHERE00 noc"


class UnknownBoxError(GiaobanError):
    """There is no such box to render."""

    def __init__(self, name: str, names: Sequence[str]) -> None:
        hint = did_you_mean(name, names) or "; `giaoban plan` lists them"
        super().__init__(
            f"no box {name!r} in the inventory{hint} (a virtual server comes into it with"
            " `giaoban dc up`)"
        )


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--inventory",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path("inventory/daknong"),
    show_default=True,
    help="Folder with giaoban.yml and the intent.",
)
@click.option(
    "--project",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="Checkout with roles/ and playbooks/; this folder where not given.",
)
@click.option("--limit", multiple=True, help="Only this device; may be given several times.")
def render(folder: Path, inventory: Path, project: Path, limit: tuple[str, ...]) -> None:
    """Write every box's files below FOLDER, with no device in reach.

    Secrets stay references; where the inventory has no keys yet, samples stand in.
    """
    count = render_tree(Reach.read(inventory), project, folder, limit)
    click.echo(f"{folder}: {count} boxes rendered")


def render_tree(reach: Reach, project: Path, folder: Path, limit: tuple[str, ...] = ()) -> int:
    """Render the boxes of an inventory into `folder/<device>/`; give how many.

    Raises:
        IntentError: the intent has problems.
        RenderError: a template asks for what the plan does not give.
        UnknownBoxError: `limit` names a box that the inventory has not.
    """
    found = inventory_of(reach)
    names = [host.name for host in found.hosts]
    for name in limit:
        if name not in names:
            raise UnknownBoxError(name, names)
    environment = dict(found.variables)
    for name in ("base__operator_keys", "base__observer_keys"):
        environment[name] = environment[name] or [SAMPLE_KEY]
    environment["base__root_certificate"] = (
        found.variables["base__root_certificate"] or SAMPLE_CERTIFICATE
    )
    project_templates = ProjectTemplates(project)
    count = 0
    for host in found.hosts:
        if limit and host.name not in limit:
            continue
        files = project_templates.files(host.groups, environment | host.variables)
        if files:
            write_candidate(folder / host.name, files, fresh=True)
            count += 1
    return count
