"""A generation: everything giaoban manages on a box, as one named, unchanging set of files."""

from __future__ import annotations

import difflib
import hashlib
import io
import json
import re
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from giaoban.errors import GiaobanError
from giaoban.provision.secrets import SecretStore, mask, resolve

# What the agent's awk and shell read without quoting.
PATH = re.compile(r"etc(/[A-Za-z0-9_@+-][A-Za-z0-9._@+-]*)+")
_MODE = re.compile(r"0[0-7]{3}")
_ACCOUNT = re.compile(r"[a-z_][a-z0-9_-]*")
SHARED = "etc/giaoban/shared.json"


class CandidateError(GiaobanError):
    """A rendered candidate tree that cannot become a generation."""


@dataclass(frozen=True, slots=True)
class ManagedFile:
    """One file of a generation. `path` is relative to `/`; `masked` shows no secret."""

    path: str
    mode: str
    owner: str
    group: str
    content: bytes
    masked: bytes

    @property
    def manifest_line(self) -> str:
        """Content's sum, mode, owner, group and path, as the agent compares them."""
        digest = hashlib.sha256(self.content).hexdigest()
        return f"{digest} {self.mode} {self.owner} {self.group} {self.path}\n"


@dataclass(frozen=True)
class Generation:
    """The files of one box, sorted by path."""

    files: tuple[ManagedFile, ...]

    @cached_property
    def manifest(self) -> str:
        """A line for each file."""
        return "".join(file.manifest_line for file in self.files)

    @cached_property
    def name(self) -> str:
        """The SHA-256 of the manifest: same files, same name."""
        return hashlib.sha256(self.manifest.encode()).hexdigest()

    @property
    def masked_tree(self) -> dict[str, str]:
        """Path to text, without secrets."""
        return {file.path: file.masked.decode(errors="replace") for file in self.files}

    @property
    def shared(self) -> dict[str, str]:
        """Each link the box has an end of, to the digest of what both its ends must agree on."""
        for file in self.files:
            if file.path == SHARED:
                return read_shared(file.masked)
        return {}

    def tar(self) -> bytes:
        """Give the bytes that a push sends: the same generation, the same bytes."""
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w", format=tarfile.USTAR_FORMAT) as tar:
            _add(tar, "MANIFEST", self.manifest.encode())
            for file in self.files:
                _add(tar, file.path, file.content)
            for file in self.files:
                if file.masked != file.content:
                    _add(tar, f"masked/{file.path}", file.masked)
        return archive.getvalue()


def _add(tar: tarfile.TarFile, path: str, content: bytes) -> None:
    member = tarfile.TarInfo(path)
    member.size = len(content)
    member.mode = 0o600
    tar.addfile(member, io.BytesIO(content))


def read_shared(content: bytes | str) -> dict[str, str]:
    """Read `etc/giaoban/shared.json`; an unreadable one is as good as none."""
    try:
        links = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(links, dict):
        return {}
    return {str(link): str(digest) for link, digest in links.items()}


def load_candidate(tree: Path, store: SecretStore) -> Generation:
    """Make a generation of a rendered candidate tree.

    Args:
        tree: the box's folder, holding `files.json` and `etc/`.
        store: where its secret references are looked up.

    Raises:
        CandidateError: `files.json` and the tree disagree, or a path, mode or account is not one.
    """
    entries = _entries(tree)
    listed = {entry["path"] for entry in entries}
    unlisted = sorted(_files_below(tree) - listed)
    if unlisted:
        raise CandidateError(
            f"{tree / unlisted[0]}: rendered but not listed in files.json; the role that renders it"
            " must add its path, mode, owner and group there"
        )
    files = (_managed_file(tree, entry, store) for entry in entries)
    return Generation(tuple(sorted(files, key=lambda file: file.path)))


def _entries(tree: Path) -> list[dict[str, str]]:
    index = tree / "files.json"
    try:
        entries = json.loads(index.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CandidateError(
            f"{index}: not found; the roles that render this box's files must run before `commit`"
        ) from None
    except ValueError as fault:
        raise CandidateError(f"{index}: not JSON ({fault}); render the box again") from None
    for entry in entries:
        _check(index, entry)
    return list(entries)


def _check(index: Path, entry: Mapping[str, Any]) -> None:
    for key, pattern in {
        "path": PATH,
        "mode": _MODE,
        "owner": _ACCOUNT,
        "group": _ACCOUNT,
    }.items():
        found = entry.get(key)
        if not isinstance(found, str) or not pattern.fullmatch(found):
            raise CandidateError(
                f"{index}: {entry.get('path', 'an entry')}: {key} is {found!r};"
                f" expected to match {pattern.pattern}"
            )


def _files_below(tree: Path) -> set[str]:
    return {
        path.relative_to(tree).as_posix() for path in (tree / "etc").rglob("*") if not path.is_dir()
    }


def _managed_file(tree: Path, entry: Mapping[str, str], store: SecretStore) -> ManagedFile:
    path = tree / entry["path"]
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise CandidateError(f"{path}: listed in files.json but not rendered") from None
    except UnicodeDecodeError as fault:
        raise CandidateError(f"{path}: not UTF-8 text (byte {fault.start})") from None
    content = text.encode()
    if "@secret{" not in text:
        return ManagedFile(**entry, content=content, masked=content)
    return ManagedFile(
        **entry, content=resolve(text, store).encode(), masked=mask(text, store).encode()
    )


def diff_trees(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Give a difference for each file that changes, in the shape Ansible's `--diff` prints."""
    for path in sorted(before.keys() | after.keys()):
        old, new = before.get(path, ""), after.get(path, "")
        if path in before and path in after and old == new:
            continue
        lines = difflib.unified_diff(
            old.splitlines(),
            new.splitlines(),
            f"/{path} (in force)" if path in before else "/dev/null",
            f"/{path} (candidate)" if path in after else "/dev/null",
            lineterm="",
        )
        yield {"prepared": "\n".join(lines) + "\n"}
