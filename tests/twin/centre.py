"""One data centre that serves, and a commune that asks, for every test of what servers serve."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from giaoban.provision.reach import Reach
from giaoban.twin import enter
from giaoban.twin.down import take_down
from giaoban.twin.nodes import Box
from giaoban.twin.paths import TwinPaths
from giaoban.twin.progress import PlainLines
from tests.twin.configured import BASE, Province, keep_servers, own_province, succeeded

COMMUNE = "xa-dak-wil"
PC = f"pc-{COMMUNE}"
SITES = ("trung-tam-du-lieu", COMMUNE)
DOMAIN = "daknong.example"


@dataclass(frozen=True)
class Centre:
    """A twin whose data centre serves, with an intent of its own that a test may edit."""

    province: Province
    intent: Path

    def serve(self, *words: str) -> dict[str, dict[str, int]]:
        """Make the servers serve, and give the recap."""
        return succeeded(self.province.playbook("datacentre.yml", *words))

    def changes(self, *words: str) -> dict[str, int]:
        """Make the servers serve; give those that it changed, with how many changes."""
        recap = self.serve(*words)
        return {name: counts["changed"] for name, counts in recap.items() if counts["changed"]}

    def said(self, node: str, command: str) -> str:
        """Run a shell command that must succeed in a node and give what it printed."""
        done = self.tried(node, command)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def tried(self, node: str, command: str) -> subprocess.CompletedProcess[str]:
        """Run a shell command in a node, as `giaoban twin run` does, without starting that anew."""
        return enter.run_inside(Box(self.province.paths, node), ("sh", "-c", command))


@pytest.fixture(scope="session")
def centre(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Iterator[Centre]:
    """GIAOBAN_INVENTORY names the inventory of one that stands already, and is left standing.

    The usual tests have the servers that the pilot has: with all of them two cores are busy for a
    quarter of an hour before the first test, and the tests of what those serve take another hour.
    """
    if os.geteuid() != 0:
        pytest.skip("the twin needs root")
    if standing := os.environ.get("GIAOBAN_INVENTORY"):
        reach = Reach.read(Path(standing))
        yield Centre(Province(TwinPaths(reach.state.name), Path(standing)), reach.intent)
        return
    province, intent = own_province(tmp_path_factory.mktemp("centre"), "centre")
    if not pytestconfig.getoption("--full"):
        keep_servers(intent, BASE)
    try:
        up = province.twin("up", "--inventory", str(intent), "--sites", ",".join(SITES))
        assert up.returncode == 0, up.stderr
        succeeded(province.playbook("stage.yml"))
        province.dc("up")
        succeeded(province.playbook("site.yml"))
        yield Centre(province, intent)
    finally:
        take_down(province.paths, PlainLines())
        shutil.rmtree(province.paths.state, ignore_errors=True)
