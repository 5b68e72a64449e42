"""Privacy services in the store."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, insert, select

from store.errors import Code, RegistryError
from store.folding import fold_handle
from store.instants import from_micros
from store.model import PrivacyService
from store.sql.records.saving import rows_capped, searchable, stale, update_versioned
from store.sql.rows import card_columns, card_of, micros
from store.sql.schema import domain, privacy_service

__all__ = [
    "count_proxied",
    "delete_privacy_service",
    "find_only_privacy_service",
    "find_privacy_service",
    "handle_taken",
    "insert_privacy_service",
    "privacy_service_of",
    "update_privacy_service",
]


def find_privacy_service(
    connection: Connection, handle: str, *, keep: bool = False, lock: bool = False
) -> PrivacyService | None:
    """Find the service that *handle* means: exactly, else caselessly if unique.

    With *keep* its row is kept from being deleted until the commit; with *lock*, from
    any edit.

    Raises:
        RegistryError: ``AMBIGUOUS`` where only the case would tell two apart.
    """
    if not searchable(handle):
        return None
    handles = connection.execute(select(privacy_service.c.handle)).scalars().all()
    if handle not in handles:
        matches = [known for known in handles if fold_handle(known) == fold_handle(handle)]
        if len(matches) > 1:
            raise RegistryError(
                Code.AMBIGUOUS, "More than one privacy service matches but for the case."
            )
        if not matches:
            return None
        handle = matches[0]
    statement = select(privacy_service).where(privacy_service.c.handle == handle)
    if keep or lock:
        statement = statement.with_for_update(read=not lock)
    rows = connection.execute(statement)
    row = rows.mappings().one_or_none()
    return None if row is None else privacy_service_of(row)


def find_only_privacy_service(connection: Connection) -> PrivacyService | None:
    """Give the service if there is exactly one; else ``None``."""
    statement = select(privacy_service).limit(2).with_for_update(read=True)
    rows = connection.execute(statement).mappings().all()
    return privacy_service_of(rows[0]) if len(rows) == 1 else None


def handle_taken(connection: Connection, handle: str) -> bool:
    """Tell whether a service has exactly this *handle*."""
    statement = select(privacy_service.c.handle).where(privacy_service.c.handle == handle)
    return connection.execute(statement).first() is not None


def insert_privacy_service(connection: Connection, record: PrivacyService) -> PrivacyService:
    """Save a new service."""
    values = _columns(record) | {"handle": record.handle, "version": record.version}
    connection.execute(insert(privacy_service).values(**values))
    return record


def update_privacy_service(
    connection: Connection, before: PrivacyService, after: PrivacyService
) -> PrivacyService:
    """Save *after* over *before*.

    Raises:
        RegistryError: ``CONFLICT`` where another edit came between.
    """
    update_versioned(connection, privacy_service, before.handle, before.version, _columns(after))
    return replace(after, version=before.version + 1)


def delete_privacy_service(connection: Connection, record: PrivacyService) -> None:
    """Delete a service that stands in for nobody.

    Raises:
        RegistryError: ``CONFLICT`` where it is gone already.
    """
    key = privacy_service.c.handle == record.handle
    if connection.execute(delete(privacy_service).where(key)).rowcount != 1:
        raise stale()


def count_proxied(connection: Connection, handle: str) -> int:
    """Count the names under a service, at most one beyond the cap."""
    return rows_capped(connection, domain.c.id, domain.c.privacy_service == handle)


def privacy_service_of(row: RowMapping) -> PrivacyService:
    """Read the service of *row*."""
    return PrivacyService(
        handle=row["handle"],
        card=card_of(row),
        alias_domain=row["alias_domain"],
        contact_url=row["contact_url"],
        created=from_micros(row["created"]),
        updated=from_micros(row["updated"]),
        version=row["version"],
    )


def _columns(record: PrivacyService) -> dict[str, Any]:
    return {
        **card_columns(record.card),
        "alias_domain": record.alias_domain,
        "contact_url": record.contact_url,
        "created": micros(record.created),
        "updated": micros(record.updated),
    }
