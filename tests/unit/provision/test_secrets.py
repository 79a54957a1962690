"""Secrets by name: stable, printable, masked."""

from __future__ import annotations

import base64
import hmac
import os
import re
from pathlib import Path

import pytest

from giaoban.provision.secrets import SecretsFileError, SecretStore, mask, resolve

STORE = SecretStore(bytes(range(32)))


def test_a_secret_is_the_same_for_good() -> None:
    assert STORE.value("bgp/xa-dak-wil-1") == "mk5uu3sbuk5um2mcmbmepjqliz4fomup"


def test_a_secret_is_rfc_5869_and_base32() -> None:
    extracted = hmac.digest(bytes(32), bytes(range(32)), "sha256")
    expanded = hmac.digest(extracted, b"giaoban bgp/a\x01", "sha256")[:20]
    assert STORE.value("bgp/a") == base64.b32encode(expanded).decode().lower()


def test_secrets_differ_by_name_and_by_key() -> None:
    other = SecretStore(bytes(32))
    values = {STORE.value("bgp/a"), STORE.value("bgp/b"), other.value("bgp/a")}
    assert len(values) == 3


@pytest.mark.parametrize("name", ["bgp/a", "vrrp/noc.ipv4", "web_hook-1", "x"])
def test_a_secret_needs_no_quoting(name: str) -> None:
    assert re.fullmatch(r"[a-z2-7]{32}", STORE.value(name))


def test_an_ospf_key_fits_what_frr_keeps_of_it() -> None:
    assert re.fullmatch(r"[a-z2-7]{16}", STORE.value("ospf/core"))


def test_references_are_resolved_and_nothing_else() -> None:
    text = "password @secret{bgp/a} and @secret{NOT ONE} and {bgp/a}\n"
    assert resolve(text, STORE) == (
        f"password {STORE.value('bgp/a')} and @secret{{NOT ONE}} and {{bgp/a}}\n"
    )


def test_a_mask_shows_a_rotation_and_no_value() -> None:
    masked = mask("password @secret{bgp/a}", STORE)
    assert re.fullmatch(r"password @secret\{bgp/a sha256:[0-9a-f]{6}\}", masked)
    assert STORE.value("bgp/a") not in masked
    assert mask("password @secret{bgp/a}", SecretStore(bytes(32))) != masked


def _key_file(folder: Path, text: str, mode: int = 0o600) -> Path:
    path = folder / "master.key"
    path.write_text(text)
    path.chmod(mode)
    return path


def test_the_master_key_is_read(tmp_path: Path) -> None:
    path = _key_file(tmp_path, bytes(range(32)).hex() + "\n")
    assert SecretStore.from_file(path).value("x") == STORE.value("x")


def test_a_missing_key_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(SecretsFileError, match=r"no master key here; make one with .*openssl rand"):
        SecretStore.from_file(tmp_path / "master.key")


def test_a_key_others_can_read_is_refused(tmp_path: Path) -> None:
    path = _key_file(tmp_path, bytes(32).hex(), 0o640)
    with pytest.raises(SecretsFileError, match=r"mode 0640 lets others read .*`chmod 600"):
        SecretStore.from_file(path)


def test_a_key_behind_a_link_is_refused(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(_key_file(tmp_path, bytes(32).hex()))
    with pytest.raises(SecretsFileError, match=r"link: a symbolic link"):
        SecretStore.from_file(link)


def test_a_pipe_is_no_key_and_does_not_hold_us_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "master.key", 0o600)
    with pytest.raises(SecretsFileError, match="not a plain file"):
        SecretStore.from_file(tmp_path / "master.key")


@pytest.mark.parametrize("where", [".", "master.key/master.key"])
def test_what_cannot_be_read_is_a_sentence(tmp_path: Path, where: str) -> None:
    _key_file(tmp_path, "")
    with pytest.raises(SecretsFileError, match="the master key cannot be read"):
        SecretStore.from_file(tmp_path / where)


def test_a_key_that_may_not_be_read_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(SecretsFileError, match=r"cannot be read \(Permission denied\)"):
        SecretStore.from_file(tmp_path / "master.key")


def test_a_key_of_somebody_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _key_file(tmp_path, bytes(32).hex())
    owner = os.stat_result((0o100600, 0, 0, 1, 4242, 0, 64, 0, 0, 0))
    monkeypatch.setattr(os, "fstat", lambda _: owner)
    with pytest.raises(SecretsFileError, match="belongs to uid 4242; expected root or you"):
        SecretStore.from_file(path)


@pytest.mark.parametrize("mode", [0o770, 0o702, 0o1777])
def test_a_key_that_others_could_replace_is_refused(tmp_path: Path, mode: int) -> None:
    folder = tmp_path / "secrets"
    folder.mkdir()
    path = _key_file(folder, bytes(32).hex())
    folder.chmod(mode)
    with pytest.raises(SecretsFileError, match=r"others may write in its folder .*`chmod go-w"):
        SecretStore.from_file(path)


def test_what_was_resolved_is_masked_wherever_it_turns_up() -> None:
    store = SecretStore(bytes(range(32)))
    value, short = store.value("bgp/a"), store.value("ospf/a")
    shown = store.redact(f"password {value}{short};{STORE.value('bgp/b')}")
    assert shown == mask("password @secret{bgp/a}@secret{ospf/a};", STORE) + STORE.value("bgp/b")


@pytest.mark.parametrize("text", ["", "abc", "g" * 64, "0" * 63, "0" * 65])
def test_something_else_than_a_key_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SecretsFileError, match=rf"found {len(text)} characters; expected 64"):
        SecretStore.from_file(_key_file(tmp_path, text))
