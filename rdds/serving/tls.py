"""TLS in the RDAP door itself."""

from __future__ import annotations

import ssl

__all__ = ["tls_context"]


def tls_context(certificate: str, key: str | None) -> ssl.SSLContext:
    """Make the TLS context of the RDAP door: 1.2 and 1.3 alone.

    Raises:
        OSError: (``ssl.SSLError`` is one) the files can't be read or don't match.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # conformance.md 4.1.3: under TLS 1.2 these suites and no others.
    context.set_ciphers(
        "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
        "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384"
    )
    context.load_cert_chain(certificate, key)
    return context
