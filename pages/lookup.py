"""The lookup page: one question, one answer of the store, drawn and raw."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web

from pages.asking import MOST_TYPED, Mistake, Question, Sought, is_legible, read_question
from pages.drawing import Line, Pen
from pages.messages import Message, absence_message, mistake_message
from pages.raw import Raw, RawAnswers
from pages.record import found_record
from pages.templating import Templates
from pages.text import clean
from store.published import Notices, PublishedDomain
from store.queries import Absent, Answer, ListHosts, Reader
from store.urls import web_url

__all__ = ["LookupPage"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _ShownRaw:
    title: str
    text: str
    href: str
    link: str


class LookupPage:
    """Answers the routes of the lookup page; asks the store anew each time."""

    def __init__(self, reader: Reader, raws: RawAnswers, templates: Templates) -> None:
        self._reader = reader
        self._raws = raws
        self._templates = templates
        self._pen = templates.pen

    async def show(self, request: web.Request) -> web.Response:
        """Show the empty form, or what is known of the name asked for."""
        typed, question = _asked(request)
        if question is None:
            return self._page(200, "front.html", typed="")
        if isinstance(question, Mistake):
            return self._message(mistake_message(question, self._pen), typed)
        answer = await self._reader.answer(question)
        about = self._about(answer, *_sought(request))
        if isinstance(answer, Absent):
            return self._message(absence_message(answer, self._pen), typed, **about)
        asked = str(question.address) if isinstance(question, ListHosts) else typed
        record = found_record(answer, asked, self._pen)
        return self._page(200, "record.html", typed=typed, record=record, **about)

    async def whois(self, request: web.Request) -> web.Response:
        """Give the WHOIS answer alone."""
        return await self._raw(request, whois=True)

    async def rdap(self, request: web.Request) -> web.Response:
        """Give the RDAP answer alone."""
        return await self._raw(request, whois=False)

    async def _raw(self, request: web.Request, *, whois: bool) -> web.Response:
        _, question = _asked(request)
        if question is None or isinstance(question, Mistake):
            message = mistake_message(question or Mistake.NAME, self._pen)
            return web.Response(status=400, text=f"{message.title}.\n")
        answer = await self._reader.answer(question)
        raw = self._raws.whois(answer) if whois else self._raws.rdap(answer)
        if raw is None:
            raise web.HTTPNotFound
        fields = {"Content-Type": raw.media_type}
        return web.Response(status=raw.status, body=raw.body, headers=fields)

    def _message(self, message: Message, typed: str, **about: object) -> web.Response:
        return self._page(message.status, "message.html", message=message, typed=typed, **about)

    def _page(self, status: int, template: str, **values: Any) -> web.Response:
        everywhere = {"raws": (), "notices": None, "most": MOST_TYPED, "here": self._pen.path()}
        return self._templates.answer(status, template, **{**everywhere, **values})

    def _about(self, answer: Answer, name: str, kind: Sought) -> dict[str, object]:
        """Give what stands below an answer: both raw ones, the terms, the stamp."""
        notices = answer.notices
        return {
            "here": self._pen.place(name, kind),
            "raws": tuple(self._shown_raws(answer, name, kind)),
            "notices": notices,
            "terms": _paragraphs(notices.terms),
            "terms_url": web_url(notices.terms_url),
            "complaint": _complaint(answer, notices, self._pen),
            "as_of": self._pen.moment(answer.as_of),
        }

    def _shown_raws(self, answer: Answer, name: str, kind: Sought) -> Iterator[_ShownRaw]:
        """Show both raw answers of the very snapshot that the page shows."""
        for door, render in (("whois", self._raws.whois), ("rdap", self._raws.rdap)):
            raw = render(answer)
            if raw is None:
                continue
            yield _ShownRaw(
                title=self._pen.texts[f"raw_{door}"],
                text=_legible(raw),
                href=self._pen.place(name, kind, below=f"raw/{door}"),
                link=self._pen.texts[f"raw_{door}_link"],
            )


def _asked(request: web.Request) -> tuple[str, Question | Mistake | None]:
    """Give what was typed, fit to be shown again, and what it asks."""
    typed, kind = request.query.get("name", ""), request.query.get("kind", "")
    if not is_legible(request.rel_url.raw_query_string):
        return "", Mistake.CHARACTERS
    return clean(typed[:MOST_TYPED]), read_question(typed, kind)


def _sought(request: web.Request) -> tuple[str, Sought]:
    return request.query.get("name", ""), Sought(request.query.get("kind", ""))


def _legible(raw: Raw) -> str:
    """Give *raw* as text for people; JSON gets lines and indentation."""
    if "json" not in raw.media_type:
        return raw.body.decode("utf-8", "replace")
    return orjson.dumps(orjson.loads(raw.body), option=orjson.OPT_INDENT_2).decode()


def _paragraphs(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Join lines that were broken for port 43; an empty one parts paragraphs."""
    joined = "\n".join(clean(line) for line in lines).split("\n\n")
    return tuple(part for each in joined if (part := " ".join(each.split())))


def _complaint(answer: Answer, notices: Notices, pen: Pen) -> Line | None:
    """Link where wrong data are reported, below a registration as on port 43 (6.4.1)."""
    url = web_url(notices.complaint_url)
    if isinstance(answer, Absent) or not isinstance(answer.result, PublishedDomain) or not url:
        return None
    return pen.line(notices.complaint_text, url)
