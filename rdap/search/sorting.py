"""Orders of results: which there are, how one is asked for (RFC 8977 §2.3)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from rdap.members import JsonObject, Place
from rdap.search.field_sets import FieldSet
from rdap.search.question import RESULTS, SearchQuestion
from store.errors import Code, RegistryError
from store.queries import By, Search, SortBy, Sorting, Sought

__all__ = ["SORTS", "parse_sort", "sort_path", "sorting_metadata"]

_DATES = (SortBy.REGISTRATION, SortBy.LAST_CHANGED)
SORTS: Mapping[Sought, tuple[SortBy, ...]] = MappingProxyType(
    {
        Sought.DOMAINS: (SortBy.NAME, *_DATES, SortBy.EXPIRATION, SortBy.TRANSFER),
        Sought.NAMESERVERS: (SortBy.NAME, *_DATES),
        Sought.ENTITIES: (SortBy.FULL_NAME, SortBy.HANDLE, *_DATES),
    }
)
# Results come in the order of what they were found by, where that is one of theirs.
_DEFAULTS: Mapping[By, SortBy] = MappingProxyType(
    {By.NAME: SortBy.NAME, By.FULL_NAME: SortBy.FULL_NAME, By.HANDLE: SortBy.HANDLE}
)
_KEYS = (SortBy.NAME, SortBy.HANDLE)  # all that field set `id` shows

# RFC 8977 §2.3.1, the first in the form of RFC 9535.
_BELOW: Mapping[SortBy, str] = MappingProxyType(
    {
        SortBy.NAME: "['unicodeName','ldhName']",
        SortBy.HANDLE: ".handle",
        SortBy.FULL_NAME: '.vcardArray[1][?(@[0]=="fn")][3]',
        SortBy.REGISTRATION: '.events[?(@.eventAction=="registration")].eventDate',
        SortBy.LAST_CHANGED: '.events[?(@.eventAction=="last changed")].eventDate',
        SortBy.EXPIRATION: '.events[?(@.eventAction=="expiration")].eventDate',
        SortBy.TRANSFER: '.events[?(@.eventAction=="transfer")].eventDate',
    }
)


def _available(sought: Sought, field_set: FieldSet) -> tuple[SortBy, ...]:
    """Give what *sought* can be sorted by; RFC 8977 §3: by nothing that isn't shown."""
    sorts = SORTS[sought]
    return tuple(by for by in sorts if by in _KEYS) if field_set is FieldSet.ID else sorts


def parse_sort(text: str, sought: Sought, field_set: FieldSet) -> tuple[Sorting, ...]:
    """Read the value of ``sort``: properties in their order, each ascending or descending.

    Raises:
        RegistryError: ``INVALID_VALUE``, with the properties that there are.

    >>> parse_sort("name:d", Sought.DOMAINS, FieldSet.FULL)
    (Sorting(by=<SortBy.NAME: 'name'>, descending=True),)
    """
    by_word = {by.value: by for by in _available(sought, field_set)}
    sortings: dict[SortBy, Sorting] = {}
    for item in text.split(","):
        word, colon, direction = item.partition(":")
        by = by_word.get(word)
        if by is None or by in sortings or (colon and direction not in {"a", "d"}):
            raise RegistryError(
                Code.INVALID_VALUE,
                f"Results are sorted by {', '.join(by_word)}, each once, with :a or :d behind it.",
                field="sort",
            )
        sortings[by] = Sorting(by=by, descending=direction == "d")
    return tuple(sortings.values())


def sort_path(by: SortBy, sought: Sought) -> str:
    """Give the JSONPath of the values that *by* sorts by, in a whole answer."""
    return f"$.{RESULTS[sought]}[*]{_BELOW[by]}"


def sorting_metadata(question: SearchQuestion, place: Place) -> JsonObject:
    """Make ``sorting_metadata``; its links begin at the first page anew."""
    made: JsonObject = {} if question.sort is None else {"currentSort": question.sort}
    query = question.query
    default = _DEFAULTS.get(query.by) if isinstance(query, Search) else None
    made["availableSorts"] = [
        {
            "property": by.value,
            "jsonPath": sort_path(by, question.sought),
            "default": by is default,
            "links": [
                question.link(
                    place,
                    "alternate",
                    f"Result {direction} Sort Link",
                    sort=f"{by.value}:{letter}",
                    cursor=None,
                )
                for direction, letter in (("Ascending", "a"), ("Descending", "d"))
            ],
        }
        for by in _available(question.sought, question.field_set)
    ]
    return made
