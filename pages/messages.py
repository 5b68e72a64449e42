"""What a page says where there is no record: why, and what to try."""

from __future__ import annotations

from dataclasses import dataclass

from pages.asking import Mistake
from pages.drawing import Line, Pen
from pages.text import clean
from store.names import unicode_name
from store.published import Absence, PublishedDomain, PublishedHost
from store.queries import Absent

__all__ = ["Message", "absence_message", "mistake_message", "problem_message"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A title, a sentence, and where to go from here."""

    status: int
    title: str
    text: str
    instead: Line | None = None


def absence_message(absent: Absent, pen: Pen) -> Message:
    """Say why there is no record. Only a name that is free is called not registered."""
    inner = absent.name or ""
    name = unicode_name(inner) or inner
    match absent.absence:
        case Absence.NOT_FOUND:
            return _not_found(absent, name, pen)
        case Absence.BLOCKED if absent.by:
            text = pen.say("absent.blocked.by", by=clean(absent.by))
            return Message(status=404, title=pen.say("absent.blocked.title", name=name), text=text)
        case Absence.BLOCKED | Absence.RESERVED | Absence.UNSERVED:
            return _message(404, f"absent.{absent.absence.value}", pen, name)


def _not_found(absent: Absent, name: str, pen: Pen) -> Message:
    if absent.asked is PublishedDomain:
        return _message(404, "absent.not_found.domain", pen, name)
    if absent.asked is not PublishedHost:
        return _message(404, "absent.not_found.registrar", pen)
    if not name:
        return _message(404, "absent.not_found.address", pen)
    parent = (absent.name or "").partition(".")[2]
    instead = None
    if "." in parent:  # people ask for www.shop.example
        shown = unicode_name(parent) or parent
        instead = Line(text=pen.say("absent.parent", name=shown), href=pen.place(parent))
    return _message(404, "absent.not_found.host", pen, name, instead)


def mistake_message(mistake: Mistake, pen: Pen) -> Message:
    """Say what is wrong with what was typed."""
    return _message(400, f"mistake.{mistake.value}", pen)


def problem_message(status: int, pen: Pen, *, of: str = "problem") -> Message:
    """Say why there is no page, in the words *of* a kind of page for *status*."""
    return _message(status, f"{of}.{status}", pen)


def _message(
    status: int, key: str, pen: Pen, name: str = "", instead: Line | None = None
) -> Message:
    title, text = (pen.say(f"{key}.{part}", name=name) for part in ("title", "text"))
    return Message(status=status, title=title, text=text, instead=instead)
