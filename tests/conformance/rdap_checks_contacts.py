"""Registrars and contacts in and outside a domain (RP 2.4, 2.7, 3)."""

from __future__ import annotations

from collections.abc import Iterator

from tests.conformance.addresses import is_web_url
from tests.conformance.checks import LOOKUPS, OBJECTS, check
from tests.conformance.documents import (
    Located,
    objects,
    properties,
    role_entities,
    roots,
    telephones,
)
from tests.conformance.exchanges import Exchange, Subject
from tests.conformance.rdap_checks_profile import ROID

__all__: list[str] = []

DOMAIN = (Subject.DOMAIN,)
WITH_REGISTRAR = (Subject.DOMAIN, Subject.NAMESERVER, Subject.REGISTRAR)
NO_NUMBER = "not applicable"


def _registrars(x: Exchange) -> Iterator[Located]:
    for each in objects(x):
        if "registrar" in each.node.get("roles", ()):
            yield each


@check("4.5.2", "RP 2.4.1; -47302", "A registrar has a name.", on=WITH_REGISTRAR)
def registrar_name(x: Exchange) -> Iterator[str]:
    for each in _registrars(x):
        if not any(prop[3] for prop in properties(each.node, "fn")):
            yield each.path


@check(
    "4.5.3",
    "RP 2.4.2, 2.4.3; -47400 to -47404",
    "A registrar's handle and public id are its IANA id.",
    on=WITH_REGISTRAR,
)
def registrar_ids(x: Exchange) -> Iterator[str]:
    for each in _registrars(x):
        handle, ids = str(each.node.get("handle")), each.node.get("publicIds")
        if handle == NO_NUMBER:
            continue
        wanted = [{"type": "IANA Registrar ID", "identifier": handle}]
        if not handle.isascii() or not handle.isdigit() or handle[0] == "0" or ids != wanted:
            yield f"{each.path}: {handle!r}, {ids}"


@check(
    "4.9.5",
    "RP 2.4; -49205",
    "Who has no IANA id is not applicable, without public ids.",
    on=WITH_REGISTRAR,
)
def unnumbered_registrar(x: Exchange) -> Iterator[str]:
    for each in _registrars(x):
        if (each.node.get("handle") == NO_NUMBER) == ("publicIds" in each.node):
            yield f"{each.path}: {each.node.get('handle')!r}"


@check(
    "4.5.5",
    "RP 2.4.5; -47500",
    "A registrar has an abuse contact with telephone and mail.",
    on=DOMAIN,
    gtld=True,
)
def abuse_contact(x: Exchange) -> Iterator[str]:
    for each in _registrars(x):
        found = role_entities(each.node, "abuse")
        if not any(properties(e, "tel") and properties(e, "email") for e in found):
            yield each.path


@check(
    "4.5.6",
    "RP 2.4.6; -47700 to -47703",
    "The about link: value is the RDAP base, href the web site.",
    on=(Subject.DOMAIN, Subject.REGISTRAR),
    gtld=True,
)
def about_link(x: Exchange) -> Iterator[str]:
    for each in _registrars(x):
        found = [link for link in each.node.get("links", ()) if link.get("rel") == "about"]
        if len(found) != 1 and each.node.get("handle") != NO_NUMBER:
            yield f"{each.path}: {len(found)} about links"
        for link in found:
            if not str(link.get("value")).startswith("https://") or not is_web_url(
                link.get("href")
            ):
                yield f"{each.path}: {link}"


@check(
    "4.6.1",
    "RP 2.7; -63000",
    "A registrar shows exactly one registrant.",
    on=DOMAIN,
    gtld=True,
    mode="registrar",
)
def one_registrant(x: Exchange) -> Iterator[str]:
    found = role_entities(x.document, "registrant")
    if len(found) != 1:
        yield f"{len(found)} registrants"


@check(
    "4.6.3",
    "RP 2.7",
    "Each contact is a card of the parts that the profile names.",
    on=(Subject.DOMAIN, Subject.CONTACT),
)
def contact_parts(x: Exchange) -> Iterator[str]:
    known = {"version", "fn", "kind", "org", "adr", "tel", "email", "contact-uri"}
    for each in objects(x):
        if {"registrant", "administrative", "technical"} & set(each.node.get("roles", ())):
            names = [prop[0] for prop in properties(each.node)]
            if "fn" not in names or set(names) - known:
                yield f"{each.path}: {names}"
            single = {"fn", "kind", "org", "adr", "email", "contact-uri"}
            yield from (f"{each.path}: two of {n}" for n in single if names.count(n) > 1)
            for kind in ("voice", "fax"):
                if len(telephones(each.node, kind)) > 1:
                    yield f"{each.path}: two of {kind}"


@check(
    "4.6.4",
    "RP 2.7; -47600, -47601",
    "The handle of an administrative contact is a ROID.",
    on=DOMAIN,
    gtld=True,
)
def other_handles(x: Exchange) -> Iterator[str]:
    for each in role_entities(x.document, "administrative"):
        if not ROID.fullmatch(str(each.get("handle"))):
            yield f"{each.get('handle')!r}"


@check(
    "4.6.5",
    "RP 2.7",
    "The handle of a contact is a ROID wherever it stands.",
    on=LOOKUPS,
    gtld=True,
)
def contact_handles(x: Exchange) -> Iterator[str]:
    for each in objects(x):
        is_person = {"registrant", "technical"} & set(each.node.get("roles", ()))
        if is_person and not ROID.fullmatch(str(each.node.get("handle", "D1-EXAMPLE"))):
            yield f"{each.path}: {each.node['handle']!r}"


@check("4.6.6", "RP 2.7", "A reseller has a name.", on=OBJECTS)
def reseller_name(x: Exchange) -> Iterator[str]:
    for each in objects(x):
        named = any(prop[3] for prop in properties(each.node, "fn"))
        if "reseller" in each.node.get("roles", ()) and not named:
            yield each.path


@check(
    "4.10.1",
    "RP 3.1; -23300",
    "A registrar asked for by itself shows how to reach it.",
    on=(Subject.REGISTRAR,),
    gtld=True,
)
def registrar_lookup(x: Exchange) -> Iterator[str]:
    node = x.document
    yield from (f"no {p}" for p in ("fn", "adr", "tel", "email") if not properties(node, p))
    for adr in properties(node, "adr"):
        if not adr[3][2] or not adr[3][3]:
            yield f"address {adr[3]}"


@check(
    "11.1.7",
    "RFC 9083 §5.1",
    "A contact asked for by itself says its roles.",
    on=(Subject.CONTACT,),
)
def topmost_roles(x: Exchange) -> Iterator[str]:
    if not set(x.document.get("roles", ())) & {"registrant", "administrative", "technical"}:
        yield f"{x.document.get('roles')!r}"


@check(
    "4.8.6",
    "RFC 9083 §10.2.2",
    "An entity is marked as a proxy or as private, never both.",
    on=OBJECTS,
)
def standing(x: Exchange) -> Iterator[str]:
    for root in roots(x):
        for each in root.node.get("entities", ()):
            if {"proxy", "private"} <= set(each.get("status", ())):
                yield root.path
