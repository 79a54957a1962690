"""What the things of a twin are called on the machine: pure functions of its and the plan's names.

Everything carries the prefix `giaoban.<twin>.`; a twin's name holds no dot, so that no twin's
prefix begins another's. Interface names have 15 characters at most, hence the digests.
"""

from __future__ import annotations

import hashlib
import re

from giaoban.errors import GiaobanError
from giaoban.plan.model import Port

PREFIX = "giaoban"
DEFAULT_TWIN = "daknong"
CARRIER = "_carrier"  # an underscore cannot begin a device's name
OOB = "_oob"
SOCKETS = "_sockets"
PROBE = "_probe"
RELAY = "_relay"
OOB_PORT = "oob0"

_TWIN_NAME = re.compile(r"[a-z][a-z0-9-]{0,31}")


class BadTwinNameError(GiaobanError):
    """A twin's name that could not be part of names on the machine."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"--name {name!r}: a twin's name has a letter, then letters, digits and dashes, 32 at"
            " most; for example 'daknong' or 't-links'"
        )


def checked_twin_name(name: str) -> str:
    """Give `name` back.

    Raises:
        BadTwinNameError: it is no name for a twin.

    """
    if _TWIN_NAME.fullmatch(name) is None:
        raise BadTwinNameError(name)
    return name


def namespace_prefix(twin: str) -> str:
    """Give what every network namespace of a twin begins with."""
    return f"{PREFIX}.{twin}."


def namespace(twin: str, node: str) -> str:
    """Give the network namespace of a node, or of CARRIER, OOB, SOCKETS or PROBE."""
    return namespace_prefix(twin) + node


def mac(twin: str, port: Port) -> str:
    """Give a port's MAC address: locally administered, the same in every run."""
    octets = hashlib.sha256(f"{twin} {port}".encode()).digest()[:5]
    return ":".join(f"{octet:02x}" for octet in (0x02, *octets))


def oob_link(device: str) -> str:
    """Give the out-of-band namespace's end of a device's management cable."""
    return f"o-{_digest(device)}"


def socket_link(port: Port) -> str:
    """Give the wall's end of an access port on which nothing hangs."""
    return f"w-{_digest(str(port))}"


def circuit_bridge(circuit: str) -> str:
    """Give the carrier's bridge of a circuit."""
    return f"b-{_digest(circuit)}"


def circuit_lower(circuit: str) -> str:
    """Give the carrier's interface towards a circuit's lower end."""
    return f"l-{_digest(circuit)}"


def circuit_upper(circuit: str) -> str:
    """Give the carrier's interface towards a circuit's upper end."""
    return f"u-{_digest(circuit)}"


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:8]
