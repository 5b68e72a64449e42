"""Refusals in RDAP's form: HTTP statuses for coded errors, and the error body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType

from rdap.members import JsonObject, conformance
from rdap.text import clean
from store.errors import Code, RegistryError
from store.published import Absence
from store.queries import Absent

__all__ = [
    "HTTP_STATUS",
    "INTERNAL",
    "TOO_MANY",
    "TOO_MANY_SHOWN",
    "UNAVAILABLE",
    "Problem",
    "absence_problem",
    "coded_problem",
    "phrase",
    "problem_object",
]

HTTP_STATUS: Mapping[Code, int] = MappingProxyType(
    {
        Code.INVALID_NAME: 400,
        Code.INVALID_ADDRESS: 400,
        Code.INVALID_VALUE: 400,
        Code.MISSING_VALUE: 400,
        Code.NOT_FOUND: 404,
        Code.AMBIGUOUS: 404,
        Code.EXISTS: 409,
        Code.IN_USE: 409,
        Code.UNSERVED_ZONE: 404,
        Code.NAME_RESERVED: 404,  # conformance.md 1.2.11: a look-up ends in 200 or 404
        Code.ROLE_REQUIRED: 409,
        Code.NOT_SPONSOR: 403,
        Code.NOT_ALLOWED: 403,
        Code.STATUS_PROHIBITS: 409,
        Code.NOT_ELIGIBLE: 409,
        Code.POLICY: 403,
        Code.CONFLICT: 409,
        Code.CLOSED: 410,
        Code.UNBOUNDED: 422,
        Code.DEFECT: 500,
        Code.SETTINGS: 500,
        Code.USAGE: 400,
        Code.STORE_MISSING: 503,
        Code.STORE_OUTDATED: 503,
        Code.STORE_BUSY: 503,
        Code.STORE_UNAVAILABLE: 503,
        Code.PEER_UNREACHABLE: 503,
        Code.TIMED_OUT: 503,
    }
)


_RENAMED: Mapping[int, str] = MappingProxyType(
    {413: "Content Too Large", 414: "URI Too Long", 422: "Unprocessable Content"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why a question gets no object: an HTTP status and a sentence for people.

    ``retry_after`` is in seconds, where it makes sense to ask again (RFC 9110 §10.2.3).
    """

    status: int
    description: str
    retry_after: int | None = None


UNAVAILABLE = Problem(
    status=503,
    description="The registration data can't be read just now. Try again later.",
    retry_after=10,
)
# conformance.md 1.2.8; who counts the questions knows better how long and replaces the figure.
TOO_MANY = Problem(status=429, description="Too many questions.", retry_after=60)
TOO_MANY_SHOWN = Problem(
    status=429, description="You were shown the data of too many contacts.", retry_after=60
)
INTERNAL = Problem(
    status=500, description="The server failed to answer. This says nothing of the name."
)


def coded_problem(error: RegistryError) -> Problem:
    """Turn a coded refusal into a problem; nothing of the inside is told from 500 up."""
    status = HTTP_STATUS[error.code]
    if status >= 500:
        return UNAVAILABLE if status == 503 else INTERNAL
    return Problem(status=status, description=error.message)


def absence_problem(absent: Absent) -> Problem:
    """Say why there is nothing to show: always 404 (conformance.md 1.2.3, 1.2.4, 6.8.3)."""
    match absent.absence:
        case Absence.NOT_FOUND:
            sentence = "There is no such object here."
        case Absence.UNSERVED:
            sentence = "No zone served here holds this name."
        case Absence.RESERVED:
            sentence = "This name is reserved: it is not registered and can't be."
        case Absence.BLOCKED:
            by = f" by {clean(absent.by)}" if absent.by else ""
            sentence = f"This name is blocked{by}: it is not registered and can't be."
    return Problem(status=404, description=sentence)


def phrase(status: int) -> str:
    """Name an HTTP status as RFC 9110 §15 does; Python before 3.13 has names of older RFCs.

    >>> phrase(422)
    'Unprocessable Content'
    """
    return _RENAMED.get(status) or HTTPStatus(status).phrase


def problem_object(problem: Problem) -> JsonObject:
    """Write the error body of RFC 9083 §6."""
    return {
        "rdapConformance": conformance(),
        "errorCode": problem.status,
        "title": phrase(problem.status),
        "description": [clean(problem.description)],
    }
