"""The object classes: members, names, delegation, addresses (RFC 9083 §5)."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address
from typing import Any

import idna

from tests.conformance.checks import OBJECTS, check
from tests.conformance.documents import Node, cards, objects, roots
from tests.conformance.exchanges import Exchange, Subject

__all__: list[str] = []

COMMON = {
    *("objectClassName", "handle", "entities", "status", "remarks", "links", "port43"),
    *("events", "lang"),
}
MEMBERS = {
    "domain": COMMON
    | {"ldhName", "unicodeName", "variants", "nameservers", "secureDNS", "publicIds", "network"},
    "nameserver": COMMON | {"ldhName", "unicodeName", "ipAddresses"},
    "entity": COMMON | {"vcardArray", "roles", "publicIds", "asEventActor", "networks", "autnums"},
}
ON_TOP = {"rdapConformance", "notices"}
SEARCHED = {
    *("paging_metadata", "sorting_metadata", "subsetting_metadata"),
    *("reverse_search_properties_mapping", "lang", *ON_TOP),
    *("domainSearchResults", "nameserverSearchResults", "entitySearchResults"),
}
DOMAINS = (Subject.DOMAIN, Subject.SEARCH)
LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
ALGORITHMS = {3, 5, 6, 7, 8, 10, 12, 13, 14, 15, 16}


@check("1.7.15", "RFC 9083 §2.1", "Only members that the classes or an extension name.")
def unknown_members(x: Exchange) -> Iterator[str]:
    top = {root.path for root in roots(x)}
    used = set((x.document or {}).get("rdapConformance", ()))
    for each in objects(x):
        allowed = MEMBERS.get(each.class_name, set())
        if each.path in top and "redacted" in used:
            allowed = allowed | {"redacted"}
        if each.path == "$":
            allowed = allowed | ON_TOP
        yield from (f"{each.path}.{key}" for key in each.node.keys() - allowed - _cards(used))
    match x.subject:
        case Subject.ERROR:
            allowed = ON_TOP | {"errorCode", "title", "description", "lang"}
        case Subject.HELP:
            allowed = ON_TOP | {"lang", "reverse_search_properties"}
        case Subject.SEARCH:
            allowed = SEARCHED
        case _:
            return
    yield from (f"$.{key}" for key in x.document.keys() - allowed)


def _cards(used: set[str]) -> set[str]:
    return {"jscontact_card"} if "jscontact" in used else set()


@check("1.8.1", "RFC 9083 §5.3", "A domain and a name server have an ldhName.", on=OBJECTS)
def names(x: Exchange) -> Iterator[str]:
    for each in objects(x):
        if each.class_name in {"domain", "nameserver"} and "ldhName" not in each.node:
            yield f"{each.path}: no ldhName"


@check(
    "1.8.2",
    "RFC 9083 §3",
    "ldhName is lower-case A-labels; unicodeName is its exact form.",
    on=OBJECTS,
)
def name_forms(x: Exchange) -> Iterator[str]:
    for each in objects(x):
        name = each.node.get("ldhName", "a.example")
        labels = str(name).split(".")
        if not all(LABEL.fullmatch(label) for label in labels):
            yield f"{each.path}: {name!r}"
            continue
        written = any(label.startswith("xn--") for label in labels)
        if written and each.node.get("unicodeName") != _unicode(name):
            yield f"{each.path}: {name} as {each.node.get('unicodeName')!r}"
        if not written and "unicodeName" in each.node:
            yield f"{each.path}: unicodeName of an ASCII name"


def _unicode(name: str) -> str | None:
    try:
        return idna.decode(name)
    except idna.IDNAError:
        return None


def _whole(value: Any, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


@check("1.8.4", "RFC 9083 §5.3", "secureDNS holds booleans, numbers, hex and base64.", on=DOMAINS)
def secure_dns_types(x: Exchange) -> Iterator[str]:
    for path, node in _secure(x):
        if node.keys() - {"zoneSigned", "delegationSigned", "maxSigLife", "dsData", "keyData"}:
            yield f"{path}: {sorted(node)}"
        for flag in ("zoneSigned", "delegationSigned"):
            if not isinstance(node.get(flag, True), bool):
                yield f"{path}.{flag}: {node[flag]!r}"
        for ds in node.get("dsData", ()):
            if not re.fullmatch(r"([0-9A-Fa-f]{2})+", str(ds.get("digest"))):
                yield f"{path}: digest {ds.get('digest')!r}"
            if ds.keys() - {"keyTag", "algorithm", "digest", "digestType", "events", "links"}:
                yield f"{path}: {sorted(ds)}"
        for key in node.get("keyData", ()):
            if not _is_base64(key.get("publicKey")):
                yield f"{path}: publicKey {key.get('publicKey')!r}"


def _secure(x: Exchange) -> Iterator[tuple[str, Node]]:
    for each in objects(x):
        if isinstance(each.node.get("secureDNS"), dict):
            yield f"{each.path}.secureDNS", each.node["secureDNS"]


def _is_base64(text: Any) -> bool:
    try:
        return bool(b64decode(str(text), validate=True))
    except ValueError:
        return False


@check(
    "1.8.5",
    "RP 2.10; -46800 to -46802",
    "Signed means keys or digests; unsigned neither.",
    on=DOMAINS,
)
def secure_dns_agrees(x: Exchange) -> Iterator[str]:
    for path, node in _secure(x):
        if not isinstance(node.get("delegationSigned"), bool):
            yield f"{path}: no delegationSigned"
        elif node["delegationSigned"] != bool(node.get("dsData") or node.get("keyData")):
            yield f"{path}: delegationSigned {node['delegationSigned']}"


@check("1.8.6", "RFC 5910, RFC 4034", "DS and key values are in range.", on=DOMAINS)
def secure_dns_ranges(x: Exchange) -> Iterator[str]:
    for path, node in _secure(x):
        for ds in node.get("dsData", ()):
            right = (
                _whole(ds.get("keyTag"), 0, 65535)
                and ds.get("algorithm") in ALGORITHMS
                and _whole(ds.get("digestType"), 1, 4)
            )
            if not right:
                yield f"{path}: {ds}"
        for key in node.get("keyData", ()):
            right = (
                key.get("flags") in {256, 257}
                and key.get("protocol") == 3
                and key.get("algorithm") in ALGORITHMS
            )
            if not right:
                yield f"{path}: {key}"
        if not _whole(node.get("maxSigLife", 1), 1, 2**31 - 1):
            yield f"{path}: maxSigLife {node['maxSigLife']!r}"


@check(
    "1.9.1",
    "RFC 9083 §5.2, RFC 5952",
    "Addresses are grouped, valid and in short form.",
    on=OBJECTS,
)
def addresses(x: Exchange) -> Iterator[str]:
    for each in objects(x):
        found = each.node.get("ipAddresses")
        if found is None:
            continue
        if not found or found.keys() - {"v4", "v6"}:
            yield f"{each.path}: {found!r}"
        kinds: tuple[tuple[str, type[IPv4Address | IPv6Address]], ...]
        kinds = (("v4", IPv4Address), ("v6", IPv6Address))
        for key, kind in kinds:
            for text in found.get(key, ()):
                try:
                    right = str(kind(text)) == text
                except ValueError:
                    right = False
                if not right:
                    yield f"{each.path}: {text!r}"


@check("1.10.3", "RP 2.4.5", "An abuse contact stands inside a registrar alone.", on=OBJECTS)
def abuse_place(x: Exchange) -> Iterator[str]:
    registrars = {o.path for o in objects(x) if "registrar" in o.node.get("roles", ())}
    for each in objects(x):
        if "abuse" in each.node.get("roles", ()):
            outer = each.path.rpartition(".entities[")[0]
            if outer not in registrars:
                yield each.path


@check("1.10.4", "our own", "Nothing of who pays for a name stands in an answer.")
def nothing_of_payers(x: Exchange) -> Iterator[str]:
    if b"billing" in x.body.lower():
        yield "the word stands in the body"


@check(
    "11.1.1", "RFC 9083 §5.3", "A domain always has its list of name servers.", on=(Subject.DOMAIN,)
)
def nameservers_listed(x: Exchange) -> Iterator[str]:
    if not isinstance(x.document.get("nameservers"), list):
        yield "no nameservers"


@check("11.1.2", "RFC 9083 §2.1", "A card stands in entities alone.", on=OBJECTS)
def cards_in_entities(x: Exchange) -> Iterator[str]:
    classes = {each.path: each.class_name for each in objects(x)}
    yield from (path for path, _ in cards(x) if classes[path] != "entity")
    for each in objects(x):
        inner = each.path.count(".") > (1 if "SearchResults" in each.path else 0)
        if inner and "redacted" in each.node:
            yield f"{each.path}.redacted"


@check(
    "11.1.10",
    "RP 2.9; -47201, -47202",
    "Hosts of an answer have a handle all or none.",
    on=DOMAINS,
)
def host_handles(x: Exchange) -> Iterator[str]:
    for root in roots(x):
        hosts = root.node.get("nameservers", ())
        if len({("handle" in host) for host in hosts}) > 1:
            yield f"{root.path}: some hosts have a handle"


@check(
    "7.3.2",
    "monitor",
    "ldhName is the queried name to the byte: lower case, no dot at the end.",
    on=(Subject.DOMAIN,),
)
def monitored_name(x: Exchange) -> Iterator[str]:
    name = x.document.get("ldhName")
    if (
        not isinstance(name, str)
        or name != name.lower()
        or name.endswith(".")
        or not name.isascii()
    ):
        yield repr(name)
