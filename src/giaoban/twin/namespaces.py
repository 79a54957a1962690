"""Network namespaces: finding them, making them, and asking questions inside them.

Questions are asked by a thread that enters the namespace, so no process is started for them.
"""

from __future__ import annotations

import array
import ctypes
import errno
import fcntl
import os
import socket
import struct
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from giaoban.commands import run
from giaoban.twin.paths import NETNS

_CLONE_NEWNET = 0x40000000
_SIOCETHTOOL = 0x8946
# linux/ethtool.h: setters of the offloads that break TCP through a userspace switch.
_ETHTOOL_OFF = {
    "rx checksum": 0x15,
    "tx checksum": 0x17,
    "scatter-gather": 0x19,
    "tso": 0x1F,
    "gso": 0x24,
    "gro": 0x2C,
}
_libc = ctypes.CDLL(None, use_errno=True)

Answer = TypeVar("Answer")


def found(prefix: str) -> set[str]:
    """Give the names of the machine's network namespaces that begin with `prefix`."""
    if not NETNS.is_dir():
        return set()
    return {path.name for path in NETNS.iterdir() if path.name.startswith(prefix)}


def make(names: Iterable[str]) -> None:
    """Make network namespaces that do not exist yet."""
    _batch(["ip", "-batch", "-"], [f"netns add {name}" for name in names])


def remove(names: Iterable[str]) -> None:
    """Remove network namespaces, and half-made ones that have a name and nothing behind it."""
    for name in names:
        path = NETNS / name
        _libc.umount2(os.fsencode(path), 2)  # MNT_DETACH; a half-made one is not mounted
        path.unlink(missing_ok=True)


def usable(name: str) -> bool:
    """Tell whether a name leads to a namespace: a killed `ip netns add` leaves an empty file."""
    return (NETNS / name).stat().st_dev != NETNS.stat().st_dev


def configure(namespace: str | None, program: str, lines: Sequence[str]) -> None:
    """Give lines to `ip -batch` or `tc -batch`, inside a namespace or (None) naming namespaces."""
    inside = [] if namespace is None else ["-n", namespace]
    _batch([program, *inside, "-batch", "-"], lines)


def _batch(argv: Sequence[str], lines: Sequence[str]) -> None:
    if lines:
        run(argv, stdin="".join(f"{line}\n" for line in lines))


def ask(namespace: str, question: Callable[[], Answer]) -> Answer:
    """Call `question` inside a namespace."""
    return ask_all({namespace: question})[namespace]


def ask_all(questions: dict[str, Callable[[], Answer]]) -> dict[str, Answer]:
    """Call each question inside the namespace that is its key."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return {
            name: thread.submit(_inside, name, question).result()
            for name, question in questions.items()
        }


def _inside(namespace: str, question: Callable[[], Answer]) -> Answer:
    enter(NETNS / namespace)
    return question()


def enter(path: Path) -> None:
    """Move the calling thread into the network namespace at `path`."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if _libc.setns(descriptor, _CLONE_NEWNET) != 0:
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code), str(path))
    finally:
        os.close(descriptor)


def stand_apart() -> None:
    """Move this process, and what it starts from now on, into a namespace with a loopback alone.

    To be called before any other thread is there: each has a namespace of its own.
    """
    if _libc.unshare(_CLONE_NEWNET) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    configure_here(["link set lo up"])


def configure_here(lines: Sequence[str]) -> None:
    """Give lines to `ip -batch` in the namespace one is in."""
    _batch(["ip", "-batch", "-"], lines)


def interfaces() -> set[str]:
    """Give the names of the interfaces of the namespace one is in."""
    return {name for _, name in socket.if_nameindex()}


def no_duplicate_detection(names: Iterable[str]) -> None:
    """Have interfaces use their link-local address at once, in the namespace one is in."""
    for name in names:
        Path(f"/proc/sys/net/ipv6/conf/{name}/accept_dad").write_text("0", encoding="ascii")


def offloads_off(names: Iterable[str]) -> None:
    """Switch the offloads of interfaces off, in the namespace one is in."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
        for name in names:
            for setter in _ETHTOOL_OFF.values():
                _ethtool(channel, name, setter)


def _ethtool(channel: socket.socket, name: str, setter: int) -> None:
    value = array.array("I", [setter, 0])
    address, _ = value.buffer_info()
    request = struct.pack("16sP16x", name.encode(), address)
    try:
        fcntl.ioctl(channel, _SIOCETHTOOL, request)
    except OSError as failure:
        if failure.errno != errno.EOPNOTSUPP:  # it has no such offload, which is as good as off
            raise
