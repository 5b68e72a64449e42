"""Orders that no index gives: of so few objects that all of them can be looked at."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

from store.errors import Code, RegistryError
from store.folding import search_key
from store.instants import to_micros
from store.names import unicode_name
from store.policy import RegistryPolicy, ZoneRole
from store.queries import SortBy, Sorting, Sought
from store.searching.walks import Hit
from store.sql.held_rows import Rows
from store.sql.reading import Fetch

__all__ = ["MOST_SORTED", "check_sorting", "sorted_after"]

MOST_SORTED = 500  # objects that are put in order by other than an index

_DATES = (SortBy.REGISTRATION, SortBy.LAST_CHANGED, SortBy.EXPIRATION, SortBy.TRANSFER)
_OFFERED = {
    Sought.DOMAINS: frozenset({SortBy.NAME, *_DATES}),
    Sought.NAMESERVERS: frozenset({SortBy.NAME, SortBy.REGISTRATION, SortBy.LAST_CHANGED}),
    Sought.ENTITIES: frozenset(
        {SortBy.FULL_NAME, SortBy.HANDLE, SortBy.REGISTRATION, SortBy.LAST_CHANGED}
    ),
}
_STATEMENTS = {"domain": "domain_sort_keys", "host": "host_sort_keys",
               "contact": "contact_sort_keys", "registrar": "registrar_sort_keys"}  # fmt: skip


def check_sorting(sought: Sought, sorting: Sequence[Sorting]) -> None:
    """Refuse an order that objects of this class don't have.

    Raises:
        RegistryError: ``INVALID_VALUE``, field ``sort``.
    """
    for each in sorting:
        if each.by not in _OFFERED[sought]:
            raise RegistryError(
                Code.INVALID_VALUE,
                f"Results of this search can't be sorted by {each.by.value}.",
                field="sort",
            )


def sorted_after(
    hits: Sequence[Hit],
    sorting: Sequence[Sorting],
    after: list[Any] | None,
    policy: RegistryPolicy,
    *,
    limit: int,
) -> Generator[Fetch, Rows, list[Hit]]:
    """Put *hits* in order and give *limit* of those after *after*, each with its place in it.

    A value that is missing goes last either way (conformance.md 5.2.8).
    """
    found = yield from _values(hits, [each.by for each in sorting], policy)
    none = [None] * len(sorting)
    places: list[_Place] = [
        (found.get((hit.kind, hit.key), none), (hit.kind, hit.key, False), hit) for hit in hits
    ]
    if after is not None:
        places.append((after[0], (after[1], after[2], True), None))
    _sort(places, sorting)
    begin = 0 if after is None else 1 + next(n for n, (*_, hit) in enumerate(places) if not hit)
    return [
        Hit(position=[values, *place[:2]], kind=hit.kind, key=hit.key, item=hit.item)
        for values, place, hit in places[begin : begin + limit]
        if hit is not None
    ]


# Values in the order of the keys; class, row and "the page before ends here"; no hit for that.
_Place = tuple[list[Any], tuple[str, int | str, bool], Hit | None]


def _sort(places: list[_Place], sorting: Sequence[Sorting]) -> None:
    """Sort by the last key first: sorts are stable, and one by key calls nothing of ours."""
    places.sort(key=itemgetter(1))
    for at, each in reversed(tuple(enumerate(sorting))):
        last = not each.descending  # what a missing value says, so that it goes last

        def key(place: _Place, at: int = at, last: bool = last) -> tuple[bool, Any]:  # noqa: FBT001 - bound here
            value = place[0][at]
            return (value is None) is last, value

        places.sort(key=key, reverse=each.descending)


_Reader = Callable[[Any], Any]  # of one value, from a row or from a party


def _values(
    hits: Sequence[Hit], wanted: Sequence[SortBy], policy: RegistryPolicy
) -> Generator[Fetch, Rows, dict[tuple[str, int | str], list[Any]]]:
    """Give the values *wanted* of each hit that is there, as far as its view shows them."""
    keys: dict[str, list[Any]] = {}
    rows: dict[str, list[Sequence[Any]]] = {}
    found: dict[tuple[str, int | str], list[Any]] = {}
    for hit in hits:
        if hit.item is not None:
            party = hit.item.party
            found[hit.kind, hit.key] = [_OF_PARTY[each](party) for each in wanted]
        elif hit.row is not None:
            rows.setdefault(hit.kind, []).append(hit.row)
        else:
            keys.setdefault(hit.kind, []).append(hit.key)
    for kind, asked in keys.items():
        name = "handles" if kind == "registrar" else "ids"
        rows.setdefault(kind, []).extend((yield _STATEMENTS[kind], {name: asked}))
    for kind, read in rows.items():
        of_row = _readers(kind, policy)
        readers = [of_row[each] for each in wanted]
        found |= {(kind, row[0]): [reader(row) for reader in readers] for row in read}
    return found


_OF_PARTY: dict[SortBy, _Reader] = {
    SortBy.FULL_NAME: lambda p: search_key(p.name) if isinstance(p.name, str) else None,
    SortBy.HANDLE: lambda p: search_key(p.handle) if isinstance(p.handle, str) else None,
    SortBy.REGISTRATION: lambda p: None if p.created is None else to_micros(p.created),
    SortBy.LAST_CHANGED: lambda p: None if p.updated is None else to_micros(p.updated),
}


def _readers(kind: str, policy: RegistryPolicy) -> dict[SortBy, _Reader]:
    """Give how each value of an object of this *kind* is read from its row."""
    match kind:
        case "domain":

            @lru_cache
            def at_registrar(zone: str) -> bool:
                return policy.zone(zone).role is ZoneRole.REGISTRAR

            def expires(row: Sequence[Any]) -> Any:
                # conformance.md 4.4.7: a registrar's expiry is another event.
                return None if at_registrar(row[2]) else row[5]

            dates = dict(zip(_DATES, map(itemgetter, (3, 4, 5, 6)), strict=True))
            return {SortBy.NAME: _unicode, **dates, SortBy.EXPIRATION: expires}
        case "host":
            return {
                SortBy.NAME: _unicode,
                SortBy.REGISTRATION: itemgetter(2),
                SortBy.LAST_CHANGED: itemgetter(3),
            }
        case _:
            return {
                SortBy.FULL_NAME: lambda row: search_key(row[1]) or None,
                SortBy.HANDLE: lambda row: search_key(row[2]),
                SortBy.REGISTRATION: itemgetter(3),
                SortBy.LAST_CHANGED: itemgetter(4),
            }


def _unicode(row: Sequence[Any]) -> str:
    name: str = row[1]
    return unicode_name(name) or name
