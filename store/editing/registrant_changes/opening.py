"""A new registrant is asked for: held for approval, or let through (contacts.md 5.1, Opening)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from store.editing.registrant_changes.completing import Step, ask_prior
from store.editing.registrant_changes.ending import end_change, noted, open_ones
from store.editing.registrant_changes.telling import ask
from store.editing.session import Session, with_warnings
from store.errors import Code, RegistryError
from store.model import Contact, Domain, Role
from store.outcomes import Completed, Held, Outcome
from store.registrant_changes import (
    ChangeKind,
    ChangeParty,
    ChangeState,
    EndReason,
    Patch,
    RegistrantChange,
)
from store.rules.decision import NAMED
from store.rules.patches import patch_of
from store.rules.registrant_changes import (
    BARRING,
    ChangeEvent,
    Ruling,
    check_unbarred,
    is_barred,
    material_patch,
    may_matter,
    moved,
    patch_left,
    rule_on,
)
from store.sql.records import registrant_changes as records

__all__ = [
    "Opened",
    "check_no_edit_waits",
    "check_unnamed",
    "let_patches_yield",
    "open_edit",
    "open_repoint",
    "open_split",
    "opened_outcome",
    "rule_on_edit",
    "settle_overlaps",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A change just opened: either held, or completed at once by agents (R-18).

    ``warnings`` name what it replaces (R-08).
    """

    change: RegistrantChange
    held: Held | None
    outcome: Outcome | None
    warnings: tuple[str, ...] = ()


def opened_outcome(
    opened: Opened, kind: str, subject: str, changes: Mapping[str, tuple[object, object]]
) -> Outcome:
    """Give an edit's outcome: what it would change, while it waits."""
    outcome = opened.outcome or Outcome(
        kind=kind, subject=subject, action="held", changes=changes, held=opened.held
    )
    return with_warnings(outcome, opened.warnings)


def rule_on_edit(session: Session, contact: Contact, after: Contact) -> Ruling:
    """Rule on an edit of a contact for all names it is registrant of (R-01, R-11).

    An edit that no zone could take for a new registrant looks at no name (E-01).
    """
    if not may_matter(contact, after) or contact.unlinked_at is not None:
        return Ruling()
    zones = records.zones_held(session.connection, contact.id)
    return rule_on(contact, after, zones=zones, policy=session.policy)


def open_edit(session: Session, contact: Contact, after: Contact) -> Opened:
    """Hold an edit of *contact*, locked, for all its names (A-08, R-04).

    Raises:
        RegistryError: ``STATUS_PROHIBITS`` for names that are barred (R-07) and for open
            changes of single names.
    """
    names, count = records.names_barred(
        session.connection, contact.id, statuses=sorted(BARRING), limit=NAMED
    )
    check_unbarred(names, count)
    theirs = records.list_open_naming(session.connection, contact.id, lock=True)
    standing = open_ones(session, theirs)
    for change in standing:
        if change.kind is not ChangeKind.EDIT:
            raise _conflict(change)
    replaced = _supersede(session, standing)
    change = _new(
        session,
        ChangeKind.EDIT,
        contact,
        after,
        patch=patch_of(contact, after),
    )
    return replace(_begin(session, change), warnings=replaced)


def open_repoint(session: Session, domain: Domain, prior: Contact, new: Contact) -> Opened:
    """Hold a new registrant of one name; all three are locked (R-01)."""
    _check_names((domain,))
    replaced = settle_overlaps(session, (domain,), prior)
    address = session.policy.zone(domain.zone).material_address
    change = _new(
        session,
        ChangeKind.REPOINT,
        prior,
        new,
        patch=material_patch(prior, new, address=address),
        to=new,
    )
    return replace(_begin(session, change, domains=(domain,)), warnings=replaced)


def open_split(
    session: Session, domains: Sequence[Domain], contact: Contact, after: Contact
) -> Opened:
    """Hold the copy that is to take *contact*'s place on some names (R-10); all are locked."""
    _check_names(domains)
    replaced = settle_overlaps(session, domains, contact)
    change = _new(
        session,
        ChangeKind.SPLIT,
        contact,
        after,
        patch=patch_of(contact, after),
    )
    return replace(_begin(session, change, domains=domains), warnings=replaced)


def settle_overlaps(session: Session, domains: Sequence[Domain], prior: Contact) -> tuple[str, ...]:
    """End what was asked for *domains* before (R-08), and refuse to cut into an open edit.

    Also for a link that moves without approval: what was asked is no longer to be had. Gives
    a warning for each change that ended.

    Raises:
        RegistryError: ``STATUS_PROHIBITS`` while an edit of *prior* waits, names and all.
    """
    check_no_edit_waits(session, prior.id)
    numbers = [domain.id for domain in domains]
    asked = records.list_open_of_domains(session.connection, numbers, lock=True)
    return _supersede(session, open_ones(session, asked))


def check_no_edit_waits(session: Session, number: int, *, field: str | None = None) -> None:
    """Refuse to take names from a registrant whose own edit waits, or to give it one (R-09).

    The edit is about all its names: a new one would come unasked. *number* is the contact's,
    whose row is locked; *field* is to blame.

    Raises:
        RegistryError: ``STATUS_PROHIBITS``.
    """
    theirs = records.list_open_of_contacts(session.connection, (number,), lock=True)
    edits = [change for change in theirs if change.kind is ChangeKind.EDIT]
    for change in open_ones(session, edits):
        raise _conflict(change, field=field)


def check_unnamed(session: Session, contact: Contact) -> None:
    """Keep a contact that an open change is about from being deleted (L-05).

    Raises:
        RegistryError: ``STATUS_PROHIBITS``.
    """
    naming = records.list_open_naming(session.connection, contact.id, lock=True)
    for change in open_ones(session, naming):
        raise _conflict(change)


def let_patches_yield(session: Session, before: Contact, after: Contact) -> None:
    """Take out of waiting patches what an edit that holds at once has overtaken (E-05, E-06).

    A change that has nothing left to stand on is voided (E-08).
    """
    theirs = records.list_open_of_contacts(session.connection, (before.id,), lock=True)
    patches = [change for change in theirs if change.kind is not ChangeKind.REPOINT]
    for change in open_ones(session, patches):
        patch = patch_left(change.patch, before, after)
        if patch is None:
            end_change(session, change, ChangeEvent.VOIDED, reason=EndReason.MOVED)
        elif patch != change.patch:
            records.update_patch(session.connection, change, patch)


def _supersede(session: Session, changes: Iterable[RegistrantChange]) -> tuple[str, ...]:
    """End open changes in favour of a new one (R-08, D-04); give a warning for each."""
    ended = [end_change(session, change, ChangeEvent.SUPERSEDED) for change in changes]
    return tuple(
        f"It replaces registrant change {change.id}; what only that one asked for is lost."
        for change in ended
    )


def _check_names(domains: Sequence[Domain]) -> None:
    barred = [domain.name for domain in domains if is_barred(domain)]
    check_unbarred(tuple(barred[:NAMED]), len(barred))


def _new(
    session: Session,
    kind: ChangeKind,
    prior: Contact,
    new: Contact,
    *,
    patch: Patch,
    to: Contact | None = None,
) -> RegistrantChange:
    return RegistrantChange(
        kind=kind,
        state=ChangeState.AWAITING_NEW,
        registrar=prior.registrar,
        contact=prior.handle,
        contact_id=prior.id,
        to_contact=None if to is None else to.handle,
        to_contact_id=None if to is None else to.id,
        patch=patch,
        prior_email=prior.card.email,
        new_email=new.card.email,
        created=session.now,
        created_by=session.actor.name,
        deadline=session.now + session.policy.change_terms.deadline,
    )


def _begin(session: Session, change: RegistrantChange, *, domains: Sequence[Domain] = ()) -> Opened:
    """Save *change* and ask whoever has to be asked first (R-18)."""
    agents = records.consents_of(session.connection, change.to_contact_id or change.contact_id)
    by_agent = ChangeParty.NEW in agents
    first = moved(change, ChangeEvent.APPROVED, now=session.now) if by_agent else change
    saved = records.insert_change(
        session.connection, first, domains=[(domain.id, domain.name) for domain in domains]
    )
    noted(session, None, saved)
    if by_agent:
        step = ask_prior(session, saved)
    else:
        ask(session, saved, ChangeParty.NEW)
        step = Step(change=saved)
    if step.outcome is not None:
        completed = Completed(registrant_change=saved.id, lock_until=step.change.lock_until)
        outcome = replace(step.outcome, completed=completed)
        return Opened(change=step.change, held=None, outcome=outcome)
    if not step.change.is_open(session.now):
        raise RegistryError(Code.STATUS_PROHIBITS, "The new registrant can't be put in place.")
    held = Held(
        registrant_change=saved.id,
        deadline=saved.deadline,
        asked=ChangeParty.PRIOR if by_agent else ChangeParty.NEW,
        names=_count_names(session, saved, domains),
    )
    return Opened(change=step.change, held=held, outcome=None)


def _count_names(session: Session, change: RegistrantChange, domains: Sequence[Domain]) -> int:
    """Count the names whose registrant would be another: a split has others too."""
    if change.kind is ChangeKind.EDIT:
        return records.count_held(session.connection, change.contact_id)
    holders = [domain.link(Role.REGISTRANT) for domain in domains]
    return sum(link is not None and link.contact_id == change.contact_id for link in holders)


def _conflict(change: RegistrantChange, *, field: str | None = None) -> RegistryError:
    return RegistryError(
        Code.STATUS_PROHIBITS,
        f"The registrant change {change.id} of {_subject(change)} is open: it ends first, or is"
        " withdrawn.",
        field=field,
    )


def _subject(change: RegistrantChange) -> str:
    if change.kind is ChangeKind.EDIT:
        return f"the contact {change.contact}"
    more = len(change.names) - 1
    return change.names[0] + (f" and {more} more" if more else "")
