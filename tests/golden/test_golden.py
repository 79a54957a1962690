"""The rendered files of one device of each kind, as reviewed.

After a wanted change: `GIAOBAN_GOLDEN=update python -m pytest tests/golden`, then read the diff.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from giaoban.provision.reach import Capabilities, Reach
from giaoban.render.cli import render_tree

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).parent
KINDS = (
    "rt-core-1",
    "rt-core-2",
    "rt-huyen-cu-jut",
    "rt-so-thong-tin-va-truyen-thong",
    "rt-xa-dak-wil",
    "rt-xa-truc-son",  # no switch: its own ports are the LAN
    "sw-trung-tam-du-lieu",
    "sw-xa-dak-wil",
    "hv-kvm-1",
    "sv-noc-1",
    "ms-huyen-cu-jut",
    "vc-xa-dak-wil",
)
# A kernel that lacks what the twin's may lack; only routers and switches differ.
POOR_KERNEL = {
    "vlan_8021q": False,
    "fq_codel": False,
    "openvswitch_kernel": False,
    "clock_control": False,
}
POOR_KINDS = ("rt-xa-dak-wil", "sw-xa-dak-wil")


def tree(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): file.read_text()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rendered")
    for name, kinds, declared in (
        ("rich-kernel", KINDS, {}),
        ("poor-kernel", POOR_KINDS, POOR_KERNEL),
    ):
        state = folder / f"state-{name}"
        state.mkdir()
        (state / "capabilities.json").write_text(json.dumps(declared))
        inventory = ROOT / "inventory" / "daknong"
        reach = Reach(inventory, inventory, state, None)
        assert reach.capabilities == Capabilities(declared)
        render_tree(reach, ROOT, folder / name, kinds)
    return folder


@pytest.mark.parametrize(
    ("kernel", "device"),
    [("rich-kernel", kind) for kind in KINDS] + [("poor-kernel", kind) for kind in POOR_KINDS],
)
def test_rendered_files_are_as_reviewed(rendered: Path, kernel: str, device: str) -> None:
    found, golden = rendered / kernel / device, GOLDEN / kernel / device
    if os.environ.get("GIAOBAN_GOLDEN") == "update":
        shutil.rmtree(golden, ignore_errors=True)
        shutil.copytree(found, golden)
    assert tree(found) == tree(golden)


def test_the_same_intent_renders_the_same_bytes(rendered: Path, tmp_path: Path) -> None:
    inventory = ROOT / "inventory" / "daknong"
    reach = Reach(inventory, inventory, rendered / "state-rich-kernel", None)
    render_tree(reach, ROOT, tmp_path, KINDS)
    for kind in KINDS:
        assert tree(tmp_path / kind) == tree(rendered / "rich-kernel" / kind)


def test_no_rendered_file_holds_a_secret(rendered: Path) -> None:
    for text in tree(rendered / "rich-kernel").values():
        for line in text.splitlines():
            words = line.split()
            if "password" in words or "key-string" in words:
                assert words[-1].startswith("@secret{"), line
