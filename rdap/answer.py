"""A whole document: an answer of the store as an RDAP response."""

from __future__ import annotations

from typing import assert_never

from rdap.domain import domain_notices, domain_object
from rdap.entity import contact_object
from rdap.errors import absence_problem, problem_object
from rdap.help import help_notices
from rdap.members import CONFORMANCE, JsonObject, Place, terms_notice
from rdap.nameserver import nameserver_object
from rdap.registrar import registrar_object
from store.published import (
    Help,
    PublishedDomain,
    PublishedEntity,
    PublishedHost,
    PublishedRegistrar,
)
from store.queries import Absent, Answer, Found

__all__ = ["answer_object"]


def answer_object(answer: Answer, place: Place) -> tuple[int, JsonObject]:
    """Give the HTTP status and the document for *answer*, asked for at *place*.

    Every document carries ``rdapConformance`` (conformance.md 1.7.1) and that of an
    object the terms of service (4.3.3); an error repeats nothing of the question, and
    all errors look alike. Nothing is decided here about privacy.
    """
    match answer:
        case Absent():
            problem = absence_problem(answer)
            return problem.status, problem_object(problem)
        case Found():
            terms = terms_notice(answer.notices, place)
            members, notices = _found(answer, place)
            return 200, {
                "rdapConformance": list(CONFORMANCE),
                **members,
                "notices": [terms, *notices],
            }
        case _:
            assert_never(answer)


def _found(found: Found, place: Place) -> tuple[JsonObject, list[JsonObject]]:
    """Give the topmost object's members and the notices of its class."""
    result, as_of = found.result, found.as_of
    match result:
        case PublishedDomain():
            return domain_object(result, place, as_of=as_of), domain_notices(place)
        case PublishedHost():
            return nameserver_object(result, place, as_of=as_of), []
        case PublishedRegistrar():
            return registrar_object(result, place, as_of=as_of), []
        case PublishedEntity():
            return contact_object(result, place, as_of=as_of), []
        case Help():
            return {}, help_notices(result)
        case tuple():
            raise TypeError("no lookup of this door is answered by a list")
        case _:
            assert_never(result)
