"""HTTP responses: the headers that every reply carries, and the methods."""

from __future__ import annotations

from http import HTTPStatus

from aiohttp import web
from multidict import CIMultiDict, CIMultiDictProxy

from rdap.errors import Problem
from rdap.members import MEDIA_TYPE
from rdap.replies import Reply, problem_reply

__all__ = ["ALLOWED", "method_refused", "options_response", "raw_response", "response"]

ALLOWED = "GET, HEAD, OPTIONS"

_EVERY = CIMultiDictProxy(
    CIMultiDict(
        {
            "Content-Type": MEDIA_TYPE,  # RFC 7480 §4.2, whatever Accept says
            "Access-Control-Allow-Origin": "*",  # RFC 7480 §5.6
            "Cache-Control": "no-cache",  # an edit shows at once (conformance.md 1.1.13)
            "X-Content-Type-Options": "nosniff",
            "Server": "rdds",
        }
    )
)


def response(reply: Reply) -> web.Response:
    """Make the HTTP response for *reply*; to HEAD it goes without its body."""
    return web.Response(status=reply.status, body=reply.body, headers=_EVERY)


def options_response() -> web.Response:
    """Answer OPTIONS, a browser's preflight included (conformance.md 1.1.6)."""
    made = web.Response(status=204, headers=_EVERY)
    made.headers["Allow"] = ALLOWED
    made.headers["Access-Control-Allow-Methods"] = ALLOWED
    made.headers["Access-Control-Allow-Headers"] = "Accept, Authorization, Content-Type"
    made.headers["Access-Control-Max-Age"] = "86400"
    return made


def method_refused() -> web.Response:
    """Refuse a method (conformance.md 1.1.5) and whatever body comes with it."""
    refusal = Problem(status=405, description=f"Only {ALLOWED} are answered.")
    made = response(problem_reply(refusal))
    made.headers["Allow"] = ALLOWED
    made.force_close()
    return made


def raw_response(problem: Problem) -> bytes:
    """Give *problem* as the bytes of a whole response that ends its connection."""
    reply = problem_reply(problem)
    phrase = HTTPStatus(reply.status).phrase
    lines = [
        f"HTTP/1.1 {reply.status} {phrase}",
        *(f"{name}: {value}" for name, value in _EVERY.items()),
        f"Content-Length: {len(reply.body)}",
        "Connection: close",
        "",
        "",
    ]
    return "\r\n".join(lines).encode("ascii") + reply.body
