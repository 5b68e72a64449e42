"""Contact cards: jCard (RFC 7095, RFC 6350, RFC 8605) as RDAP's readers take it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pycountry

from tests.conformance.addresses import is_web_url
from tests.conformance.checks import OBJECTS, check
from tests.conformance.documents import Node, cards, objects, properties
from tests.conformance.exchanges import Exchange

__all__: list[str] = []

KINDS = {"individual", "org", "group", "location", "application"}
GLOBAL = re.compile(r"tel:\+[0-9][0-9.()-]*(;ext=[0-9.()-]+)?")
COUNTRIES = {country.alpha_2 for country in pycountry.countries}
NAMES = re.compile(r"[a-z0-9-]+")


def entities(x: Exchange) -> Iterator[tuple[str, Node]]:
    """Give each entity that carries a card."""
    for each in objects(x):
        if each.class_name == "entity" and "vcardArray" in each.node:
            yield each.path, each.node


def _each(x: Exchange, name: str) -> Iterator[tuple[str, list[Any]]]:
    for path, node in entities(x):
        for prop in properties(node, name):
            yield path, prop


@check("2.1.1", "RFC 7095 §3.2", "A card is the word vcard and an array.", on=OBJECTS)
def skeleton(x: Exchange) -> Iterator[str]:
    for path, card in cards(x):
        match card:
            case ["vcard", [_, *_]]:
                pass
            case _:
                yield f"{path}: {card!r:.60}"


@check("2.1.2", "RFC 7095 §3.3", "A property is name, parameters, type and values.", on=OBJECTS)
def property_shape(x: Exchange) -> Iterator[str]:
    for path, card in cards(x):
        for prop in card[1] if isinstance(card, list) and len(card) == 2 else ():
            match prop:
                case [str(name), dict(), str(kind), _, *_] if name == name.lower() == name:
                    if kind != kind.lower():
                        yield f"{path}: type {kind}"
                case _:
                    yield f"{path}: {prop!r:.60}"


@check("2.1.3", "RFC 7095 §3.2", "The first property is the version, 4.0.", on=OBJECTS)
def version(x: Exchange) -> Iterator[str]:
    for path, node in entities(x):
        if properties(node)[:1] != [["version", {}, "text", "4.0"]]:
            yield f"{path}: {properties(node)[:1]}"


@check("2.1.4", "RFC 6350 §6.2.1", "A card has a full name, empty rather than missing.", on=OBJECTS)
def full_name(x: Exchange) -> Iterator[str]:
    for path, node in entities(x):
        found = properties(node, "fn")
        if not found or not all(isinstance(prop[3], str) for prop in found):
            yield f"{path}: {found}"


@check(
    "2.1.5", "RFC 7095 §3.4", "Parameters are lower case, of texts or arrays of them.", on=OBJECTS
)
def parameters(x: Exchange) -> Iterator[str]:
    for path, prop in ((path, prop) for path, n in entities(x) for prop in properties(n)):
        for name, value in prop[1].items() if isinstance(prop[1], dict) else ():
            values = value if isinstance(value, list) else [value]
            if not NAMES.fullmatch(name) or not all(isinstance(v, str) and v for v in values):
                yield f"{path}: {prop[0]} {name}={value!r}"


@check("2.1.6", "RFC 9083 §4.4", "No lang member stands in a card.", on=OBJECTS)
def no_lang_in_cards(x: Exchange) -> Iterator[str]:
    for path, node in entities(x):
        for prop in properties(node):
            if any(isinstance(part, dict) and "lang" in part for part in prop):
                yield f"{path}: {prop[0]}"


@check("2.1.7", "RFC 7095 §3.4", "Nothing is folded or escaped as in text vCards.", on=OBJECTS)
def nothing_escaped(x: Exchange) -> Iterator[str]:
    for path, prop in _each(x, "org"):
        if any(mark in str(prop[3]) for mark in ("\\,", "\\;", "\\n")):
            yield f"{path}: {prop[3]!r}"


@check("2.2.1", "RFC 6350 §6.2.1", "fn is one text without parameters.", on=OBJECTS)
def fn_shape(x: Exchange) -> Iterator[str]:
    for path, node in entities(x):
        found = properties(node, "fn")
        if len(found) > 1 or any(p[1] or p[2] != "text" or len(p) != 4 for p in found):
            yield f"{path}: {found}"


@check("2.2.3", "RFC 6350 §6.6.4", "org is one text that isn't empty.", on=OBJECTS)
def org_shape(x: Exchange) -> Iterator[str]:
    for path, prop in _each(x, "org"):
        if prop[2] != "text" or not isinstance(prop[3], str) or not prop[3]:
            yield f"{path}: {prop}"


@check("2.2.4", "RFC 6350 §6.1.4", "kind is one of the registered five.", on=OBJECTS)
def kinds(x: Exchange) -> Iterator[str]:
    yield from (f"{path}: {p[3]!r}" for path, p in _each(x, "kind") if p[3] not in KINDS)


@check("2.2.6", "RFC 6350 §6.3.1; -20800", "An address is an array of seven.", on=OBJECTS)
def seven_parts(x: Exchange) -> Iterator[str]:
    for path, prop in _each(x, "adr"):
        if prop[2] != "text" or not isinstance(prop[3], list) or len(prop[3]) != 7:
            yield f"{path}: {prop}"
        elif not all(isinstance(prop[3][at], str) for at in (0, 1, 3, 4, 5, 6)):
            yield f"{path}: {prop[3]}"


@check(
    "2.2.7",
    "TIG 3.8.1",
    "The street is in the third place; box and extension are empty.",
    on=OBJECTS,
)
def street_place(x: Exchange) -> Iterator[str]:
    for path, prop in _each(x, "adr"):
        if list(prop[3][:2]) != ["", ""]:
            yield f"{path}: {prop[3][:2]}"


@check(
    "2.2.8",
    "RP 1.4, RFC 8605 §3.1; -62100, -62101",
    "The country is a code in cc, its name empty.",
    on=OBJECTS,
)
def country(x: Exchange) -> Iterator[str]:
    for path, prop in _each(x, "adr"):
        if prop[3][6:] != [""]:
            yield f"{path}: country name {prop[3][6:]}"
        if not re.fullmatch("[A-Z]{2}", str(prop[1].get("cc"))):
            yield f"{path}: cc {prop[1].get('cc')!r}"


@check("2.2.9", "TIG 3.8; -20800", "No address is an unstructured label.", on=OBJECTS)
def no_label(x: Exchange) -> Iterator[str]:
    yield from (f"{path}: label" for path, prop in _each(x, "adr") if "label" in prop[1])


@check("2.2.10", "RFC 3966 §3", "A telephone URI is tel: with a global number.", on=OBJECTS)
def telephone_uri(x: Exchange) -> Iterator[str]:
    for path, prop in _each(x, "tel"):
        if prop[2] not in {"uri", "text"}:
            yield f"{path}: type {prop[2]}"
        if prop[2] == "uri" and not str(prop[3]).startswith("tel:"):
            yield f"{path}: {prop[3]!r}"


@check("2.2.11", "RFC 6350 §6.4.1; -20900", "A telephone is plainly voice or fax.", on=OBJECTS)
def telephone_kind(x: Exchange) -> Iterator[str]:
    for path, prop in _each(x, "tel"):
        if prop[1].get("type") not in ("voice", "fax"):
            yield f"{path}: {prop[1]}"


@check("2.2.13", "RFC 3966 §5.1.4", "A number without a plus is no URI.", on=OBJECTS)
def global_number(x: Exchange) -> Iterator[str]:
    for path, prop in _each(x, "tel"):
        if prop[2] == "uri" and not GLOBAL.fullmatch(str(prop[3])):
            yield f"{path}: {prop[3]!r}"


@check("2.2.14", "RFC 6350 §6.4.2", "A mail address is a plain text.", on=OBJECTS)
def email_shape(x: Exchange) -> Iterator[str]:
    for path, prop in _each(x, "email"):
        if prop[2] != "text" or not re.fullmatch(r"[^\s:@]+@[^\s:@]+", str(prop[3])):
            yield f"{path}: {prop}"


@check(
    "2.2.15",
    "RFC 8605 §2.1; -64100",
    "A contact URI is a URL and stands instead of a mail address.",
    on=OBJECTS,
)
def contact_uri(x: Exchange) -> Iterator[str]:
    for path, prop in _each(x, "contact-uri"):
        if prop[2] != "uri" or not is_web_url(prop[3]):
            yield f"{path}: {prop}"
    for path, node in entities(x):
        if properties(node, "contact-uri") and properties(node, "email"):
            yield f"{path}: both contact-uri and email"


@check("2.2.16", "RFC 6350 §6.7.8", "A web site is a URI.", on=OBJECTS)
def url_shape(x: Exchange) -> Iterator[str]:
    for path, prop in _each(x, "url"):
        if prop[2] != "uri" or not re.match(r"[a-z][a-z0-9+.-]*:", str(prop[3]), re.IGNORECASE):
            yield f"{path}: {prop}"


@check("2.2.17", "RFC 8605 §3.1", "cc stands on addresses alone.", on=OBJECTS)
def cc_place(x: Exchange) -> Iterator[str]:
    for path, prop in ((path, prop) for path, n in entities(x) for prop in properties(n)):
        if prop[0] != "adr" and "cc" in prop[1]:
            yield f"{path}: {prop[0]}"


@check("2.2.19", "RFC 7095 §3.3", "No null stands in a card.", on=OBJECTS)
def no_null(x: Exchange) -> Iterator[str]:
    yield from (path for path, card in cards(x) if _holds_null(card))


def _holds_null(value: Any) -> bool:
    if isinstance(value, list):
        return any(map(_holds_null, value))
    if isinstance(value, dict):
        return any(map(_holds_null, value.values()))
    return value is None


@check(
    "11.1.3",
    "readers",
    "No language parameter, x- property or rev; digits in extensions; real countries.",
    on=OBJECTS,
)
def plain_cards(x: Exchange) -> Iterator[str]:
    for path, prop in ((path, prop) for path, n in entities(x) for prop in properties(n)):
        if "language" in prop[1] or prop[0].startswith("x-") or prop[0] == "rev":
            yield f"{path}: {prop[:2]}"
        if prop[0] == "tel" and not re.fullmatch(r"[^;]*(;ext=[0-9]+)?", str(prop[3])):
            yield f"{path}: {prop[3]!r}"
        if prop[0] == "adr" and prop[1].get("cc") not in {*COUNTRIES, None}:
            yield f"{path}: cc {prop[1]['cc']!r}"


@check("11.1.4", "TIG 3.8.1", "One street line is a text, several are an array.", on=OBJECTS)
def street_lines(x: Exchange) -> Iterator[str]:
    for path, prop in _each(x, "adr"):
        match prop[3][2:3]:
            case [str(line)] if "\n" not in line:
                pass
            case [[str(), str(), *more]] if all(isinstance(line, str) for line in more):
                pass
            case other:
                yield f"{path}: {other}"
