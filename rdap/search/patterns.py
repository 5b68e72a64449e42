"""Search patterns: whole values, or a beginning with one asterisk (RFC 9082 §4.1).

What is no legal name or address is refused as such; a pattern that this server does not
answer is refused with the code that reads 422 (conformance.md 1.2.7, 1.6.2 to 1.6.5).
"""

from __future__ import annotations

import re
import unicodedata
from typing import NoReturn

import idna

from rdap.search.parameters import LONGEST_VALUE
from store.errors import Code, RegistryError
from store.names import Address, ascii_name, parse_address
from store.queries import NamePattern, TextPattern

__all__ = ["address_pattern", "name_pattern", "text_pattern", "whole_text"]

_MOST_OCTETS = 253
_DOTS = re.compile("[\u3002\uff0e\uff61]")  # conformance.md 1.5.7
_BEGINNING = re.compile(r"(?!-)(?!(?!xn)..--)[a-z0-9-]{1,63}", re.ASCII)


def name_pattern(text: str) -> NamePattern:
    """Read a domain or host name, or the beginning of one.

    The asterisk stands at the end of the whole or of the first label; what follows that
    label is the parent of the names sought.

    Raises:
        RegistryError: ``INVALID_NAME``, or ``UNBOUNDED`` for a pattern beyond these.

    >>> name_pattern("Exam*.co.example")
    NamePattern(text='exam', partial=True, parent='co.example')
    """
    if "*" not in text:
        return NamePattern(text=ascii_name(text))
    if text.count("*") > 1:
        _unsupported("One asterisk at most.")
    head, _, tail = _DOTS.sub(".", text).partition("*")
    if tail and not tail.startswith("."):
        _unsupported("An asterisk stands at the end of a label.")
    parent = ascii_name(tail[1:]) if tail else None
    stem, dot, beginning = head.rpartition(".")
    if not beginning:
        _unsupported("A character at least stands before the asterisk.")
    if dot and parent is not None:
        _unsupported("Labels stand before the asterisk or behind it, not both.")
    begun = _beginning(beginning)
    whole = f"{ascii_name(stem)}.{begun}" if dot else begun
    if len(whole) + (0 if parent is None else len(parent) + 1) > _MOST_OCTETS:
        raise RegistryError(Code.INVALID_NAME, "The name is too long.", field="name")
    return NamePattern(text=whole, partial=True, parent=parent)


def _beginning(label: str) -> str:
    """Give the inner form of a label's beginning.

    An A-label doesn't begin as its U-label does, so letters that have no ASCII form
    can't be sought by their beginning (conformance.md 1.6.4).
    """
    if not label.isascii() and len(label) <= LONGEST_VALUE:
        try:
            label = idna.uts46_remap(label, std3_rules=True, transitional=False)
        except (idna.IDNAError, UnicodeError, IndexError) as error:
            raise RegistryError(
                Code.INVALID_NAME, "Not a legal domain name by IDNA 2008.", field="name"
            ) from error
        if not label.isascii():
            _unsupported("Letters outside ASCII are sought in whole labels only.")
    begun = label.lower()
    if not _BEGINNING.fullmatch(begun):
        raise RegistryError(Code.INVALID_NAME, "No name begins like this.", field="name")
    return begun


def text_pattern(text: str, *, field: str) -> TextPattern:
    """Read a handle or a person's name, or the beginning of one.

    Raises:
        RegistryError: ``INVALID_VALUE`` for one that is too long, ``UNBOUNDED`` for an
            asterisk anywhere but at the end, alone, or behind half a character.

    >>> text_pattern("Bobby Joe*", field="fn")
    TextPattern(text='Bobby Joe', partial=True)
    """
    if len(text) > LONGEST_VALUE:
        raise RegistryError(Code.INVALID_VALUE, f"The {field} is too long.", field=field)
    if "*" not in text:
        return TextPattern(text=text)
    head, _, tail = text.partition("*")
    if tail:
        _unsupported("One asterisk at most, at the end.")
    if not head.strip():
        _unsupported("A character at least stands before the asterisk.")
    # RFC 9082 §4.1: an incomplete combination of characters is no beginning.
    if unicodedata.combining(head.lstrip()[0]):
        _unsupported("A mark without its letter can't be sought.")
    return TextPattern(text=head, partial=True)


def whole_text(text: str, *, field: str) -> str:
    """Read a value that is matched whole.

    Raises:
        RegistryError: as :func:`text_pattern`, and ``UNBOUNDED`` for any asterisk.
    """
    if "*" in text:
        _unsupported("Reverse searches match whole values: no asterisk.")
    return text_pattern(text, field=field).text


def address_pattern(text: str) -> Address:
    """Read an address, in any legal spelling.

    Raises:
        RegistryError: ``INVALID_ADDRESS``, or ``UNBOUNDED`` for an asterisk.
    """
    if "*" in text:
        _unsupported("An address is sought whole: no asterisk.")
    return parse_address(text)


def _unsupported(sentence: str) -> NoReturn:
    raise RegistryError(Code.UNBOUNDED, sentence)
