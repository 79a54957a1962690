"""Running a role's molecule scenario on a box of a twin that stands."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import yaml

from tests.twin.configured import BIN, ROOT, Province

SCENARIO_SECONDS = 300


def roles_on(*prefixes: str) -> list[str]:
    """Give the roles whose scenario runs on a box whose name begins with one of `prefixes`."""
    found = sorted(ROOT.glob("roles/*/molecule/default/molecule.yml"))
    return [file.parents[2].name for file in found if _box(file).startswith(prefixes)]


def box_of(role: str) -> str:
    """Give the box that a role's scenario runs on."""
    return _box(ROOT / "roles" / role / "molecule" / "default" / "molecule.yml")


def _box(file: Path) -> str:
    name: str = yaml.safe_load(file.read_text(encoding="utf-8"))["platforms"][0]["name"]
    return name


def run_scenario(province: Province, role: str, home: Path) -> None:
    """Converge, converge again without a change, verify.

    Args:
        province: where.
        role: the role's name.
        home: an empty folder for what Ansible keeps.

    """
    environment = {
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "HOME": os.environ.get("HOME", "/root"),
        "LC_ALL": "C.UTF-8",
        "ANSIBLE_HOME": str(home),
        "GIAOBAN_ROOT": str(ROOT),
        "GIAOBAN_TWIN": province.paths.name,
        "GIAOBAN_INVENTORY": str(province.inventory),
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
