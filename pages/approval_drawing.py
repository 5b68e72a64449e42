"""A registrant change as one party's page shows it, before it is markup."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from pages.drawing import Line, Pen
from pages.party import phone_line
from pages.text import clean
from store.approvals import Approval, ProposedValue
from store.names import unicode_name
from store.registrant_changes import ChangeParty, ChangeState

__all__ = ["Comparison", "Outcome", "comparisons", "left_text", "name_lines", "outcome"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A field's label and its lines, now and afterwards; empty ones for no value."""

    label: str
    old: tuple[Line, ...]
    new: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How the change stands for a party that nobody asks (any more)."""

    title: str
    text: str
    lock: str | None = None


def comparisons(approval: Approval, pen: Pen) -> tuple[Comparison, ...]:
    """Draw the values that the party may see."""
    return tuple(
        Comparison(
            label=pen.texts[f"row.{value.field}"],
            old=_lines(value, value.old, pen),
            new=_lines(value, value.new, pen),
        )
        for value in approval.values
    )


def _lines(value: ProposedValue, lines: tuple[str, ...], pen: Pen) -> tuple[Line, ...]:
    match value.field:
        case "kind":
            return tuple(Line(text=pen.texts[f"kind.{line}"]) for line in lines)
        case "voice" | "fax":
            phones = (phone_line(line, None, pen) for line in lines)
            return tuple(Line(text=phone.text) for phone in phones if phone is not None)
        case _:
            return tuple(Line(text=clean(line)) for line in lines)


def name_lines(names: Iterable[str]) -> tuple[Line, ...]:
    """Draw names as people write them, with the form on the wire beside it."""
    return tuple(
        Line(text=unicode_name(name) or name, note=name if unicode_name(name) else None)
        for name in names
    )


def left_text(left: timedelta, pen: Pen) -> str:
    """Say how long *left* is, to the minute upwards; in days from two on (E-11).

    >>> from pages.catalogue import read_texts
    >>> left_text(timedelta(minutes=59, seconds=1), Pen(texts=read_texts("en"), prefix="/"))
    '1 hour'
    """
    minutes = max(0, -(-left // timedelta(minutes=1)))
    hours, rest = divmod(minutes, 60)
    if hours >= 48:
        return _counted("days", hours // 24, pen)
    if not hours:
        return _counted("minutes", rest, pen)
    if not rest:
        return _counted("hours", hours, pen)
    return pen.say(
        "change.left.both",
        hours=_counted("hours", hours, pen),
        minutes=_counted("minutes", rest, pen),
    )


def _counted(unit: str, count: int, pen: Pen) -> str:
    return pen.say(f"change.left.{unit}_{'one' if count == 1 else 'many'}", count=count)


def outcome(approval: Approval, pen: Pen) -> Outcome:
    """Say how *approval* stands, kindly and without a value of anybody."""
    key = approval.state.value
    if approval.party is ChangeParty.NEW and approval.state is ChangeState.AWAITING_PRIOR:
        key = "approved"
    closed = pen.moment(approval.closed)
    deadline = pen.moment(approval.deadline)
    text = pen.say(
        f"change.outcome.{key}.text",
        closed="" if closed is None else closed.text,
        deadline="" if deadline is None else deadline.text,
        left=left_text(approval.deadline - approval.now, pen),
    )
    return Outcome(
        title=pen.texts[f"change.outcome.{key}.title"], text=text, lock=_lock(approval, pen)
    )


def _lock(approval: Approval, pen: Pen) -> str | None:
    """Say until when the completed change locks, or that the lock was waived (N3)."""
    if approval.state is not ChangeState.COMPLETED:
        return None
    until = pen.moment(approval.lock_until)
    if until is not None:
        return pen.say("change.locked", until=until.text)
    return pen.texts["change.waived"] if approval.lock_waived else None
