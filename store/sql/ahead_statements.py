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
from sqlalchemy import ColumnElement, Select, Subquery, case, func, literal_column, select

from store.sql.reading import NAME, Fetch, Rows
from store.sql.statements import Statement, compile_selects, selects

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
_Columns = Mapping[str, ColumnElement[Any]]


def compile_ahead(*, leased: bool) -> Mapping[str, AheadStatement]:
    """Give the statements by the question that each answers, and more; in PostgreSQL's dialect.

    Each has one argument. Where *leased*, each tells the last heartbeat as well.
    """
    domains = [
        _domain(name, by="domain_by_name", zones_always=name == NAME)
        for name in (NAME, "domain_by_name")
    ]
    statements = [
        *domains,
        _domain("domain_by_id", by="domain_by_id"),
        *(
            _listed(each)
            for each in ("host_by_name", "registrar_by_gurid", "registrar_by_handle", "zones")
        ),
    ]
    return {each.name: each.compiled(leased=leased) for each in statements}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    """A statement not yet compiled: *columns* behind the first *width* ones."""

    name: str
    own: Subquery | None
    columns: _Columns
    parts: Mapping[str, _Part]

    def compiled(self, *, leased: bool) -> AheadStatement:
        columns = [*self.own.c] if self.own is not None else []
        columns += self.columns.values()
        if leased:
            columns.append(selects()[BEAT].scalar_subquery())
        statement = select(*columns)
        if self.own is not None:
            statement = statement.select_from(self.own)
        named = compile_selects({self.name: statement}, "postgresql")
        return AheadStatement(statement=named[self.name], parts=self.parts)


def _json(rows: Select[Any]) -> ColumnElement[Any]:
    """Give *rows* as one JSON array of arrays, in their order."""
    each = rows.subquery()
    gathered = func.json_agg(func.json_build_array(*each.c))
    return select(func.coalesce(gathered, literal_column("'[]'"))).scalar_subquery()


def _domain(name: str, *, by: str, zones_always: bool = False) -> _Written:
    """Write the domain with all that is its own, and what tells why there is none."""
    named = selects(domain=literal_column("d.id"))
    own = named[by].subquery("d")
    absent = own.c.id.is_(None)
    zones = _json(named["zones"])
    proxied = own.c.privacy == literal_column("'proxy'")
    columns: dict[str, ColumnElement[Any]] = {
        "domain_contacts": _json(named["domain_contacts"]),
        "domain_hosts": _json(named["domain_hosts"]),
        "domain_dnssec": _json(named["domain_dnssec"]),
        "secret": case((proxied, named["secret"].scalar_subquery())),
        "zones": zones if zones_always else case((absent, zones)),
    }
    if by == "domain_by_name":
        columns["reserved"] = case((absent, _json(named["reserved"])))
    parts = {by: _Part(value=_For.THE_SAME), **_parts(columns, after=len(own.c))}
    return _Written(name=name, own=own, columns=columns, parts=parts)


def _listed(name: str) -> _Written:
    """Write what answers show of no zone's: the rows, the stamp, and zones for the notices."""
    named = selects()
    columns = {each: _json(named[each]) for each in dict.fromkeys((name, "stamp", "zones"))}
    parts = _parts(columns, after=0)
    return _Written(name=name, own=None, columns=columns, parts=parts)


def _parts(columns: _Columns, *, after: int) -> Mapping[str, _Part]:
    return {
        name: _Part(value=_WHOSE.get(name, _For.THE_SAME), column=column, json=name != "secret")
        for column, name in enumerate(columns, start=after)
    }
