"""Statements that bring a whole look-up in one row: PostgreSQL's cold path.

A look-up asks one question after the other (``store.sql.reading``). Over a network each
is a wait, and several statements see one snapshot in a transaction alone. So here the
first question also brings what its answer makes a look-up ask next, as JSON in further
columns: one statement is one snapshot. What isn't foreseen is asked in a transaction
(``store.sql.postgresql_source``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import orjson

from store.sql.reading import NAME, Fetch, Rows
from store.sql.statements import Select, Statement, compiled, selects

__all__ = ["BEAT", "Ahead", "AheadStatement", "compile_ahead"]

BEAT = "beat"  # the instant of the last heartbeat


class _For(Enum):
    """Which value must be asked for with a question that was answered ahead."""

    THE_SAME = "the same"
    NOTHING = "nothing"
    THE_DOMAIN = "the domain"  # its number, the third column of the row


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A question answered ahead: in a column of its own, or by the row itself."""

    value: _For
    column: int | None = None
    json: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class AheadStatement:
    """A statement that gives one row whatever its value, and what stands in which column.

    Where reading is leased, the last column is the instant of the last heartbeat.
    """

    statement: Statement
    parts: Mapping[str, _Part]


class Ahead:
    """What one row of an :class:`AheadStatement` answers; *value* was asked."""

    __slots__ = ("_parts", "_row", "_value")

    def __init__(self, statement: AheadStatement, value: object, row: Sequence[Any]) -> None:
        self._parts = statement.parts
        self._value = value
        self._row = row

    def rows(self, fetch: Fetch) -> Rows | None:
        """Give what *fetch* finds, or ``None`` where the row doesn't tell."""
        part = self._parts.get(fetch[0])
        if part is None or fetch[1] != self._of(part.value):
            return None
        if part.column is None:
            return (self._row,)
        held = self._row[part.column]
        if held is None:
            return None
        rows: Rows = orjson.loads(held) if part.json else ((held,),)
        return rows

    def _of(self, value: _For) -> object:
        if value is _For.THE_SAME:
            return self._value
        return None if value is _For.NOTHING else self._row[2]


_WHOSE = {
    **dict.fromkeys(("domain_contacts", "domain_hosts", "domain_dnssec"), _For.THE_DOMAIN),
    **dict.fromkeys(("stamp", "zones", "secret"), _For.NOTHING),
    "reserved": _For.THE_SAME,
}


def compile_ahead(*, leased: bool) -> Mapping[str, AheadStatement]:
    """Give the statements by the question that each answers, and more; in PostgreSQL's dialect.

    Each has one argument. Where *leased*, each tells the last heartbeat as well.
    """
    written = {
        **{
            name: _domain("domain_by_name", zones_always=name == NAME)
            for name in (NAME, "domain_by_name")
        },
        "domain_by_id": _domain("domain_by_id"),
        **{
            name: _listed(name)
            for name in ("host_by_name", "registrar_by_gurid", "registrar_by_handle", "zones")
        },
    }
    return {name: each.compiled(leased=leased) for name, each in written.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    """A statement not yet compiled: what *parts* tell stands in its columns."""

    columns: Sequence[str]
    source: str
    parts: Mapping[str, _Part]

    def compiled(self, *, leased: bool) -> AheadStatement:
        beat = [f"({selects()[BEAT]})"] if leased else []
        text = f"SELECT {', '.join((*self.columns, *beat))}{self.source}"
        return AheadStatement(statement=compiled(text, "postgresql"), parts=self.parts)


def _json(rows: Select) -> str:
    """Give *rows* as one JSON array of arrays, in their order."""
    each = ", ".join(f"e.{name}" for name in rows.columns)
    return f"(SELECT coalesce(json_agg(json_build_array({each})), '[]') FROM ({rows}) AS e)"  # noqa: S608 - constants


def _domain(by: str, *, zones_always: bool = False) -> _Written:
    """Write the domain with all that is its own, and what tells why there is none."""
    named = selects(domain="d.id")
    zones = _json(named["zones"])
    columns = {
        **{
            each: _json(named[each])
            for each in ("domain_contacts", "domain_hosts", "domain_dnssec")
        },
        "secret": f"CASE WHEN d.privacy = 'proxy' THEN ({named['secret']}) END",
        "zones": zones if zones_always else _absent(zones),
    }
    if by == "domain_by_name":
        columns["reserved"] = _absent(_json(named["reserved"]))
    own = [f"d.{name}" for name in named[by].columns]
    parts = {by: _Part(value=_For.THE_SAME), **_parts(columns, after=len(own))}
    return _Written(
        columns=[*own, *columns.values()], source=f" FROM ({named[by]}) AS d", parts=parts
    )


def _absent(column: str) -> str:
    """Give *column* where there is no domain."""
    return f"CASE WHEN d.id IS NULL THEN {column} END"


def _listed(name: str) -> _Written:
    """Write what answers show of no zone's: the rows, the stamp, and zones for the notices."""
    named = selects()
    columns = {each: _json(named[each]) for each in dict.fromkeys((name, "stamp", "zones"))}
    return _Written(columns=[*columns.values()], source="", parts=_parts(columns, after=0))


def _parts(columns: Mapping[str, str], *, after: int) -> Mapping[str, _Part]:
    return {
        name: _Part(value=_WHOSE.get(name, _For.THE_SAME), column=column, json=name != "secret")
        for column, name in enumerate(columns, start=after)
    }
