"""URLs and server names that answers carry."""

from __future__ import annotations

import re
from ipaddress import IPv6Address, ip_address
from urllib.parse import quote, urlsplit, urlunsplit

from store.errors import Code, RegistryError
from store.names import ascii_name
from store.validation.text import clean_text

__all__ = ["check_server_name", "check_url"]

MOST_CHARACTERS = 1024
# RFC 3986 §2: every ASCII character that may stand in a URL; the rest is encoded in a path
# and a query where it is not ASCII, and refused where it is.
_SAFE = "!#$%&'()*+,/:;=?@[]~-._"
_NOT_IN_URLS = re.compile(r"[\s\"<>\\^`{|}]|%(?![0-9A-Fa-f]{2})")


def check_url(text: str, *, field: str) -> str:
    """Give an absolute http or https URL in ASCII: the host in A-labels, the rest encoded.

    Raises:
        RegistryError: ``MISSING_VALUE`` for nothing, ``INVALID_VALUE`` otherwise: another
            scheme, no legal host, user and password, blanks, more than 1024 characters.

    >>> check_url("https://Bücher.example/über", field="url")
    'https://xn--bcher-kva.example/%C3%BCber'
    """
    typed = clean_text(text, field=field)
    if not typed:
        raise RegistryError(Code.MISSING_VALUE, f"The field {field} needs a value.", field=field)
    if len(typed) > MOST_CHARACTERS or _NOT_IN_URLS.search(typed):
        raise _refusal(field)
    try:
        parts = urlsplit(typed)
        host, port = parts.hostname, parts.port
    except ValueError as error:  # a broken IPv6 literal, a port beyond 65535
        raise _refusal(field) from error
    if parts.scheme not in {"http", "https"} or not host or "@" in parts.netloc or port == 0:
        raise _refusal(field)
    place = _url_host(host, field=field) + (f":{port}" if port is not None else "")
    rest = (quote(part, safe=_SAFE) for part in (parts.path, parts.query, parts.fragment))
    url = urlunsplit((parts.scheme, place, *rest))
    if len(url) > MOST_CHARACTERS:
        raise _refusal(field)
    return url


def check_server_name(text: str, *, field: str = "whois_server") -> str:
    """Give the host name of a server in A-labels; it has two labels or more.

    Raises:
        RegistryError: ``MISSING_VALUE`` for nothing, ``INVALID_NAME`` for no host name.
    """
    typed = clean_text(text, field=field)
    if not typed:
        raise RegistryError(Code.MISSING_VALUE, f"The field {field} needs a value.", field=field)
    try:
        name = ascii_name(typed)
    except RegistryError as error:
        raise RegistryError(error.code, error.message, field=field) from error
    # A last label of digits is an address to every client, or the ruins of one.
    if "." not in name or name.rpartition(".")[2].isdigit():
        raise RegistryError(
            Code.INVALID_NAME, "A server's name has two labels or more.", field=field
        )
    return name


def _url_host(host: str, *, field: str) -> str:
    try:
        address = ip_address(host)
    except ValueError:
        try:
            return check_server_name(host, field=field)
        except RegistryError as error:
            raise _refusal(field) from error
    if isinstance(address, IPv6Address):
        if address.scope_id is not None:
            raise _refusal(field)
        return f"[{address}]"
    return str(address)


def _refusal(field: str) -> RegistryError:
    return RegistryError(
        Code.INVALID_VALUE,
        "Not an http or https URL with a public host name and no blanks.",
        field=field,
    )
