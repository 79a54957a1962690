"""Brings the directory to what the plan and the CSV of people say, over one of its servers."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from giaoban.directory.difference import Change
from giaoban.directory.entries import REPLICA, Passwords
from giaoban.directory.load import Frame, carry_out, frame_changes, people_changes, units_of
from giaoban.errors import GiaobanError, OperationError
from giaoban.provision.secrets import SecretStore

_ASK = ("-Q", "-Y", "EXTERNAL", "-H", "ldapi:///")
_NO_SUCH_OBJECT = 32


class _ServerError(OperationError):
    """A tool on the server failed."""

    def __init__(self, tool: str, said: str) -> None:
        super().__init__(f"{tool} failed on the server: {said.strip()}; look at its slapd")


class _Tools:
    """The server's own LDAP tools, as root, over the socket that only root there is known by."""

    def __init__(self, action: ActionModule) -> None:
        self._action = action

    def search(self, base: str, scope: str, attributes: Sequence[str]) -> str:
        """Give entries as LDIF."""
        options = ("-LLL", "-o", "ldif-wrap=no", "-b", base, "-s", scope)
        done = self._run(["ldapsearch", *_ASK, *options, "(objectClass=*)", *attributes])
        if done["rc"] == _NO_SUCH_OBJECT:
            return ""
        if done["rc"] != 0:
            raise _ServerError("ldapsearch", done["stderr"] or done["stdout"])
        return str(done["stdout"])

    def modify(self, changes: str) -> None:
        """Pass the changes by the pipe: neither a file nor a command line has a secret in it."""
        done = self._run(["ldapmodify", *_ASK], changes.encode())
        if done["rc"] != 0:
            last = done["stdout"].strip().splitlines()[-1:]
            raise _ServerError("ldapmodify", "\n".join([*last, done["stderr"]]))

    def _run(self, argv: Sequence[str], given: bytes | None = None) -> dict[str, Any]:
        done: dict[str, Any] = self._action._low_level_execute_command(  # noqa: SLF001 (Ansible's own way)
            shlex.join(argv), in_data=given
        )
        return done


class ActionModule(ActionBase):  # type: ignore[misc] # ansible ships no types
    """`part` is `frame` or `people`; the arguments are the plan's."""

    TRANSFERS_FILES = False

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Compare, show, and change; a GiaobanError is the task's message."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        server = _Tools(self)
        try:
            changes = self._changes(server, task_vars or {})
            if not self._task.check_mode:
                carry_out(server, changes)
        except GiaobanError as failure:
            raise AnsibleActionFail(str(failure)) from None
        if self._task.diff and changes:
            result["diff"] = {"prepared": "\n".join(change.shown() for change in changes)}
        added = sum(change.before is None for change in changes)
        result["msg"] = f"{added} added, {len(changes) - added} changed"
        return result | {"changed": bool(changes)}

    def _changes(self, server: _Tools, variables: dict[str, Any]) -> list[Change]:
        arguments = self._task.args
        domain, units = arguments["domain"], units_of(arguments["units"])
        if arguments["part"] == "people":
            return people_changes(server, Path(arguments["file"]).expanduser(), units, domain)
        # Asked for here, and not a variable: Ansible shows those of a task where it is told to.
        secrets = SecretStore.from_file(self._templar.template(variables["commit__secrets_file"]))
        services = [REPLICA, *arguments["readers"]]
        passwords = Passwords(**{k: int(v) for k, v in arguments["passwords"].items()})
        return frame_changes(
            server,
            Frame(
                domain,
                arguments["province"],
                units,
                {name: secrets.value(f"directory/{name}") for name in services},
                passwords,
            ),
        )
