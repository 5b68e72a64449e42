"""Broken answers for the checks of searches."""

from __future__ import annotations

from collections.abc import Mapping

from tests.conformance.good_objects import BASE, CLAIMS
from tests.conformance.mutations import Broken, answer, drop, put

__all__ = ["OF_SEARCHES"]

PAGING, SORTING, SETS = "paging_metadata", "sorting_metadata", "subsetting_metadata"
NEXT = (PAGING, "links", 0)
SORT = (SORTING, "availableSorts", 0)
ITEM = ("domainSearchResults", 0)
MAPPING = ("reverse_search_properties_mapping", 0)

OF_SEARCHES: Mapping[str, tuple[Broken, ...]] = {
    "1.2.3": (put("search", "domainSearchResults", value=[]),),
    "1.6.7": (
        put("search", "entitySearchResults", value=[]),
        put("search", *ITEM, "objectClassName", value="nameserver"),
        answer("search", url=f"{BASE}nameservers?name=shop*&count=true"),
    ),
    "1.6.8": (
        drop("search", "notices", 1),
        drop("search", *NEXT),
    ),
    "1.6.9": (
        put(
            *("search", *ITEM, "remarks"),
            value=[
                {
                    "type": "object truncated due to unexplainable reasons",
                    "description": ["Shortened."],
                }
            ],
        ),
    ),
    "5.2.1": (
        put("search", PAGING, "totalCount", value="2"),
        put("search", PAGING, "totalCount", value=0),
        answer("search", url=f"{BASE}domains?name=shop*"),
    ),
    "5.2.4": (
        drop("search", *NEXT, "title"),
        put("search", *NEXT, "rel", value="self"),
        put("search", *NEXT, "type", value="text/html"),
        put("search", PAGING, "cursor", value="abc"),
        put("search", PAGING, "pageSize", value="1"),
    ),
    "5.2.5": (
        drop("search", *SORT, "default"),
        put("search", *SORT, "jsonPath", value="domainSearchResults.ldhName"),
        put("search", SORTING, "sort", value="name"),
        put("search", *SORT, "path", value="$"),
        put(
            *("search", SORTING, "availableSorts"),
            value=[{"property": name, "default": True} for name in ("name", "expirationDate")],
        ),
    ),
    "5.2.6": (
        put("search", "rdapConformance", value=[*CLAIMS, "redacted", "subsetting", "paging"]),
        drop("search", PAGING),
    ),
    "5.2.7": (put("search", *SORT, "property", value="ldhName"),),
    "5.3.1": (put("id search", *ITEM, "status", value=["active"]),),
    "5.3.3": (
        answer("search", url=f"{BASE}domains?name=shop*&count=true&fieldSet=id"),
        put("search", SETS, "currentFieldSet", value="all"),
        drop("search", SETS, "availableFieldSets", 0, "default"),
        put("search", SETS, "availableFieldSets", 0, "links", 0, "rel", value="self"),
    ),
    "5.3.3/claim": (drop("search", SETS),),
    "5.4.2": (
        put("help", "rdapConformance", value=CLAIMS),
        put("help", "reverse_search_properties", 0, "property", value="phone"),
        drop("help", "reverse_search_properties", 0, "relatedResourceType"),
    ),
    "5.4.3": (
        drop("reverse search", "reverse_search_properties_mapping"),
        put("reverse search", *MAPPING, "propertyPath", value="$.handle"),
        put("reverse search", "rdapConformance", value=CLAIMS),
        put("search", "reverse_search_properties_mapping", value=[{"property": "fn"}]),
    ),
}
