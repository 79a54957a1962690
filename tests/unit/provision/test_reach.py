"""How an inventory says that nothing stands behind it."""

from __future__ import annotations

from pathlib import Path

import pytest

from giaoban.provision.reach import InventoryError, Reach


def _reach(tmp_path: Path, *, sockets: bool) -> Reach:
    (tmp_path / "state").mkdir(exist_ok=True)
    return Reach(
        tmp_path, tmp_path, tmp_path / "state", tmp_path / "run" / "pilot" if sockets else None
    )


def test_a_twin_that_is_down_is_said(tmp_path: Path) -> None:
    with pytest.raises(InventoryError) as refusal:
        _reach(tmp_path, sockets=True).demand_standing()
    assert str(refusal.value).endswith("is not up; run: giaoban twin up --name pilot")


def test_a_twin_that_is_up_stands(tmp_path: Path) -> None:
    reach = _reach(tmp_path, sockets=True)
    (tmp_path / "state" / "devices.json").write_text("[]")
    reach.demand_standing()


def test_a_real_province_always_stands(tmp_path: Path) -> None:
    _reach(tmp_path, sockets=False).demand_standing()
