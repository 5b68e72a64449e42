"""Both renderers' real output, as the bytes that go out."""

from __future__ import annotations

from rdap.answer import answer_object
from rdap.members import Place
from rdap.replies import render
from store.queries import Answer
from tests.registration_parts import RDAP_BASE
from whois43.render import answer_bytes

__all__ = ["rdap_body", "whois_body"]


def whois_body(answer: Answer, own_name: str | None = None) -> bytes:
    """Give what port 43 sends; *own_name* is its server's host name."""
    return answer_bytes(answer, own_name)


def rdap_body(answer: Answer, path: str, *, jscontact: bool = False) -> bytes:
    """Give the JSON that RDAP sends for *path* below its base, with either form of cards."""
    place = Place(value=f"{RDAP_BASE}{path}", base=RDAP_BASE, jscontact=jscontact)
    _, document = answer_object(answer, place)
    return render(document)
