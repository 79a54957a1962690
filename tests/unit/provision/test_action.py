"""The action plugins' side of a connection."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.errors import AnsibleConnectionFailure

from giaoban.provision import rollout
from giaoban.provision.action import BoxAction, _Tolerant
from giaoban.provision.answers import BoxError
from giaoban.provision.rollout import UnreachableError
from giaoban.render.arguments import ArgumentsError

COMMIT = {"commit__candidate_dir": "candidates", "commit__secrets_file": "master.key"}
PLUGINS = Path(__file__).parents[3] / "plugins" / "action"


class Line:
    """A connection that counts how often it was ended."""

    ended = 0

    def reset(self) -> None:
        self.ended += 1

    def exec_command(self, *_: Any, **__: Any) -> tuple[int, bytes, bytes]:
        raise AnsibleConnectionFailure("Welcome\x1b[2J " + "x" * 10_000)


class Task:
    diff = check_mode = False
    _role = SimpleNamespace(_role_path=str(PLUGINS.parents[1] / "roles" / "commit"))

    def __init__(self, *, staging: bool) -> None:
        self.args = {
            "candidate_dir": "candidates",
            "secrets_file": "master.key",
            "agent_files": "files",
            "has_agent": True,
            "staging": staging,
        }


def _action(name: str, *, staging: bool) -> tuple[BoxAction, Line]:
    spec = importlib.util.spec_from_file_location(name, PLUGINS / f"giaoban_commit_{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    action: BoxAction = object.__new__(module.ActionModule)
    line = Line()
    action.__dict__.update(
        _task=Task(staging=staging), _connection=line, _templar=SimpleNamespace(template=dict)
    )
    return action, line


@pytest.mark.parametrize(("staging", "ended"), [(True, 1), (False, 0)])
@pytest.mark.parametrize("fails", [True, False])
def test_staging_leaves_no_connection_with_the_benchs_key(
    monkeypatch: pytest.MonkeyPatch,
    *,
    staging: bool,
    ended: int,
    fails: bool,
) -> None:
    def push(*_: Any, **__: Any) -> dict[str, Any]:
        if fails:
            raise BoxError("no room")
        return {}

    monkeypatch.setattr(rollout, "push", push)
    action, line = _action("push", staging=staging)
    try:
        action.step({"inventory_hostname": "rt-a"})
    except BoxError:
        assert fails
    assert line.ended == ended


@pytest.mark.parametrize(
    ("staging", "differs", "ended"), [(True, False, 1), (True, True, 0), (False, False, 0)]
)
def test_a_box_with_nothing_to_stage_is_left_at_once(
    monkeypatch: pytest.MonkeyPatch, *, staging: bool, differs: bool, ended: int
) -> None:
    monkeypatch.setattr(rollout, "compare", lambda *_, **__: {"differs": differs})
    action, line = _action("compare", staging=staging)
    action.step(COMMIT | {"inventory_hostname": "rt-a"})
    assert line.ended == ended


def test_a_wrong_argument_of_commit_is_a_sentence() -> None:
    action, _ = _action("compare", staging=False)
    with pytest.raises(ArgumentsError) as refusal:
        action.step(COMMIT | {"inventory_hostname": "rt-a", "commit__timeout_s": "soon"})
    assert str(refusal.value).startswith("role commit: argument 'commit__timeout_s' is of type str")


def test_what_ssh_says_cannot_steer_a_terminal() -> None:
    with pytest.raises(UnreachableError) as refusal:
        _Tolerant(Line()).exec_command("true")
    assert str(refusal.value).startswith("Welcome�[2J xxx")
    assert len(str(refusal.value)) == 900
