"""Text that goes into JSON: stored values cleaned, instants and URLs spelled."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import quote, urlsplit

from store.errors import RegistryError
from store.names import ascii_name, parse_address

__all__ = ["clean", "escape_url", "instant", "path_segment", "web_url"]

# Controls and line separators; text that can't be written as UTF-8 (conformance.md 1.12.5).
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_URL_CHARACTERS = "%/?:@!$&'()*+,;=~-._"


def clean(text: str) -> str:
    r"""Give *text* as it may stand in JSON: no control characters, no blanks around it.

    A control character becomes a blank and a lone surrogate U+FFFD, as on port 43.

    >>> clean("two\r\nlines ")
    'two  lines'
    """
    if text.isprintable():
        return text.strip()
    return _SURROGATE.sub("\ufffd", _CONTROL.sub(" ", text)).strip()


def instant(moment: datetime) -> str:
    """Write the aware *moment* in UTC by RFC 3339, a fraction only where there is one.

    >>> instant(datetime(2009, 4, 3, 22, 0, 0, 120_000, tzinfo=UTC))
    '2009-04-03T22:00:00.12Z'
    """
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    text = utc.replace(tzinfo=None).isoformat()  # no fraction where it is zero
    return (text.rstrip("0") if utc.microsecond else text) + "Z"


def escape_url(text: str) -> str:
    """Percent-encode whatever may not stand in a URL; what is encoded stays as it is.

    >>> escape_url("/domain/<b>%41%")
    '/domain/%3Cb%3E%41%25'
    """
    encoded = text.encode("utf-8", "surrogatepass")
    return _ESCAPE.sub("%25", quote(encoded, safe=_URL_CHARACTERS))


def path_segment(text: str) -> str:
    """Percent-encode *text* so that it is one segment of a path.

    >>> path_segment("ABC/1")
    'ABC%2F1'
    """
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


@lru_cache(maxsize=4096)
def web_url(text: str | None) -> str | None:
    """Give the http(s) URL *text* fit for a link, or ``None`` where it can't be one.

    A registrar's web site without a scheme (``www.registrar.example``) is taken
    for http; an internationalised host is written in A-labels (RFC 9083 §4.2).

    >>> web_url("www.registrar.example")
    'http://www.registrar.example'
    """
    url = clean(text or "").strip()
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
