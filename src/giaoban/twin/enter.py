"""Going into a node: by ssh as a technician would, or from below without any network."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from giaoban.errors import OperationError, did_you_mean
from giaoban.provision.reach import TWIN_KEY_EXCHANGE
from giaoban.twin.inside import inside_argv
from giaoban.twin.nodes import Box
from giaoban.twin.paths import NOC_CONNECT, TwinPaths
from giaoban.twin.state import read_state

_ANSWER_SECONDS = 6
_INSIDE_SECONDS = 300  # what runs there is the node's own, and may never end


class TwinNotUpError(OperationError):
    """There is no such twin."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the twin {name!r} is not up: run giaoban twin up --name {name}")


class UnknownNodeError(OperationError):
    """The twin has no such node."""

    def __init__(self, node: str, known: Iterable[str]) -> None:
        super().__init__(
            f"node {node!r} is not in this twin{did_you_mean(node, known)} (giaoban twin status"
            " lists them)"
        )


class NodeNotRunningError(OperationError):
    """The node exists and does not run."""

    def __init__(self, node: str) -> None:
        super().__init__(f"node {node!r} is not running: run giaoban twin up to start it again")


def demand_node(paths: TwinPaths, node: str) -> Box:
    """Give a node of the twin.

    Raises:
        TwinNotUpError: nothing is up.
        UnknownNodeError: with the nearest name.

    """
    known = read_state(paths).nodes
    if not known:
        raise TwinNotUpError(paths.name)
    if node not in known:
        raise UnknownNodeError(node, known)
    return Box(paths, node)


def demand_init(box: Box) -> int:
    """Give the first process of a node.

    Raises:
        NodeNotRunningError: it has none.

    """
    init = box.init
    if init is None:
        raise NodeNotRunningError(box.name)
    return init


def run_inside(box: Box, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run a command in a node and give what it printed; its exit code is the caller's to judge."""
    argv = inside_argv(demand_init(box), command)
    return subprocess.run(
        argv,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=_INSIDE_SECONDS,
    )


@dataclass(frozen=True, slots=True)
class Way:
    """A way into a node: through the network or by its management port, and as whom."""

    inband: bool
    account: Literal["operator", "bench"]

    @property
    def user(self) -> str:
        """The user on the box: the bench logs in as root."""
        return "root" if self.account == "bench" else self.account


INBAND, OOB, FACTORY = Way(True, "operator"), Way(False, "operator"), Way(False, "bench")  # noqa: FBT003


def ssh_argv(paths: TwinPaths, node: str, way: Way, *, command: Sequence[str] = ()) -> list[str]:
    """Give the ssh command into a node. Pure."""
    socket = paths.inband(node) if way.inband else paths.oob(node)
    options = {
        "ProxyCommand": f"{NOC_CONNECT} {socket}",
        "UserKnownHostsFile": str(paths.known_hosts),
        "GlobalKnownHostsFile": "/dev/null",
        "StrictHostKeyChecking": "yes",
        "IdentitiesOnly": "yes",
        "IdentityFile": str(paths.key(way.account)),
        "LogLevel": "ERROR",
        "KexAlgorithms": TWIN_KEY_EXCHANGE,
        "ConnectTimeout": str(_ANSWER_SECONDS),
    }
    argv = ["ssh", "-F", "none"]
    for option, value in options.items():
        argv += ["-o", f"{option}={value}"]
    return [*argv, f"{way.user}@{node}", *command]


def way_in(paths: TwinPaths, node: str, *, oob: bool) -> Way:
    """Give the first way that lets us in, the network's before the management port's.

    Where none does it is the last, whose complaint is ssh's own.
    """
    ways = (OOB, FACTORY) if oob else (INBAND, OOB, FACTORY)
    return next((way for way in ways[:-1] if _lets_in(paths, node, way)), ways[-1])


def _lets_in(paths: TwinPaths, node: str, way: Way) -> bool:
    argv = ssh_argv(paths, node, way, command=["true"])
    argv[1:1] = ["-o", "BatchMode=yes"]
    done = subprocess.run(
        argv,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return done.returncode == 0
