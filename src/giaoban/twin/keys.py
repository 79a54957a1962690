"""The twin's keys: who may log in, what each box proves itself with, and the master key."""

from __future__ import annotations

import secrets

from giaoban.files import write_whole
from giaoban.provision.host_keys import PRIVATE_FILE, new_private_key, public_text
from giaoban.twin.factory import Credentials
from giaoban.twin.paths import TwinPaths

ACCOUNTS = ("bench", "operator", "observer")


def make_keys(paths: TwinPaths) -> None:
    """Make the accounts' key pairs and the master key where they are missing."""
    paths.state.mkdir(parents=True, exist_ok=True)
    paths.keys.mkdir(mode=0o700, exist_ok=True)
    for account in ACCOUNTS:
        private = paths.key(account)
        if not private.exists():
            write_whole(private, new_private_key(), PRIVATE_FILE)
        public = f"{public_text(private.read_text())} {account}@{paths.name}\n"
        write_whole(private.with_suffix(".pub"), public)
    paths.master_key.parent.mkdir(mode=0o700, exist_ok=True)
    if not paths.master_key.exists():
        write_whole(paths.master_key, f"{secrets.token_hex(32)}\n", PRIVATE_FILE)


def credentials(paths: TwinPaths, device: str) -> Credentials:
    """Give what the twin issued to one device."""
    bench, operator, observer = (
        paths.key(account).with_suffix(".pub").read_text() for account in ACCOUNTS
    )
    host_key = (paths.host_keys / device).read_text()
    return Credentials(host_key, bench, operator, observer)
