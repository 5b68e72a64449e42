"""Free text: one normal form, no control characters, lengths in code points."""

from __future__ import annotations

import re
import unicodedata

from store.errors import Code, RegistryError

__all__ = ["MOST_INPUT", "clean_text", "clean_token", "limited"]

# Code points of one value before any work is spent on it. Canonical ordering of a long
# run of combining marks takes quadratic time; every limit of the product is far lower.
MOST_INPUT = 4096

# D-08: C0 and C1 controls, DEL, the line and paragraph separators, bidi overrides and
# isolates. Lone surrogates and U+FFFE, U+FFFF have no place in UTF-8 or XML (I-10).
_FORBIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_BREAK = re.compile("\r\n|[\r\n\t]")  # XML 1.0 §2.11 reads CR LF as one line end
_BLANKS = re.compile(r"\s+")


def clean_text(value: str, *, field: str | None = None) -> str:
    r"""Give *value* in the form that is stored and shown (D-08, C-02, C-03).

    NFC; a line break or tab becomes a blank; outer blanks go. Nothing else changes:
    emoji, right-to-left text, joiners and combining marks pass as they are (I-10).

    Raises:
        RegistryError: ``INVALID_VALUE`` for any other control character, and for
            text too long to look at.

    >>> clean_text(" X\r\nRegistrar: Evil ")
    'X Registrar: Evil'
    """
    if len(value) > MOST_INPUT:
        raise RegistryError(Code.INVALID_VALUE, "The value is far too long.", field=field)
    text = _BREAK.sub(" ", value)
    if forbidden := _FORBIDDEN.search(text):
        raise RegistryError(
            Code.INVALID_VALUE,
            f"The character U+{ord(forbidden.group()):04X} is not allowed in a value.",
            field=field,
        )
    return unicodedata.normalize("NFC", text).strip()


def clean_token(value: str, *, field: str | None = None) -> str:
    """Give *value* as :func:`clean_text` does, inner runs of blanks as one (XSD token).

    Raises:
        RegistryError: as :func:`clean_text`.
    """
    return _BLANKS.sub(" ", clean_text(value, field=field))


def limited(value: str, *, field: str, least: int, most: int) -> str:
    """Clean *value* and hold it to *least* to *most* code points after NFC (D-07).

    Raises:
        RegistryError: ``MISSING_VALUE`` if nothing is left where something must be,
            ``INVALID_VALUE`` for any other length, and as :func:`clean_text`.
    """
    text = clean_text(value, field=field)
    if not text and least > 0:
        raise RegistryError(Code.MISSING_VALUE, f"The field {field} needs a value.", field=field)
    if not least <= len(text) <= most:
        raise RegistryError(
            Code.INVALID_VALUE,
            f"The field {field} has {least} to {most} characters, not {len(text)}.",
            field=field,
        )
    return text
