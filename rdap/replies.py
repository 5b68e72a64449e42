"""From a request target to a finished reply: parse, ask the store, write JSON."""

from __future__ import annotations

import logging
import secrets
import traceback
from datetime import datetime
from urllib.parse import quote

import orjson

from rdap.accounts import Account, account_of, outcome_of
from rdap.answer import answer_object
from rdap.door import RdapDoor
from rdap.errors import INTERNAL, Problem, coded_problem, problem_object
from rdap.jscontact import jscontact_asked
from rdap.members import JsonObject, Place, asked_url
from rdap.parse import origin_form, parse_target
from rdap.search.question import SearchQuestion
from rdap.text import path_segment
from rdap.validators import weak_tag
from store.errors import RegistryError
from store.queries import (
    Answer,
    FindDomain,
    FindEntity,
    FindHelp,
    FindHost,
    Made,
    Query,
    Reader,
    ReverseSearch,
    Search,
)
from store.values import value

__all__ = [
    "ASKED",
    "Asked",
    "Drawn",
    "Reply",
    "answer_question",
    "answer_target",
    "failure_reply",
    "problem_reply",
    "read_question",
    "render",
]

log = logging.getLogger(__name__)

# Stands in a document for the URL that was asked for until that is known. Nobody outside ever
# sees it, so no value of a holder can be taken for it.
_ASKED = secrets.token_hex(16)
ASKED = _ASKED.encode("ascii")


_UNREAD = Account()


@value(frozen=True, slots=True)
class Reply:
    """An HTTP status and the bytes of a JSON document.

    ``tag`` is the entity-tag of what was found; ``retry_after`` is in seconds.
    """

    status: int
    body: bytes
    tag: str | None = None
    retry_after: int | None = None
    account: Account = _UNREAD


@value(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question that was understood, and the ``url`` it was asked at.

    ``path`` is how a look-up is spelled below the public URL; a search has none.
    """

    query: Query
    search: SearchQuestion | None
    url: bytes
    path: str | None
    jscontact: bool


@value(frozen=True, slots=True)
class Drawn:
    """An answer's document: ``ASKED`` stands in ``raw`` where the URL asked for goes."""

    status: int
    raw: bytes
    account: Account
    as_of: datetime
    made: Made | None

    def reply(self, url: bytes) -> Reply:
        """Give the reply to who asked at *url*."""
        body = self.raw.replace(ASKED, url)
        tag = weak_tag(body) if self.status == 200 else None
        return Reply(self.status, body, tag, account=self.account)


async def answer_target(
    target: str, *, reader: Reader, door: RdapDoor, extensions: frozenset[str] = frozenset()
) -> Reply:
    """Answer the raw request target *target*; every failure is a reply as well.

    *extensions* are the ids that the client asks for beside it (conformance.md 5.9).
    """
    asked = read_question(target, door=door, extensions=extensions)
    if isinstance(asked, Reply):
        return asked
    drawn = await answer_question(asked, reader=reader, door=door)
    return drawn if isinstance(drawn, Reply) else drawn.reply(asked.url)


def read_question(target: str, *, door: RdapDoor, extensions: frozenset[str]) -> Asked | Reply:
    """Read the raw request target *target*, or give the reply that it gets."""
    try:
        target = origin_form(target)
        question = parse_target(target, prefix=door.prefix, offers=door.searches)
        if isinstance(question, Problem):
            return problem_reply(question)
        search = question if isinstance(question, SearchQuestion) else None
        query = question.query if isinstance(question, SearchQuestion) else question
        asked = asked_url(target, base=door.public_url, prefix=door.prefix)
        return Asked(
            query=query,
            search=search,
            url=asked.encode("ascii"),
            path=_path(query),
            jscontact=jscontact_asked(target, extensions),
        )
    except Exception as error:  # noqa: BLE001 - whatever fails, the client gets an RDAP error
        return failure_reply(error)


async def answer_question(
    asked: Asked, *, reader: Reader, door: RdapDoor, kept: bool = False
) -> Drawn | Reply:
    """Ask the store; *kept*: the answer to a look-up is to tell what it was made from.

    A failure of the store or of our own reads 503 or 500, never "not found": that
    would tell the world that a name is free. The log gets no text of the question.
    """
    query, made = asked.query, None
    try:
        answer: Answer
        if kept and not isinstance(query, Search | ReverseSearch):
            made = await reader.make(query)
            answer = made.answer
        else:
            answer = await reader.answer(query)
        status, document = answer_object(
            answer,
            Place(value=_ASKED, base=door.public_url, jscontact=asked.jscontact),
            search=asked.search,
            offers=door.searches,
            limits=door.limits,
        )
        return Drawn(status, render(document), account_of(query, answer), answer.as_of, made)
    except Exception as error:  # noqa: BLE001 - whatever fails, the client gets an RDAP error
        return failure_reply(error)


def problem_reply(problem: Problem) -> Reply:
    """Write *problem* as an RDAP error (RFC 9083 §6)."""
    return Reply(
        problem.status,
        render(problem_object(problem)),
        retry_after=problem.retry_after,
        account=Account(outcome=outcome_of(problem.status)),
    )


def render(document: JsonObject) -> bytes:
    r"""Write *document* as UTF-8 JSON.

    ``<`` is written ``\u003c``, the same character to every JSON reader: no body
    holds anything that a browser could take for markup (conformance.md 1.12.4).
    """
    return orjson.dumps(document).replace(b"<", b"\\u003c")


def _path(query: Query) -> str | None:
    """Spell a look-up as a client would that knows how; letter case tells handles apart."""
    match query:
        case FindDomain(name=name):
            return f"domain/{quote(name)}"
        case FindHost(name=name):
            return f"nameserver/{quote(name)}"
        case FindEntity(handle=handle):
            return f"entity/{path_segment(handle)}"
        case FindHelp():
            return "help"
        case _:
            return None


def failure_reply(error: Exception) -> Reply:
    """Answer a failure of the store or of our own, and log it without a word of the data."""
    if isinstance(error, RegistryError):
        problem = coded_problem(error)
        if problem.status >= 500:
            log.warning("no answer: %s", error.code)
        return problem_reply(problem)
    # The text of an exception may hold contact data; its place doesn't.
    frame = traceback.extract_tb(error.__traceback__)[-1]
    log.error("no answer: %s in %s, line %s", type(error).__name__, frame.name, frame.lineno)
    return problem_reply(INTERNAL)
