"""Links, notices and events, wherever they stand (RFC 9083 §4.2, §4.3, §4.5)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from tests.conformance.addresses import is_web_url
from tests.conformance.checks import ANSWERS, OBJECTS, check
from tests.conformance.documents import members, nodes, objects, roots
from tests.conformance.exchanges import Exchange, Subject
from tests.conformance.registered import ACTIONS, NOTICE_TYPES, RELATIONS

__all__: list[str] = []

MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


@check("1.7.3", "RFC 9083 §4.2; -10612, -10613", "A link has value, rel and href.")
def links(x: Exchange) -> Iterator[str]:
    allowed = {"value", "rel", "href", "type", "title", "hreflang", "media"}
    for path, link in members(x, "links"):
        yield from (f"{path}: no {key}" for key in ("value", "rel", "href") if not link.get(key))
        yield from (f"{path}: unknown {key}" for key in link.keys() - allowed)
        yield from (
            f"{path}.{k}: {link.get(k)!r}" for k in ("value", "href") if not is_web_url(link.get(k))
        )
        if link.get("rel") not in RELATIONS:
            yield f"{path}: rel {link.get('rel')!r}"
        if not MEDIA_TYPE.fullmatch(str(link.get("type", "text/html"))):
            yield f"{path}: type {link.get('type')!r}"


@check(
    "1.7.4", "RFC 9083 §4.2, RFC 7480", "Each object asked for has a link to itself.", on=OBJECTS
)
def self_links(x: Exchange) -> Iterator[str]:
    for root in roots(x):
        found = root.node.get("links", ())
        own = [link for link in found if link.get("rel") == "self"]
        if len(own) != 1:
            yield f"{root.path}: {len(own)} self links"
        for link in own:
            if link.get("type") != "application/rdap+json":
                yield f"{root.path}: self link of type {link.get('type')!r}"
            if any(o.get("rel") == "related" and o.get("href") == link.get("href") for o in found):
                yield f"{root.path}: related is self"


@check("1.7.5", "RFC 9083 §4.3", "Notices stand on top; both kinds have a description.")
def notices(x: Exchange) -> Iterator[str]:
    yield from (f"notices in {p}" for p, node in nodes(x) if p != "$" and "notices" in node)
    for path, each in (*members(x, "notices"), *members(x, "remarks")):
        lines = each.get("description")
        if not isinstance(lines, list) or not lines or not all(isinstance(i, str) for i in lines):
            yield f"{path}: description {lines!r}"
        if each.keys() - {"title", "type", "description", "links"}:
            yield f"{path}: {sorted(each)}"
        if "title" in each and not isinstance(each["title"], str):
            yield f"{path}: title"


@check("1.7.6", "RFC 9083 §10.2.1", "The type of a notice or remark is a registered one.")
def notice_types(x: Exchange) -> Iterator[str]:
    for path, each in (*members(x, "notices"), *members(x, "remarks")):
        if "type" in each and each["type"] not in NOTICE_TYPES:
            yield f"{path}: {each['type']!r}"


@check("1.7.7", "RFC 9083 §4.5; -10912", "An event has an action, once each, and a UTC instant.")
def events(x: Exchange) -> Iterator[str]:
    for path, each in members(x, "events"):
        date = each.get("eventDate")
        if not isinstance(date, str) or not INSTANT.fullmatch(date):
            yield f"{path}: {date!r}"
        elif not _is_instant(date):
            yield f"{path}: no such instant {date}"
        if each.get("links") and not each.get("eventActor"):
            yield f"{path}: links without an actor"
        if each.keys() - {"eventAction", "eventDate", "eventActor", "links"}:
            yield f"{path}: {sorted(each)}"
    for path, node in nodes(x):
        actions = [each.get("eventAction") for each in node.get("events", ())]
        if len(set(actions)) != len(actions):
            yield f"{path}: an action stands twice in {actions}"


def _is_instant(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


@check("1.7.8", "RFC 9083 §10.2.3", "The action of an event is a registered one.")
def event_actions(x: Exchange) -> Iterator[str]:
    for path, each in members(x, "events"):
        if each.get("eventAction") not in ACTIONS:
            yield f"{path}: {each.get('eventAction')!r}"


@check(
    "11.1.5",
    "TIG 3.4; -61202",
    "A link's value is the URL as asked, but in an about link.",
    on=(*ANSWERS, Subject.ERROR),
)
def link_values(x: Exchange) -> Iterator[str]:
    for path, link in members(x, "links"):
        if link.get("rel") != "about" and link.get("value") != x.url:
            yield f"{path}: {link.get('value')!r}"


@check(
    "11.1.6",
    "RFC 9083 §4.2",
    "A nested entity with a handle links to itself; one without doesn't.",
    on=OBJECTS,
)
def nested_self_links(x: Exchange) -> Iterator[str]:
    top = {root.path for root in roots(x)}
    for each in objects(x):
        if each.class_name == "entity" and each.path not in top:
            own = [i for i in each.node.get("links", ()) if i.get("rel") == "self"]
            if len(own) != ("handle" in each.node):
                yield f"{each.path}: {len(own)} self links"


@check("11.1.8", "RFC 9083 §4.2", "hreflang is one text.")
def hreflang(x: Exchange) -> Iterator[str]:
    for path, link in members(x, "links"):
        if not isinstance(link.get("hreflang", ""), str):
            yield f"{path}: {link['hreflang']!r}"


@check("11.1.11", "RFC 7480 §4.2", "Links into this server begin with its public URL.", on=ANSWERS)
def own_links(x: Exchange) -> Iterator[str]:
    for path, link in members(x, "links"):
        if link.get("rel") in {"self", "next", "alternate"} and not str(
            link.get("href")
        ).startswith(x.base):
            yield f"{path}: {link.get('href')!r}"
