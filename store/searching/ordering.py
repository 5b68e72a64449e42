"""Orders that no index gives: of so few objects that all of them can be looked at."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from functools import cmp_to_key
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

MOST_SORTED = 1000  # objects that are put in order by other than an index

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
) -> Generator[Fetch, Rows, list[Hit]]:
    """Put *hits* in order and give those after the position *after*, each with its own.

    A value that is missing goes last either way (conformance.md 5.2.8).
    """
    values = yield from _values(hits, policy)
    placed = [
        Hit(
            position=[
                [values.get((hit.kind, hit.key), {}).get(each.by) for each in sorting],
                hit.kind,
                hit.key,
            ],
            kind=hit.kind,
            key=hit.key,
            item=hit.item,
        )
        for hit in hits
    ]

    def compare(one: list[Any], other: list[Any]) -> int:
        for each, left, right in zip(sorting, one[0], other[0], strict=True):
            if left == right:
                continue
            if left is None or right is None:
                return 1 if left is None else -1
            return (1 if left > right else -1) * (-1 if each.descending else 1)
        return (one[1:] > other[1:]) - (one[1:] < other[1:])

    placed.sort(key=cmp_to_key(lambda one, other: compare(one.position, other.position)))
    return [hit for hit in placed if after is None or compare(hit.position, after) > 0]


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
