"""From a request target to a finished reply: parse, ask the store, write JSON."""

from __future__ import annotations

import logging
import traceback
from dataclasses import dataclass

import orjson

from rdap.answer import answer_object
from rdap.door import RdapDoor
from rdap.errors import INTERNAL, Problem, coded_problem, problem_object
from rdap.jscontact import jscontact_asked
from rdap.members import JsonObject, Place, asked_url
from rdap.parse import origin_form, parse_target
from rdap.search.question import SearchQuestion
from rdap.validators import weak_tag
from store.errors import RegistryError
from store.queries import Reader

__all__ = ["Reply", "answer_target", "problem_reply", "render"]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP status and the bytes of a JSON document.

    ``tag`` is the entity-tag of what was found; ``retry_after`` is in seconds.
    """

    status: int
    body: bytes
    tag: str | None = None
    retry_after: int | None = None


async def answer_target(
    target: str, *, reader: Reader, door: RdapDoor, extensions: frozenset[str] = frozenset()
) -> Reply:
    """Answer the raw request target *target*; every failure is a reply as well.

    *extensions* are the ids that the client asks for beside it (conformance.md 5.9).
    A failure of the store or of our own reads 503 or 500, never "not found": that
    would tell the world that a name is free. The log gets no text of the question.
    """
    try:
        target = origin_form(target)
        question = parse_target(target, prefix=door.prefix, offers=door.searches)
        if isinstance(question, Problem):
            return problem_reply(question)
        search = question if isinstance(question, SearchQuestion) else None
        query = question.query if isinstance(question, SearchQuestion) else question
        answer = await reader.answer(query)
        asked = asked_url(target, base=door.public_url, prefix=door.prefix)
        status, document = answer_object(
            answer,
            Place(
                value=asked,
                base=door.public_url,
                jscontact=jscontact_asked(target, extensions),
            ),
            search=search,
            offers=door.searches,
        )
        body = render(document)
        return Reply(status, body, weak_tag(body) if status == 200 else None)
    except RegistryError as error:
        problem = coded_problem(error)
        if problem.status >= 500:
            log.warning("no answer: %s", error.code)
        return problem_reply(problem)
    except Exception as error:  # noqa: BLE001 - whatever fails, the client gets an RDAP error
        # The text of an exception may hold contact data; its place doesn't.
        frame = traceback.extract_tb(error.__traceback__)[-1]
        log.error("no answer: %s in %s, line %s", type(error).__name__, frame.name, frame.lineno)  # noqa: TRY400 - no traceback: it could print contact data
        return problem_reply(INTERNAL)


def problem_reply(problem: Problem) -> Reply:
    """Write *problem* as an RDAP error (RFC 9083 §6)."""
    return Reply(problem.status, render(problem_object(problem)), retry_after=problem.retry_after)


def render(document: JsonObject) -> bytes:
    r"""Write *document* as UTF-8 JSON.

    ``<`` is written ``\u003c``, the same character to every JSON reader: no body
    holds anything that a browser could take for markup (conformance.md 1.12.4).
    """
    return orjson.dumps(document).replace(b"<", b"\\u003c")
