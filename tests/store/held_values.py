"""Builders and strategies of held records, and the walk that finds what a value holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any

from hypothesis import strategies as st

from store.handles import AliasCipher
from store.model import Card, Disclosure, Element, PrivacyMode, PrivacyService
from store.policy import Part, ZonePolicy, ZoneRole
from store.publish import HeldContact, HeldDomain, HeldHost
from store.published import Dnssec, Kind, PublicRole, Withheld
from store.statuses import Status
from tests.published_values import a_registrar

__all__ = [
    "CIPHER",
    "CONSENT",
    "a_held_contact",
    "a_held_domain",
    "a_private_card",
    "a_service",
    "every_value",
    "held_contacts",
    "held_domains",
    "hidden",
    "policies",
    "shown",
]

CIPHER = AliasCipher(bytes(range(32)))
CONSENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
_WHENCE = datetime(2001, 1, 1, tzinfo=UTC)


def shown(*elements: Element) -> tuple[Disclosure, ...]:
    """Give the holder's consent to show *elements*."""
    return tuple(Disclosure(element=element, show=True, at=CONSENT) for element in elements)


def hidden(*elements: Element) -> tuple[Disclosure, ...]:
    """Give the holder's wish to hide *elements*."""
    return tuple(Disclosure(element=element, show=False, at=None) for element in elements)


def a_private_card(mark: str = "A", **changes: Any) -> Card:
    """Give a card whose every value is found nowhere else and tells whose it is by *mark*."""
    plain = Card(
        name=f"{mark}-name",
        org=f"{mark}-org",
        street=(f"{mark}-street1", f"{mark}-street2"),
        city=f"{mark}-city",
        sp=f"{mark}-sp",
        pc=f"{mark}-pc",
        cc=f"{mark}-cc",
        voice=f"{mark}-voice",
        voice_ext=f"{mark}-voice_ext",
        fax=f"{mark}-fax",
        fax_ext=f"{mark}-fax_ext",
        email=f"{mark}-email",
    )
    return replace(plain, **changes)


def a_held_contact(role: PublicRole = PublicRole.REGISTRANT, **changes: Any) -> HeldContact:
    """Give a contact with a value in every field, each found nowhere else."""
    number = list(PublicRole).index(role) + 1
    plain = HeldContact(
        role=role,
        public_id=1000 + number,
        roid=f"C{number}-EXAMPLE",
        kind=Kind.INDIVIDUAL,
        card=a_private_card(role.value),
        statuses=frozenset(),
        disclosures=(),
        generation=1,
        created=_WHENCE.replace(year=2000 + number, month=6),
        updated=_WHENCE.replace(year=2010 + number, month=6),
    )
    return replace(plain, **changes)


def a_service(**changes: Any) -> PrivacyService:
    """Give a privacy service that makes aliases."""
    plain = PrivacyService(
        handle="P-ONE", card=a_private_card("service"), alias_domain="alias.example"
    )
    return replace(plain, **changes)


def a_held_domain(**changes: Any) -> HeldDomain:
    """Give a registration with three contacts and a name server, in mode ``none``."""
    plain = HeldDomain(
        id=7,
        name="shop.example",
        zone="example",
        roid="D7-EXAMPLE",
        registrar=a_registrar(),
        statuses=frozenset(),
        privacy=PrivacyMode.NONE,
        service=None,
        created=_WHENCE,
        updated=None,
        expires=_WHENCE.replace(year=2030),
        transferred=None,
        contacts=tuple(a_held_contact(role) for role in PublicRole),
        hosts=(
            HeldHost(
                name="ns1.shop.example",
                roid="H1-EXAMPLE",
                statuses=frozenset(),
                linked=True,
                addresses=(ip_address("192.0.2.1"),),
                registrar=a_registrar(),
                created=_WHENCE,
                updated=_WHENCE,
            ),
        ),
        dnssec=Dnssec(max_sig_life=None, ds=(), keys=()),
    )
    return replace(plain, **changes)


@st.composite
def disclosures(draw: st.DrawFn) -> tuple[Disclosure, ...]:
    """Draw a holder's word on some elements."""
    said = draw(st.dictionaries(st.sampled_from(Element), st.booleans()))
    return tuple(
        disclosure
        for element, show in said.items()
        for disclosure in (shown(element) if show else hidden(element))
    )


@st.composite
def held_contacts(draw: st.DrawFn, role: PublicRole) -> HeldContact:
    """Draw a contact in *role* of which some values may be missing."""
    full = a_private_card(role.value)
    optional = st.sets(st.sampled_from([field.name for field in fields(Card)]))
    gaps: dict[str, Any] = {
        name: () if name == "street" else None for name in draw(optional) - {"name"}
    }
    gaps.update({f"{name}_ext": None for name in ("voice", "fax") if name in gaps})
    return a_held_contact(
        role,
        card=replace(full, **gaps),
        kind=draw(st.sampled_from([None, *Kind])),
        disclosures=draw(disclosures()),
        generation=draw(st.integers(1, 2**32 - 1)),
        statuses=draw(st.sampled_from([frozenset(), frozenset({Status.CLIENT_UPDATE_PROHIBITED})])),
    )


@st.composite
def held_domains(draw: st.DrawFn) -> HeldDomain:
    """Draw a registration with up to three contacts, in any mode."""
    roles = draw(st.sets(st.sampled_from(PublicRole)))
    return a_held_domain(
        contacts=tuple(draw(held_contacts(role)) for role in roles),
        privacy=draw(st.sampled_from(PrivacyMode)),
        service=draw(
            st.sampled_from(
                [a_service(), a_service(alias_domain=None, contact_url="https://form.example/")]
            )
        ),
    )


@st.composite
def policies(draw: st.DrawFn) -> ZonePolicy:
    """Draw a zone's policy, built-in or not."""
    redacted = draw(st.frozensets(st.sampled_from(Part)))
    return ZonePolicy(
        profile="drawn",
        role=draw(st.sampled_from(ZoneRole)),
        published_roles=draw(st.frozensets(st.sampled_from(PublicRole))),
        redacted=redacted,
        always_shown=draw(st.frozensets(st.sampled_from(Part))) - redacted,
        contact_url=draw(st.sampled_from([None, "https://r.example/form/{name}/{role}"])),
    )


def every_value(value: object) -> Iterator[object]:
    """Walk to every leaf of a published value; a withheld one has no leaves."""
    if value is None or isinstance(value, Withheld):
        return
    if is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from every_value(getattr(value, field.name))
    elif isinstance(value, (tuple, list, set, frozenset)):
        for member in value:
            yield from every_value(member)
    else:
        yield value
