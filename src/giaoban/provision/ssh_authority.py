"""The province's SSH authorities: one vouches for hosts, another for people. Pure.

Their keys are derived from the master key, on the controller. A host's certificate says that a host
key is the device's; a person's lets him into named accounts for some hours, and nothing need be
taken away from him afterwards.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from giaoban.errors import GiaobanError
from giaoban.provision.secrets import SecretStore

# A working day. Whoever needs longer asks again.
LONGEST_USER_LIFE: Final = timedelta(hours=12)
# Clocks of boxes differ; OpenSSH compares to the second.
_CLOCKS_DIFFER: Final = timedelta(minutes=5)
_EXTENSIONS: Final = (b"permit-pty",)


class SshCertificateError(GiaobanError):
    """What was asked for is not signed."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who logs in: his name in the log, and the accounts that are open to him."""

    name: str
    accounts: tuple[str, ...]


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

    def user_certificate(
        self, public: str, person: Person, moment: datetime, life: timedelta
    ) -> str:
        """Let a person in.

        Args:
            public: his key, as one line of OpenSSH.
            person: who he is.
            moment: now; boxes whose clocks are up to five minutes late take it at once.
            life: how long, at most 12 hours.

        Raises:
            SshCertificateError: no account, which would be every account; too long a life; or a key
                that is not Ed25519.

        """
        if not timedelta() < life <= LONGEST_USER_LIFE:
            raise SshCertificateError(
                f"{person.name}: a certificate for {life} was asked for; expected at most"
                f" {LONGEST_USER_LIFE}: ask again when it has run out"
            )
        begins = moment - _CLOCKS_DIFFER
        builder = _builder(public, person.accounts, begins, moment + life).type(
            serialization.SSHCertificateType.USER
        )
        for extension in _EXTENSIONS:
            builder = builder.add_extension(extension, b"")
        return _signed(builder.key_id(person.name.encode()), self._users)


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
    key = serialization.load_ssh_public_key(public.encode("ascii"))
    if not isinstance(key, Ed25519PublicKey):
        raise SshCertificateError(
            f"found a key that begins {public[:20]!r}; expected ssh-ed25519, as"
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
