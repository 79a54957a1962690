"""What servers' roles conclude from what a server's shell says."""

from __future__ import annotations

import pytest

from giaoban.provision.asking import (
    is_unread,
    missing_packages,
    refusal,
    unit_commands,
    units_told,
)

_TOLD = """\
LoadState={load}
ActiveState={active}
UnitFileState={file}
NeedDaemonReload={reload}
"""


def _states(
    load: str = "loaded", active: str = "active", file: str = "enabled", reload: str = "no"
) -> dict[str, dict[str, str]]:
    return units_told(_TOLD.format(load=load, active=active, file=file, reload=reload), ["u"])


def test_packages_are_missing_unless_installed() -> None:
    told = "installed nginx\nconfig-files restic\nunpacked zstd\n"
    assert missing_packages(told, ["nginx", "restic", "zstd", "knot"]) == ["restic", "zstd", "knot"]


def test_units_are_told_in_order() -> None:
    told = _TOLD.format(load="loaded", active="active", file="enabled", reload="no")
    other = _TOLD.format(load="not-found", active="inactive", file="", reload="no")
    states = units_told(f"{told}\n{other}", ["a", "b"])
    assert (states["a"]["LoadState"], states["b"]["LoadState"]) == ("loaded", "not-found")
    assert is_unread(states)
    assert not is_unread({"a": states["a"]})
    with pytest.raises(ValueError, match="zip"):
        units_told(told, ["a", "b"])


@pytest.mark.parametrize(
    ("active", "file", "commands"),
    [
        ("active", "enabled", []),
        ("activating", "static", []),
        ("inactive", "enabled", [["start", "u"]]),
        ("failed", "disabled", [["enable", "u"], ["start", "u"]]),
    ],
)
def test_what_is_to_run(active: str, file: str, commands: list[list[str]]) -> None:
    assert unit_commands(_states(active=active, file=file), ["u"], []) == commands


@pytest.mark.parametrize(
    ("active", "file", "commands"),
    [
        ("inactive", "disabled", []),
        ("failed", "static", []),
        ("inactive", "", []),
        ("active", "enabled", [["disable", "u"], ["stop", "u"]]),
    ],
)
def test_what_is_not_to_run(active: str, file: str, commands: list[list[str]]) -> None:
    assert unit_commands(_states(active=active, file=file), [], ["u"]) == commands


def test_systemd_reads_what_is_new_to_it() -> None:
    assert is_unread(_states(reload="yes"))
    assert is_unread(_states(load="not-found"))
    assert not is_unread(_states())


def test_a_refusal_says_what_the_command_said() -> None:
    done = {"rc": 3, "stdout": "one\n", "stderr": " two\n"}
    assert refusal("do it", done) == "do it: ended with 3, expected 0: one\ntwo"
    silent = {"rc": 1, "stdout": "", "stderr": ""}
    assert refusal("do it", silent).endswith("it said nothing")
