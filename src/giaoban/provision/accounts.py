"""What a server's accounts of people lack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_FIRST_OF_PEOPLE = 1000  # user numbers below are programs' (Debian's policy, 9.2.2)


@dataclass(frozen=True, kw_only=True)
class Accounts:
    """People's accounts on a server, against those that it is to have.

    foreign: slugs that are a program's account there.
    groups: groups that are not there.
    people: entries of `people__accounts` whose account is not as it is to be; homes are not looked
        at.
    leavers: accounts in the group of people that are nobody's any more.
    """

    foreign: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    people: list[dict[str, Any]] = field(default_factory=list)
    leavers: list[str] = field(default_factory=list)


def difference(
    told: str,
    accounts: Sequence[Mapping[str, Any]],
    groups: Mapping[str, Sequence[str]],
    shell: str,
    everybody: str,
) -> Accounts:
    """Give what the server lacks.

    Args:
        told: what `getent passwd` and `getent group` print there, and the names in /etc/shadow
            whose password is `*` and who never run out, with empty lines between.
        accounts: people: slug, name, level.
        groups: the groups that each level is in.
        shell: everybody's shell.
        everybody: the group by which people are known.
    """
    users, found, closed = (part.splitlines() for part in told.split("\n\n", 2))
    there = {name: rest for name, *rest in (line.split(":") for line in users)}
    members = {
        name: set(rest[-1].split(",")) for name, *rest in (line.split(":") for line in found)
    }
    slugs = {str(account["slug"]) for account in accounts}

    def lacking() -> Iterator[dict[str, Any]]:
        for account in accounts:
            slug, user = account["slug"], there.get(account["slug"])
            inside = {group for group, names in members.items() if slug in names}
            if (
                user is None
                or (user[3], user[5]) != (account["name"], shell)
                or inside != set(groups[account["level"]])
                or slug not in closed
            ):
                yield dict(account)

    return Accounts(
        foreign=sorted(
            slug for slug in slugs & set(there) if int(there[slug][1]) < _FIRST_OF_PEOPLE
        ),
        groups=sorted({group for wanted in groups.values() for group in wanted} - set(members)),
        people=list(lacking()),
        leavers=sorted(members.get(everybody, set()) - slugs - {""}),
    )
