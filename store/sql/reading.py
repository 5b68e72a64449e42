"""Look-ups in the public views, without a connection.

Each look-up is a generator: it yields a statement's name and its one value, is sent
the rows, and returns what they hold. A source runs it on one snapshot, whatever its
driver (``store.sql.sources``).
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from datetime import datetime

import orjson

from store.folding import fold_handle, fold_name
from store.handles import parse_link_handle
from store.publish import HeldContact, HeldDomain, HeldHost
from store.published import PublicRole, PublishedRegistrar
from store.sql.held_rows import (
    Rows,
    contact_of,
    domain_of,
    hosts_of,
    instant_of,
    nested_hosts_of,
    registrar_of,
)
from store.sql.sights import Sight
from store.values import value

__all__ = [
    "NAME",
    "ContactRow",
    "DomainRow",
    "Fetch",
    "LinkRow",
    "Opening",
    "Rows",
    "contact_attempts",
    "contact_sights",
    "find_caseless_registrar",
    "find_contact",
    "find_domain",
    "find_exact_registrar",
    "find_host",
    "find_link",
    "find_registrar",
    "find_reserved",
    "list_hosts",
    "list_zones",
    "open_search",
    "read_secret",
    "read_stamp",
]

Fetch = tuple[str, object]

NAME = "name"  # not a question: a domain by its name and the zones before it, in one go


@value(frozen=True, slots=True, kw_only=True)
class DomainRow:
    """The instant of the last commit, and the domain or ``None``.

    ``imported`` tells whether a deposit brought its zone.
    """

    as_of: datetime
    domain: HeldDomain | None
    imported: bool


@value(frozen=True, slots=True, kw_only=True)
class ContactRow:
    """A contact that was asked for: its row, its ROID, and what was asked as it is stored."""

    id: int
    roid: str
    asked: str


@value(frozen=True, slots=True, kw_only=True)
class LinkRow:
    """Where a link's public handle leads."""

    domain_id: int
    role: PublicRole


@value(frozen=True, slots=True, kw_only=True)
class Opening:
    """What a search begins with: the last commit, the store's secret and deposits' zones.

    Where people are looked for, also every set of sights that contacts have, as it is
    spelled, and the handle and name of each privacy service.
    """

    as_of: datetime
    secret: bytes
    imported: frozenset[str]
    sets: tuple[str, ...] = ()
    services: tuple[tuple[str, str | None], ...] = ()


def find_domain(statement: str, key: str | int) -> Generator[Fetch, Rows, DomainRow]:
    """Look up a domain by *statement*, ``domain_by_name`` or ``domain_by_id``."""
    (row,) = yield statement, key
    as_of = instant_of(row[0])
    if row[2] is None:
        return DomainRow(as_of=as_of, domain=None, imported=False)
    ident = row[2]
    contacts = yield "domain_contacts", ident
    hosts = yield "domain_hosts", ident
    dnssec = yield "domain_dnssec", ident
    domain = domain_of(row[2:], tuple(map(contact_of, contacts)), nested_hosts_of(hosts), dnssec)
    return DomainRow(as_of=as_of, domain=domain, imported=bool(row[1]))


def find_host(name: str) -> Generator[Fetch, Rows, HeldHost | None]:
    """Look up a name server by its name."""
    rows = yield "host_by_name", name
    hosts = hosts_of(rows)
    return hosts[0] if hosts else None


def list_hosts(address: str) -> Generator[Fetch, Rows, tuple[HeldHost, ...]]:
    """List the name servers with *address* (RFC 5952 form), the first 101 by name."""
    rows = yield "hosts_by_address", address
    return hosts_of(rows)


def find_registrar(text: str) -> Generator[Fetch, Rows, PublishedRegistrar | None]:
    """Look up a registrar by IANA id, then by its own id, then by its name."""
    attempts = [*_exact_registrar(text), *_caseless_registrar(text)]
    if key := fold_name(text):
        attempts.append(("registrar_by_name_key", key))
    return (yield from _first_registrar(attempts))


def find_caseless_registrar(text: str) -> Generator[Fetch, Rows, PublishedRegistrar | None]:
    """Look up a registrar by its own id, whatever the case."""
    return (yield from _first_registrar(_caseless_registrar(text)))


def find_exact_registrar(text: str) -> Generator[Fetch, Rows, PublishedRegistrar | None]:
    """Look up a registrar by IANA id, then by its own id as it is spelled."""
    return (yield from _first_registrar(_exact_registrar(text)))


def _exact_registrar(text: str) -> list[Fetch]:
    # "0292" is an id of somebody's own; the IANA id is spelled 292.
    numeric = text.isascii() and text.isdigit() and len(text) < 10 and text == str(int(text))
    by_gurid: list[Fetch] = [("registrar_by_gurid", int(text))] if numeric else []
    return [*by_gurid, ("registrar_by_handle", text)]


def _caseless_registrar(text: str) -> list[Fetch]:
    return [("registrar_by_handle_key", fold_handle(text))]


def _first_registrar(
    attempts: Sequence[Fetch],
) -> Generator[Fetch, Rows, PublishedRegistrar | None]:
    for attempt in attempts:
        rows = yield attempt
        if rows:
            return registrar_of(rows[0])
    return None


def contact_attempts(handle: str, *, exact: bool) -> tuple[Fetch, ...]:
    """Give the ways to :func:`find_contact` by ROID or id, in their order.

    Not *exact*: whatever the case, if that is unique.
    """
    if exact:
        return ("contact_by_roid", handle), ("contact_by_handle", handle)
    return ("contact_by_roid", handle.upper()), ("contact_by_handle_key", fold_handle(handle))


def find_contact(attempt: Fetch) -> Generator[Fetch, Rows, ContactRow | None]:
    """Find a contact in one of these ways, if some name shows it."""
    rows = yield attempt
    if len(rows) != 1:
        return None
    ((ident, own, roid),) = rows
    asked = roid if attempt[0] == "contact_by_roid" else own
    return ContactRow(id=ident, roid=roid, asked=asked)


def contact_sights(ident: int) -> Generator[Fetch, Rows, tuple[HeldContact, tuple[Sight, ...]]]:
    """Give the contact with each zone, mode and role it is seen through."""
    values = yield "contact_values", ident
    rows = yield "contact_sights", ident
    return contact_of(values[0]), tuple(Sight.read(row[0]) for row in rows)


def find_link(handle: str, repository: str) -> Generator[Fetch, Rows, LinkRow | None]:
    """Give where the public handle of a link leads, or ``None``."""
    public_id = parse_link_handle(handle, repository)
    if public_id is None:
        return None
    rows = yield "link_by_public_id", public_id
    if not rows:
        return None
    return LinkRow(domain_id=rows[0][0], role=PublicRole(rows[0][1]))


def find_reserved(name: str) -> Generator[Fetch, Rows, tuple[bool, str | None] | None]:
    """Give whether the reserved *name* is blocked and by whom, ``None`` if it isn't reserved."""
    rows = yield "reserved", name
    return (bool(rows[0][0]), rows[0][1]) if rows else None


def list_zones() -> Generator[Fetch, Rows, frozenset[str]]:
    """Give the zones that deposits brought."""
    rows = yield "zones", None
    return frozenset(row[0] for row in rows)


def read_secret() -> Generator[Fetch, Rows, bytes]:
    """Give the store's secret, under which privacy aliases are made (D-12)."""
    ((secret,),) = yield "secret", None
    return bytes(secret)


def open_search(*, people: bool) -> Generator[Fetch, Rows, Opening]:
    """Give what every search begins with; *people*: some are looked for."""
    (row,) = yield ("opening_of_people" if people else "opening"), {}
    zones, *others = (orjson.loads(each or "[]") for each in row[2:])
    sets, services = others or ((), ())
    return Opening(
        as_of=instant_of(row[0]),
        secret=bytes(row[1]),
        imported=frozenset(name for (name,) in zones),
        sets=tuple(spelled for (spelled,) in sets),
        services=tuple((handle, name) for handle, name in services),
    )


def read_stamp() -> Generator[Fetch, Rows, datetime]:
    """Give the instant of the last commit."""
    rows = yield "stamp", None
    return instant_of(rows[0][0])
