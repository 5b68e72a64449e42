"""Hand-made pages of searches."""

from __future__ import annotations

import json

from tests.conformance.exchanges import Exchange
from tests.conformance.good_lookups import rdap
from tests.conformance.good_objects import BASE, CLAIMS, DOMAIN, REDACTED, URL, link, terms

__all__ = ["id_search", "reverse_search", "search"]

SEARCH_URL = f"{BASE}domains?name=shop*&count=true&fieldSet=full"
NEXT_URL = f"{SEARCH_URL}&cursor=abc"


def search() -> Exchange:
    """Give the first of two pages, counted and sorted."""
    item = {k: v for k, v in DOMAIN.items() if k not in {"rdapConformance", "notices", "redacted"}}
    item = json.loads(json.dumps(item).replace(f'"value": "{URL}"', f'"value": "{SEARCH_URL}"'))
    item["events"] = item["events"][:2]
    item["redacted"] = json.loads(json.dumps(REDACTED).replace("$.", "$.domainSearchResults[0]."))
    document = {
        "rdapConformance": [*CLAIMS, "redacted", "paging", "sorting", "subsetting"],
        "domainSearchResults": [item],
        "paging_metadata": {
            "totalCount": 2,
            "pageSize": 1,
            "pageNumber": 1,
            "links": [{**link(SEARCH_URL, "next", NEXT_URL), "title": "Next page"}],
        },
        "sorting_metadata": {
            "currentSort": "name",
            "availableSorts": [
                {
                    "property": "name",
                    "jsonPath": "$.domainSearchResults[*].ldhName",
                    "default": True,
                }
            ],
        },
        "subsetting_metadata": {
            "currentFieldSet": "full",
            "availableFieldSets": [
                {
                    "name": name,
                    "default": name == "full",
                    "links": [
                        link(SEARCH_URL, "alternate", f"{BASE}domains?name=shop*&fieldSet={name}")
                    ],
                }
                for name in ("id", "full")
            ],
        },
        "notices": [
            terms(SEARCH_URL),
            {
                "title": "Search Policy",
                "type": "result set truncated due to unexplainable reasons",
                "description": ["There are more."],
            },
        ],
    }
    return rdap(document, SEARCH_URL)


ID_URL = f"{BASE}domains?name=shop*&fieldSet=id"


def id_search() -> Exchange:
    """Give results of the field set id."""
    document = {
        "rdapConformance": [*CLAIMS, "subsetting"],
        "domainSearchResults": [
            {
                "objectClassName": "domain",
                "ldhName": "shop.example",
                "links": [link(ID_URL, "self", URL)],
            }
        ],
        "subsetting_metadata": {"currentFieldSet": "id"},
        "notices": [terms(ID_URL)],
    }
    return rdap(document, ID_URL)


REVERSE_URL = f"{BASE}domains/reverse_search/entity?handle=292"


def reverse_search() -> Exchange:
    """Give what a reverse search finds."""
    document = {
        "rdapConformance": [*CLAIMS, "reverse_search"],
        "domainSearchResults": [
            {
                "objectClassName": "domain",
                "ldhName": "shop.example",
                "links": [link(REVERSE_URL, "self", URL)],
            }
        ],
        "reverse_search_properties_mapping": [
            {"property": "handle", "propertyPath": "$.entities[*].handle"}
        ],
        "notices": [terms(REVERSE_URL)],
    }
    return rdap(document, REVERSE_URL)
