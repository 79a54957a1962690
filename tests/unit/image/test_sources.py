"""The suite is replaced in the machine's own apt sources."""

from __future__ import annotations

import pytest

from giaoban.image.sources import KEYRING, NoDebianSourceError, derived

_DEB822 = """\
Types: deb
# a comment
URIs: http://one.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://one.example/debian-security
Suites: bookworm-security
Components: main contrib

Types: deb
URIs: https://other.example/node
Suites: nodistro
Components: main
"""


def test_deb822_stanzas_become_lines_of_the_new_suite() -> None:
    assert derived([], [_DEB822], "bookworm") == (
        f"deb [signed-by={KEYRING}] http://one.example/debian trixie main",
        f"deb [signed-by={KEYRING}] http://one.example/debian trixie-updates main",
        f"deb [signed-by={KEYRING}] http://one.example/debian-security trixie-security main",
    )


def test_one_line_sources_with_options_are_read() -> None:
    lines = (
        "# deb http://no.example/debian bookworm main\n"
        "deb [arch=amd64 signed-by=/k.gpg] http://one.example/debian bookworm main contrib\n"
        "deb-src http://one.example/debian bookworm main\n"
        "deb https://cloud.example/apt cloud-sdk-bookworm main\n"
    )
    assert derived([lines], [], "bookworm") == (
        f"deb [signed-by={KEYRING}] http://one.example/debian trixie main",
    )


def test_a_disabled_or_foreign_stanza_is_passed_over() -> None:
    disabled = _DEB822.replace("Types: deb\n# a comment", "Types: deb\nEnabled: no")
    found = derived([], [disabled], "bookworm")
    assert found == (
        f"deb [signed-by={KEYRING}] http://one.example/debian-security trixie-security main",
    )


def test_a_machine_without_debian_sources_is_told_so() -> None:
    with pytest.raises(NoDebianSourceError, match="no source has the suite 'jammy'"):
        derived([], [_DEB822], "jammy")
