"""HTTP responses: the headers that every reply carries, codings, conditions, methods."""

from __future__ import annotations

import zlib
from functools import cache

from aiohttp import web
from multidict import CIMultiDict, CIMultiDictProxy

from rdap.errors import Problem, phrase
from rdap.members import MEDIA_TYPE
from rdap.negotiation import accepted_extensions, smallest_gzip
from rdap.replies import Reply, problem_reply
from rdap.validators import holds

__all__ = [
    "ALLOWED",
    "asked_extensions",
    "head_fields",
    "in_gzip",
    "method_refused",
    "options_response",
    "pack",
    "raw_response",
    "response",
    "selected_response",
]

ALLOWED = "GET, HEAD, OPTIONS"
ASKABLE = "Accept, Authorization, Content-Type, If-None-Match"  # fields of other sites' scripts
READABLE = "Allow, ETag, Retry-After"  # by scripts of other sites; Cache-Control is anyway

_BARE = CIMultiDictProxy(
    CIMultiDict(
        {
            "Access-Control-Allow-Origin": "*",  # RFC 7480 §5.6
            "Access-Control-Expose-Headers": READABLE,
            # An edit shows at once, on help's list of zones as well, and what is not
            # there may be there the next time (conformance.md 1.1.13).
            "Cache-Control": "no-cache",
            "Vary": "Accept, Accept-Encoding",
            "X-Content-Type-Options": "nosniff",
            "Server": "rdds",
        }
    )
)
# RFC 7480 §4.2, whatever Accept says
_EVERY = CIMultiDictProxy(CIMultiDict({"Content-Type": MEDIA_TYPE, **_BARE}))

_ONLY_WEAK = Problem(
    status=412, description="Entity-tags are weak here: none can be asked for by If-Match."
)

_FAST = 1  # zlib's level: 65 µs for 8 KB, and its bodies are a tenth longer than level 6 makes
_GZIP_FORM = 31  # zlib's word for 32 KB of window and the gzip wrapper


def response(reply: Reply) -> web.Response:
    """Make the HTTP response for *reply*; to HEAD it goes without its body."""
    reason = None if reply.status == 200 else phrase(reply.status)
    made = web.Response(status=reply.status, reason=reason, body=reply.body, headers=_EVERY)
    if reply.tag is not None:
        made.headers["ETag"] = reply.tag
    if reply.retry_after is not None:
        made.headers["Retry-After"] = str(reply.retry_after)
    return made


def selected_response(reply: Reply, request: web.BaseRequest) -> web.Response:
    """Make the response for *reply* to GET or HEAD, as the fields of *request* want it.

    A client that holds the answer gets 304 (RFC 9110 §13.2.2), and one that takes gzip
    gets it where it pays. Other fields change nothing.
    """
    fields = request.headers
    if reply.tag is not None:
        # In this order: RFC 9110 §13.2.2.
        if "If-Match" in fields and _joined(request, "If-Match").strip() != "*":
            return response(problem_reply(_ONLY_WEAK))
        if "If-None-Match" in fields and holds(_joined(request, "If-None-Match"), reply.tag):
            return _not_modified(reply.tag)
    made = response(reply)
    if "Accept-Encoding" in fields:
        smallest = smallest_gzip(_joined(request, "Accept-Encoding"))
        if smallest is not None and len(reply.body) >= smallest:
            made.body = pack(reply.body)
            made.headers["Content-Encoding"] = "gzip"
    return made


def asked_extensions(request: web.BaseRequest) -> frozenset[str]:
    """Name the extensions that the ``Accept`` field of *request* asks for."""
    if "Accept" not in request.headers:
        return frozenset()
    return accepted_extensions(_joined(request, "Accept"))


def _joined(request: web.BaseRequest, name: str) -> str:
    """Give a list field that may come in several lines (RFC 9110 §5.3)."""
    return ", ".join(request.headers.getall(name))


def _not_modified(tag: str) -> web.Response:
    """Say that the client holds the answer: what 200 would say about it, and no body."""
    made = web.Response(status=304, headers=_BARE)
    made.headers["ETag"] = tag
    return made


def options_response() -> web.Response:
    """Answer OPTIONS, a browser's preflight included (conformance.md 1.1.6)."""
    made = web.Response(status=204, headers=_EVERY)
    made.headers["Allow"] = ALLOWED
    made.headers["Access-Control-Allow-Methods"] = ALLOWED
    made.headers["Access-Control-Allow-Headers"] = ASKABLE
    made.headers["Access-Control-Max-Age"] = "86400"
    return made


def method_refused() -> web.Response:
    """Refuse a method (conformance.md 1.1.5) and whatever body comes with it."""
    refusal = Problem(status=405, description=f"Only {ALLOWED} are answered.")
    made = response(problem_reply(refusal))
    made.headers["Allow"] = ALLOWED
    made.force_close()
    return made


def head_fields(status: int, *, tag: str | None = None, retry_after: int | None = None) -> bytes:
    """Give the beginning of a head, up to where the length of the body goes."""
    tail = "" if tag is None else f"ETag: {tag}\r\n"
    if retry_after is not None:
        tail += f"Retry-After: {retry_after}\r\n"
    return b"%b%bContent-Length: " % (_beginning(status), tail.encode("ascii"))


@cache
def _beginning(status: int) -> bytes:
    fields = "".join(f"{name}: {value}\r\n" for name, value in _EVERY.items())
    return f"HTTP/1.1 {status} {phrase(status)}\r\n{fields}".encode("ascii")


def in_gzip(fields: bytes) -> bytes:
    """Have *fields*, the beginning of a head, say that the body is in gzip."""
    return fields.replace(
        b"\r\nContent-Length: ", b"\r\nContent-Encoding: gzip\r\nContent-Length: "
    )


def pack(body: bytes) -> bytes:
    """Give *body* in gzip; the same bytes give the same bytes."""
    return zlib.compress(body, _FAST, _GZIP_FORM)


def raw_response(problem: Problem) -> bytes:
    """Give *problem* as the bytes of a whole response that ends its connection."""
    reply = problem_reply(problem)
    lines = [
        f"HTTP/1.1 {reply.status} {phrase(reply.status)}",
        *(f"{name}: {value}" for name, value in response(reply).headers.items()),
        f"Content-Length: {len(reply.body)}",
        "Connection: close",
        "",
        "",
    ]
    return "\r\n".join(lines).encode("ascii") + reply.body
