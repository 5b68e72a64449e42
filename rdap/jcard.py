"""Contact cards in JSON (jCard, RFC 7095), as RDAP wants them.

A withheld or missing name is an empty ``fn``; a withheld part of the address is an
empty slot of an address that shows another; every other withheld value is left out
(RFC 9537 §3.1, §3.2).
No placeholder words stand in any value (conformance.md 4.7.4).
"""

from __future__ import annotations

import re
from operator import attrgetter
from typing import assert_never

import orjson

from rdap.text import clean, web_url
from store.published import Field, Kind, Party, PublishedRegistrar, Withheld

__all__ = [
    "Property",
    "abuse_card",
    "finished_card",
    "form_url",
    "has_address",
    "kind_word",
    "party_card",
    "phone_value",
    "registrar_card",
    "registrar_name_card",
    "shown",
]

Property = list[object]

_NUMBER = re.compile(r"\+[0-9]{1,3}\.[0-9]{1,14}")  # RFC 5733 §2.5
_DIGITS = re.compile(r"[0-9]+")

_MOST_HIDDEN = 4096
_HIDDEN: dict[object, orjson.Fragment] = {}
_shown_values = attrgetter(
    *("kind", "org", "city", "sp", "pc", "cc", "voice", "voice_ext", "fax", "fax_ext"),
    *("email", "contact_uri"),
)


def finished_card(party: Party) -> object:
    """Make the ``vcardArray`` of a contact that stands in a domain.

    Of those who show neither name nor street few differ: their cards are finished JSON.
    """
    if not (isinstance(party.name, Withheld) and isinstance(party.street, Withheld)):
        return party_card(party)
    key = _shown_values(party)
    made = _HIDDEN.get(key)
    if made is None:
        if len(_HIDDEN) >= _MOST_HIDDEN:
            _HIDDEN.clear()
        made = _HIDDEN[key] = orjson.Fragment(orjson.dumps(party_card(party)))
    return made


def party_card(party: Party) -> list[object]:
    """Make the ``vcardArray`` of a contact."""
    properties = [_text("fn", shown(party.name) or "")]
    if party.kind is not None:
        properties.append(_text("kind", kind_word(party.kind)))
    if party.org is not None:
        properties += _organisation(party.org)
    street = party.street if isinstance(party.street, tuple) else ()
    properties += _address(street, party.city, party.sp, party.pc, party.cc)
    properties += _phone("voice", party.voice, party.voice_ext)
    if party.fax is not None:
        properties += _phone("fax", party.fax, party.fax_ext)
    # conformance.md 2.2.15: a form in the place of an address, never beside it.
    properties += _email(party.email) or _form(party)
    return _card(properties)


def has_address(party: Party) -> bool:
    """Tell whether the card of *party* has an ``adr``: some part of it is shown."""
    street = party.street if isinstance(party.street, tuple) else ()
    parts = (party.cc, party.sp, party.city, party.pc, *street)
    return any(shown(part) is not None for part in parts)


def form_url(party: Party) -> str | None:
    """Give the URL of the form in the place of an e-mail address, if there is one."""
    return None if shown(party.email) is not None else web_url(party.contact_uri)


def registrar_name_card(registrar: PublishedRegistrar) -> list[object]:
    """Make the short card of a registrar inside another object: its name and web site."""
    return _card([_text("fn", clean(registrar.name)), *_site(registrar.url)])


def registrar_card(registrar: PublishedRegistrar) -> list[object]:
    """Make the full card of a registrar looked up by itself (conformance.md 4.10.1)."""
    properties = [_text("fn", clean(registrar.name))]
    place = (registrar.city, registrar.sp, registrar.pc, registrar.cc)
    properties += _address(registrar.street, *place)
    properties += _phone("voice", registrar.voice, registrar.voice_ext)
    properties += _phone("fax", registrar.fax, registrar.fax_ext)
    properties += _email(registrar.email)
    properties += _site(registrar.url)
    return _card(properties)


def abuse_card(registrar: PublishedRegistrar) -> list[object]:
    """Make the card of a registrar's abuse contact (conformance.md 4.5.5)."""
    properties = [_text("fn", "Abuse Contact")]
    properties += _phone("voice", registrar.abuse_phone, None)
    properties += _email(registrar.abuse_email)
    return _card(properties)


def _card(properties: list[Property]) -> list[object]:
    return ["vcard", [_text("version", "4.0"), *properties]]


def _text(name: str, value: str) -> Property:
    return [name, {}, "text", value]


def shown(field: Field) -> str | None:
    """Give the text of *field*, cleaned; ``None`` where it is withheld, missing or blank."""
    if not isinstance(field, str):
        return None
    # What `clean` does with nearly all, without a call: an answer has forty of them.
    return (field.strip() if field.isprintable() else clean(field)) or None


def kind_word(kind: Kind) -> str:
    """Give the word of both forms of a card for *kind* (RFC 6350 §6.1.4, RFC 9553 §2.1.4)."""
    match kind:
        case Kind.INDIVIDUAL:
            return "individual"
        case Kind.ORGANISATION:
            return "org"
        case _:
            assert_never(kind)


def _organisation(org: Field) -> list[Property]:
    name = shown(org)
    return [] if name is None else [_text("org", name)]  # conformance.md 11.1.3: a string


def _address(
    street: tuple[str, ...], city: Field, sp: Field, pc: Field, cc: Field
) -> list[Property]:
    """Make ``adr`` of seven slots; box, extended address and country name stay empty.

    There is none where no part is shown: every ``adr`` has a country (conformance.md
    2.2.8). RFC 7095 §3.3.1.3; RFC 8605 §3.1 for ``cc``.
    """
    lines = [clean(line) for line in street]
    # conformance.md 11.1.4: one line is a string, several are an array.
    slot: object = lines if len(lines) > 1 else "".join(lines)
    country = shown(cc)
    places = [shown(city) or "", shown(sp) or "", shown(pc) or ""]
    if country is None and not any((*lines, *places)):
        return []
    parameters = {} if country is None else {"cc": country}
    return [["adr", parameters, "text", ["", "", slot, *places, ""]]]


def phone_value(number: Field, extension: Field) -> tuple[str, str] | None:
    """Give value type and value of an EPP number ``+CC.N``; an imported oddity is plain text.

    RFC 6350 §6.4.1, RFC 3966; conformance.md 2.2.10 to 2.2.13, 11.1.3: the
    extension of a ``tel:`` URI holds digits only.
    """
    digits, ext = shown(number), None if extension is None else shown(extension)
    if digits is None:
        return None
    if _NUMBER.fullmatch(digits) and (ext is None or _DIGITS.fullmatch(ext)):
        suffix = "" if ext is None else f";ext={ext}"
        return "uri", f"tel:{digits}{suffix}"
    return "text", digits if ext is None else f"{digits} ext. {ext}"


def _phone(kind: str, number: Field, extension: Field) -> list[Property]:
    spelled = phone_value(number, extension)
    return [] if spelled is None else [["tel", {"type": kind}, *spelled]]


def _email(address: Field) -> list[Property]:
    mailbox = shown(address)
    return [] if mailbox is None else [_text("email", mailbox)]


def _form(party: Party) -> list[Property]:
    url = form_url(party)
    return [] if url is None else [["contact-uri", {}, "uri", url]]  # RFC 8605 §2.1


def _site(uri: str | None) -> list[Property]:
    url = web_url(uri)
    return [] if url is None else [["url", {}, "uri", url]]
