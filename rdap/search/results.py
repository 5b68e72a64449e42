"""The document of a search: results, and what tells of their order, pages and form."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from rdap.domain import domain_object
from rdap.entity import contact_object
from rdap.members import JsonObject, Place
from rdap.nameserver import nameserver_object
from rdap.registrar import registrar_object
from rdap.search.field_sets import FieldSet, shown_members
from rdap.search.paging import paging_metadata
from rdap.search.question import SearchQuestion
from rdap.search.reverse import mapping_member
from rdap.search.sorting import sorting_metadata
from rdap.search.subsetting import subsetting_metadata
from store.published import (
    PublishedDomain,
    PublishedEntity,
    PublishedHost,
    PublishedRegistrar,
)
from store.queries import Page, ReverseSearch

__all__ = ["page_extensions", "page_members"]

Item = PublishedDomain | PublishedHost | PublishedRegistrar | PublishedEntity

# RFC 8977 §2.1.1, RFC 8982 §2.1.1, RFC 9536 §9
_EXTENSIONS = {
    "paging_metadata": "paging",
    "sorting_metadata": "sorting",
    "subsetting_metadata": "subsetting",
    "reverse_search_properties_mapping": "reverse_search",
}


def page_members(page: Page, question: SearchQuestion, place: Place) -> JsonObject:
    """Make the members of a search's answer beside conformance and notices (RFC 9083 §8)."""
    members: JsonObject = {}
    if isinstance(question.query, ReverseSearch):
        members["reverse_search_properties_mapping"] = mapping_member(question.query)
    paging = paging_metadata(page, question, place)
    if paging:
        members["paging_metadata"] = paging
    members["sorting_metadata"] = sorting_metadata(question, place)
    members["subsetting_metadata"] = subsetting_metadata(question, place)
    members[question.results] = [
        _shown(item, question, replace(place, root=f"$.{question.results}[{number}]"))
        for number, item in enumerate(page.items)
    ]
    return members


def page_extensions(members: JsonObject) -> tuple[str, ...]:
    """Name the extensions that a search's members really use (conformance.md 5.2.6)."""
    used = tuple(extension for member, extension in _EXTENSIONS.items() if member in members)
    results = next(value for member, value in members.items() if member.endswith("SearchResults"))
    assert isinstance(results, list)  # noqa: S101 - made above
    return (*used, "redacted") if any("redacted" in result for result in results) else used


def _shown(item: Item, question: SearchQuestion, place: Place) -> JsonObject:
    """Make one result: what its look-up gives, less what stands on top alone."""
    if question.field_set is not FieldSet.FULL:
        item = _alone(item)
    return shown_members(_whole(item, place), question.field_set, question.sought, root=place.root)


def _alone(item: Item) -> Item:
    """Take away what no short form shows, so that it needn't be made."""
    match item:
        case PublishedDomain():
            return replace(item, parties=(), hosts=())
        case PublishedHost():
            return replace(item, registrar=None)
        case _:
            return item


def _whole(item: Item, place: Place) -> JsonObject:
    match item:
        case PublishedDomain():
            return domain_object(item, place, as_of=None)
        case PublishedHost():
            return nameserver_object(item, place, as_of=None)
        case PublishedRegistrar():
            return registrar_object(item, place, as_of=None)
        case PublishedEntity():
            return contact_object(item, place, as_of=None)
        case _:
            assert_never(item)
