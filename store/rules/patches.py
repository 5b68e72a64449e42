"""Edits of a contact as patches: field, old value, new value (contacts.md R-06).

A patch waits while the record lives on, and is laid over what the record is then. Its
values are JSON's: a street is a list of lines, statuses are words in ascending order,
disclosures map an element to the instant of consent (microseconds), null where hidden.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from store.disclosures_json import disclosures_json, read_disclosures
from store.model import Card, Contact
from store.published import Kind
from store.registrant_changes import Patch
from store.statuses import Status

__all__ = ["overtaken", "patch_of", "patched", "standing"]

_TEXTS = ("name", "org", "city", "sp", "pc", "cc", "voice", "voice_ext", "fax", "fax_ext", "email")
_CARD = frozenset({*_TEXTS, "street"})

# An extension means nothing without its number: whoever corrects one corrects both.
_PAIRS = (frozenset({"voice", "voice_ext"}), frozenset({"fax", "fax_ext"}))


def patch_of(before: Contact, after: Contact) -> Patch:
    """Give what an edit changes, without what the store counts and dates by itself."""
    old, new = _values(before), _values(after)
    return {field: (old[field], new[field]) for field in old if old[field] != new[field]}


def patched(contact: Contact, patch: Patch) -> Contact:
    """Lay *patch* over *contact*: what it doesn't speak of stays as it is now."""
    new = {field: pair[1] for field, pair in patch.items()}
    card: dict[str, Any] = {field: new[field] for field in new.keys() & _CARD}
    if "street" in card:
        card["street"] = tuple(card["street"])
    changed: dict[str, Any] = {}
    if "kind" in new:
        changed["kind"] = None if new["kind"] is None else Kind(new["kind"])
    if "statuses" in new:
        changed["statuses"] = frozenset(Status(word) for word in _listed(new["statuses"]))
    if "disclosures" in new:
        changed["disclosures"] = read_disclosures(_said(new["disclosures"]))
    if "auth_hash" in new:
        changed["auth_hash"] = new["auth_hash"]
    return replace(contact, card=replace(contact.card, **card), **changed)


def standing(contact: Contact, patch: Patch) -> bool:
    """Tell whether every field of *patch* still has its old value (R-27)."""
    now = _values(contact)
    return all(now[field] == pair[0] for field, pair in patch.items())


def overtaken(patch: Patch, before: Contact, after: Contact) -> Patch:
    """Give what an edit that holds at once leaves of a waiting *patch* (E-05, E-06).

    The later word counts: completion must not undo a correction.
    """
    corrected = set(patch_of(before, after))
    for pair in _PAIRS:
        if corrected & pair:
            corrected |= pair
    return {field: pair for field, pair in patch.items() if field not in corrected}


def _values(contact: Contact) -> dict[str, object]:
    card: Card = contact.card
    return {
        **{field: getattr(card, field) for field in _TEXTS},
        "street": list(card.street),
        "kind": None if contact.kind is None else contact.kind.value,
        "statuses": sorted(status.value for status in contact.statuses),
        "disclosures": disclosures_json(contact.disclosures),
        "auth_hash": contact.auth_hash,
    }


def _listed(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []


def _said(value: object) -> Mapping[str, int | None]:
    return value if isinstance(value, Mapping) else {}
