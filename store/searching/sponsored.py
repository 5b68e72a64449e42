"""Walks through hosts by the registrar that they show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from store.searching.walks import MOST_CHUNK, MOST_JOINED, Hit, Paging, Walk, entries

__all__ = ["SponsoredHosts"]


class SponsoredHosts(Walk):
    """Hosts of some registrars, in order of registrar and number."""

    most_counted = MOST_JOINED

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
