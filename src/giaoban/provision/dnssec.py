"""The key that signs a zone, derived from a secret: every server, and every rebuilt one, has it."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

ALGORITHM = 13  # ECDSA P-256 with SHA-256 (RFC 6605); RFC 8624 has signers use it
_FLAGS, _PROTOCOL = 257, 3  # a key that both signs records and is trusted (RFC 4034, 2.1)
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A zone's key: private as PKCS #8 in PEM, public as the text of a DNSKEY record's data."""

    pem: str
    dnskey: str
    tag: int


def signing_key(secret: str) -> SigningKey:
    """Derive the key; the same secret gives the same key for good."""
    # 64 bytes, so that the remainder is as good as evenly spread (FIPS 186-5, A.2.1).
    number = int.from_bytes(hashlib.sha512(b"giaoban dnssec " + secret.encode()).digest(), "big")
    private = ec.derive_private_key(1 + number % (_ORDER - 1), ec.SECP256R1())
    point = private.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )[1:]
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    rdata = _FLAGS.to_bytes(2, "big") + bytes([_PROTOCOL, ALGORITHM]) + point
    text = f"{_FLAGS} {_PROTOCOL} {ALGORITHM} {base64.b64encode(point).decode()}"
    return SigningKey(pem.decode(), text, _tag(rdata))


def _tag(rdata: bytes) -> int:
    """Give a key's tag (RFC 4034, appendix B)."""
    total = sum(octet << 8 if place % 2 == 0 else octet for place, octet in enumerate(rdata))
    return (total + (total >> 16 & 0xFFFF)) & 0xFFFF
