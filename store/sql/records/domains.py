"""Registrations in the store, with their links, name servers and signing data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from store.handles import new_public_id
from store.instants import from_micros
from store.model import Domain, PrivacyMode, Role
from store.sql.records.parts import (
    dnssec_of,
    hosts_of,
    links_of,
    save_dnssec,
    save_hosts,
    save_links,
)
from store.sql.records.saving import next_number, stale, unused_roid, update_versioned
from store.sql.records.sights import settle_sights
from store.sql.records.transfer_locks import copy_lock
from store.sql.rows import micros, statuses_of, statuses_text
from store.sql.schema import domain

__all__ = [
    "delete_domain",
    "domains_of",
    "find_domain",
    "forget_transfer_data",
    "insert_domain",
    "update_domain",
]


def find_domain(connection: Connection, name: str, *, lock: bool = False) -> Domain | None:
    """Find the registration of *name* (inner form); with *lock*, keep other editors off it."""
    statement = select(domain).where(domain.c.name == name)
    rows = connection.execute(statement.with_for_update() if lock else statement)
    return next(iter(domains_of(connection, rows.mappings().all())), None)


def domains_of(connection: Connection, rows: Iterable[RowMapping]) -> list[Domain]:
    """Read the domains of *rows*, with a fixed number of statements for all their parts."""
    rows = list(rows)
    if not rows:
        return []
    numbers = [row["id"] for row in rows]
    links, hosts = links_of(connection, numbers), hosts_of(connection, numbers)
    keys = dnssec_of(connection, {row["id"]: row["max_sig_life"] for row in rows})
    return [
        Domain(
            id=row["id"],
            name=row["name"],
            zone=row["zone"],
            roid=row["roid"],
            registrar=row["registrar"],
            statuses=statuses_of(row["statuses"]),
            links=links.get(row["id"], ()),
            hosts=hosts.get(row["id"], ()),
            dnssec=keys[row["id"]],
            privacy=PrivacyMode(row["privacy"]),
            privacy_service=row["privacy_service"],
            disputed=row["disputed"],
            created=from_micros(row["created"]),
            created_by=row["created_by"],
            updated=from_micros(row["updated"]),
            updated_by=row["updated_by"],
            expires=from_micros(row["expires"]),
            transferred=from_micros(row["transferred"]),
            version=row["version"],
        )
        for row in rows
    ]


def insert_domain(connection: Connection, record: Domain, *, repository: str) -> Domain:
    """Save a new registration; give it with its number, ROID and links' public handles."""
    number = next_number(connection, domain)
    roid = unused_roid(connection, domain, number, letter="D", repository=repository)
    saved = replace(_with_public_ids(record), id=number, roid=roid)
    connection.execute(
        insert(domain).values(
            **_columns(saved),
            id=number,
            name=saved.name,
            zone=saved.zone,
            roid=roid,
            version=saved.version,
        )
    )
    empty = Domain(name=saved.name, zone=saved.zone, roid=roid, registrar=saved.registrar)
    _save_parts(connection, empty, saved)
    return saved


def update_domain(connection: Connection, before: Domain, after: Domain) -> Domain:
    """Save *after* over *before*.

    Raises:
        RegistryError: ``CONFLICT`` where another edit came between.
    """
    saved = replace(_with_public_ids(after), version=before.version + 1)
    update_versioned(connection, domain, before.id, before.version, _columns(saved))
    _keep_lock(connection, before, saved)
    _save_parts(connection, before, saved)
    return saved


def delete_domain(connection: Connection, record: Domain) -> None:
    """Delete a registration with its links; contacts and hosts stay (A-02).

    Raises:
        RegistryError: ``CONFLICT`` where it is gone already.
    """
    gone = connection.execute(delete(domain).where(domain.c.id == record.id))
    if gone.rowcount != 1:
        raise stale()
    settle_sights(connection, (link.contact_id for link in record.links))


def forget_transfer_data(connection: Connection, record: Domain) -> None:
    """Drop what a deposit told of an earlier transfer: it is no longer the last one."""
    connection.execute(update(domain).where(domain.c.id == record.id).values(transfer=None))


def _keep_lock(connection: Connection, before: Domain, after: Domain) -> None:
    """Leave the holder's transfer lock on a name that the holder leaves (D-36)."""
    old, new = before.link(Role.REGISTRANT), after.link(Role.REGISTRANT)
    left = old is not None and (new is None or new.contact_id != old.contact_id)
    at = after.updated if new is None else new.since
    if left and at is not None:
        copy_lock(connection, before, now=at)


def _save_parts(connection: Connection, before: Domain, after: Domain) -> None:
    if save_links(connection, before, after):
        settle_sights(connection, (link.contact_id for link in (*before.links, *after.links)))
    save_hosts(connection, after.id, before.hosts, after.hosts)
    if before.dnssec != after.dnssec:
        save_dnssec(connection, after.id, after.dnssec)


def _with_public_ids(record: Domain) -> Domain:
    links = tuple(
        link if link.public_id else replace(link, public_id=new_public_id())
        for link in record.links
    )
    return replace(record, links=links)


def _columns(record: Domain) -> dict[str, Any]:
    return {
        "registrar": record.registrar,
        "statuses": statuses_text(record.statuses),
        "privacy": record.privacy.value,
        "privacy_service": record.privacy_service,
        "disputed": record.disputed,
        "max_sig_life": record.dnssec.max_sig_life,
        "created": micros(record.created),
        "created_by": record.created_by,
        "updated": micros(record.updated),
        "updated_by": record.updated_by,
        "expires": micros(record.expires),
        "transferred": micros(record.transferred),
    }
