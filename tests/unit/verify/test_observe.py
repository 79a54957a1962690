"""The observer's shell answers what is on its list and lets nothing else through."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SHELL = ROOT / "roles/base/templates/etc/giaoban/observe.j2"


def observe(question: str) -> str:
    done = subprocess.run(
        ["sh", str(SHELL), "-c", question], capture_output=True, text=True, timeout=20, check=False
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    "question",
    [
        "id",
        "show version; id",
        "show version | id",
        "show ip route $(id)",
        "show ip route `id`",
        "show ip route > /tmp/x",
        "show ip route\nid",
        "show running-config",
        "show run",
        "show startup-config",
        "show ip route -c configure",
        "configure terminal",
        "ip route add default via 10.0.0.1",
        "ip -j address add 10.0.0.1",
        "ovs-vsctl del-br br-lan",
        "nft flush ruleset",
        "fping -q -C 100000 10.0.0.1",
        "fping -q -C 10 -f /etc/shadow",
        "fping -q -p 1 10.0.0.1",
        "measure loss 5000 10.0.0.1",
        "measure rate lo 10.0.0.1 100 40 60000",
        "measure rate ../lo 10.0.0.1 100 40 1400",
        "measure mtu 1500 --help",
        "/usr/lib/openssh/sftp-server",
        "scp -f /etc/shadow",
        "sh",
        "* ?",
    ],
)
def test_is_refused(question: str) -> None:
    said = observe(question)
    assert said.startswith("% "), said
    assert "uid=" not in said


@pytest.mark.parametrize("question", ["", "enable", "terminal length 0", "terminal width 511"])
def test_what_netmiko_says_first_is_taken_silently(question: str) -> None:
    assert observe(question) == ""


def test_it_has_a_prompt_and_ends() -> None:
    done = subprocess.run(
        ["sh", str(SHELL)],
        input="terminal length 0\nid\nexit\n",
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    prompt, refusal, end = done.stdout.split("# ")[0], done.stdout, done.returncode
    assert prompt.strip()
    assert "% not a question for this account" in refusal
    assert end == 0


def test_shellcheck_has_nothing_to_say() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).parent / "shellcheck"), "-s", "sh", str(SHELL)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")
