"""The software of this machine: from the bundle that it was given, else built by its own apt."""

from __future__ import annotations

import os
from pathlib import Path

from giaoban.checkout import checkout
from giaoban.errors import GiaobanError
from giaoban.software.bundle import Bundle
from giaoban.software.contents import package_sets
from giaoban.software.repository import Repository, make_repository
from giaoban.store import Progress, cache

# Of the environment: the bundle's folder, and the sum that came another way.
BUNDLE, BUNDLE_SUM = "GIAOBAN_BUNDLE", "GIAOBAN_BUNDLE_SUM"


def given_bundle() -> Bundle | None:
    """Give the bundle that the environment names.

    Raises:
        BundleError: it is not the one whose sum the environment has.

    """
    named = os.environ.get(BUNDLE)
    if not named:
        return None
    bundle = Bundle(Path(named))
    told = os.environ.get(BUNDLE_SUM, "")
    if not told:
        raise GiaobanError(
            f"{BUNDLE_SUM}: not set, expected the sum that scripts/bundle printed; whoever changes"
            f" {named} could change a sum that lies in it, so bring it another way"
        )
    bundle.demand_origin(told)
    return bundle


def wanted_sets() -> dict[str, tuple[str, ...]]:
    """Give every set of packages that this checkout's roles and images install."""
    return package_sets(checkout("roles") / "roles")


def repository(progress: Progress) -> Repository:
    """Give the repository that boxes install from.

    Raises:
        BundleError: the bundle lacks packages.
        OperationError: apt, gpg or Go failed, with their last lines.

    """
    bundle = given_bundle()
    if bundle:
        bundle.demand_packages(wanted_sets())
        return bundle.repository
    tools = checkout("tools") / "tools"
    return make_repository(cache("software"), _signing_keys(), wanted_sets(), tools, progress)


def _signing_keys() -> Path:
    if os.geteuid() == 0:
        return Path("/var/lib/giaoban/signing")
    home = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(home) / "giaoban" / "signing"
