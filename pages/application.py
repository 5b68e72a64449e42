"""One application for all pages: routes, headers that hold for each, and pages for failures."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from pages.asking import MOST_TYPED
from pages.catalogue import read_texts
from pages.drawing import Pen
from pages.lookup import LookupPage
from pages.messages import problem_message
from pages.raw import RawAnswers
from pages.templating import STYLE, Templates
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
    """What the pages are made from. ``prefix`` begins every path; it ends in a slash."""

    reader: Reader
    raws: RawAnswers
    prefix: str = "/"


def make_application(pages: Pages) -> web.Application:
    """Make the application; each page is a route of its own below the prefix."""
    templates = Templates(Pen(texts=read_texts("en"), prefix=pages.prefix))
    lookup = LookupPage(pages.reader, pages.raws, templates)
    application = web.Application(middlewares=[_Guard(templates).answer])
    application.router.add_get(pages.prefix, lookup.show)
    application.router.add_get(f"{pages.prefix}raw/whois", lookup.whois)
    application.router.add_get(f"{pages.prefix}raw/rdap", lookup.rdap)

    async def style(_request: web.Request) -> web.Response:
        fields = {"Cache-Control": _STYLE_AGE}
        return web.Response(body=templates.style, content_type="text/css", headers=fields)

    application.router.add_get(f"{pages.prefix}{STYLE}", style)
    return application


class _Guard:
    """Puts the headers on every answer, and makes a page of every failure."""

    def __init__(self, templates: Templates) -> None:
        self._templates = templates

    @web.middleware
    async def answer(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        """Answer *request*; nothing of a failure's text leaves the process."""
        fields: dict[str, str] = {}
        try:
            response = await handler(request)
        except web.HTTPMethodNotAllowed as refusal:
            fields["Allow"] = refusal.headers["Allow"]
            response = self._problem(405)
        except web.HTTPException:
            response = self._problem(404)
        except StoreUnavailableError as error:
            _log.warning("no page: %s", error.code)
            fields["Retry-After"] = "5"
            response = self._problem(503)
        except Exception as error:  # noqa: BLE001 - whatever fails, the person gets a page
            _log_failure(error)
            response = self._problem(500)
        for name, value in {**HEADERS, **fields}.items():
            response.headers.setdefault(name, value)
        response.headers["Server"] = "rdds"
        response.force_close()  # a connection is one question (see pages.connection)
        return response

    def _problem(self, status: int) -> web.Response:
        message = problem_message(status, self._templates.pen)
        text = self._templates.page(
            "message.html", message=message, typed="", most=MOST_TYPED, raws=(), notices=None
        )
        return web.Response(status=status, text=text, content_type="text/html")


def _log_failure(error: Exception) -> None:
    """Log the kind and the place of *error*; its text may hold contact data."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    code = error.code if isinstance(error, RegistryError) else type(error).__name__
    _log.error("no page: %s in %s, line %s", code, frame.name, frame.lineno)
