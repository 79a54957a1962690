"""Host keys that we make for boxes, and the known_hosts by which they are recognised."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from giaoban.files import private_folder, write_whole

PRIVATE_FILE = 0o600


def new_private_key() -> str:
    """Make an Ed25519 key in OpenSSH's own form."""
    return (
        Ed25519PrivateKey.generate()
        .private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.OpenSSH,
            serialization.NoEncryption(),
        )
        .decode("ascii")
    )


def public_text(private: str) -> str:
    """Give the public half of a key, as one line without its end."""
    key = serialization.load_ssh_private_key(private.encode("ascii"), password=None)
    public = key.public_key().public_bytes(
        serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    )
    return public.decode("ascii")


def make_host_keys(folder: Path, known_hosts: Path, devices: Iterable[str]) -> None:
    """Make each device's host key where it is missing, and have known_hosts hold them all.

    What known_hosts says of other hosts stays.
    """
    private_folder(folder)
    for device in devices:
        private = folder / device
        if not private.exists():
            write_whole(private, new_private_key(), PRIVATE_FILE)
        public, derived = private.with_suffix(".pub"), f"{public_text(private.read_text())}\n"
        if not public.exists() or public.read_text() != derived:
            write_whole(public, derived)
    ours = {public.stem: public.read_text().strip() for public in sorted(folder.glob("*.pub"))}
    before = known_hosts.read_text(encoding="utf-8") if known_hosts.exists() else ""
    written = [line for line in before.splitlines() if line.strip()]
    others = [line for line in written if line.split()[0] not in ours]
    lines = [*others, *(f"{name} {key}" for name, key in ours.items())]
    after = "".join(f"{line}\n" for line in lines)
    if after != before:
        write_whole(known_hosts, after)
