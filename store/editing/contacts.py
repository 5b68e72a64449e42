"""Changes of contacts: one row for an edit, however many names use it (A-06)."""

from __future__ import annotations

from store.changes import CreateContact, DeleteContact, UpdateContact
from store.editing.phone_corrections import tell_correction
from store.editing.registrant_changes.consents import end_consents
from store.editing.registrant_changes.opening import (
    check_unnamed,
    let_patches_yield,
    open_edit,
    opened_outcome,
    rule_on_edit,
)
from store.editing.registrant_changes.profiles import has_new_registrant, tell_applied
from store.editing.session import Session, with_warnings
from store.editing.splits import split_contact
from store.errors import Code, RegistryError
from store.model import Contact
from store.outcomes import Outcome
from store.records_json import difference
from store.refusals import counted
from store.rules import contacts as rules
from store.rules.registrant_changes import consent_warnings, in_new_hands
from store.rules.uses import check_uses, uses_matter
from store.sql.journal import Fingerprints, scrub_history
from store.sql.records import contacts as records
from store.sql.records.saving import COUNT_CAP

__all__ = ["create_contact", "delete_contact", "update_contact"]


def create_contact(session: Session, change: CreateContact) -> Outcome:
    """Make a contact."""
    registrar = session.require_registrar(change.registrar)
    decision = rules.create_contact(
        change,
        registrar=registrar,
        zones=session.zones,
        policy=session.policy,
        actor=session.actor,
        now=session.now,
    )
    handle = decision.record.handle
    if records.handle_taken(session.connection, handle):
        raise RegistryError(Code.EXISTS, f"There is a contact {handle} already.", field="id")
    saved = records.insert_contact(
        session.connection, decision.record, repository=session.policy.repository
    )
    outcome = session.record("contact", handle, "created", after=saved)
    return with_warnings(outcome, decision.warnings)


def update_contact(session: Session, change: UpdateContact) -> Outcome:
    """Edit a contact on every name, or split it for some; hold what needs approval (A-08).

    Raises:
        RegistryError: what the edit is refused for; ``STATUS_PROHIBITS`` for a new
            registrant of names that are barred or asked for otherwise (R-07, R-08).
    """
    if change.only:
        return split_contact(session, change)
    contact = session.require_contact(change.handle, lock=True)
    decision = rules.update_contact(
        contact, change, policy=session.policy, actor=session.actor, now=session.now
    )
    after = decision.record
    if after == contact:
        return session.unchanged("contact", contact.handle, decision.warnings)
    _check_uses(session, contact, after)
    ruling = rule_on_edit(session, contact, after)
    if ruling.approved:
        opened = open_edit(session, contact, after)
        changes = difference(contact, after)
        outcome = opened_outcome(opened, "contact", contact.handle, changes)
        return with_warnings(outcome, decision.warnings + consent_warnings(contact, after))
    let_patches_yield(session, contact, after)
    warnings = decision.warnings
    if ruling.zones:
        tell_applied(session, prior=contact, new=after, zones=ruling.zones)
    if has_new_registrant(session, ruling.zones):
        warnings += consent_warnings(contact, after)
        after = in_new_hands(after, generation=records.new_generation(session.connection))
        end_consents(session, contact)
    saved = records.update_contact(session.connection, contact, after)
    tell_correction(session, contact, saved)
    outcome = session.record("contact", contact.handle, "updated", before=contact, after=saved)
    return with_warnings(outcome, warnings)


def delete_contact(session: Session, change: DeleteContact) -> Outcome:
    """Delete a contact without links; its history keeps ids and fingerprints."""
    contact = session.require_contact(change.handle, lock=True)

    def count_names() -> str:
        names = records.count_names(session.connection, contact.id)
        return counted(names, "name", cap=COUNT_CAP)

    rules.check_deletable(contact, count_names=count_names, policy=session.policy, now=session.now)
    check_unnamed(session, contact)
    records.delete_contact(session.connection, contact)
    changes = difference(contact, None)
    scrub_history(session.connection, kind="contact", subject=contact.handle)
    prints = Fingerprints(session.connection).of_changes(changes)
    session.write_history(
        "contact",
        contact.handle,
        "deleted",
        {field: (old, new) for field, (old, new) in prints.items()},
    )
    session.touch("contact", contact.handle)
    return Outcome(kind="contact", subject=contact.handle, action="deleted", changes=changes)


def _check_uses(session: Session, before: Contact, after: Contact) -> None:
    if before.unlinked_at is None and uses_matter(before, after):
        uses = records.list_uses(session.connection, before.id)
        check_uses(before, after, uses, session.policy)
