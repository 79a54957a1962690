"""Renders a role's files on the controller and hands them to the box in one call."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.template import trust_as_template

from giaoban.provision.asking import AskingAction
from giaoban.provision.placing import (
    Entry,
    EntryError,
    entries_of,
    is_there,
    notified,
    question,
)


class ActionModule(AskingAction):
    """What loops of `template`, `copy` and `file` would do, in one call to the box.

    Where nothing differs there is none: the box's shell tells sums and rights. Argument: `files`, a
    list of `giaoban.provision.placing.Entry`. Without `content`, `template` or `file` (a path below
    the role's folder of that name, or from the root) an entry's content is the role's own
    `templates/PATH.j2` or `files/PATH`, whichever there is. Handlers that an entry notifies are
    told of its own changes only.
    """

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Give the module's result: `paths`, what changed."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        if set(self._task.args) != {"files"}:
            raise AnsibleActionFail("giaoban_files: expected `files` and nothing else")
        try:
            entries = entries_of(self._task.args["files"])
        except EntryError as failure:
            raise AnsibleActionFail(str(failure)) from None
        placed = [(entry, self._content(entry, task_vars or {})) for entry in entries]
        if is_there(placed, self.ask(question(entries))["stdout"]):
            return result | {"changed": False, "paths": []}
        result |= self._execute_module(
            module_name="giaoban_files",
            module_args={"files": [_as_module_has_it(*pair) for pair in placed]},
            task_vars=task_vars,
        )
        # Ansible reads it after this, for the result of this box (and of this item of a loop).
        told = notified(entries, set(result.get("paths", ())))
        self._task.notify = [*(self._task.notify or []), *told]
        return result

    def _content(self, entry: Entry, task_vars: dict[str, Any]) -> str:
        if entry.state != "file":
            return ""
        if entry.content is not None:
            return entry.content
        path = entry.path.removeprefix("/")
        if entry.file is None:
            try:
                template = self._find_needle("templates", entry.template or f"{path}.j2")
            except AnsibleError:
                if entry.template is not None:
                    raise
            else:
                return self._rendered(Path(template), entry, task_vars)
        source = Path(self._find_needle("files", entry.file or path))
        try:
            return source.read_text(encoding="utf-8")
        except UnicodeDecodeError as failure:
            raise AnsibleActionFail(f"{source}: expected text in UTF-8; {failure}") from failure

    def _rendered(self, template: Path, entry: Entry, task_vars: dict[str, Any]) -> str:
        variables = task_vars if entry.item is None else {**task_vars, "item": entry.item}
        templar = self._templar.copy_with_new_env(
            searchpath=[str(template.parent)], available_variables=variables
        )
        text = trust_as_template(template.read_text(encoding="utf-8"))
        rendered = templar.template(text, escape_backslashes=False, overrides={"trim_blocks": True})
        return "" if rendered is None else str(rendered)


def _as_module_has_it(entry: Entry, content: str) -> dict[str, Any]:
    known = ("path", "state", "mode", "owner", "group", "validate", "only")
    given = {key: getattr(entry, key) for key in known}
    if entry.state == "file":
        given["secret_content" if entry.secret else "content"] = content
    return given
