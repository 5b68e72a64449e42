"""Broken answers for the checks of the profile, contacts and redaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.conformance.documents import Located
from tests.conformance.good_objects import BASE, CLAIMS, REDACTED, URL
from tests.conformance.mutations import Broken, answer, drop, edit, put
from tests.conformance.redacted_fields import FIELDS, with_value

__all__ = ["OF_PROFILE"]

REGISTRAR = ("entities", 0)
ABUSE = (*REGISTRAR, "entities", 0)
ADMIN = ("entities", 2)
ENTRY = ("redacted", 0)
OLD = "icann_rdap_response_profile_0"


def _registrar_card(change: Callable[[list[list[Any]]], object], good: str = "domain") -> Broken:
    def apply(document: Any) -> None:
        entity = document["entities"][0] if good == "domain" else document
        change(entity["vcardArray"][1])

    return edit(good, apply)


def _without_property(good: str, name: str, *steps: str | int) -> Broken:
    def apply(document: Any) -> None:
        node = document
        for step in steps:
            node = node[step]
        node["vcardArray"][1] = [p for p in node["vcardArray"][1] if p[0] != name]

    return edit(good, apply)


def _filled(document: Any, name: str) -> None:
    """Show a field and leave its entry."""
    field = FIELDS[name]
    whole = with_value(document, Located("$", document, "domain"), field)
    if whole is not None:
        document.clear()
        document.update(whole)
        return
    entity = document["entities"][1 if field.role == "registrant" else 3]
    card = entity["vcardArray"][1]
    match field.field:
        case "Name":
            card[1][3] = "Aroha"
        case "Street" | "City" | "Postal Code":
            at = {"Street": 2, "City": 3, "Postal Code": 5}[field.field]
            card[2][3][at] = "Sample"
        case "Fax Ext":
            card.append(["tel", {"type": "fax"}, "uri", "tel:+1.1;ext=1"])
        case _:
            card.append(["tel", {"type": "voice"}, "uri", "tel:+1.1;ext=1"])


def _entry(name: str) -> dict[str, Any]:
    """Give the entry that would explain why a field is missing."""
    found = [entry for entry in REDACTED if entry["name"]["type"] == name]
    plain = {"name": {"type": name}, "method": "removal", "prePath": "$.none"}
    return found[0] if found else plain


def _row(name: str) -> tuple[Broken, ...]:
    """Break one row of the table in each direction that it has."""

    def shown_and_listed(document: Any) -> None:
        document["redacted"] = [e for e in document["redacted"] if e["name"] != {"type": name}]
        document["redacted"].append(_entry(name))
        _filled(document, name)

    def missing(document: Any) -> None:
        document["redacted"] = [e for e in document["redacted"] if e["name"] != {"type": name}]
        if name == "Registry Domain ID":
            del document["handle"]

    def other_method(document: Any) -> None:
        missing(document)
        document["redacted"].append({**_entry(name), "method": "partialValue"})

    both = (edit("domain", shown_and_listed), edit("domain", other_method))
    return (*both, edit("domain", missing)) if FIELDS[name].explained else both


OF_PROFILE: Mapping[str, tuple[Broken, ...]] = {
    "4.2.1": (
        put("domain", "rdapConformance", value=["rdap_level_0", "redacted"]),
        put("error", "rdapConformance", value=CLAIMS[:2]),
        put("help", "rdapConformance", value=["rdap_level_0"]),
    ),
    "4.2.2": (put("domain", "rdapConformance", 4, value=OLD),),
    "4.2.3": (
        put("domain", "rdapConformance", value=CLAIMS),
        put("open", "rdapConformance", 3, value="redacted"),
    ),
    "4.3.1": (
        drop("domain", "notices", 1),
        put("domain", "notices", 1, "links", 0, "href", value="https://www.icann.org/epp"),
        put("domain", "notices", 1, "description", 0, value="See https://icann.org/epp"),
        put("domain", "notices", 1, "links", 0, "rel", value="help"),
    ),
    "4.3.2": (
        drop("domain", "notices", 2),
        put("domain", "notices", 2, "title", value="Inaccuracy Complaint Form"),
        drop("domain", "notices", 2, "links", 0, "type"),
    ),
    "4.3.3": (
        drop("help", "notices", 0),
        drop("nameserver", "notices", 0, "links"),
        put("contact", "notices", 0, "links", 0, "value", value=BASE),
        put("domain", "notices", 0, "links", 0, "href", value="terms"),
    ),
    "4.4.1": (
        answer("domain", url=f"{BASE}domain/other.example"),
        drop("domain", "ldhName"),
    ),
    "4.4.2": (drop("idn", "unicodeName"),),
    "4.4.3": (
        put("domain", "handle", value="1234567"),
        put("domain", "handle", value="D1-TOOLONGSUFFIX"),
        put("nameserver", "handle", value="H1-ICANNRST"),
    ),
    "4.4.5": (drop("domain", "events", 0),),
    "4.4.6": (drop("domain", "events", 1),),
    "4.4.7": (drop("registrar mode", "events", 1),),
    "4.4.8": (
        drop("domain", "events", 2),
        drop("registrar", "events"),
        put(
            "search",
            *("domainSearchResults", 0, "events", 2),
            value={
                "eventAction": "last update of RDAP database",
                "eventDate": "2020-01-01T00:00:00Z",
            },
        ),
    ),
    "4.4.13": (drop("domain", "secureDNS"),),
    "4.4.14": (
        drop("domain", "links", 1),
        put("domain", "links", 1, "href", value="https://rdap.registrar.example/"),
        put("domain", "links", 1, "href", value="https://other.example/domain/shop.example"),
        put("domain", "links", 1, "type", value="text/html"),
    ),
    "4.5.1": (
        drop("domain", *REGISTRAR),
        edit("domain", lambda d: d["entities"].append(d["entities"][0])),
    ),
    "4.5.2": (
        _registrar_card(lambda card: card[1].__setitem__(3, "")),
        _without_property("registrar", "fn"),
    ),
    "4.5.3": (
        put("domain", *REGISTRAR, "handle", value="REG-A"),
        put("domain", *REGISTRAR, "publicIds", 0, "identifier", value="293"),
        put("domain", *REGISTRAR, "publicIds", 0, "type", value="IANA ID"),
        drop("registrar", "publicIds"),
    ),
    "4.5.5": (
        drop("domain", *REGISTRAR, "entities"),
        _without_property("domain", "tel", *ABUSE),
        _without_property("domain", "email", *ABUSE),
    ),
    "4.5.6": (
        drop("domain", *REGISTRAR, "links", 1),
        put("domain", *REGISTRAR, "links", 1, "value", value=URL.replace("https", "http")),
        put("domain", *REGISTRAR, "links", 1, "href", value="www.registrar.example"),
    ),
    "4.6.1": (drop("registrar mode", "entities", 1),),
    "4.6.3": (
        _without_property("domain", "fn", *ADMIN),
        edit("domain", lambda d: _twice(d, 4)),
        edit("domain", lambda d: _twice(d, 5)),
        edit("domain", lambda d: _add(d, ["note", {}, "text", "x"])),
    ),
    "4.6.4": (drop("domain", *ADMIN, "handle"), put("domain", *ADMIN, "handle", value="C9")),
    "4.6.5": (put("open", "entities", 1, "handle", value="someone"),),
    "4.6.6": (put("domain", "entities", 1, "roles", value=["reseller"]),),
    "4.6.7": (
        put("domain", *ENTRY, "name", value={"description": "Registrant State/Province"}),
        put("domain", *ENTRY, "name", value={"description": "Registrant Country"}),
    ),
    "4.8.6": (put("domain", "entities", 1, "status", value=["private", "proxy"]),),
    "4.9.5": (
        put("nameserver", "entities", value=[{"roles": ["registrar"], "handle": "292"}]),
        put("domain", *REGISTRAR, "handle", value="not applicable"),
    ),
    "4.10.1": (
        _without_property("registrar", "adr"),
        _without_property("registrar", "tel"),
        _without_property("registrar", "email"),
        _registrar_card(lambda card: card[2][3].__setitem__(3, ""), "registrar"),
    ),
    "4.10.5": (put("help", "notices", 0, "title", value="Status Codes"),),
    "4.11": (
        put(
            "domain",
            "remarks",
            value=[{"type": "object redacted due to authorization", "description": ["x"]}],
        ),
    ),
    "11.1.7": (drop("contact", "roles"),),
    "11.2.3": (put("domain", "links", 1, "href", value=URL),),
    "4.7.1": (
        put("domain", *ENTRY, "name", value={"type": "x", "description": "x"}),
        put("domain", *ENTRY, "name", value="Registrant Name"),
        put("domain", *ENTRY, "reason", value="Server policy"),
        put("domain", *ENTRY, "pathLang", value="xpath"),
        put("domain", *ENTRY, "path", value="$.handle"),
        put("domain", "redacted", value=[]),
    ),
    "4.7.2": (put("domain", *ENTRY, "method", value="removed"),),
    "4.7.3": (
        put("domain", *ENTRY, "prePath", value="$.handle"),
        put("domain", "redacted", 1, "postPath", value="$.none"),
        drop("domain", *ENTRY, "prePath"),
        put("domain", *ENTRY, "postPath", value="$.handle"),
        put("registrar mode", "redacted", 7, "replacementPath", value="$.none"),
        put("registrar mode", "redacted", 7, "prePath", value="$.handle"),
    ),
    "4.7.5": (
        put("domain", *ENTRY, "prePath", value="$.entities[9].handle"),
        put("domain", "redacted", 6, "prePath", value="$.entities[1].voice"),
    ),
    "4.7.7": (edit("domain", lambda d: d["redacted"].append(d["redacted"][0])),),
    "4.7.8": (
        put("domain", *ENTRY, "name", value={"type": "Admin Name"}),
        put("domain", *ENTRY, "name", value={"description": "Registrant Name"}),
        put("domain", *ENTRY, "name", value={"type": "Registrant name"}),
    ),
    "4.7.11": (
        _without_property("registrar mode", "contact-uri", "entities", 1),
        edit(
            "registrar mode",
            lambda d: d["entities"][1]["vcardArray"][1].append(
                ["email", {}, "text", "a@b.example"]
            ),
        ),
        edit("registrar mode", lambda d: d["redacted"].pop(7)),
    ),
    "4.7.16": (
        put("domain", *ENTRY, "prePath", value="$.entities[?(@.roles contains 'x')]"),
        put("domain", *ENTRY, "prePath", value='$.entities[?(@.roles[0]=="none")]'),
        put("domain", *ENTRY, "prePath", value="handle"),
    ),
    "1.6.12": (
        edit(
            "search",
            lambda d: d["domainSearchResults"][0]["redacted"][0].update(prePath="$.handle"),
        ),
    ),
    **{f"4.7.9/{name}": _row(name) for name in FIELDS},
}


def _twice(document: Any, at: int) -> None:
    card = document["entities"][2]["vcardArray"][1]
    card.append(card[at])


def _add(document: Any, prop: list[Any]) -> None:
    document["entities"][2]["vcardArray"][1].append(prop)
