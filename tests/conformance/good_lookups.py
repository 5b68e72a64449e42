"""Hand-made answers to look-ups, the help and errors."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.conformance.exchanges import Exchange
from tests.conformance.good_objects import (
    BASE,
    CLAIMS,
    DOMAIN,
    HEADERS,
    LAST_UPDATE,
    REDACTED,
    URL,
    R,
    T,
    a_registrar,
    card_path,
    entry,
    link,
    terms,
)

__all__ = [
    "ERROR",
    "HELP",
    "HELP_URL",
    "idn_domain",
    "lookup",
    "rdap",
    "registrar_lookup",
    "registrar_mode",
]


def rdap(document: Any, url: str = URL, **values: Any) -> Exchange:
    """Give an exchange of RDAP."""
    return Exchange(
        url=url, base=BASE, headers=HEADERS, body=json.dumps(document).encode(), **values
    )


def lookup(path: str, document: Mapping[str, Any], **values: Any) -> Exchange:
    """Give the look-up of an object that stands on top."""
    url = f"{BASE}{path}"
    whole = {
        "rdapConformance": CLAIMS,
        **document,
        "events": [LAST_UPDATE],
        "links": [link(url, "self", url), *document.get("links", ())],
        "notices": [terms(url)],
    }
    return rdap(whole, url, **values)


def registrar_lookup() -> Exchange:
    """Give a registrar asked for by itself."""
    url = f"{BASE}entity/292"
    plain = a_registrar(url)
    card = [
        *plain["vcardArray"][1],
        ["adr", {"cc": "NZ"}, "text", ["", "", "1 Road", "City", "", "1", ""]],
        ["tel", {"type": "voice"}, "uri", "tel:+1.1"],
        ["email", {}, "text", "desk@registrar.example"],
        ["url", {}, "uri", "https://www.registrar.example"],
    ]
    return lookup(
        "entity/292", {**plain, "vcardArray": ["vcard", card], "links": plain["links"][1:]}
    )


def registrar_mode() -> Exchange:
    """Give a domain as a registrar answers."""
    document = json.loads(json.dumps(DOMAIN))
    document["events"][1]["eventAction"] = "registrar expiration"
    form = ["contact-uri", {}, "uri", "https://registrar.example/contact"]
    for role in (1, 3):
        document["entities"][role]["vcardArray"][1].append(form)
    for path, name in ((R, "Registrant Email"), (T, "Tech Email")):
        at = next(i for i, e in enumerate(REDACTED) if e["name"]["type"] == name)
        document["redacted"][at] = entry(
            name,
            "replacementValue",
            prePath=card_path(path, "@[0]=='email'"),
            replacementPath=card_path(path, "@[0]=='contact-uri'"),
        )
    return rdap(document, registrar_mode=True)


HELP_URL = f"{BASE}help"
HELP = {
    "rdapConformance": [*CLAIMS, "redacted", "reverse_search"],
    "notices": [terms(HELP_URL)],
    "reverse_search_properties": [
        {
            "searchableResourceType": "domains",
            "relatedResourceType": "entity",
            "property": "handle",
        }
    ],
}
ERROR = {
    "rdapConformance": CLAIMS,
    "errorCode": 404,
    "title": "Not Found",
    "description": ["There is no such object here."],
}
IDN = json.loads(json.dumps(DOMAIN).replace("shop.example", "xn--bcher-kva.example"))
IDN_URL = f"{BASE}domain/b%C3%BCcher.example"


def idn_domain() -> Exchange:
    """Give a domain asked for in Unicode."""
    text = json.dumps({**IDN, "unicodeName": "bücher.example"})
    asked = f"{BASE}domain/xn--bcher-kva.example"
    text = text.replace(f'"value": "{asked}"', f'"value": "{IDN_URL}"')
    document = json.loads(text)
    for host in document["nameservers"]:
        host["unicodeName"] = host["ldhName"].replace("xn--bcher-kva", "bücher")
    return rdap(document, IDN_URL)
