"""One application for all pages: routes, headers that hold for each, and pages for failures."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from aiohttp import web

from pages.approval import CHANGES, ApprovalPage, ClientOf, Visitors
from pages.asking import MOST_TYPED
from pages.clients import peer_of
from pages.decision import MOST_POSTED
from pages.desk import ApprovalDesk
from pages.editions import Editions
from pages.lookup import LookupPage
from pages.messages import problem_message
from pages.problems import ProblemError
from pages.raw import RawAnswers
from pages.templating import STYLE, Templates, read_style
from store.errors import RegistryError, StoreUnavailableError
from store.queries import Reader

__all__ = ["HEADERS", "Pages", "make_application"]

HEADERS = {
    # No script, no frame, nothing from elsewhere: what a value could smuggle in does nothing.
    # The one image is the empty icon, for which browsers would ask else.
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    # The next page after an edit shows the edit.
    "Cache-Control": "no-store",
}

_STYLE_AGE = "public, max-age=86400"

_log = logging.getLogger(__name__)

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """What the pages are made from. ``prefix`` begins every path; it ends in a slash.

    Without a ``desk`` there are no approval pages. ``client`` gives the address that tried
    links are counted for, ``None`` for a client without limits.
    """

    reader: Reader
    raws: RawAnswers
    desk: ApprovalDesk | None = None
    prefix: str = "/"
    client: ClientOf = peer_of


def make_application(pages: Pages) -> web.Application:
    """Make the application; each page is a route of its own below the prefix."""
    editions = Editions(pages.prefix)
    application = web.Application(
        middlewares=[_Guard(editions, f"{pages.prefix}{CHANGES}").answer],
        client_max_size=MOST_POSTED,
    )
    _add_lookup(application.router, pages, editions)
    if pages.desk is not None:
        _add_approval(application.router, pages, pages.desk, editions)

    async def style(_request: web.Request) -> web.Response:
        fields = {"Cache-Control": _STYLE_AGE}
        return web.Response(body=read_style(), content_type="text/css", headers=fields)

    application.router.add_get(f"{pages.prefix}{STYLE}", style)
    return application


def _add_lookup(router: web.UrlDispatcher, pages: Pages, editions: Editions) -> None:
    made = {each: LookupPage(pages.reader, pages.raws, each) for each in editions.all()}

    async def show(request: web.Request) -> web.Response:
        return await made[editions.of(request)].show(request)

    async def whois(request: web.Request) -> web.Response:
        return await made[editions.of(request)].whois(request)

    async def rdap(request: web.Request) -> web.Response:
        return await made[editions.of(request)].rdap(request)

    router.add_get(pages.prefix, show)
    router.add_get(f"{pages.prefix}raw/whois", whois)
    router.add_get(f"{pages.prefix}raw/rdap", rdap)


def _add_approval(
    router: web.UrlDispatcher, pages: Pages, desk: ApprovalDesk, editions: Editions
) -> None:
    visitors = Visitors(client=pages.client)
    made = {each: ApprovalPage(desk, visitors, each) for each in editions.all()}

    async def show(request: web.Request) -> web.Response:
        return await made[editions.of(request)].show(request)

    async def names(request: web.Request) -> web.Response:
        return await made[editions.of(request)].names(request)

    async def answer(request: web.Request) -> web.Response:
        return await made[editions.of(request)].answer(request)

    async def done(request: web.Request) -> web.Response:
        return await made[editions.of(request)].done(request)

    page = f"{pages.prefix}{CHANGES}{{token}}"
    router.add_get(page, show)
    router.add_post(page, answer)
    router.add_get(f"{page}/names", names)
    router.add_get(f"{page}/done", done)


class _Guard:
    """Puts the headers on every answer, and makes a page of every failure."""

    def __init__(self, editions: Editions, changes: str) -> None:
        self._editions = editions
        self._changes = changes

    @web.middleware
    async def answer(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        """Answer *request*; nothing of a failure's text leaves the process."""
        try:
            response = await handler(request)
        except web.HTTPMethodNotAllowed as refusal:
            response = self._problem(request, 405, {"Allow": refusal.headers["Allow"]})
        except web.HTTPException:
            response = self._problem(request, 404)
        except ProblemError as problem:
            response = self._problem(request, problem.status, problem.fields)
        except ConnectionError:  # the client went away in the middle of its form
            response = self._problem(request, 500)
        except StoreUnavailableError as error:
            _log.warning("no page: %s", error.code)
            response = self._problem(request, 503, {"Retry-After": "5"})
        except Exception as error:  # noqa: BLE001 - whatever fails, the person gets a page
            _log_failure(error)
            response = self._problem(request, 500)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.force_close()  # a connection is one question (see pages.connection)
        return response

    def _problem(
        self, request: web.Request, status: int, fields: Mapping[str, str] | None = None
    ) -> web.Response:
        templates = self._editions.of(request)
        if request.path.startswith(self._changes):
            response = _approval_problem(templates, status)
        else:
            response = _lookup_problem(templates, status)
        response.headers.update(fields or {})
        return response


def _lookup_problem(templates: Templates, status: int) -> web.Response:
    message = problem_message(status, templates.pen)
    here, values = templates.pen.path(), {"raws": (), "notices": None, "most": MOST_TYPED}
    return templates.answer(status, "message.html", here=here, message=message, typed="", **values)


def _approval_problem(templates: Templates, status: int) -> web.Response:
    message = problem_message(status, templates.pen, of="change.problem")
    return templates.answer(
        status, "notice.html", here=templates.pen.path(), message=message, registrar=None
    )


def _log_failure(error: Exception) -> None:
    """Log the kind and the place of *error*; its text may hold contact data."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    code = error.code if isinstance(error, RegistryError) else type(error).__name__
    _log.error("no page: %s in %s, line %s", code, frame.name, frame.lineno)
