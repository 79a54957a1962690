"""What every box begins with, whether a container of the twin or a virtual machine. Pure."""

from __future__ import annotations

from typing import Final

SSHD: Final = """\
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
HostKey /etc/ssh/ssh_host_ed25519_key
UseDNS no
"""


def name_files(name: str) -> dict[str, str]:
    """Give the texts of the files that tell a box its name, by their paths from the root."""
    return {
        "etc/hostname": f"{name}\n",
        "etc/hosts": f"127.0.0.1 localhost\n::1 localhost\n127.0.1.1 {name}\n",
    }
