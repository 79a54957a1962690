"""Connections to hypervisors, and the sentences for when libvirt refuses."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from giaoban.errors import OperationError

# A hypervisor that answers none of so many questions, so many seconds apart, is gone.
_ASK_EVERY, _ASK_TIMES = 5, 3


class NoBindingsError(OperationError):
    """There is no libvirt for Python."""

    def __init__(self) -> None:
        super().__init__(
            "giaoban:backend is libvirt, and its Python bindings are not installed; run:"
            " scripts/setup --libvirt"
        )


class UnreachableError(OperationError):
    """A hypervisor does not answer."""

    def __init__(self, hypervisor: str, uri: str, said: str) -> None:
        super().__init__(
            f"{hypervisor}: no connection to {uri}: {said}; see that it runs and that `virsh -c"
            f" '{uri}' version` answers, or take it out of data-centre.yml if it is lost"
        )


class RefusedError(OperationError):
    """A hypervisor did not do what it was asked for."""

    def __init__(self, where: str, said: str) -> None:
        super().__init__(f"{where}: libvirt refused: {said}; its own log there may say more")


class PoolFullError(OperationError):
    """A storage pool has no room."""

    def __init__(self, where: str, pool: str, free: int | None, needed: int) -> None:
        found = "is full" if free is None else f"has {free / 2**30:.1f} GiB free"
        super().__init__(
            f"{where}: storage pool {pool!r} {found}, and {needed / 2**30:.1f} GiB are needed; make"
            " room in it, or give the server another hypervisor"
        )


@cache
def bindings() -> Any:
    """Give the module `libvirt`.

    Raises:
        NoBindingsError: it is not installed.

    """
    try:
        libvirt = importlib.import_module("libvirt")
    except ImportError:
        raise NoBindingsError from None
    libvirt.registerErrorHandler(lambda *_: None, None)  # it would print; we raise
    # Keeping connections alive needs somebody who sees to libvirt's timers.
    libvirt.virEventRegisterDefaultImpl()
    threading.Thread(target=_see_to_timers, args=(libvirt,), daemon=True).start()
    return libvirt


def _see_to_timers(libvirt: Any) -> None:
    while True:
        libvirt.virEventRunDefaultImpl()


def connect(hypervisor: str, uri: str) -> Any:
    """Open a connection to a hypervisor.

    Raises:
        UnreachableError: it does not answer.

    """
    libvirt = bindings()
    try:
        connection = libvirt.open(uri)
    except libvirt.libvirtError as failure:
        raise UnreachableError(hypervisor, uri, said_by(failure)) from None
    # What runs in this process, as the test driver does, has no other end.
    with _ignored(libvirt.libvirtError):
        connection.setKeepAlive(_ASK_EVERY, _ASK_TIMES)
    return connection


@contextmanager
def _ignored(failure: type[Exception]) -> Iterator[None]:
    try:
        yield
    except failure:
        return


@contextmanager
def sentences(where: str) -> Iterator[None]:
    """Turn what libvirt raises in the block into RefusedError."""
    libvirt = bindings()
    try:
        yield
    except libvirt.libvirtError as failure:
        raise RefusedError(where, said_by(failure)) from None


def said_by(failure: Exception) -> str:
    """Give libvirt's message, in one line."""
    return " ".join(str(failure).split())


def is_missing(failure: Any) -> bool:
    """Tell whether libvirt says that there is no such domain, pool or volume."""
    libvirt = bindings()
    return failure.get_error_code() in {
        libvirt.VIR_ERR_NO_DOMAIN,
        libvirt.VIR_ERR_NO_STORAGE_POOL,
        libvirt.VIR_ERR_NO_STORAGE_VOL,
    }
