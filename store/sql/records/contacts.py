"""Contacts in the store."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    RowMapping,
    bindparam,
    delete,
    exists,
    insert,
    select,
    update,
)

from store.folding import fold_handle, search_key
from store.instants import from_micros
from store.model import Contact, PostalForm, PostalType, PrivacyMode, Role
from store.published import Kind
from store.rules.uses import Use
from store.sql.lists import among
from store.sql.records.saving import (
    matching_handle,
    next_number,
    rows_capped,
    spend_number,
    stale,
    unused_roid,
    update_versioned,
)
from store.sql.records.sights import settle_sights
from store.sql.rows import (
    card_columns,
    card_of,
    disclosures_of,
    disclosures_text,
    form_columns,
    form_of,
    micros,
    statuses_of,
    statuses_text,
)
from store.sql.schema import contact, contact_second_form, domain, domain_contact

__all__ = [
    "contacts_of",
    "count_names",
    "delete_contact",
    "find_contact",
    "find_contacts",
    "handle_taken",
    "insert_contact",
    "list_uses",
    "lock_contacts",
    "new_generation",
    "settle_links",
    "update_contact",
]


# Statements of every edit are written once: to write one takes longer than to run it.
_FOUND = select(contact).where(contact.c.handle == bindparam("sought"))
_LOCKED = _FOUND.with_for_update()
_SECOND_FORM = select(contact_second_form).where(
    contact_second_form.c.contact_id == bindparam("number")
)
_USES = (
    select(domain.c.zone, domain_contact.c.role, domain.c.privacy)
    .join(domain, domain.c.id == domain_contact.c.domain_id)
    .where(domain_contact.c.contact_id == bindparam("number"))
    .distinct()
    .order_by(domain.c.zone, domain_contact.c.role, domain.c.privacy)
)


def find_contact(connection: Connection, handle: str, *, lock: bool = False) -> Contact | None:
    """Find the contact that *handle* means; with *lock*, keep other editors off its row.

    Raises:
        RegistryError: ``AMBIGUOUS`` where only the case would tell two apart.
    """
    exact = matching_handle(connection, contact, handle)
    if exact is None:
        return None
    rows = connection.execute(_LOCKED if lock else _FOUND, {"sought": exact})
    return next(iter(contacts_of(connection, rows.mappings().all())), None)


def find_contacts(connection: Connection, numbers: Iterable[int]) -> dict[int, Contact]:
    """Find the contacts with these row *numbers*, without a lock."""
    rows = connection.execute(select(contact).where(contact.c.id.in_(set(numbers))))
    return {found.id: found for found in contacts_of(connection, rows.mappings().all())}


def lock_contacts(connection: Connection, numbers: Iterable[int]) -> dict[int, Contact]:
    """Lock the contacts with these row *numbers*, in one order for all editors (L-06)."""
    statement = select(contact).where(contact.c.id.in_(set(numbers))).order_by(contact.c.id)
    rows = connection.execute(statement.with_for_update()).mappings().all()
    return {found.id: found for found in contacts_of(connection, rows)}


def contacts_of(connection: Connection, rows: Iterable[RowMapping]) -> list[Contact]:
    """Read the contacts of *rows*, with their second forms in one statement."""
    rows = list(rows)
    if not rows:
        return []
    numbers, table = [row["id"] for row in rows], contact_second_form
    seconds = (
        connection.execute(_SECOND_FORM, {"number": numbers[0]})
        if len(numbers) == 1
        else connection.execute(select(table).where(among(connection, table.c.contact_id, numbers)))
    )
    forms = {row["contact_id"]: form_of(row) for row in seconds.mappings()}
    return [_contact_of(row, forms.get(row["id"])) for row in rows]


def handle_taken(connection: Connection, handle: str) -> bool:
    """Tell whether a contact has exactly this *handle*."""
    found = connection.execute(select(contact.c.id).where(contact.c.handle == handle))
    return found.first() is not None


def insert_contact(connection: Connection, record: Contact, *, repository: str) -> Contact:
    """Save a new contact; give it with its number and ROID."""
    number = next_number(connection, contact)
    roid = unused_roid(connection, contact, number, letter="C", repository=repository)
    saved = replace(record, id=number, roid=roid, generation=record.generation or number)
    connection.execute(
        insert(contact).values(
            **_columns(saved),
            id=number,
            roid=roid,
            roid_key=search_key(roid),
            handle=saved.handle,
            handle_key=fold_handle(saved.handle),
            version=saved.version,
        )
    )
    if saved.second is not None:
        connection.execute(
            insert(contact_second_form).values(contact_id=number, **form_columns(saved.second))
        )
    return saved


def update_contact(connection: Connection, before: Contact, after: Contact) -> Contact:
    """Save *after* over *before*: one row, whatever the number of names (A-06).

    Raises:
        RegistryError: ``CONFLICT`` where another edit came between.
    """
    update_versioned(connection, contact, before.id, before.version, _columns(after))
    settle_sights(connection, (before.id,))
    return replace(after, version=before.version + 1)


def new_generation(connection: Connection) -> int:
    """Draw a generation that no holder ever had (D-12): a contact's first one is its number."""
    return spend_number(connection, contact)


def delete_contact(connection: Connection, record: Contact) -> None:
    """Delete a contact without links.

    Raises:
        RegistryError: ``CONFLICT`` where it is gone already.
    """
    gone = connection.execute(delete(contact).where(contact.c.id == record.id))
    if gone.rowcount != 1:
        raise stale()


def settle_links(connection: Connection, numbers: Iterable[int], *, now: datetime) -> None:
    """Start or stop the orphan clock of the contacts whose links an edit touched (I-23, I-25).

    The clock is no edit of the contact: its version and dates stay. The caller holds
    the rows' locks.
    """
    touched = contact.c.id.in_(set(numbers))
    linked = exists().where(domain_contact.c.contact_id == contact.c.id)
    connection.execute(
        update(contact)
        .where(touched, contact.c.unlinked_at.is_not(None), linked)
        .values(unlinked_at=None)
    )
    connection.execute(
        update(contact)
        .where(touched, contact.c.unlinked_at.is_(None), ~linked)
        .values(unlinked_at=micros(now))
    )


def count_names(connection: Connection, number: int) -> int:
    """Count the names that link to a contact, at most one beyond the cap (E-03)."""
    return rows_capped(
        connection, domain_contact.c.domain_id, domain_contact.c.contact_id == number
    )


def list_uses(connection: Connection, number: int) -> tuple[Use, ...]:
    """Give each way in which names use a contact, once."""
    return tuple(
        Use(zone=zone, role=Role(role), privacy=PrivacyMode(privacy))
        for zone, role, privacy in connection.execute(_USES, {"number": number})
    )


def _columns(record: Contact) -> dict[str, Any]:
    return {
        "registrar": record.registrar,
        "kind": None if record.kind is None else record.kind.value,
        "postal_type": record.postal_type.value,
        **card_columns(record.card),
        "name_key": search_key(record.card.name),
        "email_key": search_key(record.card.email) if record.card.email else None,
        "statuses": statuses_text(record.statuses),
        "disclosures": disclosures_text(record.disclosures),
        "auth_hash": record.auth_hash,
        "generation": record.generation,
        "voice_since": micros(record.voice_since),
        "unlinked_at": micros(record.unlinked_at),
        "created": micros(record.created),
        "created_by": record.created_by,
        "updated": micros(record.updated),
        "updated_by": record.updated_by,
        "transferred": micros(record.transferred),
    }


def _contact_of(row: RowMapping, second: PostalForm | None) -> Contact:
    return Contact(
        id=row["id"],
        handle=row["handle"],
        roid=row["roid"],
        registrar=row["registrar"],
        kind=None if row["kind"] is None else Kind(row["kind"]),
        card=card_of(row),
        postal_type=PostalType(row["postal_type"]),
        second=second,
        statuses=statuses_of(row["statuses"]),
        disclosures=disclosures_of(row["disclosures"]),
        auth_hash=row["auth_hash"],
        generation=row["generation"],
        voice_since=from_micros(row["voice_since"]),
        unlinked_at=from_micros(row["unlinked_at"]),
        created=from_micros(row["created"]),
        created_by=row["created_by"],
        updated=from_micros(row["updated"]),
        updated_by=row["updated_by"],
        transferred=from_micros(row["transferred"]),
        version=row["version"],
    )
