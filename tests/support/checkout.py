"""A scratch checkout of what is committed, with this checkout's environment."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
# As scripts/setup writes it, so that it finds nothing to do and leaves this environment alone.
_KEY = "sha256sum requirements/runtime.lock pyproject.toml | sha256sum | cut -c1-16"


def scratch_checkout(folder: Path) -> Path:
    """Clone the checkout into a folder, and give the folder."""
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], check=True)
    _borrow_venv(folder / ".venv")
    key = subprocess.run(
        ["sh", "-c", _KEY], cwd=folder, check=True, capture_output=True, text=True
    ).stdout
    (folder / ".venv" / "giaoban.key").write_text(key)
    return folder


def _borrow_venv(venv: Path) -> None:
    """Make an environment of links into the running one, whose programs a test may replace."""
    lender = Path(sys.prefix)
    (venv / "bin").mkdir(parents=True)
    for part in lender.iterdir():
        if part.name in ("lib", "lib64", "include", "pyvenv.cfg"):
            (venv / part.name).symlink_to(part)
    for program in (lender / "bin").iterdir():
        (venv / "bin" / program.name).symlink_to(program)
    activate = venv / "bin" / "activate"
    text = activate.read_text(encoding="utf-8")
    activate.unlink()
    activate.write_text(text.replace(str(lender), str(venv)), encoding="utf-8")


def environment(checkout: Path) -> dict[str, str]:
    """Give what a reader's shell has, as far as the commands read it.

    The package is the checkout's own: the borrowed environment would find the lender's.
    """
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    own = {"PYTHONPATH": str(checkout / "src"), "ANSIBLE_HOME": str(checkout / ".ansible")}
    return kept | own | {"LC_ALL": "C.UTF-8", "TERM": "dumb", "COLUMNS": "120"}
