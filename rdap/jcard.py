"""Contact cards in JSON (jCard, RFC 7095), as RDAP wants them.

A withheld or missing name is an empty ``fn``; a withheld part of the address is an
empty slot of an address that shows another; every other withheld value is left out
(RFC 9537 §3.1, §3.2).
No placeholder words stand in any value (conformance.md 4.7.4).
"""

from __future__ import annotations

import re
from typing import assert_never

from rdap.text import clean, web_url
from store.published import Field, Kind, Party, PublishedRegistrar

__all__ = ["Property", "abuse_card", "party_card", "registrar_card", "registrar_name_card"]

Property = list[object]

_NUMBER = re.compile(r"\+[0-9]{1,3}\.[0-9]{1,14}")  # RFC 5733 §2.5
_DIGITS = re.compile(r"[0-9]+")


def party_card(party: Party) -> list[object]:
    """Make the ``vcardArray`` of a contact."""
    properties = [_text("fn", _shown(party.name) or "")]
    if party.kind is not None:
        properties.append(_text("kind", _kind(party.kind)))
    properties += _organisation(party.org)
    street = party.street if isinstance(party.street, tuple) else ()
    properties += _address(street, party.city, party.sp, party.pc, party.cc)
    properties += _phone("voice", party.voice, party.voice_ext)
    properties += _phone("fax", party.fax, party.fax_ext)
    # conformance.md 2.2.15: a form in the place of an address, never beside it.
    properties += _email(party.email) or _form(party.contact_uri)
    return _card(properties)


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


def _shown(field: Field) -> str | None:
    return (clean(field) or None) if isinstance(field, str) else None


def _kind(kind: Kind) -> str:
    match kind:
        case Kind.INDIVIDUAL:
            return "individual"
        case Kind.ORGANISATION:
            return "org"
        case _:
            assert_never(kind)


def _organisation(org: Field) -> list[Property]:
    shown = _shown(org)
    return [] if shown is None else [_text("org", shown)]  # conformance.md 11.1.3: a string


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
    country = _shown(cc)
    places = [_shown(city) or "", _shown(sp) or "", _shown(pc) or ""]
    if country is None and not any((*lines, *places)):
        return []
    parameters = {} if country is None else {"cc": country}
    return [["adr", parameters, "text", ["", "", slot, *places, ""]]]


def _phone(kind: str, number: Field, extension: Field) -> list[Property]:
    """Make ``tel`` of an EPP number ``+CC.N``; an imported oddity is plain text.

    RFC 6350 §6.4.1, RFC 3966; conformance.md 2.2.10 to 2.2.13, 11.1.3: the
    extension of a ``tel:`` URI holds digits only.
    """
    shown, ext = _shown(number), _shown(extension)
    if shown is None:
        return []
    if _NUMBER.fullmatch(shown) and (ext is None or _DIGITS.fullmatch(ext)):
        suffix = "" if ext is None else f";ext={ext}"
        return [["tel", {"type": kind}, "uri", f"tel:{shown}{suffix}"]]
    return [["tel", {"type": kind}, "text", shown if ext is None else f"{shown} ext. {ext}"]]


def _email(address: Field) -> list[Property]:
    shown = _shown(address)
    return [] if shown is None else [_text("email", shown)]


def _form(uri: str | None) -> list[Property]:
    url = web_url(uri)
    return [] if url is None else [["contact-uri", {}, "uri", url]]  # RFC 8605 §2.1


def _site(uri: str | None) -> list[Property]:
    url = web_url(uri)
    return [] if url is None else [["url", {}, "uri", url]]
