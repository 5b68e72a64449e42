"""Walks through results in an order that an index gives: domains by name, hosts, delegations.

A walk gives hits in order, from a position on, and counts them within a limit. Its position
is JSON values: what a cursor carries.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Sequence
from itertools import pairwise
from typing import Any

import orjson

from store.published import PublishedEntity
from store.queries import NamePattern, SortBy
from store.sql.held_rows import Rows
from store.sql.reading import Fetch
from store.values import value

__all__ = [
    "Counting",
    "Delegated",
    "DomainsByName",
    "Hit",
    "HostsAt",
    "HostsByName",
    "Paging",
    "Walk",
    "distinct",
    "entries",
    "highest",
    "number_of_distinct",
]

FIRST_CHUNK = 16  # groups asked about at once; more where these don't fill a page
MOST_CHUNK = 2000
MOST_IN_RANGES = 10_000  # what is counted exactly of an index's ranges alone
MOST_JOINED = 250  # what is counted exactly where each result is looked at


@value(frozen=True, slots=True, kw_only=True)
class Hit:
    """One result: its class (``domain``, ``host``, ``contact``, ``registrar``) and its key.

    ``item`` is there where finding it took publishing it, ``row`` where finding it brought
    what it is put in order by.
    """

    position: list[Any]
    kind: str
    key: int | str
    item: PublishedEntity | None = None
    row: Sequence[Any] | None = None


Paging = Generator[Fetch, Rows, list[Hit]]
Counting = Generator[Fetch, Rows, int]


class Walk(ABC):
    """Results in the order of an index; ``natural`` names it where a question can.

    ``most_counted``: what can be counted in milliseconds, be there ever so many.
    """

    natural: SortBy | None = None
    most_counted: int

    @abstractmethod
    def page(self, after: list[Any] | None, limit: int, *, descending: bool = False) -> Paging:
        """Give the first *limit* hits after the position *after*.

        *descending*: from the other end, where the order is natural.
        """

    def every(self, limit: int) -> Paging:
        """Give all hits in any order; of more than *limit*, some number that is larger."""
        return (yield from self.page(None, limit + 1))

    def count(self, limit: int) -> Counting:
        """Count the hits; of more than *limit*, some number that is larger."""
        return len((yield from self.every(limit)))


def highest(text: str, *, partial: bool) -> str:
    """Give the last key of the range that *text* means: itself, or all that begin with it."""
    return text + "\U0010ffff" if partial else text


def entries(rows: Rows, column: int = 0) -> list[list[Any]]:
    """Read the entries of all ranges, as one list."""
    found: list[list[Any]] = []
    for row in rows:
        if row[column] is not None:
            found += orjson.loads(row[column])
    return found


def distinct(
    how: str, value: dict[str, Any], limit: int, *, times: int = 1
) -> Generator[Fetch, Rows, list[int]]:
    """Give the domains that are found in this way, each once; of more than *limit*, some more.

    One may be found several times, mostly *times*: to tell so costs less here than in the
    statement, which would look for the others at each.
    """
    wanted = times * (limit + 1)
    while True:
        rows = yield f"every_domain_{how}", value | {"limit": wanted}
        found = list(dict.fromkeys(number for number, fits in rows if fits))
        if len(rows) < wanted or len(found) > limit:
            return found
        wanted *= 3


def number_of_distinct(
    how: str, value: dict[str, Any], limit: int, *, times: int = 1
) -> Generator[Fetch, Rows, int]:
    """Count what :func:`distinct` gives, where it lies."""
    wanted = times * (limit + 1)
    while True:
        ((found, seen),) = yield f"count_domains_{how}", value | {"limit": wanted}
        if seen < wanted or found > limit:
            return int(found)
        wanted *= 3


class DomainsByName(Walk):
    """Domains of *zones* whose names match."""

    natural = SortBy.NAME
    most_counted = MOST_IN_RANGES

    def __init__(self, pattern: NamePattern, zones: list[str]) -> None:
        parent = pattern.parent if pattern.partial else None
        self._zones = [zone for zone in zones if parent is None or zone == parent]
        self._low = pattern.text
        self._high = highest(pattern.text, partial=pattern.partial)

    def page(self, after: list[Any] | None, limit: int, *, descending: bool = False) -> Paging:
        """Give the first *limit* hits after the position *after*."""
        last: str | None = after[0] if after else None
        low, high = self._low, self._high
        if last is not None:
            low, high = (low, last) if descending else (last, high)
        value = {"zones": self._zones, "low": low, "high": high, "limit": limit + 1}
        rows = (yield ("domains_down" if descending else "domains"), value) if self._zones else ()
        found = sorted(entries(rows), reverse=descending)
        return [
            Hit(position=[name], kind="domain", key=number)
            for name, number in found
            if name != last
        ][:limit]

    def count(self, limit: int) -> Counting:
        """Count the hits; of more than *limit*, some number that is larger."""
        value = {"zones": self._zones, "low": self._low, "high": self._high, "limit": limit + 1}
        return (yield "count_domains", value)[0][0] if self._zones else 0

    def every(self, limit: int) -> Paging:
        """Give all hits in any order; of more than *limit*, some number that is larger."""
        value = {"zones": self._zones, "low": self._low, "high": self._high, "limit": limit + 1}
        rows = (yield "every_domain", value) if self._zones else ()
        return [Hit(position=[], kind="domain", key=row[0], row=row) for row in rows]


class _Hosts(Walk):
    """Hosts from a source of rows (name, number); those that *finds* refuses are passed by."""

    most_counted = MOST_JOINED

    def __init__(self, finds: Callable[[str], bool] | None) -> None:
        self._finds = finds

    def page(self, after: list[Any] | None, limit: int, *, descending: bool = False) -> Paging:
        """Give the first *limit* hits after the position *after*."""
        hits: list[Hit] = []
        chunk = limit
        while True:
            rows = yield from self._rows(after, chunk, descending=descending)
            found = [self._hit(name, number) for name, number in rows]
            hits += [
                hit
                for hit, (name, _) in zip(found, rows, strict=True)
                if self._finds is None or self._finds(name)
            ]
            if len(rows) < chunk or len(hits) >= limit:
                return hits[:limit]
            after, chunk = found[-1].position, min(chunk * 4, MOST_CHUNK)

    @abstractmethod
    def _hit(self, name: str, number: int) -> Hit:
        """Give the hit of a host, with its place."""

    @abstractmethod
    def _rows(
        self, after: list[Any] | None, limit: int, *, descending: bool
    ) -> Generator[Fetch, Rows, list[tuple[str, int]]]:
        """Give the first *limit* hosts after the position *after*."""


class HostsByName(_Hosts):
    """Hosts whose names match, in order of name."""

    natural = SortBy.NAME
    how = "named"
    least = ""  # no place is before it

    def __init__(self, pattern: NamePattern, finds: Callable[[str], bool] | None = None) -> None:
        super().__init__(finds)
        self.bounds: dict[str, Any] = {
            "low": pattern.text,
            "high": highest(pattern.text, partial=pattern.partial),
        }
        if pattern.partial and pattern.parent is not None:
            self.how = "below"
            self.bounds["parent"] = pattern.parent

    def _hit(self, name: str, number: int) -> Hit:
        return Hit(position=[name], kind="host", key=number)

    def _rows(
        self, after: list[Any] | None, limit: int, *, descending: bool
    ) -> Generator[Fetch, Rows, list[tuple[str, int]]]:
        last = after[0] if after else None
        value = {**self.bounds, "limit": limit + 1}
        if last is not None:
            value["high" if descending else "low"] = last
        statement = "hosts_below" if self.how == "below" else "hosts"
        rows = yield statement + ("_down" if descending else ""), value
        return [(name, number) for name, number in rows if name != last][:limit]


class HostsAt(_Hosts):
    """Hosts with an address, in order of their numbers."""

    how = "at"
    least = -1

    def __init__(self, address: str, finds: Callable[[str], bool] | None = None) -> None:
        super().__init__(finds)
        self.bounds: dict[str, Any] = {"address": address}

    def _hit(self, name: str, number: int) -> Hit:  # noqa: ARG002 - the protocol's
        return Hit(position=[number], kind="host", key=number)

    def _rows(
        self,
        after: list[Any] | None,
        limit: int,
        *,
        descending: bool,  # noqa: ARG002 - the protocol's
    ) -> Generator[Fetch, Rows, list[tuple[str, int]]]:
        value = {**self.bounds, "after": after[0] if after else -1, "limit": limit}
        rows = yield "hosts_at", value
        return [(name, number) for name, number in rows]


class Delegated(Walk):
    """Domains of *zones* delegated to some of *hosts*, in order of the first such host."""

    most_counted = MOST_JOINED

    def __init__(self, hosts: HostsByName | HostsAt, zones: list[str]) -> None:
        self._hosts = hosts
        self._zones = zones

    def page(self, after: list[Any] | None, limit: int, *, descending: bool = False) -> Paging:  # noqa: ARG002 - the protocol's
        """Give the first *limit* hits after the position *after*."""
        if not self._zones:
            return []
        place, first, last = after or ([self._hosts.least], None, -1)
        value = self._hosts.bounds | {
            "zones": self._zones,
            "place": place[0],
            "first": first,
            "after": last,
            "limit": limit,
        }
        rows = [tuple(row) for row in (yield f"domains_{self._hosts.how}", value)]
        for one, other in pairwise(rows):
            if one > other:  # a page out of order would lose what stands between two
                raise AssertionError(f"domains_{self._hosts.how}: {other} came after {one}")
        return [
            Hit(position=[[place], host, number], kind="domain", key=number)
            for place, host, number in rows
        ]

    def every(self, limit: int) -> Paging:
        """Give all hits in any order; of more than *limit*, some number that is larger."""
        if not self._zones:
            return []
        value = self._hosts.bounds | {"zones": self._zones}
        numbers = yield from distinct(self._hosts.how, value, limit)
        return [Hit(position=[], kind="domain", key=number) for number in numbers]

    def count(self, limit: int) -> Counting:
        """Count the hits; of more than *limit*, some number that is larger."""
        if not self._zones:
            return 0
        value = self._hosts.bounds | {"zones": self._zones}
        return (yield from number_of_distinct(self._hosts.how, value, limit))
