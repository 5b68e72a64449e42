"""The parameters of a query string."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rdap.escapes import decoded
from store.errors import Code, RegistryError

__all__ = ["LONGEST_VALUE", "Parameter", "known_values", "list_parameters"]

LONGEST_VALUE = 255  # characters of what is sought, as of a handle (conformance.md 1.12.3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One piece of a query string: ``raw`` as it came, ``name`` and ``value`` decoded.

    ``name`` and ``value`` are ``None`` where they can't be decoded.
    """

    raw: str
    name: str | None
    value: str | None


def list_parameters(query: str) -> tuple[Parameter, ...]:
    """Cut a query string at its ampersands; empty pieces are none."""
    pieces = []
    for raw in query.split("&"):
        if raw:
            name, _, value = raw.partition("=")
            pieces.append(Parameter(raw=raw, name=decoded(name), value=decoded(value)))
    return tuple(pieces)


def known_values(parameters: Iterable[Parameter], known: Iterable[str]) -> dict[str, str]:
    """Give the values of the parameters that are *known*; all others are passed over.

    RFC 7480 §4.3 has servers ignore what they don't know, cache busters first of all.

    Raises:
        RegistryError: ``INVALID_VALUE`` for one that is there twice or can't be decoded,
            ``MISSING_VALUE`` for an empty one.
    """
    names = frozenset(known)
    values: dict[str, str] = {}
    for each in parameters:
        if each.name is None or each.name not in names:
            continue
        if each.name in values:
            raise RegistryError(
                Code.INVALID_VALUE, f"The parameter {each.name} is there twice.", field=each.name
            )
        if each.value is None:
            raise RegistryError(
                Code.INVALID_VALUE, f"The parameter {each.name} is malformed.", field=each.name
            )
        if not each.value.strip():
            raise RegistryError(
                Code.MISSING_VALUE, f"The parameter {each.name} is empty.", field=each.name
            )
        values[each.name] = each.value
    return values
