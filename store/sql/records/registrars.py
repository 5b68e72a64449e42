"""Registrars in the store."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, insert, select

from store.folding import fold_handle, fold_name, search_key
from store.instants import from_micros
from store.model import Registrar
from store.sql.records.saving import matching_handle, rows_capped, stale, update_versioned
from store.sql.rows import card_columns, card_of, micros
from store.sql.schema import contact, domain, host, registrar

__all__ = [
    "count_sponsored",
    "delete_registrar",
    "find_registrar",
    "gurid_holder",
    "handle_taken",
    "insert_registrar",
    "registrar_of",
    "update_registrar",
]


def find_registrar(
    connection: Connection, handle: str, *, keep: bool = False, lock: bool = False
) -> Registrar | None:
    """Find the registrar that *handle* means.

    With *keep* its row is kept from being deleted until the commit; with *lock*, from
    any edit.

    Raises:
        RegistryError: ``AMBIGUOUS`` where only the case would tell two apart.
    """
    exact = matching_handle(connection, registrar, handle)
    if exact is None:
        return None
    statement = select(registrar).where(registrar.c.handle == exact)
    if keep or lock:
        statement = statement.with_for_update(read=not lock)
    rows = connection.execute(statement)
    row = rows.mappings().one_or_none()
    return None if row is None else registrar_of(row)


def handle_taken(connection: Connection, handle: str) -> bool:
    """Tell whether a registrar has exactly this *handle*."""
    statement = select(registrar.c.handle).where(registrar.c.handle == handle)
    return connection.execute(statement).first() is not None


def gurid_holder(connection: Connection, gurid: int) -> str | None:
    """Give the handle of the registrar with this IANA id, if there is one."""
    statement = select(registrar.c.handle).where(registrar.c.gurid == gurid).limit(1)
    holder: str | None = connection.execute(statement).scalar_one_or_none()
    return holder


def insert_registrar(connection: Connection, record: Registrar) -> Registrar:
    """Save a new registrar."""
    values = _columns(record) | {
        "handle": record.handle,
        "handle_key": fold_handle(record.handle),
        "version": record.version,
    }
    connection.execute(insert(registrar).values(**values))
    return record


def update_registrar(connection: Connection, before: Registrar, after: Registrar) -> Registrar:
    """Save *after* over *before*.

    Raises:
        RegistryError: ``CONFLICT`` where another edit came between.
    """
    update_versioned(connection, registrar, before.handle, before.version, _columns(after))
    return replace(after, version=before.version + 1)


def delete_registrar(connection: Connection, record: Registrar) -> None:
    """Delete a registrar that sponsors nothing.

    Raises:
        RegistryError: ``CONFLICT`` where it is gone already.
    """
    gone = connection.execute(delete(registrar).where(registrar.c.handle == record.handle))
    if gone.rowcount != 1:
        raise stale()


def count_sponsored(connection: Connection, handle: str) -> dict[str, int]:
    """Count what a registrar sponsors by kind, each at most one beyond the cap."""
    return {
        table.name: rows_capped(connection, key, table.c.registrar == handle)
        for table, key in ((domain, domain.c.id), (contact, contact.c.id), (host, host.c.id))
    }


def registrar_of(row: RowMapping) -> Registrar:
    """Read the registrar of *row*."""
    return Registrar(
        handle=row["handle"],
        gurid=row["gurid"],
        status=row["status"],
        card=card_of(row),
        url=row["url"],
        whois_server=row["whois_server"],
        rdap_url=row["rdap_url"],
        abuse_email=row["abuse_email"],
        abuse_phone=row["abuse_phone"],
        created=from_micros(row["created"]),
        updated=from_micros(row["updated"]),
        version=row["version"],
    )


def _columns(record: Registrar) -> dict[str, Any]:
    return {
        "name_key": fold_name(record.card.name),
        "fn_key": search_key(record.card.name),
        "public_key": search_key(record.handle) if record.gurid is None else str(record.gurid),
        "gurid": record.gurid,
        "status": record.status,
        **card_columns(record.card),
        "url": record.url,
        "whois_server": record.whois_server,
        "rdap_url": record.rdap_url,
        "abuse_email": record.abuse_email,
        "abuse_phone": record.abuse_phone,
        "created": micros(record.created),
        "updated": micros(record.updated),
    }
