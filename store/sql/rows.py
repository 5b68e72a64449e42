"""Rows and values: statuses, cards and disclosures as columns hold them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from sqlalchemy import RowMapping

from store.disclosures_json import disclosures_json, read_disclosures
from store.instants import to_micros
from store.model import Card, Disclosure, PostalForm
from store.statuses import Status

__all__ = [
    "card_columns",
    "card_of",
    "disclosures_of",
    "disclosures_text",
    "form_columns",
    "form_of",
    "micros",
    "statuses_of",
    "statuses_text",
]

_FORM = ("name", "org", "city", "sp", "pc", "cc")
_STREETS = ("street1", "street2", "street3")
_REACH = ("voice", "voice_ext", "fax", "fax_ext", "email")


def micros(at: datetime | None) -> int | None:
    """Give *at* as a column holds it, null for none."""
    return None if at is None else to_micros(at)


def statuses_text(statuses: Iterable[Status]) -> str:
    """Join *statuses* in ascending order by a blank."""
    return " ".join(sorted(statuses))


def statuses_of(text: str) -> frozenset[Status]:
    """Read what :func:`statuses_text` wrote."""
    return frozenset(Status(word) for word in text.split())


def form_columns(form: PostalForm) -> dict[str, str | None]:
    """Give the columns of a postal form; ``name`` is never null."""
    lines = (*form.street, None, None, None)
    values: dict[str, str | None] = {name: getattr(form, name) for name in _FORM}
    return values | dict(zip(_STREETS, lines, strict=False))


def form_of(row: RowMapping) -> PostalForm:
    """Read a postal form; a line of the street that is missing leaves no gap."""
    return PostalForm(**{name: row[name] for name in _FORM}, street=_street(row))


def card_columns(card: Card) -> dict[str, str | None]:
    """Give the columns of a card."""
    return form_columns(card) | {name: getattr(card, name) for name in _REACH}


def card_of(row: RowMapping) -> Card:
    """Read a card."""
    return Card(**{name: row[name] for name in (*_FORM, *_REACH)}, street=_street(row))


def _street(row: RowMapping) -> tuple[str, ...]:
    return tuple(line for line in (row[name] for name in _STREETS) if line)


def disclosures_text(disclosures: Iterable[Disclosure]) -> str:
    """Spell disclosures as JSON: element to the instant of consent, or null where hidden."""
    return json.dumps(disclosures_json(disclosures), sort_keys=True, separators=(",", ":"))


@lru_cache(maxsize=1024)
def disclosures_of(text: str) -> tuple[Disclosure, ...]:
    """Read what :func:`disclosures_text` wrote, in the elements' own order."""
    return read_disclosures(json.loads(text)) if text else ()
