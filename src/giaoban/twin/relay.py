"""The way into the twin: a UNIX socket a device, and the TCP connections behind them.

One process. It lives in the out-of-band namespace and makes each TCP socket inside the namespace
the connection starts from (a socket stays where it was made), so nothing is ever sent from the
machine's own. SIGHUP reads the plan of sockets again.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import os
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TextIO

from giaoban.errors import OperationError
from giaoban.files import open_private, write_whole
from giaoban.plan.model import Device, Port
from giaoban.plan.variables.view import link_local
from giaoban.twin import cgroups, names, namespaces
from giaoban.twin.paths import NETNS, TwinPaths
from giaoban.waiting import wait_until

_SSH = 22
_CONNECT_SECONDS = 4.0  # a lost SYN is repeated after 1 s and 3 s
_FAMILY_HEAD_START = 1.0  # seconds that IPv4 has before IPv6 is tried beside it
_CHUNK = 1 << 16


class RelayNotUpError(OperationError):
    """The relay was started and does not answer."""

    def __init__(self, paths: TwinPaths) -> None:
        said = paths.relay_log.read_text().strip() if paths.relay_log.exists() else ""
        super().__init__(
            f"the twin's relay did not start: {said or 'it said nothing'}; run `giaoban twin up`"
            " again"
        )


@dataclass(frozen=True, slots=True)
class Way:
    """A socket and where it leads: from inside `namespace`, to one of `addresses`, port 22.

    An address may have a scope: `fe80::1%o-1a2b3c4d`.
    """

    socket: str
    namespace: str
    addresses: tuple[str, ...]


def ways(paths: TwinPaths, devices: Iterable[Device], noc: str | None) -> tuple[Way, ...]:
    """Give every socket of a plan's devices. Pure.

    Args:
        paths: the twin's.
        devices: all of the plan's.
        noc: the node whose namespace in-band connections start from.

    """
    twin = paths.name
    found = []
    for device in devices:
        address = link_local(names.mac(twin, Port(device.name, names.OOB_PORT)))
        bench = (f"{address}%{names.oob_link(device.name)}",)
        management = (str(device.management.ipv4), str(device.management.ipv6))
        found.append(Way(str(paths.oob(device.name)), names.namespace(twin, names.OOB), bench))
        if noc is not None:
            start = names.namespace(twin, noc)
            found.append(Way(str(paths.inband(device.name)), start, management))
    return tuple(found)


def start(paths: TwinPaths, wanted: tuple[Way, ...]) -> None:
    """Have a relay serve `wanted`: start one, or tell the one that runs.

    Raises:
        RelayNotUpError: with what it said.

    """
    for folder in ("inband", "oob"):
        (paths.run / folder).mkdir(mode=0o700, exist_ok=True)
    write_whole(paths.relay_plan, json.dumps([asdict(way) for way in wanted]), 0o600)
    pid = running(paths)
    if pid is not None:
        os.kill(pid, signal.SIGHUP)
    else:
        _spawn(paths)

    def serves() -> bool:
        return running(paths) is not None and all(Path(way.socket).exists() for way in wanted)

    if not wait_until(serves, seconds=30):
        raise RelayNotUpError(paths)


def lead_to(paths: TwinPaths, device: str, addresses: tuple[str, ...]) -> None:
    """Have the relay lead in-band to a device that came to be after it was started."""
    if not paths.relay_plan.exists():
        return
    rows = json.loads(paths.relay_plan.read_text(encoding="utf-8"))
    listed = [Way(**row | {"addresses": tuple(row["addresses"])}) for row in rows]
    socket = str(paths.inband(device))
    inband = [way for way in listed if Path(way.socket).parent == paths.inband(device).parent]
    wanted = Way(socket, inband[0].namespace, addresses) if inband else None
    if wanted is not None and wanted not in listed:
        start(paths, (*(way for way in listed if way.socket != socket), wanted))


def running(paths: TwinPaths) -> int | None:
    """Give the process id of the relay that lives and serves, or None."""
    if not paths.relay_lock.exists():
        return None
    with paths.relay_lock.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return int(file.read() or "0") or None
    return None


def _spawn(paths: TwinPaths) -> None:
    group = cgroups.make_twin_group(paths.name) / names.RELAY
    group.mkdir(exist_ok=True)
    open_private(paths.relay_lock, "w").close()
    with paths.relay_log.open("wb") as log:
        subprocess.Popen(
            [sys.executable, "-m", "giaoban.twin.relay", paths.name],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            cwd="/",
        )


class Relay:
    """Listens on the sockets of its plan and connects them."""

    def __init__(self, plan: Path) -> None:
        self._plan = plan
        self._servers: dict[Way, asyncio.Server] = {}
        self._home = os.open("/proc/self/ns/net", os.O_RDONLY)

    async def serve(self) -> None:
        """Make the sockets of the plan that are missing, and close those that are not in it."""
        wanted = _read_plan(self._plan)
        for way in set(self._servers) - set(wanted):
            self._servers.pop(way).close()
            _unlink(way.socket)
        for way in wanted:
            if way not in self._servers:
                self._servers[way] = await self._listen(way)

    async def _listen(self, way: Way) -> asyncio.Server:
        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await self._join(way, reader, writer)

        _unlink(way.socket)
        return await asyncio.start_unix_server(connected, way.socket, limit=_CHUNK)

    async def _join(
        self, way: Way, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            far = await asyncio.wait_for(self._connect(way), _CONNECT_SECONDS)
        except (OSError, TimeoutError):
            writer.close()
            return
        far_reader, far_writer = await asyncio.open_connection(sock=far, limit=_CHUNK)
        await asyncio.gather(_copy(reader, far_writer), _copy(far_reader, writer))

    async def _connect(self, way: Way) -> socket.socket:
        """Connect to the first address that answers, the earlier ones having a head start."""
        rest = list(way.addresses)
        waiting: set[asyncio.Task[socket.socket]] = set()
        failure: BaseException = OSError("no address")
        try:
            while rest or waiting:
                if rest:
                    waiting.add(asyncio.create_task(self._try(way.namespace, rest.pop(0))))
                patience = _FAMILY_HEAD_START if rest else None
                done, waiting = await asyncio.wait(
                    waiting, timeout=patience, return_when=asyncio.FIRST_COMPLETED
                )
                for attempt in done:
                    failure = attempt.exception() or failure
                    if attempt.exception() is None:
                        return attempt.result()
            raise failure
        finally:
            for attempt in waiting:
                attempt.cancel()

    async def _try(self, namespace: str, address: str) -> socket.socket:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        channel = self._socket_in(namespace, family)
        try:
            channel.setblocking(False)  # noqa: FBT003 - the standard library's own signature
            target = self._resolve(namespace, family, address)
            await asyncio.get_running_loop().sock_connect(channel, target)
        except BaseException:
            channel.close()
            raise
        channel.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return channel

    def _socket_in(self, namespace: str, family: socket.AddressFamily) -> socket.socket:
        with self._in(namespace):
            return socket.socket(family, socket.SOCK_STREAM)

    def _resolve(
        self, namespace: str, family: socket.AddressFamily, address: str
    ) -> tuple[str, int] | tuple[str, int, int, int]:
        if family == socket.AF_INET:
            return address, _SSH
        host, _, scope = address.partition("%")
        with self._in(namespace):
            return host, _SSH, 0, socket.if_nametoindex(scope) if scope else 0

    @contextlib.contextmanager
    def _in(self, namespace: str) -> Iterator[None]:
        namespaces.enter(NETNS / namespace)
        try:
            yield
        finally:
            namespaces.enter(Path(f"/proc/self/fd/{self._home}"))


def _read_plan(plan: Path) -> list[Way]:
    content = json.loads(plan.read_text(encoding="utf-8"))
    return [Way(one["socket"], one["namespace"], tuple(one["addresses"])) for one in content]


def _unlink(socket_path: str) -> None:
    Path(socket_path).unlink(missing_ok=True)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await reader.read(_CHUNK):
            writer.write(chunk)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
            return
    writer.close()


async def _serve_for_ever(relay: Relay, lock: TextIO) -> None:
    """Serve; that it does is said by its process id in the file whose lock it holds."""
    asked = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, asked.set)
    await relay.serve()
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    while True:
        await asked.wait()
        asked.clear()
        await relay.serve()


def main() -> None:
    """Run the relay of the twin that is named on the command line."""
    paths = TwinPaths(sys.argv[1])
    group = cgroups.twin_group(paths.name) / names.RELAY
    (group / "cgroup.procs").write_text(str(os.getpid()), encoding="ascii")
    with open_private(paths.relay_lock, "a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        namespaces.enter(NETNS / names.namespace(paths.name, names.OOB))
        os.umask(0o177)  # sockets are root's
        asyncio.run(_serve_for_ever(Relay(paths.relay_plan), lock))


if __name__ == "__main__":
    main()
