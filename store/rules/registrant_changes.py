"""Registrant changes: what is one, what stands in its way, and how it goes on (contacts.md 5)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from store.errors import Code, RegistryError
from store.model import Card, Contact, Domain
from store.policy import ChangeTerms, RegistryPolicy
from store.registrant_changes import (
    OPEN_STATES,
    Answer,
    ChangeParty,
    ChangeState,
    EndReason,
    Patch,
    RegistrantChange,
)
from store.rules.patches import overtaken, patch_of, patched, standing
from store.statuses import Status

__all__ = [
    "BARRING",
    "ChangeEvent",
    "Obstacle",
    "Ruling",
    "check_answer",
    "check_open",
    "check_standing",
    "check_unbarred",
    "completed_contact",
    "consent_warnings",
    "in_new_hands",
    "is_barred",
    "lock_end",
    "material_patch",
    "may_matter",
    "moved",
    "next_generation",
    "patch_left",
    "rule_on",
]

# what a name goes through that a change of holder must not cut into.
BARRING = frozenset(
    {
        Status.CLIENT_UPDATE_PROHIBITED,
        Status.SERVER_UPDATE_PROHIBITED,
        Status.PENDING_DELETE,
        Status.PENDING_RESTORE,
        Status.PENDING_TRANSFER,
        Status.REDEMPTION_PERIOD,
    }
)

_MATERIAL = ("name", "org", "email")  # D-01
_ADDRESS = ("street", "city", "sp", "pc", "cc")
_BLANKS = re.compile(r"\s+")

# Every holder since then has a generation of his own: no alias of an earlier one comes
# back (D-12). Contacts' own numbers stay below.
_GENERATIONS = 2**30


class ChangeEvent(StrEnum):
    """What moves a change on (contacts.md 5.2)."""

    APPROVED = "approved"
    REJECTED = "rejected"  # declined by the new registrant, refused by the current one
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    VOIDED = "voided"


_NEXT: Mapping[tuple[ChangeState, ChangeEvent], ChangeState] = {
    (ChangeState.AWAITING_NEW, ChangeEvent.APPROVED): ChangeState.AWAITING_PRIOR,
    (ChangeState.AWAITING_NEW, ChangeEvent.REJECTED): ChangeState.DECLINED_NEW,
    (ChangeState.AWAITING_PRIOR, ChangeEvent.APPROVED): ChangeState.COMPLETED,
    (ChangeState.AWAITING_PRIOR, ChangeEvent.REJECTED): ChangeState.REFUSED_PRIOR,
    **{
        (state, ChangeEvent(end.value)): end
        for state in OPEN_STATES
        for end in (
            ChangeState.EXPIRED,
            ChangeState.WITHDRAWN,
            ChangeState.SUPERSEDED,
            ChangeState.VOIDED,
        )
    },
}

_ANSWERS = {
    ChangeParty.NEW: {Answer.APPROVE, Answer.DECLINE},
    ChangeParty.PRIOR: {Answer.APPROVE, Answer.REFUSE},
}


class Obstacle(Exception):  # noqa: N818 - no error of anybody's: the change is voided
    """What keeps an approved change from being completed (R-26, R-27)."""

    def __init__(self, reason: EndReason) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What the zones of some registrant links say to new values in them.

    ``zones`` are those for which the values make a new registrant; ``approved`` says that
    one of them asks for approvals, and then all wait (R-11).
    """

    zones: frozenset[str] = frozenset()
    approved: bool = False


def may_matter(before: Contact, after: Contact) -> bool:
    """Tell whether some zone could take the difference for a new registrant.

    Only then must a contact's names be looked at (E-01).
    """
    return bool(material_patch(before, after, address=True))


def material_patch(before: Contact, after: Contact, *, address: bool) -> Patch:
    """Give the material fields that differ after normalisation, case included (R-02, D-01).

    ``address`` adds the address, where a zone asks for it; a phone never counts (R-03).

    >>> from store.model import Card
    >>> old = Contact(handle="C1", roid="", registrar="R", card=Card(name="Aroha Ngata"))
    >>> new = replace(old, card=Card(name="Aroha  Ngata", org="Ngata Ltd"))
    >>> material_patch(old, new, address=True)
    {'org': (None, 'Ngata Ltd')}
    """
    fields = (*_MATERIAL, *_ADDRESS) if address else _MATERIAL
    differing = patch_of(before, after)
    return {
        field: differing[field]
        for field in fields
        if field in differing and _normal(before.card, field) != _normal(after.card, field)
    }


def rule_on(
    before: Contact, after: Contact, *, zones: Iterable[str], policy: RegistryPolicy
) -> Ruling:
    """Rule on new values for the registrant of names in *zones* (R-01, R-02, R-11)."""
    fields = material_patch(before, after, address=False)
    address = material_patch(before, after, address=True)
    concerned = frozenset(
        zone for zone in zones if fields or (address and policy.zone(zone).material_address)
    )
    approved = any(policy.zone(zone).change_profile.approved for zone in concerned)
    return Ruling(zones=concerned, approved=approved)


def is_barred(domain: Domain) -> bool:
    """Tell whether a change of registrant must not touch *domain* now (R-07)."""
    return domain.disputed or bool(domain.statuses & BARRING)


def check_unbarred(names: tuple[str, ...], count: int, *, field: str | None = None) -> None:
    """Refuse a change while names of it are barred: *names* are the first of *count* (R-07).

    Raises:
        RegistryError: ``STATUS_PROHIBITS``.
    """
    if not count:
        return
    more = count - len(names)
    listed = ", ".join(names) + (f" and {more} more" if more > 0 else "")
    raise RegistryError(
        Code.STATUS_PROHIBITS,
        "In dispute, past renewal, pending or barred from updates, so the registrant stays:"
        f" {listed}.",
        field=field,
    )


def check_open(change: RegistrantChange, *, now: datetime) -> None:
    """Refuse to go on with a change that has ended, by a word or by the clock (R-19).

    Raises:
        RegistryError: ``CLOSED``.
    """
    state = change.state_at(now)
    if state not in OPEN_STATES:
        said = state.value.replace("_", " ")
        raise RegistryError(Code.CLOSED, f"The registrant change {change.id} is closed: {said}.")


def check_answer(
    change: RegistrantChange,
    party: ChangeParty,
    answer: Answer,
    *,
    data_correct: bool,
    waive_lock: bool,
    now: datetime,
) -> None:
    """Hold an answer to what *party* may say now (R-14, R-16, R-21).

    Raises:
        RegistryError: ``CLOSED`` for a change that has ended and for a party that has
            answered, ``INVALID_VALUE`` for a word of the other party's, ``MISSING_VALUE``
            with field ``data_correct`` for an approval without the tick.
    """
    check_open(change, now=now)
    if change.state.asked is not party:
        raise RegistryError(
            Code.CLOSED, f"This party has answered the registrant change {change.id} already."
        )
    if answer not in _ANSWERS[party]:
        raise RegistryError(
            Code.INVALID_VALUE, f"The {party} registrant doesn't {answer}.", field="decision"
        )
    if party is ChangeParty.NEW and waive_lock:
        raise RegistryError(
            Code.INVALID_VALUE, "Only the current registrant waives the lock.", field="waive_lock"
        )
    if party is ChangeParty.NEW and answer is Answer.APPROVE and not data_correct:
        raise RegistryError(
            Code.MISSING_VALUE, "Confirm that the data are right.", field="data_correct"
        )


def moved(
    change: RegistrantChange, event: ChangeEvent, *, now: datetime, reason: EndReason | None = None
) -> RegistrantChange:
    """Give *change* after *event*; every other pair of state and event is refused (5.2).

    Raises:
        RegistryError: ``CLOSED``.
    """
    if event is not ChangeEvent.EXPIRED:
        check_open(change, now=now)
    state = _NEXT.get((change.state, event))
    if state is None or (event is ChangeEvent.EXPIRED and now < change.deadline):
        raise RegistryError(Code.CLOSED, f"The registrant change {change.id} can't be {event} now.")
    after = replace(change, state=state)
    if event is ChangeEvent.APPROVED:
        after = _approved(change, after, now=now)
    if state in OPEN_STATES:
        return after
    return replace(after, closed=now, reason=reason)


def check_standing(contact: Contact, change: RegistrantChange) -> None:
    """Hold *contact* to what an edit or a split of it was based on (R-27).

    Raises:
        Obstacle: another registrar has it, a patched field has another value than then,
            or it may not be updated.
    """
    if contact.registrar != change.registrar or not standing(contact, change.patch):
        raise Obstacle(EndReason.MOVED)
    if contact.statuses & BARRING:
        raise Obstacle(EndReason.BARRED)


def patch_left(patch: Patch, before: Contact, after: Contact) -> Patch | None:
    """Give what an edit that holds at once leaves of a waiting *patch* (E-05, E-06).

    A name, organisation or e-mail that is only spelled otherwise now is still to be
    replaced. ``None`` where the patch has lost its base, or brings no new registrant any
    more: nobody must be asked for that (E-08, R-27).
    """
    left = dict(overtaken(patch, before, after))
    edited = patch_of(before, after)
    other = material_patch(before, after, address=False)
    for field in material_patch(before, patched(before, patch), address=False):
        if field in other:
            return None
        if field in edited:
            left[field] = (edited[field][1], patch[field][1])
    return left if material_patch(after, patched(after, left), address=True) else None


def lock_end(terms: ChangeTerms, *, now: datetime) -> datetime:
    """Give until when a change that is completed *now* locks its names (R-31)."""
    return now + terms.transfer_lock


def completed_contact(contact: Contact, change: RegistrantChange, *, now: datetime) -> Contact:
    """Give *contact* in its new registrant's hands (R-26, D-11, D-12).

    It was edited by whoever asked for the change.
    """
    after = in_new_hands(patched(contact, change.patch), generation=next_generation(change))
    changes_voice = "voice" in change.patch
    return replace(
        after,
        voice_since=now if changes_voice else contact.voice_since,
        updated=now,
        updated_by=change.created_by,
    )


def in_new_hands(contact: Contact, *, generation: int) -> Contact:
    """Give *contact* without what was the prior registrant's own (D-11, P-12, P-19).

    Consents to publication fall; what is hidden stays so. All its privacy aliases turn with
    the *generation*, 0 for one that is yet to be numbered.
    """
    hidden = tuple(word for word in contact.disclosures if not word.show)
    return replace(contact, disclosures=hidden, generation=generation)


def consent_warnings(before: Contact, after: Contact) -> tuple[str, ...]:
    """Say that consents asked for with a new registrant will not stand (D-11)."""
    new = [
        word.element.value
        for word in after.disclosures
        if word.show and word not in before.disclosures
    ]
    if not new:
        return ()
    listed = ", ".join(new)
    return (f"disclose: the new registrant's own consent counts, once it holds: {listed}.",)


def next_generation(change: RegistrantChange) -> int:
    """Give the generation of the holder that *change* brings: no other one has it."""
    return _GENERATIONS + change.id


def _approved(
    before: RegistrantChange, after: RegistrantChange, *, now: datetime
) -> RegistrantChange:
    if before.state is ChangeState.AWAITING_NEW:
        return replace(after, new_approved=now)
    return replace(after, prior_approved=now)


def _normal(card: Card, field: str) -> object:
    value = getattr(card, field)
    if isinstance(value, tuple):
        return tuple(_normal_text(line) for line in value)
    text = _normal_text(value or "")
    if field == "email":
        local, at, domain = text.rpartition("@")
        return f"{local}{at}{domain.lower()}"
    return text


def _normal_text(text: str) -> str:
    return _BLANKS.sub(" ", unicodedata.normalize("NFC", text)).strip()
