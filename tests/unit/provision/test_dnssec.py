"""A zone's key comes from a secret, and the same one for good."""

from __future__ import annotations

import base64

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from giaoban.provision.dnssec import signing_key


def test_the_same_secret_gives_the_same_key() -> None:
    assert signing_key("a") == signing_key("a")
    assert signing_key("a").dnskey != signing_key("b").dnskey
    # As derived once: another would change the DS record that the parent zone has.
    assert signing_key("a").tag == 34_762


def test_public_and_private_are_of_one_pair() -> None:
    key = signing_key("a")
    private = load_pem_private_key(key.pem.encode(), None)
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    numbers = private.public_key().public_numbers()
    point = numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")
    assert key.dnskey == f"257 3 13 {base64.b64encode(point).decode()}"
