"""What each message says, paragraph by paragraph, as contacts.md 5.3 asks for it.

Neither party reads the other's data but those that it has to judge: the new registrant
sees the proposed side of a change alone, the current one both; a registrar, and whoever
is told of an end, sees no values at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from notices.parts import changed_fields, data_after, data_both, list_names, listed, names_of
from notices.pen import Pen, clean
from store.messages import MessageKind, Recipient
from store.outgoing import Outgoing
from store.registrant_changes import RegistrantChange

__all__ = ["Block", "list_blocks"]

Block = str | list[str]

# The others say at once whom to turn to.
_NAMES_SPONSOR = frozenset(
    {MessageKind.ASK_NEW, MessageKind.ASK_PRIOR, MessageKind.ENDED, MessageKind.EXPIRED}
)


def list_blocks(outgoing: Outgoing, pen: Pen, link: str | None) -> Iterator[Block]:
    """Give the paragraphs of *outgoing*; a list has a line for each of its own.

    Raises:
        ValueError: the message lacks what its kind speaks of.
    """
    kind = outgoing.queued.message.kind
    yield from _BODIES[kind](outgoing, pen, link)
    last = []
    if outgoing.sponsor is not None and kind in _NAMES_SPONSOR and not _to_registrar(outgoing):
        last.append(pen.say("sponsor", name=pen.reach(outgoing.sponsor)))
    if outgoing.change is not None:
        last.append(pen.say("number", number=outgoing.change.id))
    yield [*last, pen.say("automatic")]


def _ask_new(outgoing: Outgoing, pen: Pen, link: str | None) -> Iterator[Block]:
    # contacts.md R-12, N1: domains, proposed data, approve or decline, tick, deadline.
    change = _change(outgoing)
    yield pen.say("N1.what")
    yield [pen.say("N1.page"), _link(link)]
    yield pen.say("deadline", deadline=pen.moment(change.deadline))
    yield list_names(pen, outgoing.queued.message.values, more="names_more_page")
    yield [pen.say("N1.values"), *data_after(pen, change.patch)]
    yield pen.say("N1.tick")
    yield [pen.say("secret"), pen.say("N1.unknown")]


def _ask_prior(outgoing: Outgoing, pen: Pen, link: str | None) -> Iterator[Block]:
    # contacts.md R-15, N2: domains, before and after, lock choice, transfer first, deadline.
    change = _change(outgoing)
    yield pen.say("N2.what")
    yield [pen.say("N2.page"), _link(link)]
    yield pen.say("deadline", deadline=pen.moment(change.deadline))
    yield list_names(pen, outgoing.queued.message.values, more="names_more_page")
    yield [pen.say("N2.values"), *data_both(pen, change.patch)]
    if outgoing.transfer_lock:
        yield pen.say("N2.lock", days=outgoing.transfer_lock.days)
    yield pen.say("N2.advice")
    yield [pen.say("secret"), pen.say("N2.unknown")]


def _completed(outgoing: Outgoing, pen: Pen, _link: str | None) -> Iterator[Block]:
    # contacts.md R-30, N3: domains, what changed, when, the lock's end, how to object.
    change, recipient = _change(outgoing), outgoing.queued.message.recipient
    said = pen.say(f"N3.what_{recipient.value}")
    at = change.closed or change.prior_approved
    yield said if at is None else f"{said} {pen.say('N3.when', at=pen.moment(at))}"
    yield _names(outgoing, pen)
    match recipient:
        case Recipient.NEW:
            yield [pen.say("N3.values_new"), *data_after(pen, change.patch)]
        case Recipient.PRIOR:
            yield [pen.say("N3.values_prior"), *data_both(pen, change.patch)]
        case _:
            yield [*_contacts(pen, change), *changed_fields(pen, change.patch)]
    if change.lock_until is not None:
        yield pen.say("N3.locked", until=pen.moment(change.lock_until))
    else:
        yield pen.say("N3.waived" if change.lock_waived else "N3.unlocked")
    if not _to_registrar(outgoing):
        yield pen.say("N3.object", sponsor=pen.reach(outgoing.sponsor))


def _ended(outgoing: Outgoing, pen: Pen, _link: str | None) -> Iterator[Block]:
    # contacts.md N4, D-14: the outcome, and that nothing changed.
    change = _change(outgoing)
    said = pen.say(f"N4.{change.state.value}")
    yield said if change.reason is None else f"{said} {pen.say(f'N4.reason.{change.reason.value}')}"
    yield from _nothing_changed(outgoing, pen, change)


def _expired(outgoing: Outgoing, pen: Pen, _link: str | None) -> Iterator[Block]:
    # contacts.md R-29, N5.
    change = _change(outgoing)
    yield pen.say("N5.what", deadline=pen.moment(change.deadline))
    yield from _nothing_changed(outgoing, pen, change)


def _nothing_changed(outgoing: Outgoing, pen: Pen, change: RegistrantChange) -> Iterator[Block]:
    yield pen.say("N4.unchanged")
    yield _names(outgoing, pen)
    if _to_registrar(outgoing):
        yield _contacts(pen, change)


def _phone(outgoing: Outgoing, pen: Pen, _link: str | None) -> Iterator[Block]:
    # contacts.md, N6: both numbers, masked.
    values = outgoing.queued.message.values
    yield pen.say("N6.what")
    yield [pen.say(f"N6.{side}", number=pen.value(values.get(side))) for side in ("old", "new")]
    yield pen.say("N6.unknown", sponsor=pen.reach(outgoing.sponsor))


def _delegation(outgoing: Outgoing, pen: Pen, _link: str | None) -> Iterator[Block]:
    # contacts.md T-06, D-33.
    values = outgoing.queued.message.values
    yield pen.say("N8.what")
    yield list_names(pen, values)
    for key, title in (("ns", "N8.servers"), ("ds", "N8.keys")):
        yield [
            pen.say(title),
            *(f"  {line}" for line in listed(values, key) or [pen.say("N8.none")]),
        ]
    yield pen.say("N8.unknown", sponsor=pen.reach(outgoing.sponsor))


def _changed(outgoing: Outgoing, pen: Pen, _link: str | None) -> Iterator[Block]:
    # contacts.md 4, profiles cord and irs_nz: told, not asked.
    message = outgoing.queued.message
    yield pen.say(f"C1.what_{message.recipient.value}")
    yield _names(outgoing, pen)
    about = changed_fields(pen, listed(message.values, "fields"))
    contact = message.values.get("contact")
    if _to_registrar(outgoing) and isinstance(contact, str):
        about = [pen.say("contact", contact=clean(contact)), *about]
    yield about
    if not _to_registrar(outgoing):
        yield pen.say("C1.object", sponsor=pen.reach(outgoing.sponsor))


def _deleted(outgoing: Outgoing, pen: Pen, _link: str | None) -> Iterator[Block]:
    # contacts.md 6: one message for each run.
    values = outgoing.queued.message.values
    handles, (_, count) = listed(values, "contacts"), names_of(values)
    more = [pen.say("L1.more", count=count - len(handles))] if count > len(handles) else []
    yield [pen.say("L1.what"), *(f"  {line}" for line in [*handles, *more])]


_BODIES: Mapping[MessageKind, Callable[[Outgoing, Pen, str | None], Iterator[Block]]] = {
    MessageKind.ASK_NEW: _ask_new,
    MessageKind.ASK_PRIOR: _ask_prior,
    MessageKind.COMPLETED: _completed,
    MessageKind.ENDED: _ended,
    MessageKind.EXPIRED: _expired,
    MessageKind.PHONE_CORRECTED: _phone,
    MessageKind.DELEGATION_CHANGED: _delegation,
    MessageKind.REGISTRANT_CHANGED: _changed,
    MessageKind.CONTACTS_DELETED: _deleted,
}


def _names(outgoing: Outgoing, pen: Pen) -> list[str]:
    more = "names_more_registrar" if _to_registrar(outgoing) else "names_more"
    return list_names(pen, outgoing.queued.message.values, more=more)


def _to_registrar(outgoing: Outgoing) -> bool:
    return outgoing.queued.message.recipient is Recipient.REGISTRAR


def _contacts(pen: Pen, change: RegistrantChange) -> list[str]:
    lines = [pen.say("contact", contact=clean(change.contact))]
    if change.to_contact is not None:
        lines.append(pen.say("contact_to", contact=clean(change.to_contact)))
    return lines


def _change(outgoing: Outgoing) -> RegistrantChange:
    if outgoing.change is None:
        raise ValueError("this message is about a registrant change")
    return outgoing.change


def _link(link: str | None) -> str:
    if link is None:
        raise ValueError("this message asks on a page")
    return link
