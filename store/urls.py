"""URLs fit for an answer: absolute, ASCII, http or https."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote, urlsplit

from store.errors import RegistryError
from store.names import ascii_name, parse_address

__all__ = ["escape_url", "web_url"]

_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_URL_CHARACTERS = "%/?:@!$&'()*+,;=~-._"


def escape_url(text: str) -> str:
    """Percent-encode whatever may not stand in a URL; what is encoded stays as it is.

    >>> escape_url("/domain/<b>%41%")
    '/domain/%3Cb%3E%41%25'
    """
    encoded = text.encode("utf-8", "surrogatepass")
    return _ESCAPE.sub("%25", quote(encoded, safe=_URL_CHARACTERS))


@lru_cache(maxsize=4096)
def web_url(text: str | None) -> str | None:
    """Give the http(s) URL *text* fit for a link, or ``None`` where it can't be one.

    A registrar's web site without a scheme (``www.registrar.example``) is taken
    for http; an internationalised host is written in A-labels (RFC 9083 §4.2).

    >>> web_url("www.registrar.example")
    'http://www.registrar.example'
    """
    url = "".join(sign if sign.isprintable() else " " for sign in text or "").strip()
    if not url:
        return None
    if not _SCHEME.match(url):
        url = "http://" + url
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        name = str(parse_address(host)) if ":" in host else ascii_name(host)
    except (ValueError, RegistryError):
        return None
    if parts.scheme not in {"http", "https"} or parts.username is not None or port == 0:
        return None
    # An address that is ASCII stays as it was written: IANA's list is compared exactly.
    netloc = parts.netloc if parts.netloc.isascii() else name + (f":{port}" if port else "")
    rest = url[len(parts.scheme) + len("://") + len(parts.netloc) :]
    return f"{parts.scheme}://{netloc}{escape_url(rest)}"
