"""Builders of published values: complete by default, each part can be overridden.

A test names only what it is about: ``a_domain(statuses=(Status.OK,))``.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any

from store.published import (
    Absence,
    Dnssec,
    DsData,
    Help,
    KeyData,
    Kind,
    Notices,
    Party,
    PublicRole,
    PublishedDomain,
    PublishedEntity,
    PublishedHost,
    PublishedRegistrar,
    Reason,
    Standing,
    Withheld,
)
from store.queries import Absent, Found, Result
from store.statuses import Status

__all__ = [
    "AS_OF",
    "POLICY",
    "UNSIGNED",
    "a_domain",
    "a_help",
    "a_host",
    "a_party",
    "a_proxied_party",
    "a_redacted_party",
    "a_registrar",
    "a_signature",
    "absent",
    "an_entity",
    "found",
    "notices",
]

AS_OF = datetime(2026, 5, 29, 20, 15, tzinfo=UTC)
POLICY = Withheld(Reason.POLICY)
UNSIGNED = Dnssec(max_sig_life=None, ds=(), keys=())


def notices(**changes: Any) -> Notices:
    """Give a zone's notices: the long redaction text, two lines of terms, no URL."""
    plain = Notices(
        redaction_text="REDACTED FOR PRIVACY",
        terms=("These data are for information only.", "Bulk use is not allowed."),
        terms_url=None,
    )
    return replace(plain, **changes)


def a_party(role: PublicRole = PublicRole.REGISTRANT, **changes: Any) -> Party:
    """Give an open contact with a value in every field but ``contact_uri``."""
    plain = Party(
        role=role,
        handle=f"C-{role.value.upper()}-EXAMPLE",
        kind=Kind.INDIVIDUAL,
        standing=Standing.OPEN,
        name="Aroha Ngata",
        org="Ngata Orchards",
        street=("1 Kōwhai Street", "Unit 4"),
        city="Te Whanganui-a-Tara",
        sp="Wellington",
        pc="6011",
        cc="NZ",
        voice="+64.211234567",
        voice_ext="12",
        fax="+64.211234568",
        fax_ext="34",
        email=f"{role.value}@orchard.example",
        contact_uri=None,
        statuses=(Status.OK, Status.LINKED),
        created=datetime(2019, 3, 1, 8, 0, tzinfo=UTC),
        updated=datetime(2025, 11, 5, 9, 30, tzinfo=UTC),
    )
    return replace(plain, **changes)


def a_redacted_party(role: PublicRole = PublicRole.REGISTRANT, **changes: Any) -> Party:
    """Give a contact of which a ``gtld`` zone shows the state and the country alone (D-25)."""
    plain = a_party(
        role,
        handle=POLICY,
        kind=None,
        standing=Standing.PRIVATE,
        name=POLICY,
        org=POLICY,
        street=POLICY,
        city=POLICY,
        pc=POLICY,
        voice=POLICY,
        voice_ext=None,
        fax=None,
        fax_ext=None,
        email=POLICY,
        created=None,
        updated=None,
    )
    return replace(plain, **changes)


def a_proxied_party(role: PublicRole = PublicRole.REGISTRANT, **changes: Any) -> Party:
    """Give the card of a privacy service, the handle withheld (P-14)."""
    plain = a_party(
        role,
        handle=Withheld(Reason.PROXY),
        kind=Kind.ORGANISATION,
        standing=Standing.PROXY,
        name="On behalf of shop.example owner",
        org="Example Privacy Service",
        street=("9 Harbour Road",),
        city="Reykjavik",
        sp=None,
        pc="101",
        cc="IS",
        voice="+354.4212434",
        voice_ext=None,
        fax=None,
        fax_ext=None,
        email="7f3c0b2a@alias.example",
        created=None,
        updated=None,
    )
    return replace(plain, **changes)


def a_registrar(**changes: Any) -> PublishedRegistrar:
    """Give an accredited registrar with a value in every field."""
    plain = PublishedRegistrar(
        handle="R-ONE",
        iana_id=9995,
        name="Example Registrar, Inc.",
        street=("1 Registrar Road", "Floor 2"),
        city="Marina del Rey",
        sp="CA",
        pc="90292",
        cc="US",
        voice="+1.3105551212",
        voice_ext="7",
        fax="+1.3105551213",
        fax_ext="8",
        email="office@registrar.example",
        url="https://www.registrar.example",
        whois_server="whois.registrar.example",
        rdap_url="https://rdap.registrar.example/",
        abuse_email="abuse@registrar.example",
        abuse_phone="+1.1235551234",
        created=datetime(2010, 1, 1, tzinfo=UTC),
        updated=datetime(2024, 6, 30, 12, 0, tzinfo=UTC),
    )
    return replace(plain, **changes)


def a_host(name: str = "ns1.shop.example", **changes: Any) -> PublishedHost:
    """Give an in-zone name server with an IPv4 and an IPv6 address, looked up by itself."""
    plain = PublishedHost(
        name=name,
        unicode_name=None,
        handle="H1-EXAMPLE",
        statuses=(Status.OK, Status.LINKED),
        addresses=(ip_address("192.0.2.1"), ip_address("2001:db8::1")),
        registrar=a_registrar(),
        created=datetime(2020, 10, 8, 0, 45, tzinfo=UTC),
        updated=datetime(2023, 2, 3, 4, 5, 6, tzinfo=UTC),
        notices=notices(),
    )
    return replace(plain, **changes)


def a_signature(**changes: Any) -> Dnssec:
    """Give a delegation signed with one DS record and one key."""
    plain = Dnssec(
        max_sig_life=604800,
        ds=(DsData(key_tag=12345, algorithm=13, digest_type=2, digest="AB" * 32),),
        keys=(KeyData(flags=257, protocol=3, algorithm=13, public_key="AQPJ////4Q=="),),
    )
    return replace(plain, **changes)


def a_domain(name: str = "shop.example", **changes: Any) -> PublishedDomain:
    """Give an unsigned registration with three open contacts and two name servers."""
    delegation = {"registrar": None, "created": None, "updated": None}
    plain = PublishedDomain(
        name=name,
        unicode_name=None,
        handle="D1234567-EXAMPLE",
        zone="example",
        registrar=a_registrar(),
        statuses=(Status.CLIENT_DELETE_PROHIBITED, Status.CLIENT_TRANSFER_PROHIBITED),
        created=datetime(2020, 10, 8, 0, 45, tzinfo=UTC),
        updated=datetime(2026, 5, 29, 20, 13, tzinfo=UTC),
        expires=datetime(2027, 10, 8, 0, 44, 59, tzinfo=UTC),
        registrar_expires=None,
        transferred=datetime(2022, 4, 1, 10, 0, tzinfo=UTC),
        parties=tuple(a_party(role) for role in PublicRole),
        hosts=(
            a_host(f"ns1.{name}", **delegation),
            a_host("ns2.hosting.test", handle="H2-EXAMPLE", addresses=(), **delegation),
        ),
        dnssec=UNSIGNED,
        notices=notices(),
    )
    return replace(plain, **changes)


def an_entity(asked: str = "C-REGISTRANT-EXAMPLE", **changes: Any) -> PublishedEntity:
    """Give an open contact looked up by its handle, registrant and tech of some names."""
    plain = PublishedEntity(
        asked=asked,
        roles=(PublicRole.REGISTRANT, PublicRole.TECH),
        party=a_party(handle=asked),
        notices=notices(),
    )
    return replace(plain, **changes)


def a_help(*zones: str) -> Help:
    """Give the help of a server of *zones*, two by default."""
    return Help(zones=zones or ("co.example", "example"), notices=notices())


def found(result: Result, **changes: Any) -> Found:
    """Give the answer that holds *result*, as of :data:`AS_OF`."""
    return replace(Found(result=result, notices=notices(), as_of=AS_OF), **changes)


def absent(
    absence: Absence = Absence.NOT_FOUND,
    asked: type[PublishedDomain | PublishedHost | PublishedRegistrar | PublishedEntity] = (
        PublishedDomain
    ),
    **changes: Any,
) -> Absent:
    """Give the answer that says why ``shop.example`` is not there."""
    plain = Absent(
        absence=absence, asked=asked, name="shop.example", by=None, notices=notices(), as_of=AS_OF
    )
    return replace(plain, **changes)
