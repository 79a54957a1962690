"""The key that signs a zone, derived from a secret: every server, and every rebuilt one, has it."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from cryptography.hazmat.primitives import serialization

from giaoban.provision.derived import p256_key, pem_of

ALGORITHM = 13  # ECDSA P-256 with SHA-256 (RFC 6605); RFC 8624 has signers use it
_FLAGS, _PROTOCOL = 257, 3  # a key that both signs records and is trusted (RFC 4034, 2.1)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A zone's key: private as PKCS #8 in PEM, public as the text of a DNSKEY record's data."""

    pem: str
    dnskey: str
    tag: int


def signing_key(secret: str) -> SigningKey:
    """Derive the key; the same secret gives the same key for good."""
    private = p256_key("dnssec", secret)
    point = private.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )[1:]
    rdata = _FLAGS.to_bytes(2, "big") + bytes([_PROTOCOL, ALGORITHM]) + point
    text = f"{_FLAGS} {_PROTOCOL} {ALGORITHM} {base64.b64encode(point).decode()}"
    return SigningKey(pem_of(private), text, _tag(rdata))


def _tag(rdata: bytes) -> int:
    """Give a key's tag (RFC 4034, appendix B)."""
    total = sum(octet << 8 if place % 2 == 0 else octet for place, octet in enumerate(rdata))
    return (total + (total >> 16 & 0xFFFF)) & 0xFFFF
