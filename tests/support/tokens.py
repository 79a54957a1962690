"""Tokens for media servers as the booking service will sign them: JWT with HS256."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any

API_KEY = "giaoban"


def token(secret: str, identity: str, grant: dict[str, Any], *, seconds: int = 300) -> str:
    """Sign what `identity` may do; a time below zero gives one that has run out."""
    now = int(time.time())
    claims = {
        "iss": API_KEY,
        "sub": identity,
        "name": identity,
        "nbf": now - 600,
        "exp": now + seconds,
        "video": grant,
    }
    head = _part({"alg": "HS256", "typ": "JWT"}) + b"." + _part(claims)
    signature = hmac.digest(secret.encode(), head, hashlib.sha256)
    return (head + b"." + _base64(signature)).decode()


def _part(value: dict[str, Any]) -> bytes:
    return _base64(json.dumps(value, ensure_ascii=False).encode())


def _base64(content: bytes) -> bytes:
    return base64.urlsafe_b64encode(content).rstrip(b"=")
