"""The templates' filters, for playbooks that want them too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from giaoban.monitoring import rules
from giaoban.provision.accounts import difference
from giaoban.provision.dnssec import signing_key
from giaoban.provision.scram import verifier
from giaoban.render.filters import FILTERS


def _dnssec_key(secret: str) -> dict[str, Any]:
    return asdict(signing_key(secret))


def _accounts(told: str, *wanted: Any) -> dict[str, Any]:
    return asdict(difference(told, *wanted))


class FilterModule:
    """Ansible's way of asking for filters."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Every filter by name."""
        return FILTERS | {
            "giaoban_accounts": _accounts,
            "giaoban_dnssec_key": _dnssec_key,
            "giaoban_scram": verifier,
            "giaoban_alert_rules": rules.alert_rules,
            "giaoban_standing_routers": rules.standing_routers,
            "giaoban_standing_targets": rules.standing_targets,
        }
