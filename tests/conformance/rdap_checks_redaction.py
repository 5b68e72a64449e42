"""What is withheld is said (RFC 9537), and nothing that is shown (RP 2.7.4 to 2.7.6)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from jsonpath_rfc9535 import JSONPathError

from tests.conformance.checks import LOOKUPS, OBJECTS, check
from tests.conformance.documents import Located, Node, roots, select
from tests.conformance.exchanges import Exchange, Subject
from tests.conformance.redacted_fields import (
    FIELDS,
    Field,
    entries,
    entry_name,
    holders,
    is_shown,
    method_of,
    with_value,
)
from tests.conformance.registered import REDACTIONS

__all__: list[str] = []

METHODS = {"removal", "emptyValue", "partialValue", "replacementValue"}
PATHS = ("prePath", "postPath", "replacementPath")
COMMON_PATH = re.compile(
    r"\$(\.[A-Za-z0-9_]+|\['[^']+'\]|\[\d+\]|\[\*\]|\[\d*:\d*\]"
    r"|\[\?\(?@(\.[a-z]+|\[\d+\])+\s*==\s*'[^']*'\)?\])*"
)
CONTACTS = (Subject.DOMAIN, Subject.CONTACT)


def _all(x: Exchange) -> Iterator[tuple[Located, Node]]:
    for root in roots(x):
        for entry in entries(root):
            yield root, entry


def _selected(path: str, document: Any) -> list[Any] | None:
    """Give what a path selects; ``None`` where it is no path."""
    try:
        return select(path, document)
    except JSONPathError:
        return None


@check(
    "4.7.1",
    "RFC 9537 §4.2; -62002 to -62005",
    "An entry has one kind of name, and reason and paths as texts.",
    on=OBJECTS,
)
def entry_shape(x: Exchange) -> Iterator[str]:
    known = {"name", "reason", "method", "pathLang", *PATHS}
    for root in roots(x):
        found = root.node.get("redacted", ["x"])
        if not isinstance(found, list) or not found:
            yield f"{root.path}: {found!r}"
    for _, entry in _all(x):
        name, reason = entry.get("name"), entry.get("reason", {"description": "x"})
        if (
            not isinstance(name, dict)
            or len(name) != 1
            or not name.keys() <= {"type", "description"}
        ) or not all(isinstance(text, str) and text for text in name.values()):
            yield f"name {name!r}"
        if not isinstance(reason, dict) or reason.keys() - {"type", "description", "lang"}:
            yield f"reason {reason!r}"
        if not all(isinstance(entry.get(key, ""), str) for key in (*PATHS, "pathLang", "method")):
            yield f"{entry!r}"
        if entry.keys() - known or entry.get("pathLang", "jsonpath") != "jsonpath":
            yield f"{entry!r}"


@check("4.7.2", "RFC 9537 §4.2", "The method is one of four.", on=OBJECTS)
def methods(x: Exchange) -> Iterator[str]:
    yield from (
        f"{e.get('method')!r}" for _, e in _all(x) if e.get("method", "removal") not in METHODS
    )


@check(
    "4.7.3",
    "RFC 9537 §4.2, §5.1",
    "Each method has its paths, which select what they say.",
    on=OBJECTS,
)
def paths_select(x: Exchange) -> Iterator[str]:
    for _, entry in _all(x):
        given = {key: _selected(entry[key], x.document) for key in PATHS if key in entry}
        match entry.get("method", "removal"):
            case "removal":
                right = given == {"prePath": []}
            case "emptyValue" | "partialValue":
                right = list(given) == ["postPath"] and bool(given["postPath"])
            case _ if "postPath" in given:
                right = len(given) == 1 and bool(given["postPath"])
            case _:
                right = given.get("prePath") == [] and bool(given.get("replacementPath"))
        if not right:
            yield f"{entry_name(entry)}: {given}"


@check(
    "4.7.5", "RFC 9537 §5.1", "A removal's path would find the value if it stood there.", on=OBJECTS
)
def paths_would_select(x: Exchange) -> Iterator[str]:
    for root, entry in _all(x):
        field = FIELDS.get(entry_name(entry))
        if field is None or method_of(entry) != "removal" or "prePath" not in entry:
            continue
        whole = with_value(x.document, root, field)
        if whole is not None and not _selected(entry["prePath"], whole):
            yield f"{field.name}: {entry['prePath']}"


@check(
    "4.7.8",
    "RP 2.7; -65800 to -65816",
    "A registered name is a type, any other a description.",
    on=OBJECTS,
)
def registered_names(x: Exchange) -> Iterator[str]:
    for _, entry in _all(x):
        name = entry.get("name")
        if not isinstance(name, dict):
            continue
        if "type" in name and name["type"] not in REDACTIONS:
            yield f"type {name['type']!r} isn't registered"
        if name.get("description") in REDACTIONS:
            yield f"{name['description']!r} is registered"


@check("4.7.7", "RFC 9537 §4", "Nothing is listed twice.", on=OBJECTS)
def once_each(x: Exchange) -> Iterator[str]:
    for root in roots(x):
        names = [entry_name(entry) for entry in entries(root)]
        yield from (f"{root.path}: {name}" for name in set(names) if names.count(name) > 1)


@check(
    "4.7.16",
    "RFC 9535; older JSONPath readers",
    "Paths keep to what all JSONPath readers know.",
    on=OBJECTS,
)
def common_paths(x: Exchange) -> Iterator[str]:
    for _, entry in _all(x):
        for key in PATHS:
            path = entry.get(key)
            if path is None:
                continue
            if _selected(path, x.document) is None or not COMMON_PATH.fullmatch(path):
                yield f"{path}"


@check(
    "1.6.12",
    "RFC 9537 §4.2",
    "Paths of an item in a search begin at the document's root.",
    on=(*LOOKUPS, Subject.SEARCH),
)
def paths_from_root(x: Exchange) -> Iterator[str]:
    if x.subject is not Subject.SEARCH and len(roots(x)) == 1:
        return
    for root, entry in _all(x):
        yield from (
            f"{root.path}: {entry[key]}"
            for key in PATHS
            if key in entry and not str(entry[key]).startswith(root.path)
        )


@check(
    "4.6.7",
    "RP 2.7.4",
    "State and country of a registrant are never withheld.",
    on=CONTACTS,
    gtld=True,
)
def never_withheld(x: Exchange) -> Iterator[str]:
    for _, entry in _all(x):
        if entry_name(entry) in {"Registrant State/Province", "Registrant Country"}:
            yield entry_name(entry)


@check(
    "4.7.11",
    "RP 2.7.4.1; -64100, -64101, -64108",
    "A registrar shows a mail address or a form, and says which.",
    on=(Subject.DOMAIN,),
    gtld=True,
    mode="registrar",
)
def reachable(x: Exchange) -> Iterator[str]:
    for root in roots(x):
        for role, node in holders(root):
            if role == "administrative":
                continue
            mail, form = (is_shown(node, name) for name in ("email", "contact-uri"))
            if mail == form:
                yield f"{role}: email {mail}, contact-uri {form}"
            word = "Registrant" if role == "registrant" else "Tech"
            told = [e for e in entries(root) if entry_name(e) == f"{word} Email"]
            if form and [method_of(e) for e in told] != ["replacementValue"]:
                yield f"{role}: a form without its entry"


def _row(field: Field) -> None:
    """Put the check of one row of the profile's table, both directions, into the table."""

    def row(x: Exchange) -> Iterator[str]:
        for root in roots(x):
            for shown in field.places(root):
                found = [e for e in entries(root) if e.get("name") == {"type": field.name}]
                yield from field.faults(
                    shown=shown,
                    found=found,
                    registrar=x.registrar_mode,
                    # 4.7.10 speaks of contacts inside a domain.
                    explained=field.explained and root.class_name == "domain",
                )

    check(
        f"4.7.9/{field.name}",
        f"RP {field.clause}; {field.codes}",
        f"{field.name} is shown or its absence is explained.",
        on=CONTACTS,
        gtld=True,
    )(row)


for _field in FIELDS.values():
    _row(_field)
