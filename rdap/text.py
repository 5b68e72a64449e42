"""Text that goes into JSON: stored values cleaned, instants and URLs spelled."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import quote

import orjson

from store.urls import escape_url, web_url

__all__ = ["clean", "escape_url", "instant", "path_segment", "web_url"]

# Controls and line separators; text that can't be written as UTF-8 (conformance.md 1.12.5).
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_UNRESERVED = re.compile("[A-Za-z0-9_.~-]*")  # RFC 3986 §2.3
_SURROGATE = re.compile("[\ud800-\udfff]")


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
    if utc.microsecond:
        return utc.isoformat()[: -len("+00:00")].rstrip("0") + "Z"
    # The encoder's spelling is that of `isoformat`, in a third of the time.
    return orjson.dumps(utc, option=orjson.OPT_UTC_Z)[1:-1].decode("ascii")


def path_segment(text: str) -> str:
    """Percent-encode *text* so that it is one segment of a path.

    >>> path_segment("ABC/1")
    'ABC%2F1'
    """
    if _UNRESERVED.fullmatch(text):
        return text
    return quote(text.encode("utf-8", "surrogatepass"), safe="")
