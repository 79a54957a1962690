"""One configured pilot for every test that needs a province at work: up, staged, in-band."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from giaoban.intent.load import load
from giaoban.plan.meetings import MEETING, MEETING_VOTE
from giaoban.plan.services import DATABASE, VOTE, WEB
from giaoban.provision.reach import Reach
from giaoban.twin.paths import TwinPaths

ROOT = Path(__file__).parents[2]
BIN = ROOT / ".venv" / "bin"
INTENT = ROOT / "inventory" / "daknong"
PLAYBOOK_SECONDS = 1800
# The servers that the pilot has: those that the others need.
BASE = ("mirror", "dns", "time", "pki")

_INVENTORY = """\
plugin: giaoban
intent: {intent}
reach:
  state: {paths.state}
  sockets: {paths.run}
"""


@dataclass(frozen=True)
class Province:
    """A twin at work, and the inventory that reaches it."""

    paths: TwinPaths
    inventory: Path

    @property
    def reach(self) -> Reach:
        """How its boxes are reached."""
        return Reach.read(self.inventory)

    def run(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment in the checkout."""
        return subprocess.run(
            [str(BIN / words[0]), *words[1:]],
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
            timeout=PLAYBOOK_SECONDS,
            env=os.environ | {"PATH": f"{BIN}:{os.environ['PATH']}"} | environment,
        )

    def playbook(self, name: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Run one of the project's playbooks against this twin."""
        return self.run("ansible-playbook", "-i", str(self.inventory), f"playbooks/{name}", *words)

    def twin(self, verb: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Run `giaoban twin VERB` on this twin."""
        return self.run("giaoban", "twin", verb, "--name", self.paths.name, *words)

    def dc(self, verb: str, *words: str) -> str:
        """Run `giaoban dc VERB`, which must succeed, and give what it printed."""
        done = self.run("giaoban", "dc", verb, "--inventory", str(self.inventory), *words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    def inside(self, node: str, *command: str) -> str:
        """Run a command in a node as root, without its network, and give what it printed."""
        done = self.twin("run", node, *command)
        assert done.returncode == 0, done.stderr
        return done.stdout


def recap(output: str) -> dict[str, dict[str, int]]:
    """Read Ansible's closing table: counts by host."""
    _, _, table = output.partition("PLAY RECAP")
    rows: dict[str, dict[str, int]] = {}
    for line in table.splitlines()[1:]:
        host, colon, counts = line.partition(":")
        if colon:
            pairs = (pair.split("=") for pair in counts.split())
            rows[host.strip()] = {name: int(count) for name, count in pairs}
    return rows


def succeeded(done: subprocess.CompletedProcess[str]) -> dict[str, dict[str, int]]:
    """Give the recap of a playbook that must have succeeded."""
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    return recap(done.stdout)


def keep_servers(intent: Path, groups: Collection[str]) -> None:
    """Take virtual servers that are in none of `groups` out of an intent of a test's own."""
    file = intent / "data-centre.yml"
    rows = re.split(r"^(?=    - )", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
    out = {
        f"    - name: {server.name}\n"
        for server in load(intent).data_centre.servers
        if server.machine and not {*server.groups} & {*groups}
    }
    kept = "".join(row for row in rows if not row.startswith(tuple(out)))
    if DATABASE not in groups:  # nobody's lead is to be voted on
        kept = re.sub(rf", {VOTE}\b", "", kept)
    if MEETING not in groups:
        kept = re.sub(rf", {MEETING_VOTE}\b", "", kept)
    file.write_text(kept, encoding="utf-8")
    if WEB not in groups:  # nobody would let people in to an application
        (intent / "slots.yml").write_text("slots: []\n", encoding="utf-8")


def own_inventory(folder: Path, paths: TwinPaths) -> tuple[Path, Path]:
    """Write, in `folder`, the inventory of a twin and a copy of the intent that a test may edit."""
    intent, inventory = folder / "inventory" / "daknong", folder / "inventory" / "twin"
    shutil.copytree(INTENT, intent)
    inventory.mkdir()
    (inventory / "giaoban.yml").write_text(_INVENTORY.format(intent="../daknong", paths=paths))
    return inventory, intent


def own_province(folder: Path, name: str) -> tuple[Province, Path]:
    """Give a twin that is not up yet, and the copy of the intent that is its own."""
    paths = TwinPaths(f"t-{name}-{os.getpid()}")
    inventory, intent = own_inventory(folder, paths)
    return Province(paths, inventory), intent


@pytest.fixture(scope="session")
def province(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Province]:
    """The pilot, staged on the bench and then run in-band.

    GIAOBAN_INVENTORY names the inventory of one that stands already, and is left standing.
    """
    if os.geteuid() != 0:
        pytest.skip("the twin needs root")
    if standing := os.environ.get("GIAOBAN_INVENTORY"):
        state = Reach.read(ROOT / standing).state
        yield Province(TwinPaths(state.name), ROOT / standing)
        return
    paths = TwinPaths(f"t-province-{os.getpid()}")
    inventory = tmp_path_factory.mktemp("province") / "build" / "inventory"
    inventory.mkdir(parents=True)
    (inventory / "giaoban.yml").write_text(_INVENTORY.format(intent=INTENT, paths=paths))
    made = Province(paths, inventory)
    try:
        up = made.twin("up")
        assert up.returncode == 0, up.stderr
        succeeded(made.playbook("stage.yml"))
        succeeded(made.playbook("site.yml"))
        yield made
    finally:
        made.twin("down")
