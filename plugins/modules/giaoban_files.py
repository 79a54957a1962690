"""Places files on a box, all or none: each is validated, then renamed into place."""

from __future__ import annotations

import grp
import os
import pwd
import shlex
import stat
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = """
module: giaoban_files
short_description: Places a role's files on a box in one call
description:
  - Folders above a file are made where they are missing, for everybody to read.
  - A file that is validated and refused changes no file, nor do those beside it in the call.
  - A link is no folder, wherever it leads, and no file; a file takes its place.
  - systemd reads its units again where one of them changed.
  - A file is renamed into place, whole and with its owner and mode, so that nobody reads half of it
    nor a secret on its way.
options:
  files:
    description: What is to be on the box.
    type: list
    elements: dict
    required: true
    suboptions:
      path: {description: Path from the root., type: str, required: true}
      state:
        description: What is to be there.
        type: str
        choices: [file, directory, absent]
        default: file
      content: {description: What a file holds., type: str}
      secret_content: {description: The same, and shown nowhere., type: str}
      mode: {description: Octal digits., type: str, required: true}
      owner: {description: Who owns it., type: str, default: root}
      group: {description: The group that owns it., type: str, default: root}
      validate: {description: A command that must end well; %s is the new file., type: str}
      only:
        description: Of a folder, whether files in it that this call does not name are removed.
        type: bool
        default: false
author: giaoban
"""

RETURN = """
paths:
  description: The paths that were changed.
  type: list
  elements: str
  returned: always
"""

_OPTIONS = {
    "path": {"type": "str", "required": True},
    "state": {"type": "str", "choices": ["file", "directory", "absent"], "default": "file"},
    "content": {"type": "str"},
    "secret_content": {"type": "str", "no_log": True},
    "mode": {"type": "str", "required": True},
    "owner": {"type": "str", "default": "root"},
    "group": {"type": "str", "default": "root"},
    "validate": {"type": "str"},
    "only": {"type": "bool", "default": False},
}
_LONGEST_DIFF = 100_000  # characters
_UNITS = "/etc/systemd/system"


class _RefusedError(Exception):
    """A sentence for whoever runs the playbook."""


class _Rights(NamedTuple):
    """Mode, and numbers of owner and group: -1 where check mode finds that there is none yet."""

    mode: int
    uid: int
    gid: int

    def __str__(self) -> str:
        return f"mode {self.mode:04o}, user {self.uid}, group {self.gid}\n"


class _Step(NamedTuple):
    """One change of a path: `write`, `rights`, `folder` or `remove`."""

    action: str
    path: Path
    rights: _Rights
    diff: dict[str, str]
    content: bytes = b""
    validate: str = ""
    is_secret: bool = False


def main() -> None:
    """Run as a module."""
    module = AnsibleModule(
        argument_spec={
            "files": {"type": "list", "elements": "dict", "required": True, "options": _OPTIONS}
        },
        supports_check_mode=True,
        no_log=True,  # the journal needs no copy of what each file holds
    )
    os.umask(0o022)
    try:
        named = {Path(entry["path"]) for entry in module.params["files"]}
        steps = [
            step
            for entry in module.params["files"]
            for step in _steps(entry, named, may_lack_owner=module.check_mode)
        ]
        if not module.check_mode:
            _carry_out(module, steps)
    except (_RefusedError, OSError) as failure:
        module.fail_json(msg=str(failure), paths=[])
    module.exit_json(
        changed=bool(steps),
        paths=[str(step.path) for step in steps],
        diff=[step.diff for step in steps],
    )


def _steps(entry: dict[str, Any], named: set[Path], *, may_lack_owner: bool) -> list[_Step]:
    """Give what an entry needs done, and nothing where all is as it is to be."""
    path = Path(entry["path"])
    if entry["state"] == "absent":
        if path.is_dir() and not path.is_symlink():
            raise _RefusedError(
                f"{path}: found a folder, expected a file or nothing; see what it is"
            )
        return [_removal(path)] if os.path.lexists(path) else []
    rights = _rights(entry, may_lack_owner=may_lack_owner)
    if entry["state"] == "file":
        return _file_steps(entry, path, rights)
    return _folder_steps(path, rights) + (_strangers(path, named) if entry["only"] else [])


def _rights(entry: dict[str, Any], *, may_lack_owner: bool) -> _Rights:
    numbers = []
    for kind, name, number_of in (
        ("user", entry["owner"], lambda name: pwd.getpwnam(name).pw_uid),
        ("group", entry["group"], lambda name: grp.getgrnam(name).gr_gid),
    ):
        try:
            numbers.append(number_of(name))
        except KeyError:
            if not may_lack_owner:
                found = f"{entry['path']}: there is no {kind} {name!r} on this box"
                told = f"{found}; install what brings it before its files are placed"
                raise _RefusedError(told) from None
            numbers.append(-1)
    return _Rights(int(entry["mode"], 8), *numbers)


def _file_steps(entry: dict[str, Any], path: Path, rights: _Rights) -> list[_Step]:
    is_secret = entry["secret_content"] is not None
    content = (entry["secret_content"] if is_secret else entry["content"] or "").encode()
    found = _status(path)
    if found and stat.S_ISDIR(found.st_mode):
        raise _RefusedError(
            f"{path}: found a folder, expected a file; see what it is and move it away"
        )
    before = path.read_bytes() if found and stat.S_ISREG(found.st_mode) else None
    if found and before == content:
        return _rights_steps(path, found, rights)
    if is_secret:
        diff = {"prepared": f"{path}: differs; a secret is not shown\n"}
    else:
        diff = _diff(path, _shown(before or b""), _shown(content))
    return [_Step("write", path, rights, diff, content, entry["validate"] or "", is_secret)]


def _folder_steps(path: Path, rights: _Rights) -> list[_Step]:
    found = _status(path)
    if not found:
        diff = _diff(path, "absent\n", "directory\n")
        return [_Step("folder", path, rights, diff)]
    if not stat.S_ISDIR(found.st_mode):
        raise _RefusedError(
            f"{path}: found a file, expected a folder; see what it is and move it away"
        )
    return _rights_steps(path, found, rights)


def _rights_steps(path: Path, found: os.stat_result, rights: _Rights) -> list[_Step]:
    there = _Rights(stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid)
    diff = _diff(path, str(there), str(rights))
    return [] if there == rights else [_Step("rights", path, rights, diff)]


def _strangers(folder: Path, named: set[Path]) -> list[_Step]:
    if not folder.is_dir():
        return []
    found = sorted(path for path in folder.iterdir() if path.is_symlink() or not path.is_dir())
    return [_removal(path) for path in found if path not in named]


def _removal(path: Path) -> _Step:
    diff = _diff(path, "present\n", "absent\n")
    return _Step("remove", path, _Rights(0, -1, -1), diff)


def _diff(path: Path, before: str, after: str) -> dict[str, str]:
    return {
        "before": before,
        "after": after,
        "before_header": str(path),
        "after_header": str(path),
    }


def _shown(content: bytes) -> str:
    text = content.decode("utf-8", "replace")
    return text if len(text) <= _LONGEST_DIFF else f"{text[:_LONGEST_DIFF]}\n[cut]\n"


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _carry_out(module: AnsibleModule, steps: list[_Step]) -> None:
    """Have every new file validated before the first is renamed into place."""
    waiting: dict[Path, Path] = {}
    try:
        for step in steps:
            if step.action == "folder":
                step.path.mkdir(parents=True, exist_ok=True)
                _give(step.path, step.rights)
            elif step.action == "write":
                waiting[step.path] = _written(step)
                _validate(module, step, waiting[step.path])
        for step in steps:
            if step.action == "write":
                waiting.pop(step.path).rename(step.path)
            elif step.action == "rights":
                _give(step.path, step.rights)
            elif step.action == "remove":
                step.path.unlink()
    finally:
        for path in waiting.values():
            path.unlink()
    if any(step.path.is_relative_to(_UNITS) for step in steps):
        # Where it fails, whoever starts one of them is told.
        module.run_command(["systemctl", "daemon-reload"])


def _written(step: _Step) -> Path:
    """Write it beside its place, to the disk and with its rights; no program reads such a name."""
    step.path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=step.path.parent, prefix=f".{step.path.name}.")
    path = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(step.content)
            stream.flush()
            os.fsync(stream.fileno())
        _give(path, step.rights)
    except BaseException:
        path.unlink()
        raise
    return path


def _give(path: Path, rights: _Rights) -> None:
    os.chown(path, rights.uid, rights.gid)
    path.chmod(rights.mode)  # after the owner, whose change clears set-id bits


def _validate(module: AnsibleModule, step: _Step, waiting: Path) -> None:
    if not step.validate:
        return
    if "%s" not in step.validate:
        found = f"{step.path}: validate is {step.validate!r}"
        raise _RefusedError(f"{found}, expected %s where the file's name goes")
    words = [word.replace("%s", str(waiting)) for word in shlex.split(step.validate)]
    code, out, error = module.run_command(words)
    if code != 0:
        said = f"{out.strip()}\n{error.strip()}".strip()
        if step.is_secret:
            said = "what it said may quote the secret and is not shown"
        raise _RefusedError(f"{step.path}: not placed, since {step.validate!r} refused it: {said}")


if __name__ == "__main__":
    main()
