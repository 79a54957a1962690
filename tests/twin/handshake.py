"""One TLS handshake, from inside a namespace, of versions that a caller names."""

from __future__ import annotations

import socket
import ssl
import warnings


def handshake(address: str, name: str, newest: str = "TLSv1.3") -> str:
    """Shake hands, looking at no certificate; give the version agreed on, or `refused: why`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion[newest.replace(".", "_")]
    context.set_ciphers("ALL:@SECLEVEL=0")
    try:
        with (
            socket.create_connection((address, 443), timeout=5) as channel,
            context.wrap_socket(channel, server_hostname=name) as shaken,
        ):
            return str(shaken.version())
    except ssl.SSLError as failure:
        return f"refused: {failure.reason}"
