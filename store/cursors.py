"""Where a page of results ended, as an opaque token that nobody else can make or read.

A cursor is letters, digits, hyphens and underscores. It is encrypted and authenticated under
a key derived from the store's secret, and bound to the whole question, so one that is forged,
damaged, another store's or another search's is refused.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from store.errors import Code, RegistryError
from store.names import Address
from store.queries import NamePattern, ReverseSearch, Search, TextPattern

__all__ = ["CursorCipher"]

MOST_CURSOR = 3072  # characters; two keys of 250 letters outside the BMP make some 2,800
_INFO = b"rdds search cursor 1"


class CursorCipher:
    """Makes and reads the cursors of one store, under its secret."""

    def __init__(self, secret: bytes) -> None:
        key = HKDF(algorithm=SHA256(), length=64, salt=None, info=_INFO).derive(secret)
        self._cipher = AESSIV(key)

    def seal(self, position: list[Any], query: Search | ReverseSearch) -> str:
        """Give the cursor that stands for *position* (JSON values) in the results of *query*."""
        sealed = self._cipher.encrypt(orjson.dumps(position), [_bound(query)])
        return base64.urlsafe_b64encode(sealed).decode("ascii").rstrip("=")

    def open(self, cursor: str, query: Search | ReverseSearch) -> list[Any]:
        """Give the position that *cursor* stands for in the results of *query*.

        Raises:
            RegistryError: ``INVALID_VALUE``, field ``cursor``, if it isn't one of these.
        """
        if not cursor.isascii() or len(cursor) > MOST_CURSOR:
            raise _refused()
        try:
            sealed = base64.b64decode(
                cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True
            )
            position: list[Any] = orjson.loads(self._cipher.decrypt(sealed, [_bound(query)]))
        except (ValueError, InvalidTag) as error:
            raise _refused() from error
        if base64.urlsafe_b64encode(sealed).decode("ascii").rstrip("=") != cursor:
            raise _refused()  # another spelling of the same octets
        return position


def _refused() -> RegistryError:
    return RegistryError(Code.INVALID_VALUE, "The cursor is none of this search.", field="cursor")


def _bound(query: Search | ReverseSearch) -> bytes:
    """Give a digest of everything that *query* asks but the size of its pages."""
    sorting = [[each.by.value, each.descending] for each in query.window.sorting]
    asked: list[Any]
    if isinstance(query, Search):
        asked = ["search", query.sought.value, query.by.value, _spelled(query.pattern), sorting]
    else:
        terms = sorted([by.value, text] for by, text in query.terms)
        asked = ["reverse", query.sought.value, terms, sorting]
    return hashlib.sha256(orjson.dumps(asked)).digest()


def _spelled(pattern: NamePattern | TextPattern | Address) -> list[Any]:
    match pattern:
        case NamePattern():
            return ["name", pattern.text, pattern.partial, pattern.parent]
        case TextPattern():
            return ["text", pattern.text, pattern.partial]
        case _:
            return ["address", str(pattern)]
