"""Where the state of a stack is."""

from __future__ import annotations

from pathlib import Path

import pytest

from giaoban.datacentre.stack import Settings
from giaoban.provision.reach import Reach


def _settings(*, twin: bool) -> Settings:
    sockets = Path("/run/twin") if twin else None
    return Settings(Reach(Path("/i"), Path("/i"), Path("/state"), sockets), Path("/p"))


def test_state_is_beside_the_keys_unless_the_environment_says_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert _settings(twin=False).backend == "file:///state/pulumi/state"
    monkeypatch.setenv("GIAOBAN_STATE_URL", "s3://giaoban")
    assert _settings(twin=False).environment["PULUMI_BACKEND_URL"] == "s3://giaoban"
    assert _settings(twin=True).backend == "file:///state/pulumi/state"
