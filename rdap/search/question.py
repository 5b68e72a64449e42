"""A search as it was asked: the store's query and what only the answer's form needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import quote

from rdap.members import MEDIA_TYPE, JsonObject, Place, link
from rdap.search.field_sets import FieldSet
from rdap.search.parameters import Parameter
from rdap.text import escape_url
from store.queries import ReverseSearch, Search, Sought

__all__ = ["RESULTS", "SearchQuestion"]

# RFC 9083 §8
RESULTS: Mapping[Sought, str] = MappingProxyType(
    {
        Sought.DOMAINS: "domainSearchResults",
        Sought.NAMESERVERS: "nameserverSearchResults",
        Sought.ENTITIES: "entitySearchResults",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchQuestion:
    """What a client searches for, and how it wants to see it.

    ``path`` is the path below the public URL, ``parameters`` are the query string's pieces
    in the order and spelling they came in, unknown ones among them. ``sort`` is the order
    asked for in the client's words.
    """

    query: Search | ReverseSearch
    path: str
    parameters: tuple[Parameter, ...]
    field_set: FieldSet = FieldSet.FULL
    sort: str | None = None

    @property
    def sought(self) -> Sought:
        """Give the class of object that is sought."""
        return self.query.sought

    @property
    def results(self) -> str:
        """Name the member that holds the results (RFC 9083 §8)."""
        return RESULTS[self.sought]

    def href(self, place: Place, **changes: str | None) -> str:
        """Give this search's URL with some parameters set, or left out where ``None``."""
        kept = [each.raw for each in self.parameters if each.name not in changes]
        new = [
            f"{name}={quote(value, safe=':,-_')}"
            for name, value in changes.items()
            if value is not None
        ]
        return f"{place.base}{self.path}?{escape_url('&'.join([*kept, *new]))}"

    def link(self, place: Place, rel: str, title: str, **changes: str | None) -> JsonObject:
        """Make a link to this search with some parameters set or left out."""
        href = self.href(place, **changes)
        return {**link(place, rel=rel, href=href, media_type=MEDIA_TYPE), "title": title}
