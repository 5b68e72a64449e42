"""The parts of a registration that have tables of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from store.instants import from_micros, to_micros
from store.model import Domain, Link, Role
from store.published import Dnssec, DsData, KeyData
from store.sql.schema import contact, domain_contact, domain_dnssec, domain_host, host
from store.sql.sights import sight_of_link

__all__ = ["dnssec_of", "hosts_of", "links_of", "save_dnssec", "save_hosts", "save_links"]

_ROLES = tuple(Role)


def links_of(connection: Connection, numbers: Sequence[int]) -> dict[int, tuple[Link, ...]]:
    """Give the links of the domains with these row *numbers*, in the roles' own order."""
    table = domain_contact
    statement = (
        select(table, contact.c.handle)
        .join(contact, contact.c.id == table.c.contact_id)
        .where(table.c.domain_id.in_(numbers))
    )
    found: dict[int, list[Link]] = {}
    for row in connection.execute(statement).mappings():
        since = from_micros(row["since"])
        if since is None:
            raise ValueError("a link has a beginning")
        link = Link(
            role=Role(row["role"]),
            contact=row["handle"],
            contact_id=row["contact_id"],
            since=since,
            public_id=row["public_id"],
        )
        found.setdefault(row["domain_id"], []).append(link)
    return {
        number: tuple(sorted(links, key=lambda link: _ROLES.index(link.role)))
        for number, links in found.items()
    }


def hosts_of(connection: Connection, numbers: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Give the names of the domains' name servers, in ascending order."""
    statement = (
        select(domain_host.c.domain_id, host.c.name)
        .join(host, host.c.id == domain_host.c.host_id)
        .where(domain_host.c.domain_id.in_(numbers))
    )
    found: dict[int, list[str]] = {}
    for number, name in connection.execute(statement):
        found.setdefault(number, []).append(name)
    return {number: tuple(sorted(names)) for number, names in found.items()}


def dnssec_of(connection: Connection, lives: Mapping[int, int | None]) -> dict[int, Dnssec]:
    """Give the signing data of the domains in *lives*, which holds their ``maxSigLife``."""
    table = domain_dnssec
    statement = (
        select(table)
        .where(table.c.domain_id.in_(lives.keys()))
        .order_by(table.c.domain_id, table.c.position)
    )
    ds: dict[int, list[DsData]] = {}
    keys: dict[int, list[KeyData]] = {}
    for row in connection.execute(statement).mappings():
        if row["digest"] is not None:
            ds.setdefault(row["domain_id"], []).append(_ds_of(row))
        else:
            keys.setdefault(row["domain_id"], []).append(_key_of(row))
    return {
        number: Dnssec(
            max_sig_life=life, ds=tuple(ds.get(number, ())), keys=tuple(keys.get(number, ()))
        )
        for number, life in lives.items()
    }


def save_links(connection: Connection, before: Domain, after: Domain) -> bool:
    """Write the links of a domain that differ; the others keep their rows.

    Tell whether the domain shows its contacts otherwise than before.
    """
    table = domain_contact
    gone = [link.role.value for link in before.links if link not in after.links]
    if gone:
        mine = table.c.domain_id == after.id
        connection.execute(delete(table).where(mine, table.c.role.in_(gone)))
    new = [link for link in after.links if link not in before.links]
    if new:
        rows = [
            {
                "domain_id": after.id,
                "role": link.role.value,
                "contact_id": link.contact_id,
                "since": to_micros(link.since),
                "public_id": link.public_id,
                "sight": sight_of_link(link.role, after.privacy, after.zone),
            }
            for link in new
        ]
        connection.execute(insert(table), rows)
    if before.privacy is after.privacy:
        return bool(gone or new)
    for link in after.links:
        sight = sight_of_link(link.role, after.privacy, after.zone)
        key = (table.c.domain_id == after.id, table.c.role == link.role.value)
        connection.execute(update(table).where(*key).values(sight=sight))
    return True


def save_hosts(
    connection: Connection, number: int, before: tuple[str, ...], after: tuple[str, ...]
) -> None:
    """Write the delegations of a domain that differ; the hosts exist."""
    table = domain_host
    gone, new = set(before) - set(after), set(after) - set(before)
    if gone:
        numbers = select(host.c.id).where(host.c.name.in_(gone))
        connection.execute(
            delete(table).where(table.c.domain_id == number, table.c.host_id.in_(numbers))
        )
    if new:
        numbers_of = connection.execute(select(host.c.id).where(host.c.name.in_(new)))
        rows = [{"domain_id": number, "host_id": host_id} for (host_id,) in numbers_of]
        connection.execute(insert(table), rows)


def save_dnssec(connection: Connection, number: int, dnssec: Dnssec) -> None:
    """Write a domain's signing data anew."""
    table = domain_dnssec
    connection.execute(delete(table).where(table.c.domain_id == number))
    empty: dict[str, Any] = dict.fromkeys(
        ("key_tag", "digest_type", "digest", "flags", "protocol", "public_key")
    )
    rows = [empty | _ds_columns(ds) for ds in dnssec.ds]
    rows += [empty | _key_columns(key) for key in dnssec.keys]
    if rows:
        connection.execute(
            insert(table),
            [row | {"domain_id": number, "position": at} for at, row in enumerate(rows)],
        )


def _ds_of(row: RowMapping) -> DsData:
    return DsData(
        key_tag=row["key_tag"],
        algorithm=row["algorithm"],
        digest_type=row["digest_type"],
        digest=row["digest"],
    )


def _key_of(row: RowMapping) -> KeyData:
    return KeyData(
        flags=row["flags"],
        protocol=row["protocol"],
        algorithm=row["algorithm"],
        public_key=row["public_key"],
    )


def _ds_columns(ds: DsData) -> dict[str, Any]:
    return {
        "key_tag": ds.key_tag,
        "algorithm": ds.algorithm,
        "digest_type": ds.digest_type,
        "digest": ds.digest,
    }


def _key_columns(key: KeyData) -> dict[str, Any]:
    return {
        "flags": key.flags,
        "protocol": key.protocol,
        "algorithm": key.algorithm,
        "public_key": key.public_key,
    }
