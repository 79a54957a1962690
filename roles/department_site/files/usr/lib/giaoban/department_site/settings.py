"""Whose site it is and where its database is: two files that Ansible wrote."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path("/etc/giaoban/department-site")


@dataclass(frozen=True)
class Settings:
    """What the files say.

    `desk` is whom people call, with `name` and `phone`; `hosts` are the database's servers, any of
    which may be the one that takes changes.
    """

    title: str
    owner: str
    desk: dict[str, str]
    timezone: str
    database: str
    hosts: list[str]
    password: str


def read() -> Settings:
    """Read them: the password from systemd's credentials, or as root where it is kept."""
    password = Path(os.environ.get("CREDENTIALS_DIRECTORY", FOLDER)) / "password"
    written = json.loads((FOLDER / "settings.json").read_text(encoding="utf-8"))
    return Settings(**written, password=password.read_text(encoding="ascii").strip())
