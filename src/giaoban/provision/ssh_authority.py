"""The province's SSH authorities: one vouches for hosts, another for people. Pure.

Their keys are derived from the master key, on the controller. A host's certificate says that a host
key is the device's; a person's lets him in for some hours, and nothing need be taken away from him
afterwards.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from giaoban.errors import GiaobanError
from giaoban.provision.secrets import SecretStore

# A working day. Whoever needs longer asks again.
LONGEST_USER_LIFE: Final = timedelta(hours=12)
HOST_LIFE: Final = timedelta(days=360)
# A host gets another certificate when less is left: as with the other CA, a run every three months
# is enough.
HOST_REST: Final = timedelta(days=120)
# Clocks of boxes differ; OpenSSH compares to the second.
_CLOCKS_DIFFER: Final = timedelta(minutes=5)
# What a certificate allows a server may still refuse; only the bastion forwards.
_EXTENSIONS: Final = (b"permit-port-forwarding", b"permit-pty")
_SHOWN: Final = 20  # characters of a wrong key


class SshCertificateError(GiaobanError):
    """What was asked for is not signed."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who logs in: his name in the log, and the names that servers let in."""

    name: str
    principals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pass:
    """A person's certificate, as one line of OpenSSH, and what the log of signatures says of it."""

    certificate: str
    serial: int
    begins: datetime
    ends: datetime


class SshAuthority:
    """Signs host keys and people's keys."""

    def __init__(self, store: SecretStore) -> None:
        self._hosts = _key("ssh host ca", store.value("ssh/host-ca"))
        self._users = _key("ssh user ca", store.value("ssh/user-ca"))

    @property
    def hosts(self) -> str:
        """The public key that vouches for hosts, as one line without its end."""
        return _line(self._hosts.public_key())

    @property
    def users(self) -> str:
        """The public key that vouches for people, as one line without its end."""
        return _line(self._users.public_key())

    def host_certificate(
        self, public: str, names: Sequence[str], begins: datetime, life: timedelta
    ) -> str:
        """Certify a device's host key.

        Args:
            public: the key, as one line of OpenSSH.
            names: the device's, and its addresses; the first one goes into the log.
            begins: when it is valid from.
            life: how long.

        Raises:
            SshCertificateError: no name, which would be every name; or a key that is not Ed25519.

        """
        builder = _builder(public, names, begins, begins + life).type(
            serialization.SSHCertificateType.HOST
        )
        return _signed(builder.key_id(names[0].encode()), self._hosts)

    def kept_or_new(self, current: str, public: str, names: Sequence[str], moment: datetime) -> str:
        """Give a host the certificate that it has, or another where that one no longer does.

        Args:
            current: what the host has; empty where it has none.
            public: its key, as one line of OpenSSH.
            names: what it is called.
            moment: now.

        Raises:
            SshCertificateError: as `host_certificate` does.

        """
        if self._is_good(current, public, names, moment):
            return current
        return self.host_certificate(public, names, moment - _CLOCKS_DIFFER, HOST_LIFE)

    def _is_good(self, current: str, public: str, names: Sequence[str], moment: datetime) -> bool:
        try:
            found = serialization.load_ssh_public_identity(current.strip().encode())
            if not isinstance(found, serialization.SSHCertificate):
                return False
            found.verify_cert_signature()
        except (ValueError, InvalidSignature):
            return False
        key = found.public_key()
        return (
            found.type is serialization.SSHCertificateType.HOST
            and found.signature_key() == self._hosts.public_key()
            and isinstance(key, Ed25519PublicKey)
            and _line(key).split() == public.split()[:2]
            and found.valid_principals == [name.encode() for name in names]
            and moment.timestamp() + HOST_REST.total_seconds() < found.valid_before
        )

    def user_certificate(
        self, public: str, person: Person, moment: datetime, life: timedelta
    ) -> Pass:
        """Let a person in.

        Args:
            public: his key, as one line of OpenSSH.
            person: who he is.
            moment: now; boxes whose clocks are up to five minutes late take it at once.
            life: how long, at most 12 hours.

        Raises:
            SshCertificateError: no principal, which would be everybody; too long a life; or a key
                that is not Ed25519.

        """
        if not timedelta() < life <= LONGEST_USER_LIFE:
            raise SshCertificateError(
                f"{person.name}: a certificate for {life} was asked for; expected at most"
                f" {LONGEST_USER_LIFE}: ask again when it has run out"
            )
        begins, ends = moment - _CLOCKS_DIFFER, moment + life
        serial = int(moment.timestamp() * 1_000_000)
        builder = (
            _builder(public, person.principals, begins, ends)
            .type(serialization.SSHCertificateType.USER)
            .serial(serial)
            .key_id(person.name.encode())
        )
        for extension in _EXTENSIONS:
            builder = builder.add_extension(extension, b"")
        return Pass(_signed(builder, self._users), serial, begins, ends)


def _key(purpose: str, secret: str) -> Ed25519PrivateKey:
    seed = hashlib.sha256(f"giaoban {purpose} ".encode() + secret.encode()).digest()
    return Ed25519PrivateKey.from_private_bytes(seed)


def _line(public: Ed25519PublicKey) -> str:
    return public.public_bytes(
        serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    ).decode("ascii")


def _builder(
    public: str, principals: Sequence[str], begins: datetime, ends: datetime
) -> serialization.SSHCertificateBuilder:
    if not principals:
        raise SshCertificateError(
            "a certificate for nobody in particular was asked for; expected one name or more:"
            " OpenSSH takes none for all"
        )
    try:
        key = serialization.load_ssh_public_key(public.encode())
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise SshCertificateError(
            f"found a key that begins {public[:_SHOWN]!r}; expected ssh-ed25519, as"
            " `ssh-keygen -t ed25519` makes it"
        )
    return (
        serialization.SSHCertificateBuilder()
        .public_key(key)
        .valid_principals([principal.encode() for principal in principals])
        .valid_after(int(begins.timestamp()))
        .valid_before(int(ends.timestamp()))
    )


def _signed(builder: serialization.SSHCertificateBuilder, authority: Ed25519PrivateKey) -> str:
    return builder.sign(authority).public_bytes().decode("ascii")
