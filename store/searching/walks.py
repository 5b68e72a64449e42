"""Walks through results in an order that an index gives: domains by name, hosts, delegations.

A walk gives hits in order, from a position on, and counts them within a limit. Its position
is JSON values: what a cursor carries.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, Protocol

import orjson

from store.published import PublishedEntity
from store.queries import NamePattern, SortBy
from store.sql.held_rows import Rows
from store.sql.reading import Fetch

__all__ = [
    "Counting",
    "Delegated",
    "DomainsByName",
    "Hit",
    "HostsAt",
    "HostsByName",
    "Paging",
    "Walk",
    "entries",
    "highest",
]

FIRST_CHUNK = 16  # groups asked about at once; more where these don't fill a page
MOST_CHUNK = 2000
MOST_IN_RANGES = 10_000  # what is counted exactly of an index's ranges alone
MOST_JOINED = 500  # what is counted exactly where each result is looked at
MOST_RELATED = 250  # and where each is looked at with its entities


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One result: its class (``domain``, ``host``, ``contact``, ``registrar``) and its key.

    ``item`` is there where finding it took publishing it.
    """

    position: list[Any]
    kind: str
    key: int | str
    item: PublishedEntity | None = None


Paging = Generator[Fetch, Rows, list[Hit]]
Counting = Generator[Fetch, Rows, int]


class Walk(Protocol):
    """Results in the order of an index; ``natural`` names it where a question can.

    ``most_counted``: what can be counted in milliseconds, be there ever so many.
    """

    natural: SortBy | None
    most_counted: int

    def page(self, after: list[Any] | None, limit: int, *, descending: bool = False) -> Paging:
        """Give the first *limit* hits after the position *after*."""
        ...

    def every(self, limit: int) -> Paging:
        """Give all hits in any order; of more than *limit*, some number that is larger."""
        ...

    def count(self, limit: int) -> Counting:
        """Count the hits; of more than *limit*, some number that is larger."""
        ...


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


class DomainsByName:
    """Domains of *zones* whose names match."""

    natural: SortBy | None = SortBy.NAME
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
        return (yield from self.page(None, limit + 1))


class _Hosts:
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

    def every(self, limit: int) -> Paging:
        """Give all hits in any order; of more than *limit*, some number that is larger."""
        return (yield from self.page(None, limit + 1))

    def count(self, limit: int) -> Counting:
        """Count the hits; of more than *limit*, some number that is larger."""
        return len((yield from self.every(limit)))

    def _hit(self, name: str, number: int) -> Hit:
        raise NotImplementedError

    def _rows(
        self, after: list[Any] | None, limit: int, *, descending: bool
    ) -> Generator[Fetch, Rows, list[tuple[str, int]]]:
        raise NotImplementedError


class HostsByName(_Hosts):
    """Hosts whose names match, in order of name."""

    natural: SortBy | None = SortBy.NAME
    how = "named"

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

    natural: SortBy | None = None
    how = "at"

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


class Delegated:
    """Domains of *zones* delegated to some of *hosts*, in order of the first such host."""

    natural: SortBy | None = None
    most_counted = MOST_JOINED

    def __init__(self, hosts: HostsByName | HostsAt, zones: list[str]) -> None:
        self._hosts = hosts
        self._zones = zones

    def page(self, after: list[Any] | None, limit: int, *, descending: bool = False) -> Paging:  # noqa: ARG002 - the protocol's
        """Give the first *limit* hits after the position *after*."""
        hits: list[Hit] = []
        if not self._zones:
            return hits
        place, first, last = after or (None, None, -1)
        groups = [] if first is None else [Hit(position=place or [], kind="host", key=first)]
        # One alone at first: of two hosts with all names in common the second is read in vain.
        chunk = 1
        while True:
            more = yield from self._hosts.page(place, chunk)
            groups += more
            found = {}
            if groups:
                value = self._value(groups, limit) | {"first": first, "after": last}
                rows = yield f"domains_{self._hosts.how}", value
                found = {row[0]: entries((row,), 1) for row in rows}
            hits += [
                Hit(position=[group.position, group.key, number], kind="domain", key=number)
                for group in groups
                for (number,) in found.get(group.key, ())
            ]
            if len(hits) >= limit or len(more) < chunk:
                return hits[:limit]
            place, groups, first = more[-1].position, [], None
            chunk = min(chunk * 4, MOST_CHUNK)

    def every(self, limit: int) -> Paging:
        """Give all hits in any order; of more than *limit*, some number that is larger."""
        hits: list[Hit] = []
        place, chunk = None, FIRST_CHUNK
        while self._zones:
            groups = yield from self._hosts.page(place, chunk)
            if groups:
                value = self._value(groups, limit + 1 - len(hits))
                rows = yield f"every_domain_{self._hosts.how}", value
                hits += [Hit(position=[], kind="domain", key=number) for (number,) in rows]
            if len(groups) < chunk or len(hits) > limit:
                break
            place, chunk = groups[-1].position, min(chunk * 4, MOST_CHUNK)
        return hits

    def count(self, limit: int) -> Counting:
        """Count the hits; of more than *limit*, some number that is larger."""
        return len((yield from self.every(limit)))

    def _value(self, groups: list[Hit], limit: int) -> dict[str, Any]:
        return {
            **self._hosts.bounds,
            "hosts": [group.key for group in groups],
            "zones": self._zones,
            "limit": limit,
        }
