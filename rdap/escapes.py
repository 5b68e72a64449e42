"""Percent-encoded text of a request, decoded exactly once (conformance.md 1.4.8)."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

__all__ = ["decoded"]

_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_UNRESERVED = re.compile("[A-Za-z0-9_.~-]+")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def decoded(text: str) -> str | None:
    """Percent-decode *text* once; ``None`` if it is no clean UTF-8 text.

    conformance.md 1.2.6, 1.12.2: bad escapes, invalid UTF-8 and controls are malformed.
    A plus sign is a plus sign (RFC 3986 §2.2).

    >>> decoded("Bobby%20Joe+1")
    'Bobby Joe+1'
    """
    if _UNRESERVED.fullmatch(text):
        return text
    if _BAD_ESCAPE.search(text):
        return None
    try:
        # A byte that HTTP let through as it was came in as a surrogate.
        plain = unquote_to_bytes(text.encode("utf-8", "surrogateescape")).decode("utf-8")
    except UnicodeError:
        return None
    return None if _CONTROL.search(plain) else plain
