"""The command `giaoban`: finds the subcommand, and turns failures into sentences."""

from __future__ import annotations

import importlib
import sys
from typing import ClassVar

import click

from giaoban.errors import GiaobanError


class LazyGroup(click.Group):
    """Loads a subcommand's module only when it is asked for, so that `giaoban --help` is quick."""

    where: ClassVar[dict[str, str]] = {
        "dc": "giaoban.datacentre.cli:dc",
        "check": "giaoban.intent.cli:check",
        "software": "giaoban.software.cli:software",
        "ssh": "giaoban.provision.cli:ssh",
        "schema": "giaoban.intent.cli:schema",
        "people": "giaoban.directory.cli:people",
        "plan": "giaoban.plan.cli:plan",
        "render": "giaoban.render.cli:render",
        "twin": "giaoban.twin.cli:twin",
        "verify": "giaoban.verify.cli:verify",
        "link": "giaoban.verify.cli:link",
        "report": "giaoban.report.cli:report",
        "noc-page": "giaoban.monitoring.cli:command",
    }

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every subcommand, in alphabetical order."""
        del ctx
        return sorted(self.where)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the subcommand's module."""
        del ctx
        if cmd_name not in self.where:
            return None
        module, _, name = self.where[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--debug", is_flag=True, help="Show the traceback of a failure.")
@click.version_option(package_name="giaoban")
def giaoban(*, debug: bool) -> None:
    """Build, rehearse and prove a province's network."""
    del debug


def main() -> None:
    """Run the command; a GiaobanError becomes its sentence on standard error."""
    debug = "--debug" in sys.argv[1:]
    try:
        sys.exit(giaoban.main(standalone_mode=False))
    except click.ClickException as usage:
        usage.show()
        sys.exit(usage.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("giaoban: interrupted; run the same command again to converge", err=True)
        sys.exit(130)
    except GiaobanError as failure:
        if debug:
            raise
        click.echo(f"{failure.prefix}{failure}", err=True)
        sys.exit(failure.exit_code)
    except OSError as failure:
        if debug:
            raise
        click.echo(f"giaoban: {failure}; run again with --debug to see where", err=True)
        sys.exit(1)
