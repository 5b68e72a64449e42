"""The operator's mail server: where it is, who we are to it, and how the way there is guarded."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import parse_qs, unquote, urlsplit

__all__ = ["MailServer", "Tls", "mail_server"]


class Tls(StrEnum):
    """How a connection is kept from others' eyes."""

    IMPLICIT = "implicit"  # from the first octet, RFC 8314
    REQUIRED = "required"  # STARTTLS, with a certificate that is checked
    OPTIONAL = "optional"  # STARTTLS where it is offered, with any certificate


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """The server that takes mail from us. ``context`` is ``None`` for the system's authorities."""

    host: str
    port: int
    tls: Tls
    user: str | None = None
    password: str | None = None
    context: ssl.SSLContext | None = None

    def tls_context(self) -> ssl.SSLContext:
        """Give what checks the server's certificate, or doesn't."""
        if self.context is not None:
            return self.context
        if self.tls is not Tls.OPTIONAL:
            return ssl.create_default_context()
        # Whoever could show another certificate could hide the offer of STARTTLS as well.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context


def mail_server(url: str) -> MailServer:
    """Read ``smtp://[USER:PASSWORD@]HOST[:PORT][?starttls=optional]`` or ``smtps://…``.

    A loopback host needs no TLS, nor does one with ``starttls=optional``: an approval link
    is worth as much as a password, so everywhere else STARTTLS is a must.

    Raises:
        ValueError: for any other query.
    """
    parts = urlsplit(url)
    query = parse_qs(parts.query, keep_blank_values=True)
    optional = query.pop("starttls", None)
    if query or optional not in (None, ["optional"]) or (optional and parts.scheme == "smtps"):
        raise ValueError("the mail server's URL has a query that means nothing")
    host = parts.hostname or "localhost"
    if parts.scheme == "smtps":
        tls = Tls.IMPLICIT
    else:
        tls = Tls.OPTIONAL if optional or _is_loopback(host) else Tls.REQUIRED
    user = None if parts.username is None else unquote(parts.username)
    return MailServer(
        host=host,
        # RFC 8314 §3.3 and RFC 6409 §3.1: submission has ports of its own; 25 is the relay's.
        port=parts.port or (465 if tls is Tls.IMPLICIT else 25 if user is None else 587),
        tls=tls,
        user=user,
        password=None if parts.password is None else unquote(parts.password),
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
