"""Walks through hosts by the registrar that they show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from store.queries import SortBy
from store.searching.walks import MOST_CHUNK, MOST_RELATED, Counting, Hit, Paging, entries

__all__ = ["SponsoredHosts"]


class SponsoredHosts:
    """Hosts of some registrars, in order of registrar and number."""

    natural: SortBy | None = None
    most_counted = MOST_RELATED

    def __init__(self, registrars: Sequence[str], finds: Callable[[str], bool]) -> None:
        self._registrars = registrars
        self._finds = finds

    def page(self, after: list[Any] | None, limit: int, *, descending: bool = False) -> Paging:  # noqa: ARG002 - the protocol's
        """Give the first *limit* hits after the position *after*."""
        hits: list[Hit] = []
        first, last = after or ("", -1)
        for registrar in [each for each in self._registrars if each >= first]:
            chunk, begin = limit, last if registrar == first else -1
            while len(hits) < limit:
                value = {"sponsors": [registrar], "first": registrar, "after": begin}
                found = entries((yield "hosts_of_sponsors", value | {"limit": chunk}), 1)
                hits += [
                    Hit(position=[registrar, number], kind="host", key=number)
                    for number, name in found
                    if self._finds(name)
                ]
                if len(found) < chunk:
                    break
                begin, chunk = found[-1][0], min(chunk * 4, MOST_CHUNK)
        return hits[:limit]

    def count(self, limit: int) -> Counting:
        """Count the hits; of more than *limit*, some number that is larger."""
        return len((yield from self.every(limit)))

    def every(self, limit: int) -> Paging:
        """Give all hits in any order; of more than *limit*, some number that is larger."""
        return (yield from self.page(None, limit + 1))
