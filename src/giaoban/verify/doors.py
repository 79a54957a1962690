"""Which door leads to which device: the inventory's reach, as verify uses it."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

from giaoban.errors import GiaobanError
from giaoban.intent.load import load
from giaoban.intent.shape import slugify
from giaoban.plan import Plan, build
from giaoban.plan.model import Device
from giaoban.provision.reach import Account, Reach
from giaoban.verify.transport import Door
from giaoban.verify.view import View


class NobodyToAskError(GiaobanError):
    """No device of the inventory has a door here."""

    exit_code = 3

    def __init__(self, sockets: Path) -> None:
        super().__init__(
            f"{sockets}: there is no way to any device; bring the twin up (giaoban twin up), or"
            " choose another inventory with --inventory"
        )


class UnknownSitesError(GiaobanError):
    """Sites that the plan does not have."""

    def __init__(self, slugs: Iterable[str], plan: Plan) -> None:
        wrong = list(slugs)
        near = get_close_matches(slugify(wrong[0]), plan.sites, n=1, cutoff=0.5)
        meant = f"did you mean {near[0]!r}? " if near else ""
        super().__init__(
            f"no site {', '.join(map(repr, wrong))} in the plan; {meant}(`giaoban plan` lists all)"
        )


def door(reach: Reach, device: Device) -> Door:
    """Give the door of a device: the observer's, or the operator's on a workstation."""
    account: Account = "operator" if device.role == "workstation" else "observer"
    connection = reach.connection(device, account)
    return Door(
        device=device.name,
        host=connection.host,
        port=connection.port,
        socket_path=connection.socket,
        user=connection.user,
        key_file=connection.key_file,
        known_hosts=connection.known_hosts,
        driver="cisco_ios" if device.role == "router" else "linux",
    )


def plan_of(reach: Reach) -> Plan:
    """Plan the intent of an inventory.

    Raises:
        IntentError: the intent has problems.

    """
    return build(load(reach.intent))


def view_of(reach: Reach, plan: Plan, chosen: Iterable[str] | None) -> View:
    """Give the plan with the chosen sites, without what does not stand in a laboratory.

    Raises:
        UnknownSitesError: a chosen site is not in the plan.
        NobodyToAskError: nothing stands there.

    """
    wanted = list(chosen) if chosen is not None else None
    unknown = [slug for slug in wanted or () if slug not in plan.sites]
    if unknown:
        raise UnknownSitesError(unknown, plan)
    if reach.sockets is not None and not reach.sockets.is_dir():
        raise NobodyToAskError(reach.sockets)
    view = View.of(plan, wanted, reach.standing(plan))
    if not list(view.devices):
        raise NobodyToAskError(reach.state)
    return view


def doors(reach: Reach, view: View) -> list[Door]:
    """Give the doors of all devices in scope."""
    return [door(reach, device) for device in view.devices]
