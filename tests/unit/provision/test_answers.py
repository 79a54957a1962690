"""What a box that was taken over may answer, and what becomes of it."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import tarfile
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from giaoban.provision.answers import BoxError, State, read_links, read_tree, sentence

DEEP = "[" * 200_000
SAID: dict[str, Any] = {
    "agent": "abc",
    "confirmed": None,
    "pending": None,
    "age": None,
    "lost": [],
    "drift": [],
    "last": {"outcome": "rolled-back", "generation": "e" * 64, "cause": "frr: x", "at": "…"},
}


def _with_cause(cause: Any) -> bytes:
    return json.dumps(SAID | {"last": {"outcome": "x", "cause": cause}}).encode()


@pytest.mark.parametrize(
    "changes",
    [
        {"agent": 1},
        {"confirmed": []},
        {"pending": {}},
        {"age": "9"},
        {"age": 1.5},
        {"age": True},
        {"drift": "etc/hosts"},
        {"drift": [1]},
        {"drift": None},
        {"lost": {"a": 1}},
        {"last": ["x"]},
        {"last": "x"},
        {"last": {"outcome": 3}},
        {"last": {"cause": ["x"]}},
        {"last": {"generation": 7}},
    ],
)
def test_a_state_of_other_types_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(BoxError, match="answer is not a state"):
        State.parse(json.dumps(SAID | changes).encode())


@pytest.mark.parametrize(
    "line", [DEEP.encode(), f'{{"last":{DEEP}'.encode(), b'{"age":' + b"9" * 5000 + b"}", b"NaN"]
)
def test_json_that_breaks_a_parser_is_refused(line: bytes) -> None:
    with pytest.raises(BoxError, match="answer is not a state") as refusal:
        State.parse(line)
    assert len(str(refusal.value)) < 500


def test_a_cause_is_cut_and_printable() -> None:
    state = State.parse(_with_cause("a\x00b\x1b[31m\n c\u202e" + "x" * 200_000))
    assert state.cause.startswith("a�b�[31m c�xxx")
    assert len(state.cause) == 902
    assert state.cause.isprintable()


def test_half_a_character_does_not_spoil_a_state() -> None:
    state = State.parse(_with_cause("HERE").replace(b"HERE", "Đ".encode()[:1]))
    assert state.cause == "�"


def test_drift_cannot_steer_a_terminal() -> None:
    line = json.dumps(SAID | {"drift": ["etc/\x1b]0;x\x07"], "lost": ["\x9b2J"]}).encode()
    state = State.parse(line)
    assert (state.drift, state.lost) == (("etc/�]0;x�",), ("�2J",))


def test_a_time_to_come_is_no_reason_to_wait_for_it() -> None:
    state = State.parse(json.dumps(SAID | {"age": -(10**30)}).encode())
    assert state.age_s == 0


def test_a_message_cannot_steer_a_terminal_and_ends() -> None:
    said = sentence(b"giaoban-commit: frr: \x1b[2J\xff\nx\n" + b"y" * 100_000)
    assert said.startswith("frr: �[2J�; x; yyy")
    assert len(said) < 4100


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(sorted(SAID)), inner),
)


@given(st.binary() | JSON.map(lambda found: json.dumps(found).encode()))
def test_any_answer_is_a_state_or_a_refusal(line: bytes) -> None:
    with contextlib.suppress(BoxError):
        state = State.parse(line)
        assert state.cause.isprintable()


def _tar(*members: tuple[tarfile.TarInfo, bytes], form: int = tarfile.GNU_FORMAT) -> bytes:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=form) as tar:
        for member, content in members:
            tar.addfile(member, io.BytesIO(content))
    return archive.getvalue()


def _member(path: str, content: bytes = b"", **changes: Any) -> tuple[tarfile.TarInfo, bytes]:
    member = tarfile.TarInfo(path)
    member.size = len(content)
    for name, value in changes.items():
        setattr(member, name, value)
    return member, content


def _with_size(size: int) -> bytes:
    """A header whose size is in GNU's binary form, negative where the box likes."""
    member, _ = _member("etc/hosts")
    member.size = size
    return member.tobuf(tarfile.GNU_FORMAT) + bytes(1024)


@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT])
def test_a_generation_is_read(form: int) -> None:
    deep = f"etc/{'x' * 60}/{'y' * 30}"
    archive = _tar(_member("etc/hosts", b"a\n"), _member(deep, b"b\xff\t\x1b\n"), form=form)
    assert read_tree(archive) == {"etc/hosts": "a\n", deep: "b�\t�\n"}


@pytest.mark.parametrize("archive", [b"", _tar()])
def test_nothing_shown_is_nothing(archive: bytes) -> None:
    assert read_tree(archive) == {}


HOSTILE: dict[str, Callable[[], bytes]] = {
    "a bomb": lambda: gzip.compress(_tar(_member("etc/hosts", b"a"))),
    "junk": lambda: b"Welcome to rt-a! " * 100,
    "less than a header": lambda: b"x",
    "a wrong sum": lambda: b"x" + _tar(_member("etc/hosts", b"a"))[1:],
    "a link": lambda: _tar(_member("etc/a", type=tarfile.SYMTYPE, linkname="etc/a")),
    "a hard link": lambda: _tar(_member("etc/a", type=tarfile.LNKTYPE, linkname="etc/a")),
    "a folder": lambda: _tar(_member("etc/a", type=tarfile.DIRTYPE)),
    "a sparse file": lambda: _tar(_member("etc/a", b"x", type=tarfile.GNUTYPE_SPARSE)),
    "a device": lambda: _tar(_member("etc/a", type=tarfile.CHRTYPE)),
    "extended headers": lambda: _tar(
        _member("etc/a", b"x", pax_headers={"GNU.sparse.size": "9"}), form=tarfile.PAX_FORMAT
    ),
    "a path outside": lambda: _tar(_member("root/x", b"")),
    "a path upwards": lambda: _tar(_member("etc/../root/x", b"")),
    "a path from the root": lambda: _tar(_member("/etc/x", b"")),
    "a path that steers": lambda: _tar(_member("etc/\x1b[2J", b"")),
    "a long path": lambda: _tar(_member(f"etc/{'x' * 300}", b"")),
    "a large file": lambda: _tar(_member("etc/x", bytes(1024 * 1024 + 1))),
    "too much": lambda: _tar(*(_member(f"etc/{n}", bytes(1024 * 1024)) for n in range(9))),
    "half a file": lambda: _tar(_member("etc/x", bytes(2000)))[:1500],
    "a size of terabytes": lambda: _with_size(2**40),
    "a size below nothing": lambda: _with_size(-1024),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_another_archive_than_the_agents_is_refused(name: str) -> None:
    with pytest.raises(BoxError, match="way that the agent does not") as refusal:
        read_tree(HOSTILE[name]())
    assert str(refusal.value).isprintable()
    assert len(str(refusal.value)) < 500


@given(st.binary(max_size=2048))
def test_any_bytes_are_a_tree_or_a_refusal(archive: bytes) -> None:
    with contextlib.suppress(BoxError):
        read_tree(archive)


def test_links_are_read() -> None:
    assert read_links({"etc/giaoban/shared.json": '{"xa-1": "abc\\u001b"}'}) == {"xa-1": "abc�"}
    assert read_links({}) == {}


@pytest.mark.parametrize("text", ["[]", "null", "x", DEEP, '{"a": 1}', '{"a": ["x"]}'])
def test_links_of_other_types_are_refused(text: str) -> None:
    with pytest.raises(BoxError, match=r"shared\.json is unreadable"):
        read_links({"etc/giaoban/shared.json": text})
