"""Searches: results, paging, sorting, field sets, reverse search (RFC 9083, 8977, 8982, 9536)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

from jsonpath_rfc9535 import JSONPathError

from tests.conformance.checks import check
from tests.conformance.documents import select
from tests.conformance.exchanges import RESULTS, Exchange, Subject

__all__: list[str] = []

SEARCH = (Subject.SEARCH,)
CLASS_OF = {
    "domainSearchResults": "domain",
    "nameserverSearchResults": "nameserver",
    "entitySearchResults": "entity",
}
DATES = {
    *(f"{what}Date" for what in ("registration", "reregistration", "lastChanged")),
    *(f"{what}Date" for what in ("expiration", "deletion", "reinstantiation")),
    *(f"{what}Date" for what in ("transfer", "locked", "unlocked")),
}
PATHS = {
    "domainSearchResults": "domains",
    "nameserverSearchResults": "nameservers",
    "entitySearchResults": "entities",
}
# RFC 8977 §2.3.1.
SORTABLE = {
    "domainSearchResults": DATES | {"name"},
    "nameserverSearchResults": DATES | {"name", "ipv4", "ipv6"},
    "entitySearchResults": DATES
    | {"fn", "handle", "org", "email", "voice", "country", "cc", "city"},
}
# RFC 9536 §8.
MAPPINGS = {
    "handle": "$.entities[*].handle",
    "role": "$.entities[*].roles",
    "fn": "$.entities[*].vcardArray[1][?(@[0]=='fn')][3]",
    "email": "$.entities[*].vcardArray[1][?(@[0]=='email')][3]",
}


def asked(x: Exchange, name: str) -> str | None:
    """Give a parameter of the question, ``None`` where it isn't there."""
    return next(iter(parse_qs(urlsplit(x.url).query, keep_blank_values=True).get(name, [])), None)


def results(x: Exchange) -> tuple[str, Any]:
    """Give the name and the items of the results."""
    return next(((name, x.document[name]) for name in RESULTS if name in x.document), ("", None))


@check(
    "1.6.7", "RFC 9083 §8", "One array of full objects, of the class that was sought.", on=SEARCH
)
def one_array(x: Exchange) -> Iterator[str]:
    named = [name for name in RESULTS if name in x.document]
    name, items = results(x)
    path = urlsplit(x.url).path.removeprefix(urlsplit(x.base).path)
    if named != [name] or not path.startswith(PATHS[name]):
        yield f"{named}"
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        yield "no array of objects"
        return
    wrong = [i for i in items if i.get("objectClassName") != CLASS_OF[name]]
    yield from (f"{item.get('objectClassName')!r} among {name}" for item in wrong)


@check(
    "1.2.3",
    "RFC 7480 §5.3; -12610",
    "A search that finds nothing is a 404, not an empty list.",
    on=SEARCH,
)
def some_results(x: Exchange) -> Iterator[str]:
    if not results(x)[1]:
        yield "no result under 200"


@check("1.6.8", "RFC 9083 §9", "Results that go on are marked as cut short.", on=SEARCH)
def truncation(x: Exchange) -> Iterator[str]:
    relations = {link.get("rel") for link in _meta(x, "paging_metadata").get("links", ())}
    types = {str(notice.get("type", "")) for notice in x.document.get("notices", ())}
    cut = any(each.startswith("result set truncated") for each in types)
    if ("next" in relations) != cut:
        yield f"links {sorted(map(str, relations))}, notices {sorted(types)}"


@check("1.6.9", "RFC 9083 §9", "A remark of truncation stands on shortened items alone.", on=SEARCH)
def shortened(x: Exchange) -> Iterator[str]:
    current = _meta(x, "subsetting_metadata").get("currentFieldSet", "full")
    for at, item in enumerate(results(x)[1] or ()):
        types = [str(remark.get("type", "")) for remark in item.get("remarks", ())]
        if current == "full" and any(each.startswith("object truncated") for each in types):
            yield f"item {at}"


def _meta(x: Exchange, name: str) -> dict[str, Any]:
    found = x.document.get(name, {})
    return found if isinstance(found, dict) else {}


@check(
    "5.2.1",
    "RFC 8977 §2.2",
    "The number of results is a number, and only where it was asked for.",
    on=SEARCH,
)
def counted(x: Exchange) -> Iterator[str]:
    wanted = str(asked(x, "count")).lower() in {"true", "yes", "1"}
    total = _meta(x, "paging_metadata").get("totalCount")
    if total is not None and (not wanted or not isinstance(total, int) or isinstance(total, bool)):
        yield f"totalCount {total!r}"
    if isinstance(total, int) and total < len(results(x)[1] or ()):
        yield f"totalCount {total} of {len(results(x)[1])}"


@check("5.2.4", "RFC 8977 §2.4", "Links between pages say all that a link can.", on=SEARCH)
def page_links(x: Exchange) -> Iterator[str]:
    meta = _meta(x, "paging_metadata")
    if meta.keys() - {"totalCount", "pageSize", "pageNumber", "links"}:
        yield f"{sorted(meta)}"
    for name in ("pageSize", "pageNumber"):
        if name in meta and (not isinstance(meta[name], int) or meta[name] < 1):
            yield f"{name} {meta[name]!r}"
    for link in meta.get("links", ()):
        missing = {"value", "rel", "href", "title", "type"} - link.keys()
        if (
            missing
            or link["rel"] not in {"next", "prev", "first", "last"}
            or link["type"] != "application/rdap+json"
        ):
            yield f"{link}"


@check(
    "5.2.5",
    "RFC 8977 §2.3",
    "Orders are named, with a path that selects, one of them the default.",
    on=SEARCH,
)
def sortings(x: Exchange) -> Iterator[str]:
    meta = _meta(x, "sorting_metadata")
    if meta.keys() - {"currentSort", "availableSorts"}:
        yield f"{sorted(meta)}"
    offered = meta.get("availableSorts", [])
    for each in offered:
        if not {"property", "default"} <= each.keys() or not isinstance(each["default"], bool):
            yield f"{each}"
        if each.keys() - {"property", "default", "jsonPath", "links"}:
            yield f"{each}"
        try:
            select(each.get("jsonPath", "$"), x.document)
        except JSONPathError as error:
            yield f"{each.get('jsonPath')}: {error}"
    if sum(each.get("default") is True for each in offered) > 1:
        yield "two defaults"


@check(
    "5.2.6",
    "RFC 8977 §2.1",
    "paging and sorting are claimed if and only if they are used.",
    on=SEARCH,
)
def claims_paging(x: Exchange) -> Iterator[str]:
    for name, member in (("paging", "paging_metadata"), ("sorting", "sorting_metadata")):
        if (name in x.document.get("rdapConformance", ())) != (member in x.document):
            yield name


@check("5.2.7", "RFC 8977 §2.3.1", "Orders have the registered names.", on=SEARCH)
def sort_names(x: Exchange) -> Iterator[str]:
    for each in _meta(x, "sorting_metadata").get("availableSorts", ()):
        if each.get("property") not in SORTABLE[results(x)[0]]:
            yield f"{each.get('property')!r}"


@check("5.3.1", "RFC 8982 §3", "The set id has keys alone.", on=SEARCH)
def id_items(x: Exchange) -> Iterator[str]:
    if _meta(x, "subsetting_metadata").get("currentFieldSet") != "id":
        return
    for at, item in enumerate(results(x)[1]):
        if item.keys() - {"objectClassName", "ldhName", "unicodeName", "handle", "links"}:
            yield f"item {at}: {sorted(item)}"


@check("5.3.3", "RFC 8982 §2", "Field sets are named, with links to the same search.", on=SEARCH)
def field_sets(x: Exchange) -> Iterator[str]:
    if "subsetting_metadata" not in x.document:
        return
    meta = _meta(x, "subsetting_metadata")
    offered = meta.get("availableFieldSets", [])
    names = [each.get("name") for each in offered]
    wanted = asked(x, "fieldSet")
    if meta.get("currentFieldSet") != (wanted or meta.get("currentFieldSet")):
        yield f"{meta.get('currentFieldSet')!r} where {wanted!r} was asked for"
    if offered and (meta.get("currentFieldSet") not in names or len(set(names)) != len(names)):
        yield f"{names}"
    for each in offered:
        if not isinstance(each.get("default"), bool):
            yield f"{each}"
        for link in each.get("links", ()):
            if link.get("rel") != "alternate" or f"fieldSet={each['name']}" not in link.get(
                "href", ""
            ):
                yield f"{link}"


@check("5.3.3/claim", "RFC 8982 §2", "subsetting is claimed if and only if it is used.", on=SEARCH)
def claims_subsetting(x: Exchange) -> Iterator[str]:
    if ("subsetting" in x.document.get("rdapConformance", ())) != (
        "subsetting_metadata" in x.document
    ):
        yield "claim and member"


@check(
    "5.4.2",
    "RFC 9536 §6",
    "The help lists what can be searched for in reverse.",
    on=(Subject.HELP,),
)
def reverse_offered(x: Exchange) -> Iterator[str]:
    offered = x.document.get("reverse_search_properties", ())
    if bool(offered) and "reverse_search" not in x.document.get("rdapConformance", ()):
        yield "reverse_search isn't claimed"
    for each in offered:
        if (
            set(each) != {"searchableResourceType", "relatedResourceType", "property"}
            or each["relatedResourceType"] != "entity"
            or each["property"] not in MAPPINGS
        ):
            yield f"{each}"


@check("5.4.3", "RFC 9536 §5, §8", "A reverse search says where its properties stand.", on=SEARCH)
def reverse_mapping(x: Exchange) -> Iterator[str]:
    is_reverse = "/reverse_search/" in urlsplit(x.url).path
    mapping = x.document.get("reverse_search_properties_mapping", [])
    if is_reverse != bool(mapping):
        yield f"{mapping}"
    if bool(mapping) != ("reverse_search" in x.document.get("rdapConformance", ())):
        yield "claim and member"
    for each in mapping:
        if MAPPINGS.get(each.get("property")) != each.get("propertyPath"):
            yield f"{each}"
