"""A candidate tree becomes a generation: one name, the same bytes, no secret where it is shown."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from giaoban.provision.generation import (
    CandidateError,
    diff_trees,
    load_candidate,
    read_shared,
)
from giaoban.provision.secrets import SecretStore

STORE = SecretStore(bytes(range(32)))
FRR = "router bgp 65000\n neighbor 192.0.2.1 password @secret{bgp/a}\n"


def _candidate(tree: Path, files: dict[str, str], **changes: Any) -> Path:
    rows = []
    for path, text in files.items():
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).write_text(text, encoding="utf-8")
        rows.append({"path": path, "mode": "0640", "owner": "frr", "group": "frr"} | changes)
    (tree / "files.json").write_text(json.dumps(rows))
    return tree


def _read(archive: bytes) -> dict[str, str]:
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        files = {member.name: tar.extractfile(member) for member in tar}
        return {name: file.read().decode() for name, file in files.items() if file}


def test_the_manifest_says_sum_mode_owner_and_path_in_order(tmp_path: Path) -> None:
    files = {"etc/hosts": "localhost\n", "etc/frr/frr.conf": "x\n"}
    generation = load_candidate(_candidate(tmp_path, files), STORE)
    digests = {path: hashlib.sha256(text.encode()).hexdigest() for path, text in files.items()}
    assert generation.manifest == (
        f"{digests['etc/frr/frr.conf']} 0640 frr frr etc/frr/frr.conf\n"
        f"{digests['etc/hosts']} 0640 frr frr etc/hosts\n"
    )
    assert generation.name == hashlib.sha256(generation.manifest.encode()).hexdigest()


def test_the_same_candidate_is_the_same_bytes(tmp_path: Path) -> None:
    forwards = {"etc/hosts": "a\n", "etc/frr/frr.conf": FRR}
    backwards = dict(reversed(forwards.items()))
    first = load_candidate(_candidate(tmp_path / "1", forwards), STORE)
    second = load_candidate(_candidate(tmp_path / "2", backwards), STORE)
    assert (first.name, first.tar()) == (second.name, second.tar())


@pytest.mark.parametrize("change", [{"mode": "0644"}, {"owner": "root"}, {"group": "root"}])
def test_another_mode_or_owner_is_another_generation(
    tmp_path: Path, change: dict[str, str]
) -> None:
    files = {"etc/hosts": "a\n"}
    first = load_candidate(_candidate(tmp_path / "1", files), STORE)
    second = load_candidate(_candidate(tmp_path / "2", files, **change), STORE)
    assert first.name != second.name


def test_secrets_travel_and_stay_masked_where_shown(tmp_path: Path) -> None:
    generation = load_candidate(_candidate(tmp_path, {"etc/frr/frr.conf": FRR}), STORE)
    with tarfile.open(fileobj=io.BytesIO(generation.tar())) as tar:
        names = tar.getnames()
        assert {member.mtime for member in tar} == {0}
    sent = _read(generation.tar())
    assert names == ["MANIFEST", "etc/frr/frr.conf", "masked/etc/frr/frr.conf"]
    assert STORE.value("bgp/a") in sent["etc/frr/frr.conf"]
    assert sent["masked/etc/frr/frr.conf"] == generation.masked_tree["etc/frr/frr.conf"]
    assert STORE.value("bgp/a") not in generation.masked_tree["etc/frr/frr.conf"]


def test_a_file_without_secrets_is_sent_once(tmp_path: Path) -> None:
    generation = load_candidate(_candidate(tmp_path, {"etc/hosts": "a\n"}), STORE)
    assert list(_read(generation.tar())) == ["MANIFEST", "etc/hosts"]


def test_links_are_read_from_the_candidate(tmp_path: Path) -> None:
    files = {"etc/giaoban/shared.json": '{"xa-1": "abc"}'}
    assert load_candidate(_candidate(tmp_path, files), STORE).shared == {"xa-1": "abc"}
    assert load_candidate(_candidate(tmp_path / "2", {"etc/hosts": ""}), STORE).shared == {}
    for junk in ("not json", "[]", "null", "[" * 100_000):
        assert read_shared(junk) == {}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"path": "etc/../root/x"}, "path is 'etc/../root/x'"),
        ({"path": "/etc/hosts"}, "path is '/etc/hosts'"),
        ({"path": "usr/bin/x"}, "path is 'usr/bin/x'"),
        ({"path": "etc/a b"}, "path is 'etc/a b'"),
        ({"path": "etc/$(reboot)"}, r"path is 'etc/\$\(reboot\)'"),
        ({"mode": "644"}, "mode is '644'"),
        ({"mode": 420}, "mode is 420"),
        ({"owner": "root;"}, "owner is 'root;'"),
        ({"group": None}, "group is None"),
    ],
)
def test_an_index_entry_that_is_none_is_named(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    tree = _candidate(tmp_path, {"etc/hosts": "a\n"}, **change)
    with pytest.raises(CandidateError, match=message):
        load_candidate(tree, STORE)


def test_a_candidate_never_rendered_says_what_must_run(tmp_path: Path) -> None:
    with pytest.raises(CandidateError, match=r"files\.json: not found; the roles that render"):
        load_candidate(tmp_path, STORE)


def test_a_broken_index_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "files.json").write_text("[{")
    with pytest.raises(CandidateError, match=r"files\.json: not JSON"):
        load_candidate(tmp_path, STORE)


def test_a_file_nobody_listed_is_named(tmp_path: Path) -> None:
    tree = _candidate(tmp_path, {"etc/hosts": "a\n"})
    (tree / "etc" / "stray").write_text("x")
    with pytest.raises(CandidateError, match="etc/stray: rendered but not listed"):
        load_candidate(tree, STORE)


def test_a_listed_file_that_is_missing_is_named(tmp_path: Path) -> None:
    tree = _candidate(tmp_path, {"etc/hosts": "a\n"})
    (tree / "etc" / "hosts").unlink()
    with pytest.raises(CandidateError, match=r"etc/hosts: listed in files\.json but not rendered"):
        load_candidate(tree, STORE)


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    tree = _candidate(tmp_path, {"etc/hosts": "a\n"})
    (tree / "etc" / "hosts").write_bytes(b"ok\xff")
    with pytest.raises(CandidateError, match=r"etc/hosts: not UTF-8 text \(byte 2\)"):
        load_candidate(tree, STORE)


def test_a_diff_names_only_what_changes() -> None:
    before = {"etc/a": "1\n", "etc/b": "same\n", "etc/c": "old\n"}
    after = {"etc/a": "2\n", "etc/b": "same\n", "etc/d": "new\n"}
    shown = [entry["prepared"] for entry in diff_trees(before, after)]
    assert shown == [
        "--- /etc/a (in force)\n+++ /etc/a (candidate)\n@@ -1 +1 @@\n-1\n+2\n",
        "--- /etc/c (in force)\n+++ /dev/null\n@@ -1 +0,0 @@\n-old\n",
        "--- /dev/null\n+++ /etc/d (candidate)\n@@ -0,0 +1 @@\n+new\n",
    ]
