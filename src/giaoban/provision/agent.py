"""The agent that lives on a box: what is installed there, and how it is spoken to."""

from __future__ import annotations

import hashlib
import io
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from giaoban.provision.answers import BoxError, Redact, State, read_tree, sentence
from giaoban.provision.generation import Generation

_COMMIT = "/usr/lib/giaoban/commit"
_UNITS = "usr/lib/systemd/system"
# Enabled by standing in the vendor's tree: a generation can neither lose nor disable them.
_STARTED_BY = (
    ("giaoban-boot.service", "sysinit.target"),
    ("giaoban-openvswitch.service", "ovs-vswitchd.service"),
    ("giaoban-links.service", "multi-user.target"),
    ("giaoban-links.service", "ovs-vswitchd.service"),
)
_NOT_FOUND = (126, 127)
# What another box may be told of a box's troubles, in characters.
_REASON_LENGTH = 300


class Channel(Protocol):
    """What an Ansible connection offers and this module needs."""

    def exec_command(
        self,
        cmd: str,
        in_data: bytes | None = None,
        sudoable: bool = True,  # noqa: FBT001, FBT002
    ) -> tuple[int, bytes, bytes]:
        """Run `cmd` on the box with `in_data` on its standard input."""
        ...


@dataclass(frozen=True)
class AgentBundle:
    """The agent's files as they are installed. `version` changes when any of them does."""

    version: str
    files: tuple[tuple[str, bytes], ...]

    @classmethod
    def from_dir(cls, folder: Path) -> AgentBundle:
        """Read the script `giaoban-commit` and its `units/` from the role's files."""
        files = [(_COMMIT[1:], (folder / "giaoban-commit").read_bytes())]
        files += [
            (f"{_UNITS}/{unit.name}", unit.read_bytes())
            for unit in sorted((folder / "units").glob("*.service"))
        ]
        digest = hashlib.sha256(repr((files, _STARTED_BY)).encode()).hexdigest()[:12]
        return cls(digest, (*files, ("usr/lib/giaoban/version", f"{digest}\n".encode())))

    def tar(self) -> bytes:
        """Give the files and the links that start the units, owned by root; no folders."""
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w", format=tarfile.USTAR_FORMAT) as tar:
            for path, content in self.files:
                member = tarfile.TarInfo(path)
                member.size = len(content)
                member.mode = 0o755 if path == _COMMIT[1:] else 0o644
                tar.addfile(member, io.BytesIO(content))
            for unit, starter in _STARTED_BY:
                link = tarfile.TarInfo(f"{_UNITS}/{starter}.wants/{unit}")
                link.type = tarfile.SYMTYPE
                link.linkname = f"../{unit}"
                tar.addfile(link)
        return archive.getvalue()


@dataclass(frozen=True, slots=True)
class Box:
    """One box, through a connection to an account that may run the agent as root.

    `redact` masks in its answers the secrets that the controller gave it.
    """

    channel: Channel
    redact: Redact = str

    def state(self, wait_s: int = 0) -> State | None:
        """Ask what is in force, waiting up to `wait_s` seconds for an activation to end.

        None means that no agent is installed.
        """
        code, out, err = self._run(f"state {wait_s}")
        if code in _NOT_FOUND or b"command not found" in err:
            return None
        if code:
            raise BoxError(self._sentence(err))
        return State.parse(out, self.redact)

    def shown(self) -> dict[str, str]:
        """Fetch the confirmed generation: path to text, secrets masked."""
        return read_tree(self._ask("show"), self.redact)

    def install(self, bundle: AgentBundle, *, first: bool) -> None:
        """Put the agent on the box; the first time it takes an account that is root."""
        if not first:
            self._ask("upgrade", bundle.tar())
            return
        unpack = (
            "tar -x --no-same-owner --keep-directory-symlink -C / -f - && systemctl daemon-reload"
        )
        code, _, err = self._sudo(f"sh -c 'umask 022; {unpack}'", bundle.tar())
        if code:
            raise BoxError(f"the agent could not be installed: {self._sentence(err)}")

    def push(self, generation: Generation) -> None:
        """Send a generation; the box checks it whole and validates it, and changes nothing."""
        self._ask(f"push {generation.name}", generation.tar())

    def activate(self, name: str, timeout_s: int) -> None:
        """Start putting it in force; the box takes it back after `timeout_s` without `confirm`."""
        self._ask(f"activate {name} --timeout {timeout_s}")

    def confirm(self, name: str) -> None:
        """Keep it."""
        self._ask(f"confirm {name}")

    def roll_back(self, why: str) -> None:
        """Take the pending generation back now; `why` is what the box remembers of it."""
        self._ask("rollback", why[:_REASON_LENGTH].encode(errors="replace"))

    def _ask(self, words: str, sent: bytes | None = None) -> bytes:
        code, out, err = self._run(words, sent)
        if code:
            raise BoxError(
                self._sentence(err)
                or f"`{words.split(maxsplit=1)[0]}` ended with {code} on the box"
            )
        return out

    def _sentence(self, err: bytes) -> str:
        return sentence(err, self.redact)

    def _run(self, words: str, sent: bytes | None = None) -> tuple[int, bytes, bytes]:
        return self._sudo(f"{_COMMIT} {words}", sent)

    def _sudo(self, command: str, sent: bytes | None) -> tuple[int, bytes, bytes]:
        # Not Ansible's become: that needs the right to run any shell as root.
        line = f"s=; [ -w / ] || s='sudo -n'; exec $s {command}"
        return self.channel.exec_command(line, in_data=sent, sudoable=False)
