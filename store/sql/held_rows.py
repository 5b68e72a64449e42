"""Rows of the public views, read back into what ``publish`` is handed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from ipaddress import ip_address
from typing import Any

import orjson

from store.disclosures_json import read_disclosures
from store.instants import from_micros, later_of
from store.model import Card, Disclosure, PrivacyMode, PrivacyService
from store.names import Address
from store.publish import HeldContact, HeldDomain, HeldHost
from store.published import Dnssec, DsData, KeyData, Kind, PublicRole, PublishedRegistrar
from store.sql.statements import CARD, DOMAIN, REGISTRAR
from store.statuses import Status

__all__ = [
    "Rows",
    "contact_of",
    "dnssec_of",
    "domain_of",
    "hosts_of",
    "instant_of",
    "nested_hosts_of",
    "registrar_of",
    "service_of",
    "statuses_of",
]

Rows = Sequence[Sequence[Any]]


def instant_of(micros: int) -> datetime:
    """Read the stamp of the last commit, in whole milliseconds for people's sake."""
    return from_micros(micros // 1000 * 1000)


_KNOWN = frozenset(Status)

# Calling an enumeration takes five times as long.
_ROLES = {each.value: each for each in PublicRole}
_KINDS = {each.value: each for each in Kind}
_MODES = {each.value: each for each in PrivacyMode}


@lru_cache(maxsize=1024)
def statuses_of(text: str) -> frozenset[Status]:
    """Read stored statuses; a later program's are not ours to print (conformance.md 3.6)."""
    return frozenset(Status(word) for word in text.split() if word in _KNOWN)


@lru_cache(maxsize=65536)
def _address(text: str) -> Address:
    return ip_address(text)


def _street(lines: Sequence[str | None]) -> tuple[str, ...]:
    return tuple(line for line in lines if line)


def _card(row: Sequence[Any]) -> Card:
    return Card(
        name=row[0],
        org=row[1],
        street=_street(row[2:5]),
        city=row[5],
        sp=row[6],
        pc=row[7],
        cc=row[8],
        voice=row[9],
        voice_ext=row[10],
        fax=row[11],
        fax_ext=row[12],
        email=row[13],
    )


def contact_of(row: Sequence[Any]) -> HeldContact:
    """Read a row of a contact in one role (``statements.CONTACT``)."""
    after = 4 + len(CARD)
    return HeldContact(
        role=_ROLES[row[0]],
        public_id=row[1],
        roid=row[2],
        kind=_KINDS[row[3]] if row[3] else None,
        card=_card(row[4:after]),
        statuses=statuses_of(row[after]),
        disclosures=_disclosures(row[after + 1]),
        generation=row[after + 2],
        created=from_micros(row[after + 3]),
        updated=from_micros(row[after + 4]),
    )


@lru_cache(maxsize=1024)
def _disclosures(text: str) -> tuple[Disclosure, ...]:
    if text == "{}":
        return ()
    return read_disclosures(orjson.loads(text))


def domain_of(
    row: Sequence[Any],
    contacts: tuple[HeldContact, ...],
    hosts: tuple[HeldHost, ...],
    keys: Rows,
) -> HeldDomain:
    """Read a row of a domain (``statements.DOMAIN``), its registrar and its service, if any."""
    sponsor, service = len(DOMAIN), len(DOMAIN) + len(REGISTRAR)
    return HeldDomain(
        id=row[0],
        name=row[1],
        zone=row[2],
        roid=row[3],
        statuses=statuses_of(row[4]),
        privacy=_MODES[row[5]],
        created=from_micros(row[7]),
        updated=from_micros(row[8]),
        expires=from_micros(row[9]),
        transferred=from_micros(row[10]),
        locked_until=later_of(row[11], row[12]),
        change_until=later_of(row[13], row[14]),
        registrar=registrar_of(row[sponsor:service]),
        service=service_of(row[service:]) if row[service] is not None else None,
        contacts=contacts,
        hosts=hosts,
        dnssec=dnssec_of(row[6], keys),
    )


def registrar_of(row: Sequence[Any]) -> PublishedRegistrar:
    """Read a row of a registrar (``statements.REGISTRAR``)."""
    return _registrar(tuple(row))


# A registry has some hundreds of registrars, and each name shows one of them.
@lru_cache(maxsize=1024)
def _registrar(row: tuple[Any, ...]) -> PublishedRegistrar:
    return PublishedRegistrar(
        handle=row[0],
        iana_id=row[1],
        name=row[2],
        street=_street(row[3:6]),
        city=row[6],
        sp=row[7],
        pc=row[8],
        cc=row[9],
        voice=row[10],
        voice_ext=row[11],
        fax=row[12],
        fax_ext=row[13],
        email=row[14],
        url=row[15],
        whois_server=row[16],
        rdap_url=row[17],
        abuse_email=row[18],
        abuse_phone=row[19],
        created=from_micros(row[20]),
        updated=from_micros(row[21]),
    )


def service_of(row: Sequence[Any]) -> PrivacyService:
    """Read a privacy service: its handle, its card, alias domain and form."""
    return _service(tuple(row))


@lru_cache(maxsize=256)
def _service(row: tuple[Any, ...]) -> PrivacyService:
    after = 1 + len(CARD)
    return PrivacyService(
        handle=row[0], card=_card(row[1:after]), alias_domain=row[after], contact_url=row[after + 1]
    )


def _in_order(address: Address) -> tuple[int, int]:
    return address.version, int(address)


def _grouped(rows: Rows) -> dict[int, tuple[Sequence[Any], tuple[Address, ...]]]:
    """Gather the rows of each host: the first row, and all addresses in order."""
    found: dict[int, tuple[Sequence[Any], list[Address]]] = {}
    for row in rows:
        _, addresses = found.setdefault(row[0], (row, []))
        if row[4] is not None:
            addresses.append(_address(row[4]))
    return {
        ident: (
            row,
            tuple(sorted(addresses, key=_in_order) if len(addresses) > 1 else addresses),
        )
        for ident, (row, addresses) in found.items()
    }


def nested_hosts_of(rows: Rows) -> tuple[HeldHost, ...]:
    """Read the name servers of a domain, a row for each address."""
    return tuple(
        HeldHost(
            name=row[1], roid=row[2], statuses=statuses_of(row[3]), linked=True, addresses=addresses
        )
        for row, addresses in _grouped(rows).values()
    )


def hosts_of(rows: Rows) -> tuple[HeldHost, ...]:
    """Read name servers looked up for themselves, a row for each address."""
    return tuple(
        HeldHost(
            name=row[1],
            roid=row[2],
            statuses=statuses_of(row[3]),
            addresses=addresses,
            linked=bool(row[5]),
            created=from_micros(row[6]),
            updated=from_micros(row[7]),
            registrar=registrar_of(row[8:]) if row[8] is not None else None,
        )
        for row, addresses in _grouped(rows).values()
    )


def dnssec_of(max_sig_life: int | None, rows: Rows) -> Dnssec:
    """Read DS and key rows, in order."""
    ds = tuple(
        DsData(key_tag=row[0], algorithm=row[1], digest_type=row[2], digest=row[3])
        for row in rows
        if row[3] is not None
    )
    keys = tuple(
        KeyData(flags=row[4], protocol=row[5], algorithm=row[1], public_key=row[6])
        for row in rows
        if row[6] is not None
    )
    return Dnssec(max_sig_life=max_sig_life, ds=ds, keys=keys)
