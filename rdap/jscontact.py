"""Contact cards in JSContact (RFC 9553), beside the jCards where a client asks for them.

Member ``jscontact_card`` of draft-ietf-regext-rdap-jscontact, with the map keys that it
fixes (conformance.md 2.3). The card holds what the jCard of the same contact holds; a
withheld or missing value is not there, and no words stand in for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from rdap.jcard import form_url, kind_word, phone_value, shown
from rdap.members import JsonObject, Place, without_empty
from rdap.search.parameters import list_parameters
from rdap.text import clean, path_segment, web_url
from store.published import Field, Party, PublishedRegistrar

__all__ = [
    "CARD",
    "CONFORMANCE_ID",
    "abuse_contact",
    "entity_url",
    "jscontact_asked",
    "jscontact_used",
    "party_contact",
    "registrar_contact",
    "registrar_name_contact",
]

CARD: Final = "jscontact_card"
CONFORMANCE_ID: Final = "jscontact"  # conformance.md 2.3.2

# Of the query string, in any letter case: the extension's id, and the word that early
# revisions of the draft had for it and clients still send.
_PARAMETERS = frozenset({CONFORMANCE_ID, "jscard"})
_YES = frozenset({"1", "true", "yes"})


def jscontact_asked(target: str, extensions: frozenset[str]) -> bool:
    """Tell whether a client asks for cards of this form (conformance.md 2.3.4).

    It does so in the query string of *target*, or by the id among the *extensions* of
    its ``Accept`` field.

    >>> jscontact_asked("/domain/shop.example?jscontact=1", frozenset())
    True
    """
    if CONFORMANCE_ID in extensions:
        return True
    query = target.partition("#")[0].partition("?")[2]
    return "=" in query and any(
        (each.name or "").lower() in _PARAMETERS and (each.value or "").lower() in _YES
        for each in list_parameters(query)
    )


def jscontact_used(value: object) -> bool:
    """Tell whether a card of this form stands anywhere in *value*, an answer or a part of one."""
    match value:
        case dict():
            return CARD in value or any(jscontact_used(each) for each in value.values())
        case list():
            return any(jscontact_used(each) for each in value)
        case _:
            return False


def entity_url(place: Place, identifier: str) -> str:
    """Give the URL of an entity's own look-up, as its self link has it."""
    return f"{place.base}entity/{path_segment(identifier)}"


def party_contact(party: Party, *, identity: str | None) -> JsonObject:
    """Make the card of a contact; *identity* is its own URL, ``None`` where its handle is withheld.

    A ``uid`` is made of nothing but that URL, so it tells no more than the handle does
    (conformance.md 2.3.3).
    """
    street = party.street if isinstance(party.street, tuple) else ()
    return _card(
        uid=_uid(identity),
        kind=None if party.kind is None else kind_word(party.kind),
        name=_full(shown(party.name)),
        organizations=_one("org", "name", shown(party.org)),
        addresses=_addresses(street, party.city, party.sp, party.pc, party.cc),
        phones=_phones((party.voice, party.voice_ext), (party.fax, party.fax_ext)),
        emails=_one("email", "address", shown(party.email)),
        links=_form(form_url(party)),
    )


def registrar_name_contact(registrar: PublishedRegistrar, *, identity: str) -> JsonObject:
    """Make the short card of a registrar inside another object: its name and web site."""
    return _card(uid=_uid(identity), name=_full(clean(registrar.name)), links=_site(registrar.url))


def registrar_contact(registrar: PublishedRegistrar, *, identity: str) -> JsonObject:
    """Make the full card of a registrar looked up by itself."""
    place = (registrar.city, registrar.sp, registrar.pc, registrar.cc)
    return _card(
        uid=_uid(identity),
        name=_full(clean(registrar.name)),
        addresses=_addresses(registrar.street, *place),
        phones=_phones((registrar.voice, registrar.voice_ext), (registrar.fax, registrar.fax_ext)),
        emails=_one("email", "address", shown(registrar.email)),
        links=_site(registrar.url),
    )


def abuse_contact(registrar: PublishedRegistrar, *, identity: str) -> JsonObject:
    """Make the card of a registrar's abuse contact; *identity* is the registrar's own URL."""
    return _card(
        uid=_uid(f"{identity}#abuse"),
        name=_full("Abuse Contact"),
        phones=_phones((registrar.abuse_phone, None), (None, None)),
        emails=_one("email", "address", shown(registrar.abuse_email)),
    )


def _card(**members: object) -> JsonObject:
    return {"@type": "Card", "version": "1.0", **without_empty(members)}


def _uid(identity: str | None) -> str | None:
    return None if identity is None else uuid5(NAMESPACE_URL, identity).urn


def _full(name: str | None) -> JsonObject:
    return {"full": name} if name else {}  # RFC 9553 §2.2.1


def _one(key: str, member: str, value: str | None) -> JsonObject:
    """Make a map of one object that has one member, or of none."""
    return {} if value is None else {key: {member: value}}


def _addresses(street: Iterable[str], city: Field, sp: Field, pc: Field, cc: Field) -> JsonObject:
    """Make the address of the parts that are shown (RFC 9553 §2.5.1), none where none is.

    Each line of the street is a component of its own, in the lines' order.
    """
    lines = [("name", shown(line)) for line in street]
    places = [("locality", shown(city)), ("region", shown(sp)), ("postcode", shown(pc))]
    parts = [{"kind": kind, "value": value} for kind, value in (*lines, *places) if value]
    address = without_empty({"components": parts, "countryCode": shown(cc)})
    return {"addr": address} if address else {}


def _phones(voice: tuple[Field, Field], fax: tuple[Field, Field]) -> JsonObject:
    """Make the numbers, each with its extension, as the jCard spells them (RFC 9553 §2.3.3)."""
    made: JsonObject = {}
    for feature, (number, extension) in (("voice", voice), ("fax", fax)):
        spelled = phone_value(number, extension)
        if spelled is not None:
            made[feature] = {"features": {feature: True}, "number": spelled[1]}
    return made


def _form(url: str | None) -> JsonObject:
    return {} if url is None else {"contact-uri": {"kind": "contact", "uri": url}}


def _site(uri: str | None) -> JsonObject:
    url = web_url(uri)
    return {} if url is None else {"url": {"uri": url}}
