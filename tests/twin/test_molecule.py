"""Every role's molecule scenario: converge, idempotence and verify on a booted node."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.twin.configured import BIN, ROOT, Province, succeeded

pytestmark = pytest.mark.twin
ROLES = sorted(
    found.parents[2].name for found in ROOT.glob("roles/*/molecule/default/molecule.yml")
)
SCENARIO_SECONDS = 300


@pytest.fixture(scope="module")
def restored(province: Province) -> Iterator[Province]:
    """The province, which every box leaves as the playbooks want it."""
    yield province
    # The router first: a scenario of its firewall may have closed the way to the boxes behind it.
    succeeded(province.playbook("network.yml", "-l", "rt-xa-dak-wil"))
    succeeded(province.playbook("network.yml", "-l", "xa_dak_wil"))


def test_every_role_has_a_scenario() -> None:
    assert sorted(role.name for role in ROOT.glob("roles/*")) == ROLES


@pytest.mark.parametrize("role", ROLES)
def test_scenario(restored: Province, role: str, tmp_path: Path) -> None:
    environment = {
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "HOME": os.environ.get("HOME", "/root"),
        "LC_ALL": "C.UTF-8",
        "ANSIBLE_HOME": str(tmp_path),
        "GIAOBAN_ROOT": str(ROOT),
        "GIAOBAN_TWIN": restored.paths.name,
        "GIAOBAN_INVENTORY": str(restored.inventory),
    }
    done = subprocess.run(
        [str(BIN / "molecule"), "test"],
        cwd=ROOT / "roles" / role,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=SCENARIO_SECONDS,
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-6000:]
