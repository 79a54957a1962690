"""Commands that pages show: run where they need neither root nor twin, parsed elsewhere."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from giaoban.cli import giaoban
from giaoban.provision.reach import Reach
from giaoban.provision.secrets import SecretStore
from tests.support.checkout import ROOT, environment, scratch_checkout
from tests.support.console import blocks, follow, shell, steps

BIN = Path(sys.executable).parent
SECONDS = 120
PAGES = ["README.md", "CONTRIBUTING.md", "docs/tutorial.md", *(
    str(page.relative_to(ROOT)) for page in sorted(ROOT.glob("docs/howto-*.md"))
)]  # fmt: skip
_SEPARATORS = {"&&", ";", "|", "||", "(", ")", ">", ">>"}
_SHELLS_OWN = {"export", "cd", "eval", "source", "umask", "for", "do", "done", "echo"}
# Ansible is started for these pages; the twin's test types the tutorial's.
_LISTED = ("README.md", "docs/howto-datacentre.md", "docs/howto-noc.md", "docs/howto-push.md")


def _typed(page: str) -> Iterator[str]:
    text = (ROOT / page).read_text(encoding="utf-8")
    for _, block in blocks(text, "sh"):
        yield from block.splitlines()
    for step in steps(text):
        yield step.typed.partition("<<")[0]


def commands(page: str) -> list[tuple[str, ...]]:
    """Give every simple command of a page's blocks."""
    found: list[tuple[str, ...]] = []
    for line in _typed(page):
        lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        lexer.commenters = "#" if " #" in line else ""
        words: list[str] = []
        for word in [*lexer, ";"]:
            if word not in _SEPARATORS:
                words.append(word)
            elif words:
                found.append(tuple(words))
                words = []
    return found


EVERY = sorted({command for page in PAGES for command in commands(page)})


def _parsed(arguments: list[str]) -> str | None:
    """Give what is wrong with arguments of `giaoban`: nothing is run but the help."""
    command, depth = giaoban.get_command(None, arguments[0]), 1  # type: ignore[arg-type]
    if command is not None and arguments[0] in ("dc", "twin"):
        depth = 2
    asked = [*arguments[:depth], "--help", *arguments[depth:]]
    result = CliRunner().invoke(giaoban, asked)
    return None if result.exit_code == 0 else result.output


@pytest.mark.parametrize("command", [one for one in EVERY if one[0] == "giaoban"], ids=shlex.join)
def test_giaoban_knows_it(command: tuple[str, ...]) -> None:
    assert _parsed(list(command[1:])) is None


def test_unknown_option_and_command_are_noticed() -> None:
    assert "--nmae" in str(_parsed(["twin", "status", "--nmae", "x"]))
    assert "brake" in str(_parsed(["twin", "brake", "circuit-down", "x"]))


@pytest.mark.parametrize(
    "command", [one for one in EVERY if one[0].startswith("scripts/")], ids=shlex.join
)
def test_script_has_its_options(command: tuple[str, ...]) -> None:
    script = ROOT / command[0]
    assert os.access(script, os.X_OK)
    if script.name == "check-commune-link":
        assert _parsed(["link", *command[1:]]) is None
        return
    text = script.read_text(encoding="utf-8")
    for word in command[1:]:
        assert re.search(rf"^\s*(\S+ \| )?{word}\)", text, re.MULTILINE), word


_OF_SERVERS = ("playbooks/noc-page.yml",)


@pytest.mark.parametrize(
    "command",
    sorted({one for page in _LISTED for one in commands(page) if one[0] == "ansible-playbook"}),
    ids=shlex.join,
)
def test_playbook_and_hosts_exist(command: tuple[str, ...], tmp_path: Path) -> None:
    # The twin is not up in this test; both inventories are of the same intent.
    words = [word.replace("inventory/daknong-twin", "inventory/daknong") for word in command[1:]]
    done = subprocess.run(
        [str(BIN / command[0]), *words, "--list-hosts"],
        cwd=ROOT,
        env=os.environ | {"ANSIBLE_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stderr
    # Servers that nobody has made yet are in no inventory.
    assert "rt-xa-dak-wil" in done.stdout or words[-1] in _OF_SERVERS


@pytest.mark.parametrize("program", sorted({one[0] for one in EVERY}))
def test_program_exists(program: str) -> None:
    found = program in _SHELLS_OWN or "/" in program or "=" in program
    assert found or shutil.which(program, path=f"{BIN}:{os.environ['PATH']}"), program


def test_commands_without_root_run(tmp_path: Path) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.partition("\n## Without root\n")[2].partition("\n## ")[0]
    lines = [line for _, block in blocks(section, "sh") for line in block.splitlines()]
    assert len(lines) >= 4
    checkout = scratch_checkout(tmp_path / "giaoban")
    with shell(checkout, environment(checkout)) as told:
        for line in [*lines, "ansible-inventory -i inventory/daknong --graph"]:
            answer = told.run(line, SECONDS)
            assert answer.code == 0, f"{line}\n{answer.printed}"


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_noc_of_the_howto_can_be_used(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "howto-noc.md").read_text(encoding="utf-8")
    with shell(ROOT, os.environ | {"HOME": str(tmp_path)}) as told:
        follow(page, told, SECONDS)
    written = tmp_path / ".config" / "giaoban" / "dak-nong"
    named = Reach.read(ROOT / "inventory" / "daknong").state
    assert named == Path("~/.config/giaoban/dak-nong").expanduser()
    reach = Reach(ROOT, ROOT, written, None)
    assert len(SecretStore.from_file(reach.master_key).value("bgp/x")) == 32
    for account in ("operator", "observer", "bench"):
        assert reach.key_file(account).exists()
    assert len(reach.public_keys("operator")) == 1
    known = subprocess.run(
        ["ssh-keygen", "-F", "rt-xa-dak-wil", "-f", str(reach.known_hosts)],
        check=True,
        capture_output=True,
        text=True,
    )
    assert "ssh-ed25519" in known.stdout


@pytest.mark.parametrize("lock", ["runtime", "dev"])
def test_locks_are_made_as_contributing_says(lock: str) -> None:
    head = (ROOT / "requirements" / f"{lock}.lock").read_text(encoding="utf-8")
    line = re.search(r"^# +(pip-compile .*)$", head, re.MULTILINE)
    assert line
    assert f"\n{line[1]}\n" in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
