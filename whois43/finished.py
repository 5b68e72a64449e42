"""An answer as it goes out, ready to be sent again with a newer stamp."""

from __future__ import annotations

from datetime import datetime

from store.published import PublishedDomain, shows_person
from store.queries import (
    Answer,
    FindDomain,
    FindHelp,
    FindHost,
    FindName,
    FindRegistrar,
    Found,
    ListHosts,
    LookUp,
)
from store.watch import Kind, Outcome
from whois43.charset import Charset, in_charset
from whois43.door import WhoisDoor
from whois43.render import answer_parts, stamp_bytes

__all__ = ["Finished", "finish"]

_SIZE = 400  # of the object itself and of what it holds beside the text, in bytes


class Finished:
    """The bytes of an answer, and what is told of it.

    ``text`` is whole, with the stamp of ``stamp`` from ``cut`` on, or without one where
    ``cut`` is 0. ``persons`` counts the parties whose data it shows. ``question`` is what may
    be written down of what was asked, or ``None``. ``by_text``: another spelling of the
    question may have another answer.
    """

    __slots__ = ("by_text", "cut", "kind", "outcome", "persons", "question", "stamp", "text")

    def __init__(
        self,
        text: bytes,
        kind: Kind,
        outcome: Outcome,
        *,
        persons: int = 0,
        question: str | None = None,
        cut: int = 0,
        stamp: datetime | None = None,
    ) -> None:
        self.text = text
        self.kind = kind
        self.outcome = outcome
        self.persons = persons
        self.question = question
        self.by_text = False
        self.cut = cut
        self.stamp = stamp

    @property
    def size(self) -> int:
        """What it takes in memory, in bytes."""
        return len(self.text) + _SIZE

    def stamped(self, stamp: datetime) -> bytes:
        """Give the text with *stamp*, and remember it so."""
        if stamp is not self.stamp:
            if stamp != self.stamp and self.cut and self.stamp is not None:
                end = self.cut + len(stamp_bytes(self.stamp))
                self.text = self.text[: self.cut] + stamp_bytes(stamp) + self.text[end:]
            self.stamp = stamp
        return self.text

    def spelled(self, charset: Charset) -> Finished:
        """Give this in *charset*; as it is, if it is that already."""
        text = in_charset(self.text, charset)
        if text is self.text:
            return self
        return Finished(text, self.kind, self.outcome, persons=self.persons, question=self.question)


def finish(query: LookUp, answer: Answer, door: WhoisDoor | None = None) -> Finished:
    """Render *answer* to *query* as *door* presents itself."""
    door = door or WhoisDoor()
    before, after = answer_parts(answer, door.public_name, door.limits)
    found = answer.result if isinstance(answer, Found) else None
    outcome = Outcome.NOT_FOUND
    if isinstance(answer, Found):
        outcome = Outcome.OLD if answer.is_old else Outcome.FOUND
    persons = 0
    if isinstance(found, PublishedDomain):
        persons = sum(map(shows_person, found.parties))
    return Finished(
        before + stamp_bytes(answer.as_of) + after,
        _KINDS[type(query)],
        outcome,
        persons=persons,
        question=_loggable(query, found is not None),
        cut=len(before),
        stamp=answer.as_of,
    )


_KINDS = {
    FindDomain: Kind.DOMAIN,
    FindHost: Kind.NAMESERVER,
    ListHosts: Kind.NAMESERVER,
    FindRegistrar: Kind.REGISTRAR,
    FindName: Kind.NAME,
    FindHelp: Kind.HELP,
}


def _loggable(query: LookUp, found: bool) -> str | None:  # noqa: FBT001 - it says what it is
    """Give what of *query* may be written down: names, and texts that named something public.

    A text that was not found may be anything, a person's name or number among it.
    """
    match query:
        case FindDomain(name=name) | FindHost(name=name):
            return name
        case FindName(name=str(name)) if "." in name:
            return name
        case FindName(text=text) | FindRegistrar(text=text) if found:
            return text
        case ListHosts(address=address) if found:
            return str(address)
        case FindHelp():
            return "help"
        case _:
            return None
