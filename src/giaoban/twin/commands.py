"""What the twin demands of the machine before it begins."""

from __future__ import annotations

import os
import shutil

from giaoban.commands import MissingProgramsError
from giaoban.errors import OperationError

_PROGRAMS = (
    "apt-ftparchive",
    "gpg",
    "gpgconf",
    "ip",
    "mmdebstrap",
    "mount",
    "nc",
    "nft",
    "nsenter",
    "setpriv",
    "ssh",
    "systemd-nspawn",
    "tc",
    "unshare",
    "xz",
)


class NotRootError(OperationError):
    """The twin makes namespaces and mounts, which only root may."""

    def __init__(self) -> None:
        super().__init__(
            "the twin needs root: run the same command under sudo (giaoban check, plan and render"
            " work without)"
        )


def demand_root() -> None:
    """Raise NotRootError unless this process is root."""
    if os.geteuid() != 0:
        raise NotRootError


def demand_programs() -> None:
    """Raise MissingProgramsError when something the twin runs is not installed."""
    missing = [program for program in _PROGRAMS if shutil.which(program) is None]
    if missing:
        raise MissingProgramsError(missing)
