"""Answers written by hand that meet every rule: what the mutations start from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tests.conformance.exchanges import Exchange, Pair, Twins, WhoisExchange
from tests.conformance.good_lookups import (
    ERROR,
    HELP,
    HELP_URL,
    idn_domain,
    lookup,
    rdap,
    registrar_lookup,
    registrar_mode,
)
from tests.conformance.good_objects import (
    BASE,
    DOMAIN,
    HEADERS,
    NAMESERVER,
    OPEN,
    URL,
    a_shown_contact,
)
from tests.conformance.good_searches import id_search, reverse_search, search
from tests.conformance.good_whois import (
    WHOIS_ABSENT,
    WHOIS_DOMAIN,
    WHOIS_NAMESERVER,
    WHOIS_REGISTRAR,
    registrar_whois,
    whois,
)

__all__ = ["GOOD", "changed"]

_domain = rdap(DOMAIN)
_error = rdap(ERROR, status=404)
_head = replace(_domain, method="HEAD", body=b"")
_upper = f"{BASE}domain/SHOP.example"
_other_case = rdap(
    json.loads(json.dumps(DOMAIN).replace(f'"value": "{URL}"', f'"value": "{_upper}"')), _upper
)
GOOD: Mapping[str, Exchange | WhoisExchange | Pair | Twins] = {
    "domain": _domain,
    "open": rdap(OPEN),
    "idn": idn_domain(),
    "registrar mode": registrar_mode(),
    "nameserver": lookup("nameserver/ns1.shop.example", NAMESERVER),
    "registrar": registrar_lookup(),
    "contact": lookup(
        "entity/C9-EXAMPLE", {**a_shown_contact(f"{BASE}x", "registrant"), "links": []}
    ),
    "help": rdap(HELP, HELP_URL),
    "error": _error,
    "too many": replace(
        rdap({**ERROR, "errorCode": 429}, status=429), headers={**HEADERS, "retry-after": "30"}
    ),
    "refused method": replace(
        rdap({**ERROR, "errorCode": 405}, status=405, method="POST"),
        headers={**HEADERS, "allow": "GET, HEAD, OPTIONS"},
    ),
    "redirect": replace(
        rdap({**ERROR, "errorCode": 302}, status=302),
        headers={**HEADERS, "location": "https://rdap.other.example/domain/shop.example"},
    ),
    "search": search(),
    "id search": id_search(),
    "reverse search": reverse_search(),
    "whois domain": whois(WHOIS_DOMAIN),
    "whois registrar mode": registrar_whois(),
    "whois nameserver": whois(WHOIS_NAMESERVER),
    "whois registrar": whois(WHOIS_REGISTRAR),
    "whois absent": whois(WHOIS_ABSENT),
    "pair": Pair(rdap=_domain, whois=whois(WHOIS_DOMAIN)),
    "head": Twins(get=_domain, other=_head),
    "twins": Twins(get=_domain, other=_other_case),
}


def changed(exchange: Exchange, document: Any) -> Exchange:
    """Give *exchange* with another document."""
    return replace(exchange, body=json.dumps(document).encode())
