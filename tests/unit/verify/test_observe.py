"""The observer's shell answers what is on its list and lets nothing else through."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from giaoban.verify.answers import Answers
from giaoban.verify.parse.linux import burst

ROOT = Path(__file__).parents[3]
SHELL = ROOT / "roles/base/templates/etc/giaoban/observe.j2"


SUMMARY = (
    "3 packets transmitted, 3 received, 0% packet loss, time 250ms\n"
    "rtt min/avg/max/mdev = 0.1/0.5/0.9/0.1 ms"
)
TOOLS = {
    "tc": """
        echo x >>"$NOTES/looks"
        n=$(grep -c x "$NOTES/looks")
        printf '[{"kind":"htb","root":true,"packets":%s00,"overlimits":%s0}]\\n' "$n" "$n"
    """,
    "sudo": 'shift; exec "$@"',
    "logger": 'printf "%s\\n" "$*" >>"$NOTES/log"',
    "fping": 'echo "asked $#"',
    # Notes how many run at once, and leaves only when nobody may join any more.
    "ping": f"""
        echo in >>"$NOTES/at-once"
        touch "$NOTES/in.$$"
        ls "$NOTES" | grep -c '^in[.]' >>"$NOTES/most"
        sleep 0.1
        rm "$NOTES/in.$$"
        echo "{SUMMARY}"
    """,
}


def many(question: str, count: int) -> str:
    return " ".join([question, *(f"10.0.0.{number + 1}" for number in range(count))])


def box(folder: Path) -> Path:
    """Give an observer's shell whose tools take notes instead of asking anybody."""
    tools = folder / "bin"
    tools.mkdir()
    for name, body in TOOLS.items():
        tool = tools / name
        noting = body.replace("$NOTES", str(folder))
        tool.write_text(f"#!/bin/sh\n{noting}\n", encoding="ascii")
        tool.chmod(0o755)
    shell = folder / "observe"
    text = SHELL.read_text(encoding="utf-8").replace("PATH=", f"PATH={tools}:", 1)
    shell.write_text(text.replace("/usr/bin/ping", "ping"), encoding="utf-8")
    return shell


def start(shell: Path, question: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        ["sh", str(shell), "-c", question],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def most_at_once(folder: Path) -> int:
    return max(int(line) for line in (folder / "most").read_text(encoding="ascii").split())


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
        "measure mtu 1500 224.0.0.5",
        "measure mtu 1500 ff02::1",
        "measure loss 10 255.255.255.255",
        "measure loss 10 0340.0.0.1",
        "measure loss 10 10.1",
        "measure loss 10 ::ffff:224.0.0.1",
        "measure rate lo 239.1.2.3 100 40 1400",
        "fping -q -C 10 10.0.0.1 FF05::2",
        "fping -q -C 10 -b 1501 10.0.0.1",
        "fping -q -C 10 -i 1 -b 1400 10.0.0.1",
        many("measure loss 1", 65),
        many("measure mtu 1500", 65),
        many("measure loss 1000", 21),
        many("fping -q -C 1", 129),
        many("fping -q -C 1000", 21),
        many("fping -q -C 1 -C 1000", 21),
        "/usr/lib/openssh/sftp-server",
        "scp -f /etc/shadow",
        "sh",
        "* ?",
    ],
)
def test_is_refused(question: str) -> None:
    said = observe(question)
    assert said.startswith("% "), said
    assert "no fping" not in said, "it was let through, and only the tool was missing"
    assert "uid=" not in said


@pytest.mark.parametrize("question", ["", "enable", "terminal length 0", "terminal width 511"])
def test_what_netmiko_says_first_is_taken_silently(question: str) -> None:
    assert observe(question) == ""


def test_echoes_go_out_in_batches(tmp_path: Path) -> None:
    said, _ = start(box(tmp_path), many("measure loss 3", 20)).communicate(timeout=20)
    assert len(said.splitlines()) == 20
    assert "3 received" in said.splitlines()[0]
    assert 1 < most_at_once(tmp_path) <= 8


def test_two_sessions_do_not_measure_at_once(tmp_path: Path) -> None:
    shell = box(tmp_path)
    both = [start(shell, many("measure loss 3", 8)) for _ in range(3)]
    for one in both:
        said, _ = one.communicate(timeout=20)
        assert len(said.splitlines()) == 8
    assert most_at_once(tmp_path) <= 8


def test_a_burst_is_shown_with_its_shaper(tmp_path: Path) -> None:
    question = "measure rate lo 10.0.0.1 100 40 1400"
    said, _ = start(box(tmp_path), question).communicate(timeout=20)
    seen = burst(Answers({"rt": {question: said}}), "rt", question)
    assert (seen.sent, seen.received, seen.seconds) == (3, 3, 0.25)
    assert seen.held == pytest.approx(0.1)


def test_a_burst_without_a_shaper_is_shown(tmp_path: Path) -> None:
    shell = box(tmp_path)
    (tmp_path / "bin" / "tc").write_text("#!/bin/sh\nexit 1\n", encoding="ascii")
    question = "measure rate lo 10.0.0.1 100 40 1400"
    said, _ = start(shell, question).communicate(timeout=20)
    assert burst(Answers({"rt": {question: said}}), "rt", question).held == 0


def test_an_fping_is_noted(tmp_path: Path) -> None:
    question = many("fping -q -C 50 -p 40 -i 1 -t 800", 128)
    said, _ = start(box(tmp_path), question).communicate(timeout=20)
    assert said.startswith("asked ")
    assert question in (tmp_path / "log").read_text(encoding="ascii")


def test_sudo_notes_what_it_runs() -> None:
    rules = ROOT / "roles/base/templates/etc/sudoers.d/giaoban-observer.j2"
    assert "!syslog" not in rules.read_text(encoding="utf-8")


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
