"""Builders of what the public views hold, with sensible defaults."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any

from store.model import Card, PrivacyMode, PrivacyService
from store.publish import HeldContact, HeldDomain, HeldHost
from store.published import Dnssec, DsData, Kind, PublicRole, PublishedRegistrar
from store.statuses import Status

CREATED = datetime(2020, 10, 8, 0, 45, tzinfo=UTC)
UPDATED = datetime(2026, 5, 29, 20, 13, tzinfo=UTC)
EXPIRES = datetime(2027, 10, 8, 0, 44, 59, tzinfo=UTC)
SIGNED = Dnssec(
    max_sig_life=None,
    ds=(DsData(key_tag=12345, algorithm=13, digest_type=2, digest="AB" * 32),),
    keys=(),
)


def a_card(**values: Any) -> Card:
    """Give a person's card in Wellington."""
    defaults: dict[str, Any] = {
        "name": "Aroha Ngata",
        "street": ("1 Kōwhai Street", "Flat 2"),
        "city": "Te Whanganui-a-Tara",
        "sp": "Wellington",
        "pc": "6011",
        "cc": "NZ",
        "voice": "+64.211234567",
        "voice_ext": "12",
        "email": "aroha@example.net",
    }
    return Card(**{**defaults, **values})


def a_holding(role: PublicRole = PublicRole.REGISTRANT, **values: Any) -> HeldContact:
    """Give a contact in one role, every value of it open to policy."""
    number = list(PublicRole).index(role) + 1
    defaults: dict[str, Any] = {
        "role": role,
        "public_id": number,
        "roid": f"C{number}-EXAMPLE",
        "kind": Kind.INDIVIDUAL,
        "card": a_card(),
        "statuses": frozenset(),
        "disclosures": (),
        "generation": 1,
        "created": CREATED,
        "updated": None,
    }
    return HeldContact(**{**defaults, **values})


def a_sponsor(**values: Any) -> PublishedRegistrar:
    """Give a registrar with everything a deposit and the write door can say."""
    defaults: dict[str, Any] = {
        "handle": "REG-A",
        "iana_id": 5555555,
        "name": "Example Registrar LLC",
        "street": ("123 Example Street",),
        "city": "Wellington",
        "sp": None,
        "pc": "6011",
        "cc": "NZ",
        "voice": "+64.41234567",
        "voice_ext": None,
        "fax": None,
        "fax_ext": None,
        "email": "desk@registrar.example",
        "url": "https://www.registrar.example",
        "whois_server": "whois.registrar.example",
        "rdap_url": "https://rdap.registrar.example/",
        "abuse_email": "abuse@registrar.example",
        "abuse_phone": "+64.41234568",
        "created": CREATED,
        "updated": None,
    }
    return PublishedRegistrar(**{**defaults, **values})


def a_held_host(name: str = "ns1.shop.example", *addresses: str, **values: Any) -> HeldHost:
    """Give a name server."""
    defaults: dict[str, Any] = {
        "name": name,
        "roid": f"H{len(name)}-EXAMPLE",
        "statuses": frozenset(),
        "linked": True,
        "addresses": tuple(map(ip_address, addresses)),
    }
    return HeldHost(**{**defaults, **values})


def a_service(**values: Any) -> PrivacyService:
    """Give a privacy service with aliases."""
    card = a_card(
        name="On behalf of the holder",
        org="Example Privacy Service",
        street=("PO Box 1",),
        city="Reykjavik",
        sp=None,
        pc="101",
        cc="IS",
        voice="+354.4212434",
        voice_ext=None,
        email=None,
    )
    defaults: dict[str, Any] = {"handle": "PRIV", "card": card, "alias_domain": "alias.example"}
    return PrivacyService(**{**defaults, **values})


def a_held_domain(**values: Any) -> HeldDomain:
    """Give a registration with all three published roles and two name servers."""
    defaults: dict[str, Any] = {
        "id": 1,
        "name": "shop.example",
        "zone": "example",
        "roid": "D1-EXAMPLE",
        "registrar": a_sponsor(),
        "statuses": frozenset({Status.CLIENT_TRANSFER_PROHIBITED}),
        "privacy": PrivacyMode.NONE,
        "service": None,
        "created": CREATED,
        "updated": UPDATED,
        "expires": EXPIRES,
        "transferred": None,
        "contacts": tuple(map(a_holding, PublicRole)),
        "hosts": (
            a_held_host("ns1.shop.example", "192.0.2.1", "2001:db8::1"),
            a_held_host("ns2.hosting.example"),
        ),
        "dnssec": Dnssec(max_sig_life=None, ds=(), keys=()),
    }
    return HeldDomain(**{**defaults, **values})
