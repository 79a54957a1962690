"""Verify works without the twin."""

from __future__ import annotations

import subprocess
import sys

ALONE = """
import sys
sys.modules["giaoban.twin"] = None  # as if the folder were deleted
import giaoban.verify.cli
assert not [name for name in sys.modules if name.startswith("giaoban.twin.")]
"""


def test_verify_imports_nothing_of_the_twin() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ALONE], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
