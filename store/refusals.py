"""Sentences of refusals: what isn't there, counts that stop, text that nobody checked."""

from __future__ import annotations

from typing import NoReturn

from store.errors import Code, RegistryError

__all__ = ["counted", "missing", "quoted"]

_MOST_QUOTED = 64


def missing(noun: str, subject: str, field: str) -> NoReturn:
    """Refuse what isn't there.

    Raises:
        RegistryError: ``NOT_FOUND``.
    """
    raise RegistryError(Code.NOT_FOUND, f"There is no {noun} {quoted(subject)}.", field=field)


def quoted(text: str) -> str:
    r"""Spell unchecked text so that it fits a line: no control characters, and short.

    >>> quoted("C1"), quoted("C\n1")
    ('C1', "'C\\n1'")
    """
    if text.isprintable() and len(text) <= _MOST_QUOTED:
        return text
    return ascii(text[:_MOST_QUOTED])


def counted(count: int, noun: str, *, cap: int) -> str:
    """Word a count that stops at *cap* (E-03).

    >>> counted(1, "name", cap=1000), counted(1001, "name", cap=1000)
    ('1 name', 'more than 1000 names')
    """
    if count > cap:
        return f"more than {cap} {noun}s"
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
