"""Name servers in the store."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, insert, or_, select

from store.instants import from_micros
from store.model import Host
from store.names import Address, parse_address
from store.sql.records.saving import (
    next_number,
    rows_capped,
    stale,
    unused_roid,
    update_versioned,
)
from store.sql.rows import micros, statuses_of, statuses_text
from store.sql.schema import domain_host, host, host_address

__all__ = [
    "count_delegations",
    "delete_host",
    "find_host",
    "hosts_of",
    "insert_host",
    "keep_hosts",
    "list_subordinate",
    "update_host",
]


def find_host(connection: Connection, name: str, *, lock: bool = False) -> Host | None:
    """Find the host *name* (inner form); with *lock*, keep other editors off its row."""
    statement = select(host).where(host.c.name == name)
    rows = connection.execute(statement.with_for_update() if lock else statement)
    return next(iter(hosts_of(connection, rows.mappings().all())), None)


def keep_hosts(connection: Connection, names: Iterable[str]) -> frozenset[str]:
    """Keep those of the hosts *names* that exist from being deleted until the commit.

    Many names share a host: their editors don't wait for each other.
    """
    statement = select(host.c.name).where(host.c.name.in_(set(names))).order_by(host.c.name)
    return frozenset(connection.execute(statement.with_for_update(read=True)).scalars())


def list_subordinate(connection: Connection, domain: str) -> list[Host]:
    """Give the hosts that stand at or below *domain*, locked, in ascending order."""
    below = host.c.name.endswith(f".{domain}", autoescape=True)
    statement = select(host).where(or_(host.c.name == domain, below)).order_by(host.c.name)
    return hosts_of(connection, connection.execute(statement.with_for_update()).mappings().all())


def hosts_of(connection: Connection, rows: Iterable[RowMapping]) -> list[Host]:
    """Read the hosts of *rows*, with their addresses in one statement."""
    rows = list(rows)
    if not rows:
        return []
    table = host_address
    wanted = select(table).where(table.c.host_id.in_([row["id"] for row in rows]))
    addresses: dict[int, list[Address]] = {}
    for row in connection.execute(wanted).mappings():
        addresses.setdefault(row["host_id"], []).append(parse_address(row["address"]))
    return [_host_of(row, addresses.get(row["id"], [])) for row in rows]


def insert_host(connection: Connection, record: Host, *, repository: str) -> Host:
    """Save a new host; give it with its number and ROID."""
    number = next_number(connection, host)
    roid = unused_roid(connection, host, number, letter="H", repository=repository)
    saved = replace(record, id=number, roid=roid)
    connection.execute(
        insert(host).values(
            **_columns(saved),
            id=number,
            name=saved.name,
            parent=saved.name.partition(".")[2],
            roid=roid,
            version=saved.version,
        )
    )
    _save_addresses(connection, number, (), saved.addresses)
    return saved


def update_host(connection: Connection, before: Host, after: Host) -> Host:
    """Save *after* over *before*.

    Raises:
        RegistryError: ``CONFLICT`` where another edit came between.
    """
    update_versioned(connection, host, before.id, before.version, _columns(after))
    _save_addresses(connection, before.id, before.addresses, after.addresses)
    return replace(after, version=before.version + 1)


def delete_host(connection: Connection, record: Host) -> None:
    """Delete a host that no name refers to.

    Raises:
        RegistryError: ``CONFLICT`` where it is gone already.
    """
    if connection.execute(delete(host).where(host.c.id == record.id)).rowcount != 1:
        raise stale()


def count_delegations(connection: Connection, number: int) -> int:
    """Count the names that refer to a host, at most one beyond the cap."""
    return rows_capped(connection, domain_host.c.domain_id, domain_host.c.host_id == number)


def _save_addresses(
    connection: Connection, number: int, before: tuple[Address, ...], after: tuple[Address, ...]
) -> None:
    table = host_address
    gone = [str(address) for address in before if address not in after]
    if gone:
        connection.execute(
            delete(table).where(table.c.host_id == number, table.c.address.in_(gone))
        )
    new = [address for address in after if address not in before]
    if new:
        rows = [{"host_id": number, "address": str(address)} for address in new]
        connection.execute(insert(table), rows)


def _columns(record: Host) -> dict[str, Any]:
    return {
        "registrar": record.registrar,
        "statuses": statuses_text(record.statuses),
        "created": micros(record.created),
        "created_by": record.created_by,
        "updated": micros(record.updated),
        "updated_by": record.updated_by,
    }


def _host_of(row: RowMapping, addresses: list[Address]) -> Host:
    return Host(
        id=row["id"],
        name=row["name"],
        roid=row["roid"],
        registrar=row["registrar"],
        statuses=statuses_of(row["statuses"]),
        addresses=tuple(sorted(addresses, key=lambda address: (address.version, int(address)))),
        created=from_micros(row["created"]),
        created_by=row["created_by"],
        updated=from_micros(row["updated"]),
        updated_by=row["updated_by"],
        version=row["version"],
    )
