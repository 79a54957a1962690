"""Speaking with a box's agent, over a connection that answers as written here."""

from __future__ import annotations

import io
import json
import tarfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from giaoban.provision.agent import AgentBundle, Box
from giaoban.provision.answers import BoxError, State

FILES = Path(__file__).parents[3] / "roles" / "commit" / "files"


@dataclass
class Canned:
    """Gives one answer and keeps what was asked."""

    answer: tuple[int, bytes, bytes]
    asked: list[tuple[str, bytes | None]] = field(default_factory=list)

    def exec_command(
        self,
        cmd: str,
        in_data: bytes | None = None,
        sudoable: bool = True,  # noqa: FBT001, FBT002
    ) -> tuple[int, bytes, bytes]:
        assert not sudoable
        self.asked.append((cmd, in_data))
        return self.answer


LINE = {
    "agent": "abc",
    "confirmed": "f" * 64,
    "pending": None,
    "age": None,
    "drift": ["etc/hosts", "running:frr"],
    "last": {"outcome": "rolled-back", "generation": "e" * 64, "cause": "frr: x", "at": "…"},
}


def test_a_state_is_read_from_the_agents_line() -> None:
    assert Box(Canned((0, json.dumps(LINE).encode(), b""))).state() == State(
        agent="abc",
        confirmed="f" * 64,
        pending=None,
        age_s=None,
        drift=("etc/hosts", "running:frr"),
        outcome="rolled-back",
        cause="frr: x",
        ended="e" * 64,
    )


@pytest.mark.parametrize("code", [126, 127])
def test_a_box_without_an_agent_has_no_state(code: int) -> None:
    assert Box(Canned((code, b"", b"not found"))).state() is None


def test_sudo_without_the_agent_is_no_state_either() -> None:
    said = b"sudo: /usr/lib/giaoban/commit: command not found\n"
    assert Box(Canned((1, b"", said))).state() is None


@pytest.mark.parametrize("out", [b"", b"Welcome!", b"{}", b"[]", b'{"agent": 1}', b"null"])
def test_an_answer_that_is_no_state_is_a_sentence(out: bytes) -> None:
    with pytest.raises(BoxError, match="answer is not a state"):
        Box(Canned((0, out, b""))).state()


def test_a_refusal_is_the_agents_own_words_without_the_logins() -> None:
    said = b"Could not chdir to /home\ngiaoban-commit: nftables: line 1\n  syntax error\n"
    with pytest.raises(BoxError, match=r"^nftables: line 1; syntax error$"):
        Box(Canned((1, b"", said))).confirm("f" * 64)


def test_a_silent_refusal_says_which_step_it_was() -> None:
    with pytest.raises(BoxError, match=r"`confirm` ended with 1 on the box"):
        Box(Canned((1, b"", b""))).confirm("f" * 64)


def test_the_reason_of_a_rollback_is_short_and_no_argument() -> None:
    channel = Canned((0, b"", b""))
    Box(channel).roll_back("it's; rm -rf /" + "x" * 5000)
    asked, sent = channel.asked[0]
    assert asked.endswith("commit rollback")
    assert sent is not None
    assert sent.startswith(b"it's; rm -rf /x")
    assert len(sent) == 300


def test_secrets_are_masked_in_all_that_a_box_says() -> None:
    def redact(text: str) -> str:
        return text.replace("hunter2", "@secret{x}")

    line = LINE | {"drift": ["hunter2"], "last": {"outcome": "x", "cause": "frr: hunter2"}}
    state = Box(Canned((0, json.dumps(line).encode(), b"")), redact).state()
    assert state is not None
    assert (state.drift, state.cause) == (("@secret{x}",), "frr: @secret{x}")
    refused = Box(Canned((1, b"", b"giaoban-commit: frr: hunter2\n")), redact)
    for step in (refused.state, refused.shown, lambda: refused.confirm("f" * 64)):
        with pytest.raises(BoxError, match=r"^frr: @secret\{x\}$"):
            step()
    with pytest.raises(BoxError, match=r"@secret\{x\}"):
        Box(Canned((0, b"hunter2", b"")), redact).state()
    with pytest.raises(BoxError, match=r"installed: @secret\{x\}$"):
        Box(Canned((1, b"", b"hunter2")), redact).install(AgentBundle("", ()), first=True)


def test_the_bundle_is_named_by_what_it_holds(tmp_path: Path) -> None:
    bundle = AgentBundle.from_dir(FILES)
    (tmp_path / "units").mkdir()
    (tmp_path / "giaoban-commit").write_bytes((FILES / "giaoban-commit").read_bytes() + b"\n")
    assert AgentBundle.from_dir(tmp_path).version != bundle.version
    assert AgentBundle.from_dir(FILES).version == bundle.version


def test_the_bundle_installs_the_agent_and_starts_its_units() -> None:
    with tarfile.open(fileobj=io.BytesIO(AgentBundle.from_dir(FILES).tar())) as tar:
        members = {member.name: member for member in tar}
    assert members["usr/lib/giaoban/commit"].mode == 0o755
    assert not any(member.isdir() for member in members.values())
    links = {name: member.linkname for name, member in members.items() if member.issym()}
    units = "usr/lib/systemd/system"
    assert links == {
        f"{units}/sysinit.target.wants/giaoban-boot.service": "../giaoban-boot.service",
        f"{units}/ovs-vswitchd.service.wants/giaoban-openvswitch.service": (
            "../giaoban-openvswitch.service"
        ),
        f"{units}/multi-user.target.wants/giaoban-links.service": "../giaoban-links.service",
        f"{units}/ovs-vswitchd.service.wants/giaoban-links.service": "../giaoban-links.service",
    }
    assert all(f"{units}/{target[3:]}" in members for target in links.values())
