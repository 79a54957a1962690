"""Every role's molecule scenario: converge, idempotence and verify on a booted node.

Those of the data centre's servers run in test_services, where these serve.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.twin.configured import ROOT, Province, succeeded
from tests.twin.molecule import roles_on, run_scenario

pytestmark = pytest.mark.twin


@pytest.fixture(scope="module")
def restored(province: Province) -> Iterator[Province]:
    """The province, which every box leaves as the playbooks want it."""
    yield province
    # The router first: a scenario of its firewall may have closed the way to the boxes behind it.
    succeeded(province.playbook("network.yml", "-l", "rt-xa-dak-wil"))
    succeeded(province.playbook("network.yml", "-l", "xa_dak_wil"))


def test_every_role_has_a_scenario() -> None:
    assert sorted(role.name for role in ROOT.glob("roles/*")) == roles_on("")


@pytest.mark.parametrize("role", sorted(set(roles_on("")) - set(roles_on("sv-", "ms-"))))
def test_scenario(restored: Province, role: str, tmp_path: Path) -> None:
    run_scenario(restored, role, tmp_path)
