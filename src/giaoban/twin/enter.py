"""Going into a node: by ssh as a technician would, or from below without any network."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Sequence

from giaoban.errors import OperationError
from giaoban.provision.reach import TWIN_KEY_EXCHANGE
from giaoban.twin.inside import inside_argv
from giaoban.twin.nodes import Box
from giaoban.twin.paths import NOC_CONNECT, TwinPaths
from giaoban.twin.state import read_state
from giaoban.twin.topology import did_you_mean

_ANSWER_SECONDS = 6


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
        argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


def ssh_argv(
    paths: TwinPaths, node: str, *, inband: bool, command: Sequence[str] = ()
) -> list[str]:
    """Give the ssh command into a node: `operator` in-band, root from the bench. Pure."""
    account, user = ("operator", "operator") if inband else ("bench", "root")
    socket = paths.inband(node) if inband else paths.oob(node)
    options = {
        "ProxyCommand": f"{NOC_CONNECT} {socket}",
        "UserKnownHostsFile": str(paths.known_hosts),
        "GlobalKnownHostsFile": "/dev/null",
        "StrictHostKeyChecking": "yes",
        "IdentitiesOnly": "yes",
        "IdentityFile": str(paths.key(account)),
        "LogLevel": "ERROR",
        "KexAlgorithms": TWIN_KEY_EXCHANGE,
        "ConnectTimeout": str(_ANSWER_SECONDS),
    }
    argv = ["ssh", "-F", "none"]
    for option, value in options.items():
        argv += ["-o", f"{option}={value}"]
    return [*argv, f"{user}@{node}", *command]


def answers_inband(paths: TwinPaths, node: str) -> bool:
    """Tell whether `operator` can log in through the network."""
    argv = ssh_argv(paths, node, inband=True, command=["true"])
    argv[1:1] = ["-o", "BatchMode=yes"]
    done = subprocess.run(
        argv,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return done.returncode == 0
