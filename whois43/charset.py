"""Character sets of a question and its answer.

RFC 3912 names none, so UTF-8 holds here; a client may ask for one of two others with
the flag that WHOIS clients have for it (conformance.md 6.1.8).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final

__all__ = ["Charset", "charset_named", "in_charset"]


class Charset(Enum):
    """A character set that is spoken here; the value is its name at IANA."""

    UTF_8 = "UTF-8"
    LATIN_1 = "ISO-8859-1"
    ASCII = "US-ASCII"


# As clients spell them, without hyphens and underscores.
_SPELLINGS: Final[Mapping[str, Charset]] = {
    "utf8": Charset.UTF_8,
    "iso88591": Charset.LATIN_1,
    "latin1": Charset.LATIN_1,
    "usascii": Charset.ASCII,
    "ascii": Charset.ASCII,
}


def charset_named(name: str) -> Charset | None:
    """Find the character set that a client calls *name*; ``None`` for one not spoken here.

    >>> charset_named("latin-1")
    <Charset.LATIN_1: 'ISO-8859-1'>
    """
    return _SPELLINGS.get(name.lower().replace("-", "").replace("_", ""))


def in_charset(reply: bytes, charset: Charset) -> bytes:
    """Give the UTF-8 text *reply* in *charset*, a ``?`` for each character that it lacks.

    No character turns into several or into a line end, so the lines stay what they were.
    """
    if charset is Charset.UTF_8 or reply.isascii():
        return reply
    return reply.decode().encode(charset.value, "replace")
