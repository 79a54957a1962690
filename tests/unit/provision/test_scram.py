"""What PostgreSQL keeps of a password."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest

from giaoban.provision.scram import ROUNDS, verifier


def test_the_same_password_and_salt_give_the_same() -> None:
    assert verifier("mat-khau", "muoi") == verifier("mat-khau", "muoi")
    assert verifier("mat-khau", "muoi") != verifier("mat-khau", "khac")
    assert verifier("mat-khau", "muoi") != verifier("khac", "muoi")


def test_a_client_that_knows_the_password_is_believed() -> None:
    """A server's own check (RFC 5802, section 3), which has no more than what is kept."""
    kept = verifier("mat-khau", "muoi")
    scheme, rounds_and_salt, keys = kept.split("$")
    rounds, salt = rounds_and_salt.split(":")
    stored, server_key = map(base64.b64decode, keys.split(":"))
    assert (scheme, int(rounds)) == ("SCRAM-SHA-256", ROUNDS)
    salted = hashlib.pbkdf2_hmac("sha256", b"mat-khau", base64.b64decode(salt), ROUNDS)
    client_key = hmac.digest(salted, b"Client Key", "sha256")
    message = b"n=,r=once,r=oncetwice,s=...,i=4096,c=biws,r=oncetwice"
    proof = bytes(
        a ^ b for a, b in zip(client_key, hmac.digest(stored, message, "sha256"), strict=True)
    )
    shown = bytes(a ^ b for a, b in zip(proof, hmac.digest(stored, message, "sha256"), strict=True))
    assert hashlib.sha256(shown).digest() == stored
    assert server_key == hmac.digest(salted, b"Server Key", "sha256")


def test_what_servers_might_prepare_otherwise_is_refused() -> None:
    with pytest.raises(UnicodeEncodeError):
        verifier("mật-khẩu", "muoi")
