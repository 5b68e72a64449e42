"""What a party posted from its page. Pure, but for taking the body in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from urllib.parse import parse_qsl

from aiohttp import web

from pages.problems import ProblemError
from store.registrant_changes import Answer, ChangeParty

__all__ = ["CHOICES", "MOST_POSTED", "Decision", "Slip", "Slipped", "read_decision", "read_form"]

MOST_POSTED = 4096  # bytes; the form of a page takes a few dozen
_MOST_FIELDS = 20
_FORM = "application/x-www-form-urlencoded"

CHOICES = {
    ChangeParty.NEW: (Answer.APPROVE, Answer.DECLINE),
    ChangeParty.PRIOR: (Answer.APPROVE, Answer.REFUSE),
}

# Any other word is no tick: without one the data are not confirmed and the lock applies.
_TICKED = frozenset({"yes", "on", "true", "1"})


class Slip(Enum):
    """What was wrong with a posted form, so that the form comes again."""

    CHOICE = "choice"
    TICK = "tick"
    OBSTACLE = "obstacle"

    @property
    def status(self) -> int:
        """The HTTP status of the form that comes again."""
        return {Slip.CHOICE: 400, Slip.TICK: 422, Slip.OBSTACLE: 409}[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """An answer with its ticks."""

    answer: Answer
    data_correct: bool
    waive_lock: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Slipped:
    """A form to show again: why, and whether its box was ticked."""

    slip: Slip
    waive_lock: bool = False
    data_correct: bool = False


Form = dict[str, list[str]]


async def read_form(request: web.Request) -> Form:
    """Read a posted form.

    Raises:
        ProblemError: 415 for another type of body, 413 for one too long, 400 for one that
            can't be read.
    """
    if request.content_type != _FORM:
        raise ProblemError(415, {"Accept": _FORM})
    try:
        body = await request.read()
    except web.HTTPRequestEntityTooLarge as error:
        raise ProblemError(413) from error
    try:
        pairs = parse_qsl(
            body.decode(),
            keep_blank_values=True,
            max_num_fields=_MOST_FIELDS,
            errors="strict",
        )
    except ValueError as error:
        raise ProblemError(400) from error
    form: Form = {}
    for name, value in pairs:
        form.setdefault(name, []).append(value)
    return form


def read_decision(form: Form, party: ChangeParty) -> Decision | Slipped:
    """Read what *party* decided; approving needs the new one's tick (R-14), declining none.

    A box that stands on the other party's page alone is passed over: only the current
    registrant waives the lock (A-11).
    """
    new = party is ChangeParty.NEW
    data_correct = new and _ticked(form, "data_correct")
    waive_lock = not new and _ticked(form, "waive_lock")
    slipped = Slipped(slip=Slip.CHOICE, waive_lock=waive_lock, data_correct=data_correct)
    known = {answer.value: answer for answer in CHOICES[party]}
    match form.get("decision", []):
        case [word] if word in known:
            answer = known[word]
        case _:
            return slipped
    if new and answer is Answer.APPROVE and not data_correct:
        return Slipped(slip=Slip.TICK)
    return Decision(answer=answer, data_correct=data_correct, waive_lock=waive_lock)


def _ticked(form: Form, name: str) -> bool:
    return any(value.lower() in _TICKED for value in form.get(name, []))
