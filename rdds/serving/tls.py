"""TLS in the RDAP door itself, and its certificate, which can be renewed."""

from __future__ import annotations

import ssl
from datetime import datetime, timedelta
from pathlib import Path

__all__ = ["Certificate", "tls_context", "untimely"]

SOON = timedelta(days=7)  # before its end a certificate should be another one

# conformance.md 4.1.3: under TLS 1.2 these suites and no others. The level has OpenSSL
# refuse what RFC 9325 §4 does: RSA below 2048 bits, curves below 224, SHA-1 signatures.
_CIPHERS = (
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:@SECLEVEL=2"
)


def tls_context(certificate: str, key: str | None) -> ssl.SSLContext:
    """Make the TLS context of the RDAP door: 1.2 and 1.3 alone (conformance.md 4.1.2).

    Raises:
        OSError: (``ssl.SSLError`` is one) the files can't be read, don't match or are weak.
        ValueError: the key is locked by a passphrase, which nobody is there to type.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(_CIPHERS)
    context.set_alpn_protocols(["http/1.1"])  # RFC 9325 §3.8
    context.options |= (
        ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION | ssl.OP_CIPHER_SERVER_PREFERENCE
    )
    context.load_cert_chain(certificate, key, _no_passphrase)
    return context


def _no_passphrase() -> str:
    raise ValueError("The key is locked by a passphrase.")


def untimely(certificate: Path, now: datetime) -> str | None:
    """Say that the first *certificate* of a file isn't good at *now*, or not for long.

    ``None`` where it is, or the file holds none. Clients refuse one that has ended.
    """
    from cryptography import x509

    try:
        first = x509.load_pem_x509_certificate(certificate.read_bytes())
    except (OSError, ValueError):
        return None
    begin, end = first.not_valid_before_utc, first.not_valid_after_utc
    if now < begin:
        return f"Clients will refuse {certificate}: it is good from {begin:%Y-%m-%d %H:%M} UTC on."
    if now >= end:
        return f"Clients will refuse {certificate}: it ended at {end:%Y-%m-%d %H:%M} UTC."
    if end - now < SOON:
        return f"Renew {certificate}: it ends at {end:%Y-%m-%d %H:%M} UTC."
    return None


class Certificate:
    """The files of a certificate and its key, and the handshakes made with them.

    ``context`` is for listeners. It stays the same when the files are read anew, so
    nothing has to be closed: every handshake takes the certificate of its moment.
    Made before the workers are forked, it gives all of them the keys of the session
    tickets, and a client may resume with any of them.
    """

    def __init__(self, certificate: str, key: str | None) -> None:
        self._files = certificate, key
        self.context = self._current = tls_context(certificate, key)
        self.context.sni_callback = self._choose

    def renew(self) -> None:
        """Read the files anew; if that fails, the certificate in force stays.

        Raises:
            OSError: as for :func:`tls_context`.
            ValueError: likewise.
        """
        self._current = tls_context(*self._files)

    def _choose(
        self,
        handshake: ssl.SSLObject | ssl.SSLSocket,
        _name: str | None,
        context: ssl.SSLContext,
    ) -> None:
        """Have *handshake* go on with the newest files, whether it names a server or not."""
        if context is not self._current:
            handshake.context = self._current
