"""Three readings of one name side by side, a row for each field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from rdds.checking.facts import REGISTERED, UNREGISTERED, Facts, Hidden, Value
from rdds.checking.fields import FIELDS, CheckedField, Rule
from rdds.checking.neutral import is_link, neutral_text

__all__ = ["CheckReport", "Row", "compare"]

BETWEEN = " | "  # of several values in one cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One field: what the store would publish and what each door says.

    Cells are texts fit for a line, several values joined by ``" | "``. ``None``: nothing
    there, or, under ``store``, that no store was asked.
    """

    field: str
    store: str | None
    whois: str | None
    rdap: str | None
    agree: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """The rows of the name *name* (inner form), in the order of the field table."""

    name: str
    rows: tuple[Row, ...]
    agree: bool


def compare(
    name: str,
    *,
    store: Facts | None,
    whois: Facts,
    rdap: Facts,
    store_after: Facts | None = None,
    redactions: frozenset[str] = frozenset(),
) -> CheckReport:
    """Compare the readings, made in this order: *store*, *whois*, *rdap*, *store_after*.

    With a store each door is held to it, without one the doors to each other. Where a
    reading says that the name isn't registered, the rest is not compared.
    """
    columns = [facts for facts in (store, whois, rdap, store_after) if facts is not None]
    if any(facts.get(REGISTERED) == UNREGISTERED[REGISTERED] for facts in columns):
        fields: Sequence[CheckedField] = [f for f in FIELDS if f.key == REGISTERED]
    else:
        fields = [*FIELDS, *_strangers(columns)]
    comparison = _Comparison(store, whois, rdap, store_after, redactions)
    # What RDAP leaves untold and nobody else tells has nothing to show.
    shown = {key for facts in columns for key in facts if facts[key] is not Hidden.UNTOLD}
    rows = tuple(comparison.row(field) for field in fields if field.key in shown)
    return CheckReport(name=name, rows=rows, agree=all(row.agree for row in rows))


def _strangers(columns: Sequence[Facts]) -> list[CheckedField]:
    """Make fields of the keys that are in no table: at no door there is such a thing."""
    known = {field.key for field in FIELDS}
    found = dict.fromkeys(key for facts in columns for key in facts if key not in known)
    return [CheckedField(key=key, whois=False, rdap=False) for key in found]


@dataclass(frozen=True, slots=True)
class _Comparison:
    store: Facts | None
    whois: Facts
    rdap: Facts
    store_after: Facts | None
    redactions: frozenset[str]

    def row(self, field: CheckedField) -> Row:
        """Make the row of *field*."""
        key = field.key
        return Row(
            field=neutral_text(key),
            store=_cell(self.store.get(key)) if self.store is not None else None,
            whois=_cell(self.whois.get(key)),
            rdap=_cell(self.rdap.get(key)),
            agree=self._agree(field),
        )

    def _agree(self, field: CheckedField) -> bool:
        key = field.key
        whois, rdap = self.whois.get(key), self.rdap.get(key)
        # A door without the field must not have it after all.
        if (whois is not None and not field.whois) or (rdap is not None and not field.rdap):
            return False
        match field.rule:
            case Rule.ASCENDING:
                return self._ascending(key)
            case Rule.EQUAL | Rule.LINK:
                pass
            case _:
                assert_never(field.rule)
        if self.store is None:
            return not (field.whois and field.rdap) or self._rdap_agrees(field, whois, rdap)
        value = self.store.get(key)
        return (not field.whois or self._whois_agrees(value, whois)) and (
            not field.rdap or self._rdap_agrees(field, value, rdap)
        )

    def _whois_agrees(self, value: Value | None, whois: Value | None) -> bool:
        if whois is Hidden.WITHHELD and isinstance(value, tuple):
            # A holder may really be called as the redaction text reads.
            return set(value) <= self.redactions
        return value == whois

    def _rdap_agrees(self, field: CheckedField, value: Value | None, rdap: Value | None) -> bool:
        if rdap is Hidden.UNTOLD:
            if value is None or value is Hidden.WITHHELD:
                return True
            rdap = None
        if rdap is None and field.rule is Rule.LINK and isinstance(value, tuple):
            return not any(is_link(text) or "@" in text for text in value)
        return value == rdap

    def _ascending(self, key: str) -> bool:
        asked = [f for f in (self.store, self.whois, self.rdap, self.store_after) if f is not None]
        stamps = [facts.get(key) for facts in asked]
        return all(
            isinstance(stamp, tuple) and len(stamp) == 1 for stamp in stamps
        ) and stamps == sorted(stamps, key=str)


def _cell(value: Value | None) -> str | None:
    match value:
        case None:
            return None
        case Hidden():
            return value.value
        case _:
            return BETWEEN.join(neutral_text(text) for text in value)
