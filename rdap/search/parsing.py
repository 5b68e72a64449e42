"""From a search path and its query string to a question, or a problem. Never raises."""

from __future__ import annotations

import re

from rdap.errors import Problem, coded_problem
from rdap.search.field_sets import FieldSet, parse_field_set
from rdap.search.offers import PROPERTIES, Offers, SearchPath
from rdap.search.parameters import known_values, list_parameters
from rdap.search.patterns import address_pattern, name_pattern, text_pattern
from rdap.search.question import SearchQuestion
from rdap.search.reverse import RELATED, parse_predicates
from rdap.search.sorting import parse_sort
from store.errors import Code, RegistryError
from store.names import Address
from store.queries import (
    By,
    NamePattern,
    RelatedBy,
    ReverseSearch,
    Search,
    TextPattern,
    Window,
)

__all__ = ["LONGEST_QUERY", "parse_search"]

LONGEST_QUERY = 4096  # characters as sent, as of a path (conformance.md 1.12.1)
LONGEST_CURSOR = 3072  # what the store gives for two long names of another script takes 2,752

_COUNT = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_CURSOR = re.compile(r"[A-Za-z0-9/=_-]+")  # RFC 8977 §2.4
_FORM = ("count", "sort", "cursor", "fieldSet")

_TOO_LONG = Problem(status=414, description="The query string is too long.")
_OFF = Problem(status=501, description="This search is not offered here; see help.")
_EXACT_ALONE = Problem(
    status=501, description="Searches by a beginning are not offered here; see help."
)


def parse_search(path: SearchPath, query: str, offers: Offers) -> SearchQuestion | Problem:
    """Read the raw query string *query* of the search at *path*.

    What is switched off is 501 before anything else is looked at (conformance.md 1.6.11).
    """
    if not offers.answers(path):
        return _OFF
    if len(query) > LONGEST_QUERY:
        return _TOO_LONG
    try:
        return _reverse(path, query) if path.is_reverse else _search(path, query, offers)
    except RegistryError as error:
        return coded_problem(error)


def _search(path: SearchPath, query: str, offers: Offers) -> SearchQuestion | Problem:
    properties = PROPERTIES[path.sought]
    parameters = list_parameters(query)
    values = known_values(parameters, (*properties, *_FORM))
    asked = [word for word in properties if word in values]
    if len(asked) != 1:  # conformance.md 1.4.4
        wrong = "more than one is there" if asked else "none is there"
        raise RegistryError(
            Code.INVALID_VALUE, f"A search here goes by one of {', '.join(properties)}: {wrong}."
        )
    by = properties[asked[0]]
    if not offers.answers_by(path, by):
        return _OFF
    pattern = _pattern(by, values[asked[0]])
    if isinstance(pattern, NamePattern | TextPattern) and pattern.partial and not offers.patterns:
        return _EXACT_ALONE
    field_set, window = _form(path, values)
    return SearchQuestion(
        query=Search(sought=path.sought, by=by, pattern=pattern, window=window),
        path=path.value,
        parameters=parameters,
        field_set=field_set,
        sort=values.get("sort"),
    )


def _reverse(path: SearchPath, query: str) -> SearchQuestion | Problem:
    parameters = list_parameters(query)
    values = known_values(parameters, (*(by.value for by in RelatedBy), *_FORM))
    if any(by.value in values for by in RelatedBy if by not in RELATED[path.sought]):
        return _OFF  # RFC 9536 §7
    terms = parse_predicates(values)
    field_set, window = _form(path, values)
    return SearchQuestion(
        query=ReverseSearch(sought=path.sought, terms=terms, window=window),
        path=path.value,
        parameters=parameters,
        field_set=field_set,
        sort=values.get("sort"),
    )


def _pattern(by: By, text: str) -> NamePattern | TextPattern | Address:
    match by:
        case By.NAME | By.NS_NAME:
            return name_pattern(text)
        case By.ADDRESS:
            return address_pattern(text)
        case By.FULL_NAME | By.HANDLE:
            return text_pattern(text, field=by.value)


def _form(path: SearchPath, values: dict[str, str]) -> tuple[FieldSet, Window]:
    """Read what all searches have in common: field set, order, cursor, count."""
    field_set = parse_field_set(values.get("fieldSet", FieldSet.FULL.value))
    sort, cursor = values.get("sort"), values.get("cursor")
    if cursor is not None and (len(cursor) > LONGEST_CURSOR or not _CURSOR.fullmatch(cursor)):
        raise RegistryError(Code.INVALID_VALUE, "The cursor is malformed.", field="cursor")
    counted = _COUNT.get(values.get("count", "false"))
    if counted is None:
        raise RegistryError(
            Code.INVALID_VALUE, "A count is true, yes, 1, false, no or 0.", field="count"
        )
    sorting = () if sort is None else parse_sort(sort, path.sought, field_set)
    return field_set, Window(sorting=sorting, cursor=cursor, counted=counted)
