"""Walking RDAP documents: the objects in them, where they stand, and what cards hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jsonpath_rfc9535 import JSONPathEnvironment

from tests.conformance.exchanges import RESULTS, Exchange

__all__ = [
    "Located",
    "cards",
    "members",
    "objects",
    "properties",
    "role_entities",
    "roots",
    "select",
    "strings",
]

Node = Mapping[str, Any]
PATHS = JSONPathEnvironment()
CLASSES = {"entities": "entity", "nameservers": "nameserver", "network": "ip network"}


@dataclass(frozen=True, slots=True)
class Located:
    """An object and the path to it; ``class_name`` is what must stand at that place."""

    path: str
    node: Node
    class_name: str


def select(expression: str, document: Any) -> list[Any]:
    """Give the values that an RFC 9535 path selects in *document*.

    Raises:
        JSONPathError: the expression isn't one.
    """
    return list(PATHS.find(expression, document).values())


def roots(exchange: Exchange) -> list[Located]:
    """Give the objects that were asked for: one of a look-up, each of a search."""
    document = exchange.document
    if not isinstance(document, dict):
        return []
    if isinstance(name := document.get("objectClassName"), str):
        return [Located("$", document, name)]
    return [
        Located(f"$.{results}[{at}]", item, results.removesuffix("SearchResults"))
        for results in RESULTS
        for at, item in enumerate(document.get(results, ()))
        if isinstance(item, dict)
    ]


def objects(exchange: Exchange) -> Iterator[Located]:
    """Give every object class instance of the answer, the outer one first."""
    for root in roots(exchange):
        yield from _within(root)


def _within(located: Located) -> Iterator[Located]:
    yield located
    for member, class_name in CLASSES.items():
        for at, inner in enumerate(_list(located.node.get(member))):
            if isinstance(inner, dict):
                yield from _within(Located(f"{located.path}.{member}[{at}]", inner, class_name))


def members(exchange: Exchange, name: str) -> Iterator[tuple[str, Node]]:
    """Give each item of every array called *name* outside cards, with its path."""
    for path, node in _nodes(exchange.document, "$"):
        for at, item in enumerate(_list(node.get(name))):
            if isinstance(item, dict):
                yield f"{path}.{name}[{at}]", item


def _nodes(value: Any, path: str) -> Iterator[tuple[str, Node]]:
    """Give every JSON object outside cards."""
    if isinstance(value, dict):
        yield path, value
        for key, inner in value.items():
            if key not in {"vcardArray", "jscontact_card"}:
                yield from _nodes(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from _nodes(inner, f"{path}[{at}]")


def nodes(exchange: Exchange) -> Iterator[tuple[str, Node]]:
    """Give every JSON object of the answer outside cards, with its path."""
    yield from _nodes(exchange.document, "$")


def strings(value: Any) -> Iterator[str]:
    """Give every text of a JSON value, names of members left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


def cards(exchange: Exchange) -> Iterator[tuple[str, Any]]:
    """Give every ``vcardArray`` with the path of its entity."""
    for each in objects(exchange):
        if "vcardArray" in each.node:
            yield each.path, each.node["vcardArray"]


def properties(node: Node, name: str | None = None) -> list[list[Any]]:
    """Give the well-formed jCard properties of an entity, of one *name* or all."""
    match node.get("vcardArray"):
        case ["vcard", [*found]]:
            shaped = [each for each in found if isinstance(each, list) and len(each) >= 4]
            return [each for each in shaped if name is None or each[0] == name]
        case _:
            return []


def telephones(node: Node, kind: str) -> list[list[Any]]:
    """Give an entity's telephone numbers of one *kind*, ``voice`` or ``fax``."""
    return [each for each in properties(node, "tel") if kind in _kinds(each[1])]


def _kinds(parameters: Any) -> list[str]:
    kinds = parameters.get("type", []) if isinstance(parameters, dict) else []
    return [kinds] if isinstance(kinds, str) else list(kinds)


def role_entities(node: Node, role: str) -> list[Node]:
    """Give the entities directly inside *node* that have *role*."""
    return [
        each
        for each in _list(node.get("entities"))
        if isinstance(each, dict) and role in _list(each.get("roles"))
    ]


def _list(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    return [value] if isinstance(value, dict) else []
