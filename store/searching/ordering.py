"""Orders that no index gives: of so few objects that all of them can be looked at."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from operator import itemgetter
from typing import Any

from store.errors import Code, RegistryError
from store.folding import search_key
from store.instants import to_micros
from store.names import unicode_name
from store.policy import RegistryPolicy, ZoneRole
from store.published import Party
from store.queries import SortBy, Sorting, Sought
from store.searching.walks import Hit
from store.sql.held_rows import Rows
from store.sql.reading import Fetch

__all__ = ["MOST_SORTED", "check_sorting", "sorted_after"]

MOST_SORTED = 500  # objects that are put in order by other than an index

_DATES = {SortBy.REGISTRATION: "created", SortBy.LAST_CHANGED: "updated",
          SortBy.EXPIRATION: "expires", SortBy.TRANSFER: "transferred"}  # fmt: skip
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
    found = yield from _values(hits, policy)
    places: list[_Place] = [
        ([found.get((hit.kind, hit.key), {}).get(each.by) for each in sorting], place, hit)
        for hit in hits
        for place in ((hit.kind, hit.key, False),)
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


def _values(
    hits: Sequence[Hit], policy: RegistryPolicy
) -> Generator[Fetch, Rows, dict[tuple[str, int | str], dict[SortBy, Any]]]:
    keys: dict[str, list[Any]] = {}
    found: dict[tuple[str, int | str], dict[SortBy, Any]] = {}
    for hit in hits:
        if hit.item is None:
            keys.setdefault(hit.kind, []).append(hit.key)
        else:
            found[hit.kind, hit.key] = _read_party(hit.item.party)
    for kind, wanted in keys.items():
        name = "handles" if kind == "registrar" else "ids"
        for row in (yield _STATEMENTS[kind], {name: wanted}):
            found[kind, row[0]] = _read(kind, row, policy)
    return found


def _read_party(party: Party) -> dict[SortBy, Any]:
    name, handle = party.name, party.handle
    return {
        SortBy.FULL_NAME: search_key(name) if isinstance(name, str) else None,
        SortBy.HANDLE: search_key(handle) if isinstance(handle, str) else None,
        SortBy.REGISTRATION: None if party.created is None else to_micros(party.created),
        SortBy.LAST_CHANGED: None if party.updated is None else to_micros(party.updated),
    }


def _read(kind: str, row: Sequence[Any], policy: RegistryPolicy) -> dict[SortBy, Any]:
    """Read what an object can be put in order by, as far as its published view shows it."""
    match kind:
        case "domain":
            registrar_side = policy.zone(row[2]).role is ZoneRole.REGISTRAR
            return {
                SortBy.NAME: unicode_name(row[1]) or row[1],
                SortBy.REGISTRATION: row[3],
                SortBy.LAST_CHANGED: row[4],
                # conformance.md 4.4.7: a registrar's expiry is another event.
                SortBy.EXPIRATION: None if registrar_side else row[5],
                SortBy.TRANSFER: row[6],
            }
        case "host":
            name = {SortBy.NAME: unicode_name(row[1]) or row[1]}
            return name | {SortBy.REGISTRATION: row[2], SortBy.LAST_CHANGED: row[3]}
        case _:
            return {
                SortBy.FULL_NAME: search_key(row[1]) or None,
                SortBy.HANDLE: search_key(row[2]),
                SortBy.REGISTRATION: row[3],
                SortBy.LAST_CHANGED: row[4],
            }
