"""Where servers listen and where links lead: endpoints and URLs in settings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rdds.settings.readers import Reader, listed, split_list, text

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "Endpoint",
    "base_url",
    "database_url",
    "listen",
    "path",
    "secret_url",
    "service_url",
    "smtp_url",
]

_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?", re.ASCII)
_MOST_URL = 1024
_USER = re.compile(r"(?<=://)[A-Za-z0-9._~!$&'()*+,;=:%-]+@", re.ASCII)  # RFC 3986 §3.2.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An address to listen on.

    ``host`` is a name or a literal without brackets; port 0 asks for a free one.
    """

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @classmethod
    def parse(cls, line: str) -> Endpoint:
        """Read ``HOST:PORT`` or ``[IPv6]:PORT``.

        Raises:
            ValueError: for anything else.

        >>> Endpoint.parse("[::1]:4343")
        Endpoint(host='::1', port=4343)
        """
        host, colon, port = line.strip().rpartition(":")
        if colon and port.isascii() and port.isdigit() and len(port) <= 5 and int(port) <= 65535:
            if host.startswith("[") and host.endswith("]"):
                if _is_ipv6(host[1:-1]):
                    return cls(host=host[1:-1], port=int(port))
            elif _HOST.fullmatch(host):
                return cls(host=host, port=int(port))
        raise ValueError("is not HOST:PORT or [IPv6]:PORT")


def _is_ipv6(literal: str) -> bool:
    try:
        return isinstance(ip_address(literal), IPv6Address)
    except ValueError:
        return False


def parse_listen(items: Iterable[object]) -> tuple[Endpoint, ...]:
    """Read endpoints, or ``off`` alone for none.

    Raises:
        ValueError: for anything else, or ``off`` beside others, or one endpoint twice.
    """
    lines = [text(item).strip() for item in items]
    if "off" in lines:
        if lines == ["off"]:
            return ()
        raise ValueError("has `off` beside an address")
    endpoints = tuple(Endpoint.parse(line) for line in lines)
    fixed = [endpoint for endpoint in endpoints if endpoint.port]
    if len(set(fixed)) < len(fixed):
        raise ValueError("has the same address twice")
    return endpoints


def listen() -> Reader[tuple[Endpoint, ...]]:
    """Read a list of endpoints; ``off`` or an empty list is none."""
    return Reader(read=lambda raw: parse_listen(listed(raw)), spell=split_list)


def service_url(line: str) -> str:
    """Read an absolute http or https URL in ASCII, without user and password.

    Raises:
        ValueError: for anything else.
    """
    try:
        parts = urlsplit(line)
        sound = parts.port != 0
    except ValueError:
        sound = False
    if (
        not sound
        or len(line) > _MOST_URL
        or not line.isascii()
        or not line.isprintable()
        or set(' "<>\\^`{|}') & set(line)
        or parts.scheme not in {"http", "https"}
        or not parts.hostname
        or "@" in parts.netloc
    ):
        raise ValueError("is not an http or https URL")
    return line


def secret_url(line: str) -> str:
    """Read an http or https URL that may hold a user and a password. It is never repeated.

    Raises:
        ValueError: for anything else.
    """
    service_url(_USER.sub("", line, count=1))
    return line


def base_url(line: str) -> str:
    """Read the URL that links begin with; it ends in a slash, which is added if missing.

    Raises:
        ValueError: as :func:`service_url`, and for a query or a fragment.

    >>> base_url("https://rdap.example")
    'https://rdap.example/'
    """
    url = service_url(line)
    if "?" in url or "#" in url:
        raise ValueError("is a URL with a query or a fragment")
    return url if url.endswith("/") else f"{url}/"


def smtp_url(line: str) -> str:
    """Read ``smtp://[USER:PASSWORD@]HOST[:PORT][?starttls=optional]`` or ``smtps://…``.

    Raises:
        ValueError: for anything else.
    """
    try:
        parts = urlsplit(line)
        sound = parts.port != 0 and parts.scheme in {"smtp", "smtps"} and bool(parts.hostname)
    except ValueError:
        sound = False
    if not sound or parts.path.strip("/") or parts.fragment:
        raise ValueError("is not smtp://HOST:PORT or smtps://HOST:PORT")
    if parts.query and (parts.scheme, parts.query) != ("smtp", "starttls=optional"):
        raise ValueError("has a query other than that of smtp://HOST:PORT?starttls=optional")
    return line


def database_url(line: str) -> str:
    """Read the URL of a store: ``sqlite:///FILE`` or ``postgresql://…``.

    Raises:
        ValueError: for anything else. The URL may hold a password and is not repeated.
    """
    if line.startswith("sqlite:///") and line.removeprefix("sqlite:///") not in {"", ":memory:"}:
        return line
    return postgresql_url(line, or_sqlite=" sqlite:///FILE or")


def postgresql_url(line: str, or_sqlite: str = "") -> str:
    """Read the URL of a PostgreSQL database.

    Raises:
        ValueError: for anything else.
    """
    try:
        parts = urlsplit(line)
        sound = parts.port != 0 and parts.scheme in {"postgresql", "postgresql+asyncpg"}
    except ValueError:
        sound = False
    if not sound or "//" not in line or not parts.path.strip("/"):
        raise ValueError(f"is not{or_sqlite} postgresql://USER@HOST/DATABASE")
    return line


def path(line: str) -> Path:
    """Read a file's path; ``~`` is the user's home.

    Raises:
        ValueError: for a home that is not known.
    """
    try:
        return Path(line).expanduser()
    except RuntimeError as error:
        raise ValueError("is in a home that is not known") from error
