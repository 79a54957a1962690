"""The twin's keys: who may log in, what each box proves itself with, and the master key."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from giaoban.twin.factory import Credentials
from giaoban.twin.files import write_whole
from giaoban.twin.paths import TwinPaths

ACCOUNTS = ("bench", "operator", "observer")
_PRIVATE = 0o600


def _private_text(key: Ed25519PrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.OpenSSH,
        serialization.NoEncryption(),
    ).decode("ascii")


def _public_text(private: str) -> str:
    key = serialization.load_ssh_private_key(private.encode("ascii"), password=None)
    public = key.public_key().public_bytes(
        serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    )
    return public.decode("ascii")


def make_keys(paths: TwinPaths) -> None:
    """Make the accounts' key pairs and the master key where they are missing."""
    paths.state.mkdir(parents=True, exist_ok=True)
    paths.keys.mkdir(mode=0o700, exist_ok=True)
    for account in ACCOUNTS:
        private = paths.key(account)
        if not private.exists():
            write_whole(private, _private_text(Ed25519PrivateKey.generate()), _PRIVATE)
        public = f"{_public_text(private.read_text())} {account}@{paths.name}\n"
        write_whole(private.with_suffix(".pub"), public)
    paths.master_key.parent.mkdir(mode=0o700, exist_ok=True)
    if not paths.master_key.exists():
        write_whole(paths.master_key, f"{secrets.token_hex(32)}\n", _PRIVATE)


def make_host_keys(paths: TwinPaths, devices: Iterable[str]) -> None:
    """Make each device's host key where it is missing, and write known_hosts."""
    paths.host_keys.mkdir(mode=0o700, exist_ok=True)
    for device in devices:
        private = paths.host_keys / device
        if not private.exists():
            text = _private_text(Ed25519PrivateKey.generate())
            write_whole(private.with_suffix(".pub"), f"{_public_text(text)}\n")
            write_whole(private, text, _PRIVATE)
    lines = [
        f"{public.stem} {public.read_text().strip()}\n"
        for public in sorted(paths.host_keys.glob("*.pub"))
    ]
    write_whole(paths.known_hosts, "".join(lines))


def credentials(paths: TwinPaths, device: str) -> Credentials:
    """Give what the twin issued to one device."""
    bench, operator, observer = (
        paths.key(account).with_suffix(".pub").read_text() for account in ACCOUNTS
    )
    host_key = (paths.host_keys / device).read_text()
    return Credentials(host_key, bench, operator, observer)
