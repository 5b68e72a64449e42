"""Registrations written into a store, with all that no public view holds."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from store.instants import to_micros
from store.model import Card, Disclosure, Role
from store.sql.database import Database
from store.sql.sights import sight_of_link
from store.statuses import Status
from tests.registrations import PrivateContact, Registration
from tests.stores import RowWriter, write_rows

__all__ = ["store_registrations"]


def store_registrations(database: Database, *registrations: Registration) -> None:
    """Write *registrations* in one transaction, and the line of the log that dates it."""

    def fill(rows: RowWriter) -> None:
        for each in registrations:
            _write(rows, each)
            rows.row("change_log", at=1_700_000_000_000_000 + each.serial, kind="x", subject="x")

    write_rows(database, fill)


def _write(rows: RowWriter, registration: Registration) -> None:
    held, serial = registration.held, registration.serial
    sponsor = held.registrar
    rows.registrar(
        sponsor.handle,
        name=sponsor.name,
        gurid=sponsor.iana_id,
        url=sponsor.url,
        whois_server=sponsor.whois_server,
        rdap_url=sponsor.rdap_url,
        abuse_email=sponsor.abuse_email,
        abuse_phone=sponsor.abuse_phone,
    )
    if held.service is not None:
        service = held.service
        rows.row(
            "privacy_service",
            handle=service.handle,
            alias_domain=service.alias_domain,
            contact_url=service.contact_url,
            version=1,
            **_card(service.card),
        )
    numbers = {}
    for at, contact in enumerate(registration.everyone()):
        numbers[contact.handle] = serial * 10 + at
        _write_contact(rows, numbers[contact.handle], contact, sponsor.handle)
    _write_domain(rows, registration, numbers)


def _write_contact(rows: RowWriter, number: int, contact: PrivateContact, registrar: str) -> None:
    held = contact.held
    rows.contact(
        number,
        handle=contact.handle,
        roid=held.roid,
        registrar=registrar,
        kind=held.kind.value if held.kind else None,
        statuses=_statuses(held.statuses),
        disclosures=_disclosures(held.disclosures),
        auth_hash=contact.auth_hash,
        generation=held.generation,
        created=_micros(held.created),
        created_by=f"{contact.handle}by",
        updated=_micros(held.updated),
        updated_by=f"{contact.handle}by",
        **_card(held.card),
    )
    rows.row("contact_second_form", contact_id=number, name=contact.second_name)
    rows.row(
        "history",
        kind="contact",
        subject=contact.handle,
        action="updated",
        at=1,
        actor="somebody",
        door="cli",
        changes=json.dumps({"name": [held.card.name, contact.second_name]}),
    )


def _write_domain(rows: RowWriter, registration: Registration, numbers: dict[str, int]) -> None:
    held, serial = registration.held, registration.serial
    rows.domain(
        serial,
        held.name,
        {},
        zone=held.zone,
        roid=held.roid,
        registrar=held.registrar.handle,
        statuses=_statuses(held.statuses),
        privacy=held.privacy.value,
        privacy_service=held.service.handle if held.service else None,
        max_sig_life=held.dnssec.max_sig_life,
        created=_micros(held.created),
        updated=_micros(held.updated),
        expires=_micros(held.expires),
        transferred=_micros(held.transferred),
    )
    links = [(each.value, c, c.held.public_id) for each, c in registration.contacts.items()]
    if registration.billing is not None:
        links.append((Role.BILLING.value, registration.billing, serial * 8 + 7))
    for role, contact, public_id in links:
        rows.row(
            "domain_contact",
            domain_id=serial,
            role=role,
            contact_id=numbers[contact.handle],
            since=1,
            public_id=public_id,
            sight=sight_of_link(Role(role), held.privacy, held.zone),
        )
    _write_hosts(rows, registration)
    _write_keys(rows, registration)


def _write_hosts(rows: RowWriter, registration: Registration) -> None:
    for at, host in enumerate(registration.held.hosts):
        number = registration.serial * 10 + at
        rows.host(
            number,
            host.name,
            *map(str, host.addresses),
            roid=host.roid,
            statuses=_statuses(host.statuses),
            registrar=registration.held.registrar.handle,
        )
        rows.delegation(registration.serial, number)


def _write_keys(rows: RowWriter, registration: Registration) -> None:
    dnssec, position = registration.held.dnssec, 0
    for position, ds in enumerate(dnssec.ds):
        rows.row(
            "domain_dnssec",
            domain_id=registration.serial,
            position=position,
            key_tag=ds.key_tag,
            algorithm=ds.algorithm,
            digest_type=ds.digest_type,
            digest=ds.digest,
        )
    for after, key in enumerate(dnssec.keys, start=10):
        rows.row(
            "domain_dnssec",
            domain_id=registration.serial,
            position=after,
            algorithm=key.algorithm,
            flags=key.flags,
            protocol=key.protocol,
            public_key=key.public_key,
        )


def _card(card: Card) -> dict[str, Any]:
    street = dict(zip(("street1", "street2", "street3"), card.street, strict=False))
    plain = ("name", "org", "city", "sp", "pc", "cc", "voice", "voice_ext", "fax", "fax_ext")
    return {**street, **{name: getattr(card, name) for name in (*plain, "email")}}


def _statuses(statuses: frozenset[Status]) -> str:
    return " ".join(sorted(statuses))


def _disclosures(disclosures: tuple[Disclosure, ...]) -> str:
    return json.dumps({d.element.value: _micros(d.at) for d in disclosures})


def _micros(moment: datetime | None) -> int | None:
    return None if moment is None else to_micros(moment)
