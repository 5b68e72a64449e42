"""The languages of messages and pages, and in which a party is written to."""

from __future__ import annotations

__all__ = ["LANGUAGES", "language_of"]

LANGUAGES = ("en", "it")  # in which there are messages and pages; the first where none is asked for

_ITALIAN = frozenset({"IT", "SM", "VA"})


def language_of(cc: str | None) -> str | None:
    """Give the language of a country's people, ``None`` where the settings shall decide.

    >>> language_of("SM"), language_of("NZ")
    ('it', None)
    """
    return "it" if cc in _ITALIAN else None
