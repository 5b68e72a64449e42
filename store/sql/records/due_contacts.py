"""Contacts whose time is up, found and deleted in sets (contacts.md 6, L-06)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, or_, select, tuple_

from store.model import Contact
from store.outcomes import Place
from store.sql.lists import among
from store.sql.records.contacts import contacts_of
from store.sql.records.saving import stale
from store.sql.rows import micros
from store.sql.schema import contact, domain_contact, registrant_change

__all__ = ["Mark", "delete_contacts", "list_needed", "list_unlinked", "load_contacts", "lock_free"]

Mark = tuple[int, int, int]  # a contact's row, its version, and since when it has no link


def list_unlinked(
    connection: Connection, *, until: datetime, after: Place | None, limit: int
) -> list[Place]:
    """Give the first *limit* contacts without a link since *until*, oldest first, unlocked.

    One walk of the index, from *after* on, whatever stands before.
    """
    unlinked = contact.c.unlinked_at
    statement = select(unlinked, contact.c.id).where(unlinked <= micros(until))
    if after is not None:
        statement = statement.where(tuple_(unlinked, contact.c.id) > tuple_(*after))
    rows = connection.execute(statement.order_by(unlinked, contact.c.id).limit(limit))
    return [(since, number) for since, number in rows]


def lock_free(connection: Connection, numbers: Sequence[int]) -> list[Mark]:
    """Lock those contacts that no other editor holds, and give how they stand now."""
    statement = (
        select(contact.c.id, contact.c.version, contact.c.unlinked_at)
        .where(among(connection, contact.c.id, numbers), contact.c.unlinked_at.is_not(None))
        .order_by(contact.c.unlinked_at, contact.c.id)
        .with_for_update(skip_locked=True)
    )
    return [(number, version, since) for number, version, since in connection.execute(statement)]


def load_contacts(connection: Connection, numbers: Sequence[int]) -> dict[Mark, Contact]:
    """Give the contacts with these numbers, each under how it stands; the linked left out."""
    if not numbers:
        return {}
    unlinked = among(connection, contact.c.id, numbers), contact.c.unlinked_at.is_not(None)
    rows = connection.execute(select(contact).where(*unlinked)).mappings().all()
    marks = [(row["id"], row["version"], row["unlinked_at"]) for row in rows]
    return dict(zip(marks, contacts_of(connection, rows), strict=True))


def list_needed(connection: Connection, numbers: Collection[int], *, now: datetime) -> set[int]:
    """Give those contacts that a name or an open registrant change still refers to.

    To be asked after the lock: it sees what was committed before.
    """
    links, change = domain_contact, registrant_change
    linked = select(links.c.contact_id).where(among(connection, links.c.contact_id, numbers))
    asked = select(change.c.contact_id, change.c.to_contact_id).where(
        or_(
            *(
                among(connection, each, numbers)
                for each in (change.c.contact_id, change.c.to_contact_id)
            )
        ),
        # One past its deadline is expired, closed or not.
        change.c.open.is_(True),
        change.c.deadline > micros(now),
    )
    named = {number for pair in connection.execute(asked) for number in pair}
    return set(connection.execute(linked).scalars()) | (named & set(numbers))


def delete_contacts(connection: Connection, numbers: Sequence[int]) -> None:
    """Delete contacts that are locked and that nothing refers to, with all that is theirs.

    Raises:
        RegistryError: ``CONFLICT`` where one is gone already.
    """
    gone = connection.execute(delete(contact).where(among(connection, contact.c.id, numbers)))
    if gone.rowcount != len(numbers):
        raise stale()
