"""Entries of giaoban_files: how they are written, and whether a server has them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from giaoban.provision.placing import (
    Entry,
    EntryError,
    entries_of,
    is_there,
    notified,
    question,
)

ROLES = Path(__file__).resolve().parents[3] / "roles"
_EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
_A = "87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7"  # of "a\n"


def test_an_entry_of_each_is_an_entry_of_every_item() -> None:
    written = {"path": "/z/{name}", "template": "z.j2", "validate": "check {name} %s"}
    items = [{"name": "a"}, {"name": "b"}]
    assert entries_of([written | {"each": items, "notify": "Tell"}]) == [
        Entry(
            path=f"/z/{item['name']}",
            template="z.j2",
            validate=f"check {item['name']} %s",
            notify=("Tell",),
            item=item,
        )
        for item in items
    ]
    assert entries_of([written | {"each": []}]) == []


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("/etc/x", "expected `files`, a list"),
        ([], "expected `files`, a list"),
        (["/etc/x"], "entry 1: expected a mapping with `path` from the root"),
        ([{"pth": "/x", "content": "hush"}], "entry 1: expected a mapping with `path`"),
        ([{"path": "etc/x"}], "from the root"),
        ([{"path": "/x", "notfy": "Tell"}], "/x: found notfy; expected content, file, group"),
        ([{"path": "/x", "content": "", "file": "y"}], "found content and file, expected one"),
        ([{"path": "/x", "mode": 420}], "mode is 420, expected octal digits in quotes"),
        ([{"path": "/x", "mode": "u+x"}], "mode is 'u+x', expected octal digits"),
        ([{"path": "/x", "content": 3}], "content is no text"),
        ([{"path": "/x", "state": "link"}], "state is 'link', expected file, directory, absent"),
        ([{"path": "/{nme}", "each": [{"name": "a"}]}], "'nme' is not in what `each` lists"),
        ([{"path": "/{name}", "each": ["a"]}], "expected mappings with it"),
    ],
)
def test_says_what_is_wrong_and_quotes_no_content(written: Any, said: str) -> None:
    with pytest.raises(EntryError) as failure:
        entries_of(written)
    assert said in str(failure.value)
    assert "hush" not in str(failure.value)


def test_asks_of_every_path_in_one_line() -> None:
    entries = [Entry(path="/a b"), Entry(path="/d", state="directory", only=True)]
    assert question(entries) == (
        "{ export LC_ALL=C; stat --format='%F:%a:%U:%G:%n' -- '/a b' /d;"
        " sha256sum -- '/a b' /d; find /d -mindepth 1 -maxdepth 1 ! -type d; } 2>/dev/null"
    )


_FILE = Entry(path="/a")
_FOLDER = Entry(path="/d", state="directory", group="adm", mode="0750", only=True)
_GONE = Entry(path="/g", state="absent")


@pytest.mark.parametrize(
    ("entry", "content", "told", "there"),
    [
        (_FILE, "a\n", f"regular file:644:root:root:/a\n{_A}  /a\n", True),
        (_FILE, "a\n", f"regular file:644:root:root:/a\r\n{_A}  /a\r\n", True),
        (_FILE, "", f"regular empty file:644:root:root:/a\n{_EMPTY}  /a\n", True),
        (_FILE, "a\n", f"regular file:644:root:root:/a\n{_EMPTY}  /a\n", False),
        (_FILE, "a\n", f"regular file:640:root:root:/a\n{_A}  /a\n", False),
        (_FILE, "a\n", f"regular file:644:root:adm:/a\n{_A}  /a\n", False),
        (_FILE, "a\n", f"symbolic link:644:root:root:/a\n{_A}  /a\n", False),
        (_FILE, "a\n", "", False),
        (_FOLDER, "", "directory:750:root:adm:/d\n", True),
        (_FOLDER, "", "directory:755:root:adm:/d\n", False),
        (_FOLDER, "", "directory:750:root:adm:/d\n/d/stranger\n", False),
        (_GONE, "", "", True),
        (_GONE, "", "regular file:644:root:root:/g\n", False),
    ],
)
def test_tells_what_is_there(entry: Entry, content: str, told: str, *, there: bool) -> None:
    assert is_there([(entry, content)], told) is there


def test_tells_handlers_of_what_changed() -> None:
    entries = [
        Entry(path="/a", notify=("First", "Both")),
        Entry(path="/b", notify=("Both",)),
        Entry(path="/d", state="directory", only=True, notify=("Folder",)),
        Entry(path="/e", notify=("Other",)),
    ]
    assert notified(entries, {"/a", "/b", "/d/stranger"}) == ["First", "Both", "Folder"]
    assert notified(entries, set()) == []


def _written_in(role: Path) -> list[dict[str, Any]]:
    """Give the entries that stand in the role's tasks and variables."""
    found: list[dict[str, Any]] = []
    for path in sorted(role.glob("tasks/*.yml")):
        for task in yaml.safe_load(path.read_text(encoding="utf-8")) or []:
            files = (task.get("giaoban_files") or {}).get("files")
            found += files if isinstance(files, list) else []
    for path in sorted(role.glob("vars/main.yml")):
        for name, value in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            if isinstance(value, list) and all(isinstance(x, dict) and "path" in x for x in value):
                found += value
            assert not name.endswith("__files") or isinstance(value, list)
    return found


_PLACING = sorted(role for role in ROLES.iterdir() if _written_in(role))


def test_roles_were_found() -> None:
    assert {"backup", "people", "monitoring", "database"} <= {role.name for role in _PLACING}


@pytest.mark.parametrize("role", _PLACING, ids=lambda role: role.name)
def test_every_entry_of_a_role_has_a_source_and_its_handlers(role: Path) -> None:
    path = role / "handlers" / "main.yml"
    handlers = (
        {task["name"] for task in yaml.safe_load(path.read_text())} if path.exists() else set()
    )
    for written in _written_in(role):
        templated = {key: "/x" for key in ("path",) if str(written[key]).startswith("{{")}
        entry, *_ = entries_of([{k: v for k, v in (written | templated).items() if k != "each"}])
        assert set(entry.notify) <= handlers, entry.path
        named = written.get("template") or written.get("file") or written["path"].lstrip("/")
        if entry.state != "file" or entry.content is not None or "{" in named:
            continue
        kinds = [
            role / "templates" / (named if "template" in written else f"{named}.j2"),
            role / "files" / named,
        ]
        assert any(kind.is_file() for kind in kinds), entry.path
