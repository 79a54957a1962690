"""Prometheus' own tester of rules: this machine's, or the one of servers' packages."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

_PACKAGES = Path("/var/cache/giaoban/software")


def promtool(folder: Path) -> str | None:
    """Give the program, unpacked into `folder` where only the package is there; None without."""
    if found := shutil.which("promtool"):
        return found
    packages = sorted(_PACKAGES.glob("debian-*/pool/promtool_*.deb"))
    if not packages or not shutil.which("dpkg-deb"):
        return None
    subprocess.run(["dpkg-deb", "-x", str(packages[-1]), str(folder)], check=True)
    return str(folder / "usr" / "bin" / "promtool")
