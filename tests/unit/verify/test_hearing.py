"""An answer is heard whole, in one pass, and never for longer or of more than it may be."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from giaoban.verify.answers import STATE, Login, Question
from giaoban.verify.hearing import ANSWER_BYTES, Metered, TooMuch, hear
from giaoban.verify.transport import DEVICE_WITHIN, Door, Fleet, Session

PROMPT = "rt-xa-a#"


class Spoken:
    """A terminal that says what it was given, piece by piece."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self.asked = b""

    def settimeout(self, timeout: float) -> None:
        """Wait, but nothing here is waited for."""

    def sendall(self, s: bytes) -> None:
        """Take the question."""
        self.asked += s

    def recv(self, nbytes: int) -> bytes:
        """Give the next piece."""
        del nbytes
        return next(self._pieces, b"")


def heard(*pieces: str, command: str = "show version", within: float = 5.0) -> str:
    return hear(Spoken(piece.encode() for piece in pieces), command, PROMPT, within)


@pytest.mark.parametrize(
    ("pieces", "answer"),
    [
        (("show version\r\nFRR 10.3\r\nof a box\r\nrt-xa-a# ",), "FRR 10.3\nof a box"),
        (tuple("show version\r\nFRR 10.3\r\nrt-xa-a# "), "FRR 10.3"),
        (("show version\r\nrt-xa-a# ",), ""),
        (("rt-xa-a# late\r\nrt-xa-a# ", "show version\r\nyes\r\nrt-xa-a# "), "yes"),
        (("show version\r\n\x1b[?2004l\ryes\r\n\x1b[?2004hrt-xa-a# ",), "yes"),
        (("show version\r\na rt-xa-a#\r\n", "b\r\nrt-xa-a#"), "a rt-xa-a#\nb"),
    ],
)
def test_what_is_heard(pieces: tuple[str, ...], answer: str) -> None:
    assert heard(*pieces) == answer


def test_a_flood_is_cut_off() -> None:
    flood = (b"show version\r\n" + b"x\n" * 30000 for _ in range(1000))
    started = time.monotonic()
    with pytest.raises(TooMuch):
        hear(Spoken(flood), "show version", PROMPT, 60)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("filler", ["rt-xa-a# \n", "show version\n", "\n", " ", "x"])
def test_a_long_answer_is_heard_in_one_pass(filler: str) -> None:
    many = filler * (ANSWER_BYTES // 2 // len(filler))
    pieces = [many[at : at + 1000] for at in range(0, len(many), 1000)]
    started = time.process_time()
    said = heard("show version\r\n", *pieces, "\nrt-xa-a# ", within=60)
    assert len(said) > ANSWER_BYTES // 4
    assert time.process_time() - started < 5


def test_a_drip_ends_in_time() -> None:
    def drip() -> Iterator[bytes]:
        while True:
            time.sleep(0.01)
            yield b"x"

    with pytest.raises(TimeoutError):
        hear(Spoken(drip()), "show version", PROMPT, 0.1)


def test_a_hang_up_is_no_answer() -> None:
    with pytest.raises(EOFError):
        heard("show version\r\nFRR")


def test_no_time_left_is_not_asked() -> None:
    terminal = Spoken(iter(()))
    with pytest.raises(TimeoutError):
        hear(terminal, "show version", PROMPT, 0)
    assert terminal.asked == b""


def test_a_login_that_floods_ends() -> None:
    near, far = socket.socketpair()
    with closing(far), closing(Metered(fileno=near.detach())) as metered:
        metered.allowance = 1000
        far.sendall(b"x" * 1500)
        assert len(metered.recv(800)) == 800
        assert metered.recv(800) == b""


def fleet(monkeypatch: pytest.MonkeyPatch, answer: Any) -> Fleet:
    """Give a fleet of one whose only box answers with a function of its own."""
    monkeypatch.setattr(Session, "open", lambda *_, **__: None)
    monkeypatch.setattr(Session, "ask", answer)
    nowhere = Path("nowhere")
    return Fleet(
        [Door("rt-xa-a", "::1", 22, nowhere, "observer", nowhere, nowhere, "cisco_ios")], 1
    )


def test_a_box_that_falls_silent_is_asked_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def silent(_session: Session, command: str, _within: float) -> str:
        asked.append(command)
        raise TimeoutError(command)

    one = fleet(monkeypatch, silent)
    for command in ("first", "second"):
        one.ask([Question(STATE, "rt-xa-a", command)], lambda *_: None)
    assert asked == ["first"]
    assert one.logins == {"rt-xa-a": Login.TIMEOUT}


def test_a_slow_box_has_so_much_time_in_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[float] = []
    clock = [0.0]
    monkeypatch.setattr("giaoban.verify.transport.time.monotonic", lambda: clock[0])

    def slow(_session: Session, command: str, within: float) -> str:
        left.append(within)
        clock[0] += min(within, 40)
        if within < 40:
            raise TimeoutError(command)
        return "yes"

    one = fleet(monkeypatch, slow)
    for stage in range(4):
        one.ask([Question(stage, "rt-xa-a", "show version")], lambda *_: None)
    assert left == [75, 50, DEVICE_WITHIN - 80]
    assert one.logins == {"rt-xa-a": Login.TIMEOUT}
