"""Keys that follow from a secret: a machine built anew with the same master key has them again."""

from __future__ import annotations

import hashlib
from typing import Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

# Of P-256 (SP 800-186, 3.2.1.3).
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def p256_key(purpose: str, secret: str) -> ec.EllipticCurvePrivateKey:
    """Derive a P-256 key; the same purpose and secret give the same key for good.

    Args:
        purpose: what the key is for, so that one secret never makes the same key twice.
        secret: of 128 bits or more, which is what the curve can keep.

    """
    # 64 bytes, so that the remainder is as good as evenly spread (FIPS 186-5, A.2.1).
    digest = hashlib.sha512(f"giaoban {purpose} ".encode() + secret.encode()).digest()
    number = int.from_bytes(digest, "big")
    return ec.derive_private_key(1 + number % (_ORDER - 1), ec.SECP256R1())


def pem_of(private: ec.EllipticCurvePrivateKey) -> str:
    """Give a private key as PKCS #8 in PEM, in the clear."""
    return private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode("ascii")
