"""The body's form, the error body and the plain members that all classes share (RFC 9083 §4)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.conformance.addresses import HOST, is_mail_address
from tests.conformance.checks import LOOKUPS, OBJECTS, check
from tests.conformance.documents import members, nodes, objects, properties, roots, strings
from tests.conformance.exchanges import Exchange, Subject, parse_json
from tests.conformance.registered import (
    CONFORMANCE,
    ROLES,
    STATUSES,
)

__all__: list[str] = []

LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
SCRIPT = re.compile(r"<\s*/?\s*script", re.IGNORECASE)
PLACEHOLDER = re.compile(r"redacted for privacy|data protected|not disclosed", re.IGNORECASE)


@check("1.1.2", "RFC 8259 §4, §8.1; -13001", "The body is one JSON object without doubled keys.")
def is_json(x: Exchange) -> Iterator[str]:
    if not x.body and x.is_bodiless:
        return
    try:
        if not isinstance(parse_json(x.body), dict):
            yield "the body isn't a JSON object"
    except ValueError as error:
        yield str(error)


@check(
    "1.3.1", "RFC 9083 §6; -12101 to -12108", "An error says code and reasons.", on=(Subject.ERROR,)
)
def error_body(x: Exchange) -> Iterator[str]:
    if x.document.get("errorCode") != x.status or isinstance(x.document["errorCode"], bool):
        yield f"errorCode {x.document.get('errorCode')!r} under status {x.status}"
    if not isinstance(x.document.get("title", ""), str):
        yield "title is no text"
    description = x.document.get("description", ["x"])
    if not isinstance(description, list) or not all(isinstance(d, str) for d in description):
        yield "description is no array of texts"


@check("1.3.5", "-40100", "No script tag stands in a body.")
def no_script(x: Exchange) -> Iterator[str]:
    if SCRIPT.search(x.body.decode("utf-8", "replace")):
        yield "a script tag"


@check("1.7.1", "RFC 9083 §4.1; -10502", "Registered conformance ids, in the topmost object alone.")
def conformance(x: Exchange) -> Iterator[str]:
    ids = (x.document or {}).get("rdapConformance")
    if not x.body and x.is_bodiless:
        return
    if not isinstance(ids, list) or "rdap_level_0" not in ids:
        yield "rdapConformance without rdap_level_0"
        return
    if len(set(ids)) != len(ids):
        yield "an id stands twice"
    yield from (f"{each} isn't registered" for each in ids if each not in CONFORMANCE)
    yield from (
        f"rdapConformance in {path}"
        for path, node in nodes(x)
        if path != "$" and "rdapConformance" in node
    )


@check("1.7.2", "RFC 9083 §4.9; -13003", "Every object names its class.", on=OBJECTS)
def class_names(x: Exchange) -> Iterator[str]:
    for each in objects(x):
        if each.node.get("objectClassName") != each.class_name:
            yield f"{each.path}: {each.node.get('objectClassName')!r}"


@check("1.7.9", "RFC 9083 §4.6, §10.2.2; -11003", "Statuses are registered, once each.", on=OBJECTS)
def statuses(x: Exchange) -> Iterator[str]:
    for each in objects(x):
        if "status" not in each.node:
            continue
        found = each.node["status"]
        if not isinstance(found, list) or not found:
            yield f"{each.path}: {found!r}"
            continue
        yield from (f"{each.path}: {status!r}" for status in found if status not in STATUSES)
        if len(set(map(str, found))) != len(found):
            yield f"{each.path}: a status stands twice"


@check("1.7.10", "RFC 9083 §4.7", "port43 is a host name, never a URL.", on=OBJECTS)
def port43(x: Exchange) -> Iterator[str]:
    for each in objects(x):
        found = each.node.get("port43", "whois.example")
        if not isinstance(found, str) or not HOST.fullmatch(found):
            yield f"{each.path}: {found!r}"


@check("1.7.11", "RFC 9083 §4.8", "A public id has a type and a text.", on=OBJECTS)
def public_ids(x: Exchange) -> Iterator[str]:
    for path, each in members(x, "publicIds"):
        if set(each) != {"type", "identifier"} or not all(
            isinstance(v, str) for v in each.values()
        ):
            yield f"{path}: {each}"


@check("1.7.12", "RFC 9083 §4.4", "lang is a BCP 47 tag.")
def languages(x: Exchange) -> Iterator[str]:
    for path, node in nodes(x):
        if "lang" in node and not LANGUAGE.fullmatch(str(node["lang"])):
            yield f"{path}: {node['lang']!r}"


@check("1.7.13", "RFC 9083 §3", "A handle is a text or left out.", on=OBJECTS)
def handles(x: Exchange) -> Iterator[str]:
    for each in objects(x):
        handle = each.node.get("handle", "x")
        if not isinstance(handle, str) or not handle.strip():
            yield f"{each.path}: {handle!r}"


@check("1.7.14", "RFC 9083 §2.1", "Nothing is empty or null but an empty list of name servers.")
def empties(x: Exchange) -> Iterator[str]:
    for path, node in nodes(x):
        for key, value in node.items():
            # The list of a domain's name servers is always there (11.1.1).
            if value in ([], {}, None) and key not in {"vcardArray", "nameservers"}:
                yield f"{path}.{key} is {value!r}"


@check(
    "1.7.16",
    "RFC 9083 §10.2.4",
    "Roles are registered, once each; one person, one role inside.",
    on=OBJECTS,
)
def roles(x: Exchange) -> Iterator[str]:
    for each in objects(x):
        found = each.node.get("roles", ["registrant"])
        if not isinstance(found, list) or not found or not set(map(str, found)) <= ROLES:
            yield f"{each.path}: {found!r}"
        elif len(set(found)) != len(found):
            yield f"{each.path}: a role stands twice"


@check("1.7.17", "RP 2.7; -52104", "An entity inside an object has one role.", on=OBJECTS)
def one_role(x: Exchange) -> Iterator[str]:
    top = {root.path for root in roots(x)}
    for each in objects(x):
        if (
            each.class_name == "entity"
            and each.path not in top
            and len(each.node.get("roles", ())) != 1
        ):
            yield f"{each.path}: {each.node.get('roles')!r}"


@check("1.12.5", "RFC 8259 §8.2", "No control character stands in a text.")
def clean_text(x: Exchange) -> Iterator[str]:
    for text in strings(x.document):
        if re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]", text):
            yield ascii(text)


@check("1.12.6", "-12320", "Every mail address is ASCII: dot-atom at a dotted domain.", on=OBJECTS)
def mail_addresses(x: Exchange) -> Iterator[str]:
    for each in objects(x):
        for prop in properties(each.node, "email"):
            if not is_mail_address(str(prop[3])):
                yield f"{each.path}: {prop[3]!r}"


@check("4.7.4", "RFC 9537 §3", "No words of redaction stand in a value.", on=LOOKUPS)
def no_placeholders(x: Exchange) -> Iterator[str]:
    shown = {k: v for k, v in x.document.items() if k not in {"redacted", "notices"}}
    yield from (repr(text) for text in strings(shown) if PLACEHOLDER.search(text))
