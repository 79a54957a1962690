"""What a person signs in as, from a Vietnamese name: `Nguyễn Văn Anh` is `anhnv`.

The given name in full, then the initials of the family's and the middle names, as officials'
addresses are made. Whoever has the lower number has it bare, the next ones get 2, 3 and so on.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Iterator
from itertools import count
from typing import Final

# Addresses that belong to a duty (RFC 2142), and what mail servers write to.
RESERVED: Final = frozenset(
    {
        "abuse",
        "admin",
        "administrator",
        "hostmaster",
        "mailer-daemon",
        "nobody",
        "noc",
        "postmaster",
        "root",
        "security",
        "webmaster",
    }
)

# No mark on a letter, but a letter of its own: Unicode does not take it apart.
_LETTERS: Final = str.maketrans({"đ": "d", "Đ": "D"})


def plain(text: str) -> str:
    """Give a text without diacritics: `Đặng Thị Hường` is `Dang Thi Huong`."""
    parts = unicodedata.normalize("NFD", text.translate(_LETTERS))
    return "".join(char for char in parts if not unicodedata.combining(char))


def stem(name: str) -> str:
    """Give what a name's address begins with, or nothing where no letter of it is a Latin one.

    Apostrophes and hyphens join: `H'Blăng Niê` is `nieh`.
    """
    words = ["".join(filter(_is_letter, word)) for word in plain(name).lower().split()]
    words = [word for word in words if word]
    if not words:
        return ""
    return words[-1] + "".join(word[0] for word in words[:-1])


def _is_letter(char: str) -> bool:
    return "a" <= char <= "z"


def assign(stems: Iterable[tuple[int, str]], taken: Collection[str]) -> dict[int, str]:
    """Give each person's number a login, the lowest number first.

    A stem has no digits, so that one with a number after it is nobody's stem.

    Args:
        stems: number and stem of everybody who has no login yet.
        taken: what nobody gets.

    """
    used = set(taken)
    # Where to go on counting: ten thousand people of one name would take as long as their square.
    following: dict[str, Iterator[str]] = {}
    logins: dict[int, str] = {}
    for number, base in sorted(stems):
        candidates = following.setdefault(base, _candidates(base))
        login = next(candidate for candidate in candidates if candidate not in used)
        used.add(login)
        logins[number] = login
    return logins


def _candidates(base: str) -> Iterator[str]:
    yield base
    for ordinal in count(2):
        yield f"{base}{ordinal}"
