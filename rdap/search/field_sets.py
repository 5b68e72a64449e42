"""Field sets: how much of each result is shown (RFC 8982 §4)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

import orjson

from rdap.members import JsonObject
from store.errors import Code, RegistryError
from store.queries import Sought

__all__ = ["FieldSet", "parse_field_set", "shown_members"]


class FieldSet(StrEnum):
    """RFC 8982's basic field sets."""

    ID = "id"
    BRIEF = "brief"
    FULL = "full"


_ALWAYS = frozenset({"objectClassName", "links", "redacted"})
_NAMES = frozenset({"ldhName", "unicodeName"})  # RFC 8982 §4: an IDN shows both
_BASIC = frozenset({"handle", "status", "events"})
_KEPT: Mapping[tuple[FieldSet, Sought], frozenset[str]] = MappingProxyType(
    {
        (FieldSet.ID, Sought.DOMAINS): _ALWAYS | _NAMES,
        (FieldSet.ID, Sought.NAMESERVERS): _ALWAYS | _NAMES,
        (FieldSet.ID, Sought.ENTITIES): _ALWAYS | {"handle"},
        (FieldSet.BRIEF, Sought.DOMAINS): _ALWAYS | _NAMES | _BASIC,
        (FieldSet.BRIEF, Sought.NAMESERVERS): _ALWAYS | _NAMES | _BASIC | {"ipAddresses"},
        (FieldSet.BRIEF, Sought.ENTITIES): _ALWAYS
        | _BASIC
        | {"roles", "publicIds", "vcardArray", "jscontact_card"},
    }
)

# conformance.md 1.6.9: the one type that a client's own wish comes under.
_SHORTENED: JsonObject = {
    "title": "Shortened",
    "type": "object truncated due to unexplainable reasons",
    "description": ["This is the field set `brief`. The link shows the whole object."],
}
_MEMBER = re.compile(r"\.(\w+)")


def parse_field_set(word: str) -> FieldSet:
    """Read the name of a field set.

    Raises:
        RegistryError: ``INVALID_VALUE``, with the names that there are (RFC 8982 §5).
    """
    if word not in tuple(FieldSet):
        known = ", ".join(FieldSet)
        raise RegistryError(Code.INVALID_VALUE, f"The field sets are {known}.", field="fieldSet")
    return FieldSet(word)


def shown_members(
    whole: JsonObject, field_set: FieldSet, sought: Sought, *, root: str
) -> JsonObject:
    """Give of the object *whole*, which stands at *root*, what *field_set* shows.

    ``id`` is a list of identifiers as RFC 8982 draws it; the short objects of ``brief``
    say that they are short. Both keep the ``redacted`` entries of what they show.
    """
    if field_set is FieldSet.FULL:
        return whole
    kept = _KEPT[field_set, sought]
    members = {name: value for name, value in whole.items() if name in kept}
    redacted = [entry for entry in _entries(whole) if _about(entry, root) in kept]
    members.pop("redacted", None)
    if redacted:
        members["redacted"] = redacted
    if field_set is FieldSet.BRIEF:
        members["remarks"] = [_SHORTENED]
    return members


def _entries(whole: JsonObject) -> list[JsonObject]:
    """Read the ``redacted`` entries of *whole* back: they may be finished JSON already."""
    entries: list[JsonObject] = orjson.loads(orjson.dumps(whole.get("redacted", [])))
    return entries


def _about(entry: JsonObject, root: str) -> str | None:
    """Name the member of the object at *root* that a ``redacted`` entry is about."""
    for key in ("prePath", "postPath", "replacementPath"):
        path = entry.get(key)
        if isinstance(path, str) and (found := _MEMBER.match(path, len(root))):
            return found[1]
    return None
