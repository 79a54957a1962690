"""Hears one answer out of a terminal, within limits that the far end cannot stretch."""

from __future__ import annotations

import re
import socket
import time
from typing import Protocol

ANSWER_BYTES = 4 * 1024 * 1024  # a full routing table of a province is a tenth of it
LOGIN_BYTES = 256 * 1024  # keys, banner and prompt
_CHUNK = 65536
_ECHO = 40  # characters of a command that are looked for in its echo
_TAIL = 80  # bytes after which a prompt is no prompt
_COLOURS = re.compile(r"\x1b\[[0-9;?]{0,16}[A-Za-z]")


class TooMuch(OSError):  # noqa: N818 - an answer, not an error of ours
    """A device says more than any answer has."""


class Terminal(Protocol):
    """What is talked to; Paramiko's channel."""

    def settimeout(self, timeout: float) -> None:
        """Wait so many seconds for what comes next."""

    def sendall(self, s: bytes) -> None:
        """Say something."""

    def recv(self, nbytes: int) -> bytes:
        """Give what came; nothing at the end."""


class Metered(socket.socket):
    """A connection that ends when more comes than was allowed."""

    allowance = LOGIN_BYTES

    def recv(self, bufsize: int, flags: int = 0, /) -> bytes:
        """Give what came, until the allowance is used up."""
        came = super().recv(bufsize, flags)
        self.allowance -= len(came)
        return came if self.allowance >= 0 else b""


class Hearing:
    """Finds the end of an answer while it comes in: each byte is looked at once.

    A prompt may come late, so an answer begins with its command's own echo and ends with the
    prompt on a line of its own.
    """

    def __init__(self, command: str, prompt: str) -> None:
        self._echo = command[-_ECHO:].encode()
        self._prompt = prompt
        self._heard = bytearray()
        self._looked = 0
        self._begins = -1

    def take(self, came: bytes) -> bool:
        """Take what came in; say whether the answer is whole.

        Raises:
            TooMuch: it is longer than any answer.

        """
        self._heard += came
        if len(self._heard) > ANSWER_BYTES:
            raise TooMuch(len(self._heard))
        if self._begins < 0:
            self._find_echo()
        return self._begins >= 0 and self._is_prompt(self._heard[max(self._begins, self._from) :])

    @property
    def _from(self) -> int:
        return len(self._heard) - len(self._prompt) - _TAIL

    def _find_echo(self) -> None:
        found = self._heard.find(self._echo, self._looked)
        self._looked = max(0, len(self._heard) - len(self._echo))
        if found >= 0:
            self._begins = found + len(self._echo)

    def _is_prompt(self, tail: bytearray) -> bool:
        said = _COLOURS.sub("", tail.decode(errors="replace")).replace("\r", "")
        return said.rstrip(" ").endswith(f"\n{self._prompt}")

    @property
    def answer(self) -> str:
        """What was said between the echo's line and the prompt's."""
        said = self._heard[self._begins :].decode(errors="replace")
        return "\n".join(_COLOURS.sub("", said).replace("\r", "").split("\n")[1:-1])


def hear(terminal: Terminal, command: str, prompt: str, within: float) -> str:
    """Ask and give the answer, without the command's echo and the prompt.

    Args:
        terminal: who is asked.
        command: one line.
        prompt: what stands at the beginning of the last line.
        within: seconds for the whole of it, however slowly it drips.

    Raises:
        TimeoutError: no prompt came back in time.
        TooMuch: more came than any answer has.
        EOFError: the far end hung up.

    """
    until = time.monotonic() + within
    hearing = Hearing(command, prompt)
    if within <= 0:
        raise TimeoutError(command)
    terminal.settimeout(within)
    terminal.sendall(f"{command}\n".encode())
    whole = False
    while not whole:
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError(command)
        terminal.settimeout(left)
        came = terminal.recv(_CHUNK)
        if not came:
            raise EOFError(command)
        whole = hearing.take(came)
    return hearing.answer
