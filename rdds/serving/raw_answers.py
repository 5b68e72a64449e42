"""The doors' answers as the pages show them: the same renderers, without the sockets."""

from __future__ import annotations

from dataclasses import replace

from pages.raw import Raw, RawAnswers
from rdap.answer import answer_object
from rdap.members import MEDIA_TYPE, Place
from rdap.replies import render
from rdap.text import path_segment
from store.published import PublishedDomain, PublishedHost, PublishedRegistrar
from store.queries import Absent, Answer, Found
from whois43.render import answer_bytes

__all__ = ["raw_answers"]


def raw_answers(base: str, own_name: str | None = None) -> RawAnswers:
    """Give both doors' renderers.

    *base* is the public URL of RDAP, which its links begin with; *own_name* is the WHOIS
    server's host name, if it is known.
    """
    return RawAnswers(
        whois=lambda answer: _whois(answer, own_name), rdap=lambda answer: _rdap(answer, base)
    )


def _whois(answer: Answer, own_name: str | None) -> Raw:
    """Port 43 has no statuses of its own: an absence gets HTTP's."""
    return Raw(
        status=404 if isinstance(answer, Absent) else 200,
        body=answer_bytes(answer, own_name),
        media_type="text/plain; charset=utf-8",
    )


def _rdap(answer: Answer, base: str) -> Raw | None:
    """RDAP has no look-up by address; the one name server found is looked up by its name."""
    if isinstance(answer, Found) and isinstance(answer.result, tuple):
        if len(answer.result) > 1:
            return None
        answer = replace(answer, result=answer.result[0])
    status, document = answer_object(answer, Place(value=base + _path(answer), base=base))
    return Raw(status=status, body=render(document), media_type=MEDIA_TYPE)


def _path(answer: Answer) -> str:
    """Give the path that RDAP answers so; of what is absent only a name is known."""
    if isinstance(answer, Absent):
        kind = "nameserver" if answer.asked is PublishedHost else "domain"
        return f"{kind}/{answer.name}" if answer.name else ""
    match answer.result:
        case PublishedDomain(name=name):
            return f"domain/{name}"
        case PublishedHost(name=name):
            return f"nameserver/{name}"
        case PublishedRegistrar(iana_id=int(number)):
            return f"entity/{number}"
        case PublishedRegistrar(handle=handle):
            return f"entity/{path_segment(handle)}"
        case _:
            return ""
