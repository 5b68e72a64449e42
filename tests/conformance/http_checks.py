"""The transport: methods, media type, cross-origin headers, caching (RFC 7480, RFC 9110)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.conformance.addresses import is_web_url
from tests.conformance.checks import LOOKUPS, check
from tests.conformance.exchanges import Exchange, Subject, Twins

__all__: list[str] = []

MEDIA_TYPE = re.compile(r"application/rdap\+json(\s*;.*)?")
DATA = (*LOOKUPS, Subject.SEARCH)
# Of one connection or of one instant, so they may differ between two answers.
VARYING = {"date", "connection", "keep-alive", "age"}


def header(x: Exchange, name: str) -> str | None:
    """Give a header's value; ``None`` where it is missing."""
    return (x.headers or {}).get(name)


@check("1.1.1", "RFC 7480 §4.2; -13000", "The media type is application/rdap+json.")
def media_type(x: Exchange) -> Iterator[str]:
    if x.headers is None or x.status in {204, 304}:
        return
    if not MEDIA_TYPE.fullmatch(str(header(x, "content-type"))):
        yield f"{header(x, 'content-type')!r}"


@check(
    "1.1.3",
    "RFC 7480 §4.1, RFC 9110 §9.3.2; -20300",
    "HEAD gives the status and headers of GET, and no body.",
    takes=Twins,
)
def head_is_get(x: Twins) -> Iterator[str]:
    if x.other.method != "HEAD":
        return
    if x.other.body:
        yield "a body"
    if x.other.status != x.get.status:
        yield f"{x.other.status}, not {x.get.status}"
    found, wanted = (
        {k: v for k, v in (e.headers or {}).items() if k not in VARYING} for e in (x.other, x.get)
    )
    yield from (
        f"{name}: {found.get(name)!r}, not {wanted.get(name)!r}"
        for name in sorted(found.keys() | wanted.keys())
        if found.get(name) != wanted.get(name)
    )


@check("1.1.4", "-13018", "The status doesn't depend on how the question was put.", takes=Twins)
def one_status(x: Twins) -> Iterator[str]:
    if x.other.status != x.get.status:
        yield f"{x.other.status}, not {x.get.status}"


@check("1.1.5", "RFC 9110 §15.5.6", "Other methods are refused with the list of those that work.")
def other_methods(x: Exchange) -> Iterator[str]:
    if x.headers is None or x.method in {"GET", "HEAD", "OPTIONS"}:
        return
    allowed = {word.strip() for word in str(header(x, "allow")).split(",")}
    if x.status != 405 or not {"GET", "HEAD"} <= allowed:
        yield f"{x.status}, Allow: {header(x, 'allow')}"


@check("1.1.9", "RFC 7480 §5.6, TIG 1.13; -20500", "Any origin may read every answer.")
def any_origin(x: Exchange) -> Iterator[str]:
    if x.headers is None:
        return
    if header(x, "access-control-allow-origin") != "*":
        yield f"{header(x, 'access-control-allow-origin')!r}"
    if "access-control-allow-credentials" in x.headers:
        yield "credentials are allowed"


@check(
    "1.1.13",
    "RFC 9111 §5.2",
    "Data are asked for anew each time; errors are kept no longer.",
    on=(*DATA, Subject.ERROR),
)
def not_kept(x: Exchange) -> Iterator[str]:
    if x.headers is None:
        return
    control = {word.strip() for word in str(header(x, "cache-control")).lower().split(",")}
    if not control & {"no-cache", "no-store"} and not {"max-age=0", "must-revalidate"} <= control:
        yield f"{header(x, 'cache-control')!r}"


@check("1.1.14", "RFC 9110 §12.5.5", "An answer that may be packed says what that depends on.")
def varies(x: Exchange) -> Iterator[str]:
    packed = header(x, "content-encoding") is not None
    if packed and "accept-encoding" not in str(header(x, "vary")).lower():
        yield f"{header(x, 'vary')!r}"


@check(
    "1.2.2",
    "RFC 7480 §5.2; -13004 to -13006",
    "A redirect leads to another absolute URL.",
    on=(Subject.ERROR, None),
)
def redirects(x: Exchange) -> Iterator[str]:
    if x.headers is not None and 300 <= x.status < 400 and x.status != 304:
        location = header(x, "location")
        if not is_web_url(location) or location == x.url:
            yield f"{location!r}"


@check(
    "1.2.8",
    "RFC 9110 §10.2.3",
    "A refusal of too many says when to come back, in seconds.",
    on=(Subject.ERROR,),
)
def retry_after(x: Exchange) -> Iterator[str]:
    if x.headers is None or x.status != 429:
        return
    if not re.fullmatch(r"[0-9]+", str(header(x, "retry-after"))):
        yield f"{header(x, 'retry-after')!r}"


@check("1.3.4", "RFC 9083 §6", "An error has a body in RDAP's form.")
def errors_have_bodies(x: Exchange) -> Iterator[str]:
    if x.status < 400 or x.method == "HEAD":
        return
    if not isinstance(x.document, dict) or "errorCode" not in x.document:
        yield f"{x.body[:60]!r}"


@check(
    "1.5.1",
    "RFC 9082 §3.1.3; -10403",
    "Spelling a name in another way gives the same document.",
    takes=Twins,
    on=DATA,
)
def same_document(x: Twins) -> Iterator[str]:
    if x.other.method == "GET" and _facts(x.get) != _facts(x.other):
        yield f"{x.get.url} and {x.other.url} differ"


def _facts(x: Exchange) -> object:
    """Give a document without what may follow the spelling or the instant."""
    return _plain(x.document, x.url)


def _plain(value: object, url: str) -> object:
    if isinstance(value, dict):
        if value.get("eventAction") == "last update of RDAP database":
            return "last update"
        return {
            key: "the URL" if key == "value" and inner == url else _plain(inner, url)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [_plain(inner, url) for inner in value]
    return value
