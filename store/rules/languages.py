"""In which language a party is written to."""

from __future__ import annotations

__all__ = ["language_of"]

_ITALIAN = frozenset({"IT", "SM", "VA"})


def language_of(cc: str | None) -> str | None:
    """Give the language of a country's people, ``None`` where the settings shall decide.

    >>> language_of("SM"), language_of("NZ")
    ('it', None)
    """
    return "it" if cc in _ITALIAN else None
