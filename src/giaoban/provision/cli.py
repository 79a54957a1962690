"""The commands `giaoban ssh …`: what lets people in, and what proves servers to them."""

from __future__ import annotations

import base64
import hashlib
import os
import pwd
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from giaoban.files import write_whole
from giaoban.intent.load import load
from giaoban.provision.passes import life_of, log_line, person_of
from giaoban.provision.reach import Reach
from giaoban.provision.secrets import SecretStore
from giaoban.provision.ssh_authority import LONGEST_USER_LIFE, SshAuthority

_LONGEST_HOURS = LONGEST_USER_LIFE // timedelta(hours=1)
_KEY_WORDS = 2  # a key's type and the key; a comment may follow
INVENTORY = click.option(
    "--inventory",
    type=click.Path(path_type=Path),
    default=Path("inventory/daknong-twin"),
    show_default=True,
    help="Folder with giaoban.yml: which province, and where its keys lie.",
)


@click.group()
def ssh() -> None:
    """People's way to servers, by certificates of the province's SSH authority."""


@ssh.command()
@click.argument("operator")
@click.argument("public_key", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option(
    "--hours",
    type=click.IntRange(1, _LONGEST_HOURS),
    default=8,
    show_default=True,
    help="How long it lets in.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The certificate; beside the key where it is not given, as ssh looks for it.",
)
@INVENTORY
def sign(
    *, operator: str, public_key: Path, hours: int, output: Path | None, inventory: Path
) -> None:
    """Sign PUBLIC_KEY, which is OPERATOR's: it lets in by the bastion for some hours.

    Who signed what for whom is in `ssh-certificates.log` of the inventory's state.
    """
    reach = Reach.read(inventory)
    intent = load(reach.intent)
    now = datetime.now(UTC)
    found, person = person_of(intent, operator)
    life = life_of(found, timedelta(hours=hours), now, intent.province.timezone)
    public = public_key.read_text(encoding="utf-8", errors="replace").strip()
    authority = SshAuthority(SecretStore.from_file(reach.master_key))
    signed = authority.user_certificate(public, person, now, life)
    # The log first: what it does not hold was never handed out.
    line = log_line(signed, person, _fingerprint(public), _signer(), now)
    _append(reach.state / "ssh-certificates.log", line)
    output = output or public_key.with_name(f"{public_key.name.removesuffix('.pub')}-cert.pub")
    write_whole(output, f"{signed.certificate} {person.name}\n")
    ends = signed.ends.astimezone().strftime("%Y-%m-%d %H:%M %Z")
    click.echo(f"{output}: lets {found.name} ({found.slug}) in until {ends}")


@ssh.command()
@INVENTORY
def trust(*, inventory: Path) -> None:
    """Print the line of a person's known_hosts by which every server is recognised."""
    reach = Reach.read(inventory)
    domain = load(reach.intent).province.domain
    authority = SshAuthority(SecretStore.from_file(reach.master_key))
    click.echo(f"@cert-authority *.{domain} {authority.hosts} giaoban hosts of {domain}")


def _fingerprint(public: str) -> str:
    """Give a key's fingerprint as ssh-keygen and sshd's log write it."""
    digest = hashlib.sha256(base64.b64decode(public.split()[_KEY_WORDS - 1])).digest()
    return "SHA256:" + base64.b64encode(digest).decode("ascii").rstrip("=")


def _signer() -> str:
    """Give the account of who asks; by sudo, of who asked for that."""
    return os.environ.get("SUDO_USER") or pwd.getpwuid(os.getuid()).pw_name


def _append(path: Path, line: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(line)
        file.flush()
        os.fsync(descriptor)
