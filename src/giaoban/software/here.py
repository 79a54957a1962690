"""The software of this machine: from the bundle that it was given, else built by its own apt."""

from __future__ import annotations

import os
from pathlib import Path

from giaoban.checkout import checkout
from giaoban.software.bundle import Bundle
from giaoban.software.contents import package_sets
from giaoban.software.repository import Repository, make_repository
from giaoban.store import Progress, cache

BUNDLE = "GIAOBAN_BUNDLE"  # of the environment: the bundle's folder


def given_bundle() -> Bundle | None:
    """Give the bundle that the environment names."""
    named = os.environ.get(BUNDLE)
    return Bundle(Path(named)) if named else None


def wanted_sets() -> dict[str, tuple[str, ...]]:
    """Give every set of packages that this checkout's roles and images install."""
    return package_sets(checkout("roles") / "roles")


def repository(progress: Progress) -> Repository:
    """Give the repository that boxes install from.

    Raises:
        BundleError: the bundle lacks packages.
        OperationError: apt or gpg failed, with their last lines.

    """
    bundle = given_bundle()
    if bundle:
        bundle.demand_packages(wanted_sets())
        return bundle.repository
    return make_repository(cache("software"), _signing_keys(), wanted_sets(), progress)


def _signing_keys() -> Path:
    if os.geteuid() == 0:
        return Path("/var/lib/giaoban/signing")
    home = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(home) / "giaoban" / "signing"
