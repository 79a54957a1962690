"""Secret references: what they stand for, and how they look where nobody may read them."""

from __future__ import annotations

import base64
import errno
import hashlib
import os
import re
import stat
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from giaoban.errors import GiaobanError

REFERENCE = re.compile(r"@secret\{([a-z0-9/._-]+)\}")

_KEY_BYTES = 32
_VALUE_BYTES = 20
_SHORT_PREFIX = "ospf/"
_SHORT_LENGTH = 16
_DIGEST_LENGTH = 6
_FILE_BYTES = 4096  # a key and its line's end fit; an endless file does not fill the memory


class SecretsFileError(GiaobanError):
    """The province's master key cannot be used as it stands."""

    @classmethod
    def missing(cls, path: Path) -> SecretsFileError:
        """Nothing is there."""
        return cls(
            f"{path}: there is no master key here; make one with"
            f" `(umask 077; openssl rand -hex {_KEY_BYTES} > {path})`"
            " and keep a copy off this machine"
        )

    @classmethod
    def loose(cls, path: Path, mode: int) -> SecretsFileError:
        """Others can read it."""
        return cls(
            f"{path}: mode {mode:04o} lets others read the master key; expected 0600:"
            f" `chmod 600 {path}`"
        )

    @classmethod
    def loose_folder(cls, path: Path) -> SecretsFileError:
        """Others can put another in its place."""
        return cls(
            f"{path}: others may write in its folder and so replace the master key:"
            f" `chmod go-w {path.parent}`"
        )

    @classmethod
    def foreign(cls, path: Path, owner: int) -> SecretsFileError:
        """Somebody else made it."""
        return cls(
            f"{path}: belongs to uid {owner}; expected root or you (uid {os.geteuid()}):"
            f" `chown {os.geteuid()} {path}` if the key in it is yours"
        )

    @classmethod
    def no_file(cls, path: Path) -> SecretsFileError:
        """A folder, a pipe, a device."""
        return cls(f"{path}: not a plain file; expected the master key itself")

    @classmethod
    def unreadable(cls, path: Path, fault: OSError) -> SecretsFileError:
        """The system does not let us read it."""
        if fault.errno == errno.ELOOP:
            return cls(f"{path}: a symbolic link; expected the master key itself, or its own path")
        return cls(
            f"{path}: the master key cannot be read ({fault.strerror}); expected a file of mode"
            " 0600 that is yours"
        )

    @classmethod
    def malformed(cls, path: Path, length: int) -> SecretsFileError:
        """It is not a key."""
        return cls(
            f"{path}: found {length} characters; expected {2 * _KEY_BYTES} hexadecimal digits,"
            f" as `openssl rand -hex {_KEY_BYTES}` prints them"
        )


class SecretStore:
    """Every secret of a province, derived from its master key by name (HKDF, RFC 5869).

    The same key and name give the same secret for good, so nothing has to be stored, and both ends
    of a session agree without ever exchanging anything.
    """

    def __init__(self, master: bytes) -> None:
        self._master = master
        self._resolved: dict[str, str] = {}

    @classmethod
    def from_file(cls, path: Path | str) -> SecretStore:
        """Read the master key: 32 bytes as hexadecimal digits, in a file of mode 0600.

        Raises:
            SecretsFileError: the file is missing, in others' reach, or not a key.
        """
        path = Path(path)
        try:
            text = _read_private(path).decode("ascii", errors="replace").strip()
        except FileNotFoundError:
            raise SecretsFileError.missing(path) from None
        except OSError as fault:
            raise SecretsFileError.unreadable(path, fault) from None
        if not re.fullmatch(rf"[0-9a-fA-F]{{{2 * _KEY_BYTES}}}", text):
            raise SecretsFileError.malformed(path, len(text))
        return cls(bytes.fromhex(text))

    def value(self, name: str) -> str:
        """Give the secret called `name`: 32 letters and digits (160 bits), which nothing quotes.

        Names under `ospf/` give 16 of them (80 bits): FRR cuts an OSPF message digest key there
        without a word, and then never agrees that it runs what was written.
        """
        kdf = HKDF(
            algorithm=SHA256(), length=_VALUE_BYTES, salt=None, info=b"giaoban " + name.encode()
        )
        letters = base64.b32encode(kdf.derive(self._master)).decode().lower()
        value = letters[:_SHORT_LENGTH] if name.startswith(_SHORT_PREFIX) else letters
        self._resolved[value] = name
        return value

    def redact(self, text: str) -> str:
        """Put the masked reference where `text` holds a secret that this store has given out."""
        for value in sorted(self._resolved, key=len, reverse=True):
            if value in text:
                text = text.replace(value, mask(f"@secret{{{self._resolved[value]}}}", self))
        return text

    def digest(self, name: str) -> str:
        """Give six hexadecimal digits that change when the secret does and do not give it away."""
        return hashlib.sha256(self.value(name).encode()).hexdigest()[:_DIGEST_LENGTH]


def _read_private(path: Path) -> bytes:
    # Judged by its descriptor: what is read is what was looked at. A pipe does not hold us up.
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        mode = stat.S_IMODE(found.st_mode)
        if not stat.S_ISREG(found.st_mode):
            raise SecretsFileError.no_file(path)
        if found.st_uid not in (0, os.geteuid()):
            raise SecretsFileError.foreign(path, found.st_uid)
        if mode & 0o077:
            raise SecretsFileError.loose(path, mode)
        if path.parent.stat().st_mode & 0o022:
            raise SecretsFileError.loose_folder(path)
        return file.read(_FILE_BYTES)


def resolve(text: str, store: SecretStore) -> str:
    """Put the secrets where `text` refers to them."""
    return REFERENCE.sub(lambda reference: store.value(reference[1]), text)


def mask(text: str, store: SecretStore) -> str:
    """Say which secret stands at each reference: a rotation shows, its value does not."""
    return REFERENCE.sub(
        lambda reference: f"@secret{{{reference[1]} sha256:{store.digest(reference[1])}}}", text
    )
