"""Contacts: created, edited, split (contacts.md 2, D-27, conformance.md 9.1 to 9.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from store.changes import UNSET, Actor, CreateContact, UpdateContact
from store.errors import Code, RegistryError
from store.folding import fold_handle
from store.model import Contact, PostalType, Registrar
from store.policy import RegistryPolicy
from store.rules.cards import edited_card, new_card
from store.rules.decision import Decision, check_version
from store.rules.disclosures import edited_disclosures
from store.rules.lifecycle import check_not_ending, with_clock_kept
from store.rules.prohibitions import check_allowed, check_updatable, edited_statuses
from store.rules.registrars import check_active
from store.validation.auth_info import check_auth_info, hash_auth_info, verify_auth_info
from store.validation.contact import check_handle

__all__ = [
    "CLONE_PREFIX",
    "check_deletable",
    "copied_contact",
    "create_contact",
    "split_contact",
    "update_contact",
]

CLONE_PREFIX = "SRV-"  # ids that the store gives to copies (contacts.md 2)


def create_contact(
    change: CreateContact,
    *,
    registrar: Registrar,
    zones: Iterable[str],
    policy: RegistryPolicy,
    actor: Actor,
    now: datetime,
) -> Decision[Contact]:
    """Give the new contact, not yet numbered; never linked, it ages from now (D-05).

    *zones* are those served: a rule that all of them share binds here (D-27).

    Raises:
        RegistryError: ``MISSING_VALUE`` or ``INVALID_VALUE`` with the field's name,
            ``POLICY`` for a reserved id, an address form no zone takes or a terminated
            registrar.
    """
    handle = check_handle(change.handle)
    if fold_handle(handle).startswith(fold_handle(CLONE_PREFIX)):
        raise RegistryError(
            Code.POLICY, f"Ids that begin with {CLONE_PREFIX} are the store's own.", field="id"
        )
    check_active(registrar, field="registrar")
    _check_postal_type(change.postal_type, zones, policy)
    card, warnings = new_card(change.card, smtputf8=policy.smtputf8, postal_type=change.postal_type)
    disclosures = edited_disclosures((), change.disclosure, now=now)
    contact = Contact(
        handle=handle,
        roid="",
        registrar=registrar.handle,
        kind=change.kind,
        card=card,
        postal_type=change.postal_type,
        disclosures=disclosures,
        auth_hash=hash_auth_info(change.auth_info),
        unlinked_at=now,
        created=now,
        created_by=actor.name,
    )
    return Decision(record=contact, warnings=warnings)


def update_contact(
    contact: Contact,
    change: UpdateContact,
    *,
    policy: RegistryPolicy,
    actor: Actor,
    now: datetime,
) -> Decision[Contact]:
    """Give *contact* after the edit, or as it was where the edit changes nothing.

    Raises:
        RegistryError: ``CONFLICT`` for a stale version, ``STATUS_PROHIBITS``, and what
            values and statuses are refused for.
    """
    check_version(contact.version, change.version)
    check_not_ending(contact, now=now, lifecycle=policy.lifecycle)
    check_updatable(
        contact.statuses, removed=change.remove_statuses, nothing_else=_lifts_alone(change)
    )
    after, warnings = _edited(contact, change, policy=policy, now=now)
    if after != contact:
        after = with_clock_kept(contact, after, now=now, lifecycle=policy.lifecycle)
        after = replace(after, updated=now, updated_by=actor.name)
    if after.card.voice != contact.card.voice:
        after = replace(after, voice_since=now)  # contacts.md R-23, D-02
    return Decision(record=after, warnings=warnings)


def split_contact(
    contact: Contact,
    change: UpdateContact,
    *,
    handle: str,
    policy: RegistryPolicy,
    actor: Actor,
    now: datetime,
) -> Decision[Contact]:
    """Give a copy of *contact* with the edit, to take its place on some names (R-10).

    Raises:
        RegistryError: as :func:`update_contact`.
    """
    edited = update_contact(contact, change, policy=policy, actor=actor, now=now)
    copy = copied_contact(
        edited.record, handle=handle, registrar=contact.registrar, actor=actor, now=now
    )
    return Decision(record=replace(copy, statuses=edited.record.statuses), warnings=edited.warnings)


def copied_contact(
    contact: Contact, *, handle: str, registrar: str, actor: Actor, now: datetime
) -> Contact:
    """Give a copy of *contact* under *registrar*: its values, consents and code, no past."""
    return replace(
        contact,
        id=0,
        handle=handle,
        roid="",
        registrar=registrar,
        statuses=frozenset(),
        unlinked_at=now,
        created=now,
        created_by=actor.name,
        updated=None,
        updated_by=None,
        transferred=None,
        version=1,
    )


def check_deletable(
    contact: Contact, *, count_names: Callable[[], str], policy: RegistryPolicy, now: datetime
) -> None:
    """Refuse to delete a contact that is prohibited, linked or already on its way out.

    *count_names* words how many names link to it, and is asked only for the refusal.

    Raises:
        RegistryError: ``STATUS_PROHIBITS`` or ``IN_USE`` (contacts.md 6, 13).
    """
    check_allowed(contact.statuses, "delete")
    if contact.unlinked_at is None:
        raise RegistryError(
            Code.IN_USE, f"The contact {contact.handle} is linked to {count_names()}.", field="id"
        )
    check_not_ending(contact, now=now, lifecycle=policy.lifecycle)


def _edited(
    contact: Contact, change: UpdateContact, *, policy: RegistryPolicy, now: datetime
) -> tuple[Contact, tuple[str, ...]]:
    card, warnings = edited_card(
        contact.card,
        change.card,
        smtputf8=policy.smtputf8,
        postal_type=contact.postal_type,
    )
    statuses = edited_statuses(
        "contact", contact.statuses, add=change.add_statuses, remove=change.remove_statuses
    )
    after = replace(
        contact,
        card=card,
        kind=contact.kind if change.kind is UNSET else change.kind,
        statuses=statuses,
        disclosures=edited_disclosures(contact.disclosures, change.disclosure, now=now),
        auth_hash=_auth_hash(contact, change),
    )
    return after, warnings


def _auth_hash(contact: Contact, change: UpdateContact) -> str | None:
    if change.auth_info is UNSET:
        return contact.auth_hash
    code = check_auth_info(change.auth_info)
    # A salted hash of the same code differs each time: the same code is no change.
    if contact.auth_hash is not None and verify_auth_info(code, contact.auth_hash):
        return contact.auth_hash
    return hash_auth_info(code)


def _lifts_alone(change: UpdateContact) -> bool:
    rest = UpdateContact(
        handle=change.handle, remove_statuses=change.remove_statuses, version=change.version
    )
    return change == rest


def _check_postal_type(
    postal_type: PostalType, zones: Iterable[str], policy: RegistryPolicy
) -> None:
    if not any(postal_type in policy.zone(zone).postal_types for zone in zones):
        raise RegistryError(
            Code.POLICY,
            f"No zone served here takes an address of type {postal_type}.",
            field="postal_type",
        )
