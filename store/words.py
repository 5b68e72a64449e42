"""A word as a person types it: a name, an address, or what was meant as one. Never raises."""

from __future__ import annotations

from store.errors import RegistryError
from store.names import Address, ascii_name, parse_address

__all__ = ["has_dot", "is_meant_as_address", "read_address", "read_name"]

# IDNA 2008 reads all four as the dot between labels (conformance.md 1.5.7).
_DOTS = frozenset(".\u3002\uff0e\uff61")


def read_name(text: str) -> str | None:
    """Give the inner form of the name *text*, or ``None`` where it is no legal name."""
    try:
        return ascii_name(text)
    except RegistryError:
        return None


def read_address(text: str) -> Address | None:
    """Read an IP literal, also in parentheses or brackets; cheap for what can't be one.

    >>> read_address("(192.0.2.1)")
    IPv4Address('192.0.2.1')
    """
    literal = text.strip("()[] ")
    if ":" not in literal and not literal[-1:].isdigit():
        return None
    try:
        return parse_address(literal)
    except RegistryError:
        return None


def is_meant_as_address(text: str) -> bool:
    """Tell whether *text*, which is no address, was meant as one.

    No name has a colon or ends in a number. A number without a dot may be a
    registrar's IANA ID.

    >>> is_meant_as_address("192.0.2.300"), is_meant_as_address("9995")
    (True, False)
    """
    _, dot, last = text.strip("()[]. ").rpartition(".")
    return ":" in text or (bool(dot) and last.isascii() and last.isdigit())


def has_dot(text: str) -> bool:
    """Tell whether *text* has a dot between labels, in any of its four forms.

    >>> has_dot("shop\u3002example")
    True
    """
    return not _DOTS.isdisjoint(text)
