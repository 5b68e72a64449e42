"""Walks through entities: contacts and registrars by name or handle, as they are shown."""

from __future__ import annotations

from collections.abc import Collection, Generator, Mapping
from typing import Any, Literal

from store.folding import search_key
from store.queries import SortBy, TextPattern
from store.searching.visibility import sights_in
from store.searching.walks import MOST_IN_RANGES, Counting, Hit, Paging, Walk, entries, highest
from store.sql.held_rows import Rows
from store.sql.reading import Fetch
from store.sql.sights import OWN, Sight

__all__ = ["Listed", "People", "SightSets", "contacts_by_roid", "read_sets", "registrars_by_handle"]

LAST = (1 << 63) - 1  # after every row's number
NONE = " "  # before every registrar's id, and none itself

SightSets = Mapping[str, tuple[Sight, ...]]


def read_sets(spelled: Collection[str]) -> Generator[Fetch, Rows, SightSets]:
    """Give every set of sights that contacts of the store have, from how they are *spelled*."""
    sets = {each: sights_in(each) for each in spelled if not each.startswith(OWN)}
    own = [int(each.removeprefix(OWN)) for each in spelled if each.startswith(OWN)]
    if own:
        seen: dict[str, list[Sight]] = {}
        for number, sight in (yield "own_sights", {"contacts": own}):
            seen.setdefault(f"{OWN}{number}", []).append(Sight.read(sight))
        sets |= {each: tuple(sights) for each, sights in seen.items()}
    return sets


class People(Walk):
    """Contacts of the sets *found* and registrars, by name or handle, in that order.

    Of one key, contacts come before registrars.
    """

    most_counted = MOST_IN_RANGES

    def __init__(
        self,
        pattern: TextPattern,
        *,
        by: Literal[SortBy.FULL_NAME, SortBy.HANDLE],
        found: list[tuple[str, int]],
    ) -> None:
        key = search_key(pattern.text)
        self.natural = by
        self._low, self._high = key, highest(key, partial=pattern.partial)
        self._found = found
        names = by is SortBy.FULL_NAME
        self._contacts = "contact_names" if names else "contact_roids"
        self._registrars = "registrar_names" if names else "registrar_handles"

    def page(self, after: list[Any] | None, limit: int, *, descending: bool = False) -> Paging:
        """Give the first *limit* hits after the position *after*."""
        way = "_down" if descending else ""
        contacts, registrars = self._bounds(after, descending=descending)
        hits: list[Hit] = []
        if self._found:
            value = contacts | {"sets": self._found, "limit": limit}
            rows = yield self._contacts + way, value
            hits += [
                Hit(position=[key, 0, number], kind="contact", key=number)
                for key, number in sorted(entries(rows), reverse=descending)
            ]
        rows = yield self._registrars + way, registrars | {"limit": limit}
        hits += [
            Hit(position=[key, 1, handle], kind="registrar", key=handle) for key, handle in rows
        ]
        hits.sort(key=lambda hit: hit.position[:2], reverse=descending)
        return hits[:limit]

    def count(self, limit: int) -> Counting:
        """Count the hits; of more than *limit*, some number that is larger."""
        contacts, registrars = self._bounds(None, descending=False)
        total = 0
        if self._found:
            value = contacts | {"sets": self._found, "limit": limit + 1}
            total += (yield f"count_{self._contacts}", value)[0][0]
        rows = yield self._registrars, registrars | {"limit": limit + 1}
        return total + len(rows)

    def _bounds(
        self, after: list[Any] | None, *, descending: bool
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Give where contacts and registrars go on after a position."""
        bounds: dict[str, Any] = {"low": self._low, "high": self._high}
        if after is None:
            return bounds | {"number": LAST if descending else -1}, bounds | {"handle": ""}
        key, kind, last = after
        bounds["high" if descending else "low"] = key
        if kind == 0:  # the registrars of this key come after it, or before it
            handle = NONE if descending else ""
            return bounds | {"number": last}, bounds | {"handle": handle}
        return bounds | {"number": LAST}, bounds | {"handle": last}


class Listed(Walk):
    """Hits that are few enough to be known at once, in order of class and key."""

    most_counted = MOST_IN_RANGES

    def __init__(self, hits: list[Hit]) -> None:
        unique = {(hit.kind, str(hit.key)): hit for hit in hits}
        self._hits = [unique[place] for place in sorted(unique)]

    def page(self, after: list[Any] | None, limit: int, *, descending: bool = False) -> Paging:  # noqa: ARG002 - the protocol's
        """Give the first *limit* hits after the position *after*."""
        yield from ()
        begun = [hit for hit in self._hits if after is None or hit.position > after]
        return begun[:limit]

    @staticmethod
    def hit(kind: str, key: int | str, **values: Any) -> Hit:
        """Give a hit in its place."""
        return Hit(position=[kind, str(key)], kind=kind, key=key, **values)


def contacts_by_roid(
    handle: str, found: list[tuple[str, int]], limit: int
) -> Generator[Fetch, Rows, list[int]]:
    """Give the contacts of the sets *found* that have this ROID, case aside."""
    if not found:
        return []
    key = search_key(handle)
    value = {"sets": found, "low": key, "high": key, "number": -1, "limit": limit}
    return [number for _, number in entries((yield "contact_roids", value))]


def registrars_by_handle(handle: str, limit: int) -> Generator[Fetch, Rows, list[str]]:
    """Give the registrars that are shown with this handle or have it as their own id."""
    value = {"key": search_key(handle), "limit": limit}
    return [row[0] for row in (yield "registrars_exactly", value)]
