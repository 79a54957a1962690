"""Rendering for all boxes of a play at once, inside ansible-playbook itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from giaoban.provision.rendering import _is_template, _said

ROOT = Path(__file__).parents[3]
_PLAY = """\
- hosts: all
  gather_facts: false
  vars:
    here: "{folder}"
  tasks:
    - ansible.builtin.import_role: {{name: demo, rolespec_validate: false}}
"""


@pytest.mark.parametrize(
    "value", ["{{ a }}", ["x", {"k": "{% if a %}"}], {"{{ a }}": 1}, ("{# #}",)]
)
def test_what_ansible_has_to_fill_in(value: object) -> None:
    assert _is_template(value)


@pytest.mark.parametrize("value", ["a { b }", 3, None, ["x"], {"k": "{ {"}])
def test_what_is_plain(value: object) -> None:
    assert not _is_template(value)


def test_a_trouble_of_many_boxes_is_said_once() -> None:
    assert _said("no key", ["a", "b"]) == "a, b: no key"
    assert _said("no key", list("abcdefg")) == "a, b, c, d, e and 2 more: no key"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A role `demo` with a template, and two boxes."""
    role = tmp_path / "roles" / "demo"
    files = {
        "meta/argument_specs.yml": "argument_specs: {main: {options: {demo__n: {type: int}}}}\n",
        "meta/candidate.yml": "files:\n  - path: etc/demo\n",
        "defaults/main.yml": "demo__n: 1\ndemo__word: default\n",
        "tasks/main.yml": '- giaoban_render: {candidate_dir: "{{ here }}/out", fresh: true}\n',
        "templates/etc/demo.j2": "{{ demo__n }} {{ demo__word }}\n",
    }
    for name, text in files.items():
        (role / name).parent.mkdir(parents=True, exist_ok=True)
        (role / name).write_text(text)
    (tmp_path / "play.yml").write_text(_PLAY.format(folder=tmp_path))
    (tmp_path / "ansible.cfg").write_text(
        f"[defaults]\nroles_path = roles\naction_plugins = {ROOT / 'plugins' / 'action'}\n"
    )
    return tmp_path


def _play(project: Path, hosts: dict[str, dict[str, object]]) -> subprocess.CompletedProcess[str]:
    lines = (
        f"{name} " + " ".join(f"{key}={json.dumps(value)}" for key, value in variables.items())
        for name, variables in hosts.items()
    )
    (project / "hosts").write_text("\n".join(lines) + "\n")
    program = Path(sys.executable).parent / "ansible-playbook"
    return subprocess.run(
        [program, "-i", "hosts", "play.yml", "-e", "demo__word=forced"],
        cwd=project,
        env=os.environ | {"ANSIBLE_CONFIG": str(project / "ansible.cfg")},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_each_box_gets_its_own_variables(project: Path) -> None:
    done = _play(project, {"a": {"demo__n": "{{ 40 + 2 }}"}, "b": {}})
    assert done.returncode == 0, done.stdout
    assert (project / "out" / "a" / "etc" / "demo").read_text() == "42 forced\n"
    assert (project / "out" / "b" / "etc" / "demo").read_text() == "1 forced\n"


def test_one_that_cannot_be_rendered_stops_all_and_is_named(project: Path) -> None:
    done = _play(project, {"a": {"demo__n": "many"}, "b": {}})
    assert done.returncode != 0
    assert "a: role demo: argument 'demo__n' is of type str" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
