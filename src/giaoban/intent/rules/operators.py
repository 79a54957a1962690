"""Rules of those who look after servers."""

from __future__ import annotations

from collections.abc import Iterator

from giaoban.intent.model import Operator
from giaoban.intent.problems import Finding, Wording

DUPLICATE_OPERATOR = Wording(
    "duplicate-operator",
    "operator '{slug}' is listed twice",
    "remove one of the two; two people of one name differ by a number, as in '{slug}-2'",
)
OPERATOR_ACCOUNT = Wording(
    "operator-account",
    "operator '{slug}': programs have accounts of such names",
    "write family name and given name, as in 'nguyen-van-an'",
)
OPERATOR_NAME = Wording(
    "operator-name",
    "operator '{slug}': the name holds a colon, which ends a field in /etc/passwd",
    "write the name without it",
)
# Debian's and ours that have a hyphen; all others have none.
_PROGRAMS = ("www-data", "systemd-", "giaoban-", "debian-")


def unique_operators(operators: list[Operator]) -> Iterator[Finding]:
    """An account is one person's."""
    seen: set[str] = set()
    for index, operator in enumerate(operators):
        if operator.slug in seen:
            yield DUPLICATE_OPERATOR.at("operators", index, "slug", slug=operator.slug)
        seen.add(operator.slug)


def accounts_of_people(operators: list[Operator]) -> Iterator[Finding]:
    """An account is none that a server has for a program: it would be taken over."""
    for index, operator in enumerate(operators):
        if "-" not in operator.slug or operator.slug.startswith(_PROGRAMS):
            yield OPERATOR_ACCOUNT.at("operators", index, "slug", slug=operator.slug)


def names_for_passwd(operators: list[Operator]) -> Iterator[Finding]:
    """A name fits into the file that programs read it from."""
    for index, operator in enumerate(operators):
        if ":" in operator.name:
            yield OPERATOR_NAME.at("operators", index, "name", slug=operator.slug)


RULES = (unique_operators, accounts_of_people, names_for_passwd)
