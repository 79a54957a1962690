"""Renders a role's files on the controller and hands them to the box in one call."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.template import trust_as_template

from giaoban.provision.asking import AskingAction

_SOURCES = ("content", "template", "file")
_FILLED = ("path", "template", "file", "validate")


class ActionModule(AskingAction):
    """What loops of `template`, `copy` and `file` would do, in one call to the box.

    Where nothing differs there is none: the box's shell, which costs a tenth of a module's Python,
    tells sums and rights. An entry of `files` is a path of the box. Its content is the role's own
    `templates/PATH.j2` or `files/PATH`, whichever there is, unless the entry says otherwise. The
    module's documentation has all keys; these are read here:

    - `template`, `file`: another path under `templates/` or `files/`.
    - `content`: the content itself.
    - `each`: a list; the entry stands for one file of each `item`, a mapping that the template
      sees and whose `{keys}` are filled into paths and `validate`, as in `meta/candidate.yml`.
    - `secret`: no diff and no log shows the content.
    - `notify`: handlers, by name, for a change of this entry alone.
    """

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Give the module's result; only handlers of entries that changed are notified."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        entries = self._task.args.get("files")
        if not isinstance(entries, list) or not entries or set(self._task.args) != {"files"}:
            raise AnsibleActionFail(
                "giaoban_files: expected `files`, a list of entries, and nothing else"
            )
        entries = [single for entry in entries for single in _singles(entry)]
        placed = [self._placed(entry, task_vars or {}) for entry in entries]
        if self._is_there(placed):
            return result | {"changed": False, "paths": []}
        result |= self._execute_module(
            module_name="giaoban_files", module_args={"files": placed}, task_vars=task_vars
        )
        changed = set(result.get("paths", ()))
        self._task.notify = [
            *(self._task.notify or []),
            *_notified(entry for entry in entries if entry["path"] in changed),
        ]
        return result

    def _placed(self, entry: Any, task_vars: dict[str, Any]) -> dict[str, Any]:
        """Give the entry as the module takes it: its content in place of where that is from."""
        if len([key for key in _SOURCES if key in entry]) > 1:
            raise AnsibleActionFail(
                f"giaoban_files: {entry['path']}: expected one of {', '.join(_SOURCES)} at most"
            )
        placed = {
            key: value
            for key, value in entry.items()
            if key not in (*_SOURCES, "item", "secret", "notify")
        }
        if entry.get("state", "file") == "file":
            held = "secret_content" if entry.get("secret") else "content"
            placed[held] = self._content(entry, task_vars)
        return placed

    def _is_there(self, placed: list[dict[str, Any]]) -> bool:
        """Ask the box's shell whether all is as it is to be."""
        paths = [entry["path"] for entry in placed]
        folders = [entry["path"] for entry in placed if entry.get("only")]
        asked = [
            f"stat --format='%F:%a:%U:%G:%n' -- {shlex.join(paths)}",
            f"sha256sum -- {shlex.join(paths)}",
            *(f"find {shlex.quote(path)} -mindepth 1 -maxdepth 1 ! -type d" for path in folders),
        ]
        done = self.ask(f"{{ {'; '.join(asked)}; }} 2>/dev/null")
        told = set(done["stdout"].splitlines())
        strangers = {line for line in told if line.startswith("/")} - set(paths)
        return not strangers and all(_is_as_told(entry, told) for entry in placed)

    def _content(self, entry: Mapping[str, Any], task_vars: dict[str, Any]) -> str:
        if "content" in entry:
            return str(entry["content"])
        path = str(entry["path"]).removeprefix("/")
        variables = {**task_vars, "item": entry["item"]} if "item" in entry else task_vars
        if "file" not in entry:
            try:
                template = self._find_needle("templates", entry.get("template", f"{path}.j2"))
            except AnsibleError:
                if "template" in entry:
                    raise
            else:
                return self._rendered(Path(template), variables)
        source = Path(self._find_needle("files", entry.get("file", path)))
        try:
            return source.read_text(encoding="utf-8")
        except UnicodeDecodeError as failure:
            raise AnsibleActionFail(f"{source}: expected text in UTF-8; {failure}") from failure

    def _rendered(self, template: Path, variables: dict[str, Any]) -> str:
        templar = self._templar.copy_with_new_env(
            searchpath=[str(template.parent)], available_variables=variables
        )
        text = trust_as_template(template.read_text(encoding="utf-8"))
        rendered = templar.template(text, escape_backslashes=False, overrides={"trim_blocks": True})
        return "" if rendered is None else str(rendered)


def _singles(entry: Any) -> Iterator[dict[str, Any]]:
    """Give an entry of one file for each item that the entry stands for, or just the entry."""
    if not isinstance(entry, Mapping) or not str(entry.get("path", "")).startswith("/"):
        raise AnsibleActionFail(f"giaoban_files: {entry!r}: expected a `path` from the root")
    single = {key: value for key, value in entry.items() if key != "each"}
    if "each" not in entry:
        yield single
        return
    for item in entry["each"]:
        filled = {key: str(entry[key]).format(**item) for key in _FILLED if key in entry}
        yield single | filled | {"item": item}


def _is_as_told(entry: Mapping[str, Any], told: set[str]) -> bool:
    path, state = entry["path"], entry.get("state", "file")
    if state == "absent":
        return not any(line.endswith(f":{path}") for line in told)
    owners = f"{entry.get('owner', 'root')}:{entry.get('group', 'root')}"
    if state == "directory":
        return f"directory:{entry.get('mode', '0755').lstrip('0')}:{owners}:{path}" in told
    content = entry["secret_content"] if "secret_content" in entry else entry["content"]
    rights = f"{entry.get('mode', '0644').lstrip('0')}:{owners}:{path}"
    kind = "regular file" if content else "regular empty file"
    return (
        f"{kind}:{rights}" in told
        and f"{hashlib.sha256(content.encode()).hexdigest()}  {path}" in told
    )


def _notified(entries: Iterator[Mapping[str, Any]]) -> list[str]:
    """Give the handlers of the entries, each once."""
    found: dict[str, None] = {}
    for entry in entries:
        named = entry.get("notify", [])
        found.update(dict.fromkeys([named] if isinstance(named, str) else named))
    return list(found)
