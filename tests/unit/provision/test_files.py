"""giaoban_files on this machine: placed whole, validated first, seen before it is changed."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]

_ROLE = """\
- name: Place
  giaoban_files:
    files: "{{ demo__files }}"
- name: Tell what is known at once
  ansible.builtin.meta: flush_handlers
"""
_HANDLERS = """\
- name: First
  ansible.builtin.debug: {msg: first was told}
- name: Second
  ansible.builtin.debug: {msg: second was told}
"""
_NO_PYTHON = ("-e", "ansible_python_interpreter=/no-such-python")
_PLAY = "- {hosts: all, gather_facts: false, roles: [demo]}\n"


class Project:
    """A role `demo` that places files under `box`, and whoever owns this test owns them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.box = folder / "box"
        self.box.mkdir()
        for name, text in {
            "roles/demo/tasks/main.yml": _ROLE,
            "roles/demo/handlers/main.yml": _HANDLERS,
            "play.yml": _PLAY,
            "ansible.cfg": "[defaults]\nroles_path = roles\ncallback_result_format = yaml\n"
            f"action_plugins = {ROOT / 'plugins' / 'action'}\n"
            f"library = {ROOT / 'plugins' / 'modules'}\n",
        }.items():
            self.write(name, text)

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def source(self, kind: str, name: str, text: str) -> None:
        """Add to the role's files or templates, under the path that it has on the box."""
        self.write(f"roles/demo/{kind}{self.box}/{name}", text)

    def entry(self, name: str, **more: Any) -> dict[str, Any]:
        own = {"owner": str(_name("u")), "group": str(_name("g"))}
        return {"path": str(self.box / name), **own, **more}

    def place(self, *entries: dict[str, Any], options: tuple[str, ...] = ()) -> str:
        self.write("vars.json", json.dumps({"demo__files": list(entries), "demo__word": "lời"}))
        done = subprocess.run(
            [
                Path(sys.executable).parent / "ansible-playbook",
                *("-i", "box,", "-c", "local", "-e", "@vars.json"),
                *("-e", f"ansible_python_interpreter={sys.executable}", *options, "play.yml"),
            ],
            cwd=self.folder,
            env=os.environ | {"ANSIBLE_CONFIG": str(self.folder / "ansible.cfg")},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        return done.stdout + done.stderr


def _name(kind: str) -> str:
    return subprocess.run(
        ["id", f"-{kind}n"], capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A role whose files go into a folder of this machine."""
    return Project(tmp_path)


def test_places_templates_files_and_contents_and_then_changes_nothing(project: Project) -> None:
    project.source("templates", "etc/a.j2", "{{ demo__word }} {{ item.word }}\n")
    project.source("files", "lib/b", "#!/bin/sh\n")
    entries = (
        project.entry(
            "etc/{name}",
            template=f"{project.box}/etc/a.j2"[1:],
            each=[{"name": "a", "word": "riêng"}],
        ),
        project.entry("lib/b", mode="0755"),
        project.entry("etc/c", content="Đắk Nông\n", mode="0640"),
        project.entry("empty", state="directory", mode="0700"),
    )
    assert "changed=1" in project.place(*entries)
    assert (project.box / "etc/a").read_text() == "lời riêng\n"
    assert stat.S_IMODE((project.box / "lib/b").stat().st_mode) == 0o755
    assert (project.box / "etc/c").read_text() == "Đắk Nông\n"
    assert stat.S_IMODE((project.box / "empty").stat().st_mode) == 0o700
    # Where nothing differs no module is sent.
    assert "changed=0" in project.place(*entries, options=_NO_PYTHON)
    assert "failed=1" in project.place(project.entry("etc/c", content=""), options=_NO_PYTHON)


def test_tells_only_the_handlers_of_what_changed(project: Project) -> None:
    entries = [
        project.entry("a", content="1\n", notify="First"),
        project.entry("b", content="1\n", notify=["Second"]),
    ]
    both = project.place(*entries)
    assert "first was told" in both
    assert "second was told" in both
    entries[1]["content"] = "2\n"
    one = project.place(*entries)
    assert "first was told" not in one
    assert "second was told" in one


def test_a_file_that_is_refused_changes_nothing(project: Project) -> None:
    (project.box / "good").write_text("before\n")
    said = project.place(
        project.entry("good", content="after\n"),
        project.entry("bad", content="wrong\n", validate="grep -q right %s"),
    )
    assert "failed=1" in said
    assert "bad: not placed, since 'grep -q right %s' refused it" in " ".join(said.split())
    blind = project.place(project.entry("good", content="after\n", validate="true"))
    assert "expected %s where the file's name goes" in " ".join(blind.split())
    assert {path.name: path.read_text() for path in project.box.iterdir()} == {"good": "before\n"}


def test_check_mode_shows_and_changes_nothing(project: Project) -> None:
    (project.box / "a").write_text("before\n")
    said = project.place(
        project.entry("a", content="after\n"),
        project.entry("new", content="", group="nobody-has-this-name"),
        options=("--check", "--diff"),
    )
    assert "changed=1" in said
    assert "-before" in said
    assert "+after" in said
    assert [path.name for path in project.box.iterdir()] == ["a"]
    assert (project.box / "a").read_text() == "before\n"


def test_a_secret_is_in_no_diff_and_no_log(project: Project) -> None:
    secret = project.entry("key", content="hush-hush\n", secret=True, mode="0600")
    (project.box / "key").write_text("old-hush\n")
    said = project.place(secret, options=("--diff", "-vvv"))
    assert "a secret is not shown" in said
    # The command line of this test has it in a file; Ansible's own words begin with its banner.
    assert "hush" not in said
    assert (project.box / "key").read_text() == "hush-hush\n"
    assert stat.S_IMODE((project.box / "key").stat().st_mode) == 0o600


def test_a_refused_secret_is_not_quoted(project: Project) -> None:
    said = project.place(
        project.entry(
            "key", content="hush-hush\n", secret=True, validate="grep -v nothing %s /no-such"
        )
    )
    assert "may quote the secret and is not shown" in said
    assert "hush" not in said


def test_only_removes_what_is_not_named(project: Project) -> None:
    for name in ("d/kept", "d/stranger", "d/folder/inside"):
        (project.box / name).parent.mkdir(parents=True, exist_ok=True)
        (project.box / name).write_text("")
    entries = (
        project.entry("d", state="directory", only=True),
        project.entry("d/kept", content=""),
    )
    assert "changed=1" in project.place(*entries)
    assert sorted(path.name for path in (project.box / "d").iterdir()) == ["folder", "kept"]
    assert "changed=0" in project.place(*entries)


def test_absent_rights_and_links(project: Project) -> None:
    (project.box / "gone").write_text("")
    (project.box / "loose").write_text("same\n")
    (project.box / "loose").chmod(0o666)
    (project.box / "elsewhere").write_text("same\n")
    (project.box / "link").symlink_to("elsewhere")
    entries = (
        project.entry("gone", state="absent"),
        project.entry("loose", content="same\n"),
        project.entry("link", content="same\n"),
    )
    assert "changed=1" in project.place(*entries)
    assert not (project.box / "gone").exists()
    assert stat.S_IMODE((project.box / "loose").stat().st_mode) == 0o644
    assert not (project.box / "link").is_symlink()
    assert "changed=0" in project.place(*entries)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"path": "/x", "content": "", "mode": "rw"}, "mode is 'rw', expected octal digits"),
        ({"path": "/", "content": ""}, "found a folder, expected a file"),
        ({"path": "/proc", "state": "absent"}, "found a folder, expected a file or nothing"),
        ({"path": "/etc/passwd", "state": "directory"}, "found a file, expected a folder"),
        (
            {"path": "/x", "content": "", "group": "no-such"},
            "there is no group 'no-such' on this box",
        ),
    ],
)
def test_says_what_is_wrong(project: Project, entry: dict[str, Any], said: str) -> None:
    output = project.place(entry)
    assert "failed=1" in output
    assert said in " ".join(output.split())
    assert "Traceback" not in output
