"""How each engine spells what the searches' statements say, and takes their arguments.

They are texts, as all that reads is (decision 0013); ``:name`` is an argument.
"""

# ruff: noqa: S608 - statements are put together from constants of this module

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import orjson

__all__ = ["AFTER", "RANGE", "Dialect", "SearchStatement", "Spelling"]

Dialect = Literal["sqlite", "postgresql"]

_FIRST, _SECOND = "__a", "__b"  # PostgreSQL: a list of pairs is two lists
_ARGUMENT = re.compile(r"(?<!:):([a-z_]+)")

RANGE = "{column} >= :low AND {column} <= :high"

# A group's own entries begin after those of the page before.
AFTER = "CASE WHEN {group} THEN CAST(:after AS bigint) ELSE -1 END"


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchStatement:
    """A statement's text in one engine's spelling, and the names of its arguments in order."""

    sql: str
    names: tuple[str, ...]
    json: bool

    def bind(self, value: object) -> tuple[object, ...]:
        """Give the arguments from the mapping *value*; SQLite takes lists as JSON."""
        if not isinstance(value, Mapping):
            return ()
        if not self.json:
            return tuple(_listed(name, value) for name in self.names)
        found = (value[name] for name in self.names)
        return tuple(
            orjson.dumps(each).decode() if isinstance(each, list) else each for each in found
        )


def _listed(name: str, value: Mapping[str, object]) -> object:
    if name.endswith((_FIRST, _SECOND)):
        pairs: Sequence[tuple[object, object]] = value[name.removesuffix(name[-3:])]  # type: ignore[assignment]
        return [pair[name.endswith(_SECOND)] for pair in pairs]
    return value[name]


class Spelling:
    """How one engine says what both can do."""

    def __init__(self, dialect: Dialect) -> None:
        self.sqlite = dialect == "sqlite"

    def each(self, name: str, kind: str) -> str:
        """Give a table ``g`` with the column ``v`` of the list *name* of texts or numbers."""
        if self.sqlite:
            return f"(SELECT value AS v FROM json_each(:{name})) AS g"
        return f"unnest(CAST(:{name} AS {kind}[])) AS g(v)"

    def pairs(self, name: str, kinds: tuple[str, str]) -> str:
        """Give a table ``g`` with the columns ``a`` and ``b`` of the list *name* of pairs."""
        if self.sqlite:
            parts = "json_extract(value, '$[0]') AS a, json_extract(value, '$[1]') AS b"
            return f"(SELECT {parts} FROM json_each(:{name})) AS g"
        halves = (
            f"CAST(:{name}{half} AS {kind}[])"
            for half, kind in zip((_FIRST, _SECOND), kinds, strict=True)
        )
        return f"unnest({', '.join(halves)}) AS g(a, b)"

    def within(self, column: str, name: str, kind: str) -> str:
        """Give the condition that *column* is in the list *name*."""
        if self.sqlite:
            return f"{column} IN (SELECT value FROM json_each(:{name}))"
        return f"{column} = ANY(CAST(:{name} AS {kind}[]))"

    def entries(self, columns: str, rows: str) -> str:
        """Give *columns* of *rows* as one JSON array of arrays."""
        if self.sqlite:
            return f"(SELECT json_group_array(json_array({columns})) FROM ({rows}) AS e)"
        return f"(SELECT json_agg(json_build_array({columns})) FROM ({rows}) AS e)"

    @staticmethod
    def count(rows: str) -> str:
        """Give the number of *rows*, of ``:limit`` of them at most."""
        return f"SELECT count(*) FROM ({rows} LIMIT :limit) AS e"

    @staticmethod
    def count_each_once(rows: str) -> str:
        """Give how many numbers stand in *rows*, and how many rows there are.

        Each row is a number and whether it counts.
        """
        return (
            f"WITH e(i, fits) AS ({rows})"
            " SELECT count(DISTINCT e.i) FILTER (WHERE e.fits), count(*) FROM e"
        )

    def statement(self, text: str) -> SearchStatement:
        """Give *text* with the engine's own places for arguments."""
        names = _ARGUMENT.findall(text)
        if self.sqlite:
            return SearchStatement(sql=_ARGUMENT.sub("?", text), names=tuple(names), json=True)
        places = list(dict.fromkeys(names))
        numbered = _ARGUMENT.sub(lambda match: f"${places.index(match[1]) + 1}", text)
        return SearchStatement(sql=numbered, names=tuple(places), json=False)
