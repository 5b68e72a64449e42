"""Twins: registrations that look the same to the public and differ in all that it can't see.

Written from contacts.md 7.3, as ``tests.private_marks`` is, and apart from
``store.publish``: a twin whose answers differ shows a leak, or a mistake here.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from hypothesis import strategies as st

from store.model import Card, PrivacyMode
from store.policy import Part
from store.publish import HeldContact
from store.published import Kind, PublicRole
from tests.private_marks import hides
from tests.registrations import REPOSITORY, PrivateContact, Registration

__all__ = ["twins"]

TEXTS = st.text("abyzABYZ 09-éßЖ漢", max_size=12)
# D-32: whether there is one shows, even where it is withheld.
PRESENCE_SHOWS = frozenset({Part.ORG, Part.FAX})


@st.composite
def twins(draw: st.DrawFn, registration: Registration) -> Registration:
    """Draw a registration of which no answer tells that it isn't *registration*."""
    published = registration.policy.published_roles
    proxied = registration.held.privacy is PrivacyMode.PROXY
    seen: dict[str, PrivateContact] = {}  # by the handle in the original
    contacts: dict[PublicRole, PrivateContact] = {}
    for role, contact in registration.contacts.items():
        if role not in published or proxied:
            continue
        if contact.handle not in seen:
            seen[contact.handle] = draw(_disguised(registration, contact))
        contacts[role] = _in_role(seen[contact.handle], contact.held)
    for role, contact in registration.contacts.items():
        if role not in contacts:
            contacts[role] = draw(_anybody(registration.serial, contact.held, contacts))
    in_order = {role: contacts[role] for role in registration.contacts}
    unseen = HeldContact(**{**_stranger_values(0), "role": PublicRole.TECH, "public_id": 0})
    # P-03: a billing contact leaves no trace, nor does being one.
    # Its ids are no other stranger's: one id is one contact, with one generation.
    apart = registration.serial + 1_000_000
    billing = draw(st.one_of(st.none(), _anybody(apart, unseen, in_order)))
    held = replace(registration.held, contacts=tuple(each.held for each in in_order.values()))
    return replace(registration, held=held, contacts=in_order, billing=billing)


def _in_role(contact: PrivateContact, link: HeldContact) -> PrivateContact:
    held = replace(contact.held, role=link.role, public_id=link.public_id)
    return replace(contact, held=held)


@st.composite
def _anybody(
    draw: st.DrawFn, serial: int, link: HeldContact, others: dict[PublicRole, PrivateContact]
) -> PrivateContact:
    """Draw who stands behind a link that shows nothing: a stranger, or a party of the name.

    The generation stays: a holder's aliases turn with it (D-12), and they are shown.
    """
    fitting = [each for each in others.values() if each.held.generation == link.generation]
    if fitting and draw(st.booleans()):
        return _in_role(draw(st.sampled_from(fitting)), link)
    return draw(_stranger(serial, link))


@st.composite
def _stranger(draw: st.DrawFn, serial: int, link: HeldContact) -> PrivateContact:
    number = draw(st.integers(10, 99))
    stem = f"yk{serial}p{number}{link.role.value}"
    values = _stranger_values(serial * 100 + number)
    held = HeldContact(
        **{
            **values,
            "roid": f"C{stem}-{REPOSITORY}".upper(),
            "role": link.role,
            "public_id": link.public_id,
            "generation": link.generation,
            "card": Card(
                name=f"{draw(TEXTS)}{stem}name",
                org=draw(st.sampled_from((None, f"{stem}org"))),
                street=(),
                city=f"{stem}city",
                cc="NZ",
                email=draw(st.sampled_from((None, f"{stem}email@mail.example"))),
            ),
        }
    )
    return _private(stem, held)


def _stranger_values(number: int) -> dict[str, Any]:
    return {
        "roid": "",
        "kind": None,
        "card": Card(name=""),
        "statuses": frozenset(),
        "disclosures": (),
        "generation": 1,
        "created": datetime(1999, 1, 1, tzinfo=UTC) + timedelta(seconds=number),
        "updated": None,
    }


def _private(stem: str, held: HeldContact) -> PrivateContact:
    return PrivateContact(
        held=held,
        handle=f"{stem}id",
        auth_hash=f"scrypt${stem}auth",
        second_name=f"{stem}second",
    )


@st.composite
def _disguised(
    draw: st.DrawFn, registration: Registration, contact: PrivateContact
) -> PrivateContact:
    """Draw *contact* with another value wherever its own is withheld."""
    stem = contact.handle.removesuffix("id").replace("zq", "yk")
    held, hidden = contact.held, partial(hides, registration, contact)
    changes: dict[str, Any] = {"card": draw(_card(stem, held.card, hidden))}
    if hidden(Part.NAME):
        changes |= {
            "roid": f"C{stem}{draw(st.sampled_from(('', 'X')))}-{REPOSITORY}".upper(),
            "kind": draw(st.sampled_from((None, *Kind))),
            "created": datetime(1998, 1, 1, tzinfo=UTC) + timedelta(seconds=registration.serial),
            "updated": None,
        }
    return _private(stem, replace(held, **changes))


@st.composite
def _card(draw: st.DrawFn, stem: str, card: Card, hidden: Any) -> Card:
    changes: dict[str, Any] = {}
    for part in (Part.NAME, Part.ORG, Part.CITY, Part.SP, Part.PC, Part.EMAIL):
        if not hidden(part) or (part in PRESENCE_SHOWS and not getattr(card, part.value)):
            continue
        absent = () if part in PRESENCE_SHOWS or part is Part.NAME else (None,)
        changes[part.value] = draw(st.sampled_from((f"{draw(TEXTS)}{stem}{part.value}", *absent)))
    if hidden(Part.STREET):
        changes["street"] = tuple(f"{stem}street{n}" for n in range(draw(st.integers(0, 3))))
    if hidden(Part.CC):
        changes["cc"] = draw(st.sampled_from(("AU", "FR", None)))
    for part in (Part.VOICE, Part.FAX):
        number, extension = part.value, f"{part.value}_ext"
        if hidden(part) and getattr(card, number):
            changes[number] = f"+64.23{draw(st.integers(0, 999_999_999)):09d}"
            if getattr(card, extension):
                changes[extension] = f"9{draw(st.integers(0, 99_999_999)):08d}"
    return replace(card, **changes)
