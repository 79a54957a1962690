"""What PostgreSQL keeps of a password, computed here: the password itself never goes there."""

from __future__ import annotations

import base64
import hashlib
import hmac

ROUNDS = 4096  # PostgreSQL's own count (scram_iterations); the least that RFC 7677 allows
_SALT_BYTES = 16


def verifier(password: str, salt: str) -> str:
    """Give the SCRAM-SHA-256 verifier of a password (RFC 5802, section 3), as pg_authid holds it.

    Args:
        password: in ASCII, so that no server prepares it otherwise (RFC 4013).
        salt: any secret text; the same two give the same verifier for good, so that what a server
            holds can be compared.

    Raises:
        UnicodeEncodeError: the password is not ASCII.

    """
    seed = hashlib.sha256(salt.encode()).digest()[:_SALT_BYTES]
    salted = hashlib.pbkdf2_hmac("sha256", password.encode("ascii"), seed, ROUNDS)
    stored = hashlib.sha256(_keyed(salted, b"Client Key")).digest()
    parts = (seed, stored, _keyed(salted, b"Server Key"))
    encoded = [base64.b64encode(part).decode() for part in parts]
    return f"SCRAM-SHA-256${ROUNDS}:{encoded[0]}${encoded[1]}:{encoded[2]}"


def _keyed(key: bytes, text: bytes) -> bytes:
    return hmac.digest(key, text, "sha256")
