"""A whole document: an answer of the store as an RDAP response."""

from __future__ import annotations

from typing import assert_never

from rdap.domain import domain_notices, domain_object, whole_notices
from rdap.entity import contact_object
from rdap.errors import absence_problem, problem_object
from rdap.help import help_notices
from rdap.jscontact import CONFORMANCE_ID, jscontact_used
from rdap.members import JsonObject, Place, age_notice, conformance, terms_notice
from rdap.nameserver import nameserver_object
from rdap.registrar import registrar_object
from rdap.search.help import help_extensions, help_members
from rdap.search.offers import Offers
from rdap.search.paging import paging_notices
from rdap.search.question import SearchQuestion
from rdap.search.results import page_extensions, page_members
from store.published import (
    Help,
    PublishedDomain,
    PublishedEntity,
    PublishedHost,
    PublishedRegistrar,
)
from store.queries import Absent, Answer, Found, Page, Result

__all__ = ["answer_object"]

_DEFAULT_OFFERS = Offers()
_HELP_IDS = ("redacted",)  # conformance.md 1.7.1: help lists all that is supported


def answer_object(
    answer: Answer,
    place: Place,
    *,
    search: SearchQuestion | None = None,
    offers: Offers = _DEFAULT_OFFERS,
    limits: tuple[str, ...] = (),
) -> tuple[int, JsonObject]:
    """Give the HTTP status and the document for *answer*, asked for at *place*.

    *search* is the question where that was a search, *offers* are the searches that are on,
    *limits* is what help says of limits.
    Every document carries ``rdapConformance`` (conformance.md 1.7.1) and that of an
    object the terms of service (4.3.3); an error repeats nothing of the question, and
    all errors look alike. What may be old says so in its first notice. Nothing is decided
    here about privacy.
    """
    match answer:
        case Absent():
            problem = absence_problem(answer)
            return problem.status, problem_object(problem)
        case Found():
            members, notices = _found(answer, place, search, offers, limits)
            used = _used(answer.result, members, offers)
            if place.jscontact and jscontact_used(members):
                used = (*used, CONFORMANCE_ID)
            return 200, {
                "rdapConformance": conformance(*used, profile=answer.notices.icann_profile),
                **members,
                "notices": notices,
            }
        case _:
            assert_never(answer)


def _used(result: Result, members: JsonObject, offers: Offers) -> tuple[str, ...]:
    """Name the extensions that stand in the answer; help lists all that there are."""
    match result:
        case Help():
            return (*_HELP_IDS, *help_extensions(offers))
        case Page():
            return page_extensions(members)
        case _:
            return ("redacted",) if "redacted" in members else ()  # conformance.md 4.2.3


def _found(
    found: Found,
    place: Place,
    search: SearchQuestion | None,
    offers: Offers,
    limits: tuple[str, ...],
) -> tuple[JsonObject, object]:
    """Give the topmost object's members and all notices."""
    result = found.result
    if isinstance(result, PublishedDomain) and result.notices is found.notices and not found.is_old:
        made = domain_object(result, place, as_of=found.as_of)
        return made, whole_notices(found.notices, place)
    if isinstance(result, Help):
        members, notices = help_members(offers), help_notices(result, offers, limits)
    else:
        members, notices = _members(found, place, search)
    first = [age_notice(found.as_of)] if found.is_old else []
    return members, [*first, terms_notice(found.notices, place), *notices]


def _members(
    found: Found, place: Place, search: SearchQuestion | None
) -> tuple[JsonObject, list[JsonObject]]:
    """Give the topmost object's members and the notices of its class."""
    result, as_of = found.result, found.as_of
    match result:
        case PublishedDomain():
            return domain_object(result, place, as_of=as_of), domain_notices(result.notices, place)
        case PublishedHost():
            return nameserver_object(result, place, as_of=as_of), []
        case PublishedRegistrar():
            return registrar_object(result, place, as_of=as_of), []
        case PublishedEntity():
            return contact_object(result, place, as_of=as_of), []
        case Help():
            raise TypeError("help has notices of its own")
        case Page() if search is not None:
            return page_members(result, search, place), paging_notices(result, search)
        case Page():
            raise TypeError("no look-up is answered by a page")
        case tuple():
            raise TypeError("no lookup of this door is answered by a list")
        case _:
            assert_never(result)
