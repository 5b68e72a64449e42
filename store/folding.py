"""Keys under which names of parties compare: case, blanks and spelling folded.

Handles match exactly first and by their key then; registrars are found by the
key of their name (conformance.md 6.2.6).
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from hashlib import blake2b

__all__ = ["contact_key", "fold_handle", "fold_name", "search_key"]

MOST_KEY = 500  # characters of a key: an index has no room for any length
MOST_SEARCHED = 250  # characters that searches tell apart: a cursor carries them along


def fold_handle(text: str) -> str:
    """Give the key of the handle *text*: compatibility forms and case folded (NFKC).

    Of a longer text it is the key of the beginning.

    >>> fold_handle("Reg-A")
    'reg-a'
    """
    if text.isascii():
        return text.lower()[:MOST_KEY]
    # Folding can open a composition anew and the other way round: twice is stable.
    once = unicodedata.normalize("NFKC", text).casefold()
    return unicodedata.normalize("NFKC", once).casefold()[:MOST_KEY]


def search_key(text: str) -> str:
    """Give the key under which searches compare *text*, a name, a handle or a mailbox.

    >>> search_key("Straße")
    'strasse'
    """
    return fold_handle(text)[:MOST_SEARCHED]


@lru_cache(maxsize=1024)
def fold_name(text: str) -> str:
    """Give the key of a registrar's name: case, blanks and punctuation folded.

    A name of punctuation alone keeps its folded form, so that it has a key at all.

    >>> fold_name("Example  Registrar, Inc.")
    'exampleregistrarinc'
    """
    folded = fold_handle(text)
    letters = "".join(c for c in folded if unicodedata.category(c)[0] in "LNM")
    # What stood between a letter and its mark is gone: they may compose now.
    return fold_handle(letters) or "".join(folded.split())


def contact_key(handle: str) -> str:
    """Give what the change log calls a contact: a digest, alike for handles that differ in case.

    The doors read the log, and who is only ever a billing contact is in nothing that they can
    read (P-05).

    >>> contact_key("CA1") == contact_key("ca1")
    True
    """
    folded = fold_handle(handle).encode("utf-8", "surrogatepass")
    return blake2b(folded, digest_size=9).hexdigest()
