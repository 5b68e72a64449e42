"""Parts of hand-made answers, and a domain made of them."""

from __future__ import annotations

from typing import Any

__all__ = [
    "BASE",
    "CLAIMS",
    "DOMAIN",
    "HEADERS",
    "LAST_UPDATE",
    "NAMESERVER",
    "OPEN",
    "REDACTED",
    "URL",
    "R",
    "T",
    "a_registrar",
    "a_shown_contact",
    "card_path",
    "entry",
    "link",
    "terms",
]

BASE = "https://rdap.nic.example/"
URL = f"{BASE}domain/shop.example"
CLAIMS = [
    "rdap_level_0",
    "icann_rdap_response_profile_1",
    "icann_rdap_technical_implementation_guide_1",
]
HEADERS = {
    "content-type": "application/rdap+json",
    "access-control-allow-origin": "*",
    "cache-control": "no-cache",
}
VERSION = ["version", {}, "text", "4.0"]


def event(action: str, date: str) -> dict[str, str]:
    """Give an event."""
    return {"eventAction": action, "eventDate": date}


def link(value: str, rel: str, href: str, media: str = "application/rdap+json") -> dict[str, str]:
    """Give a link."""
    return {"value": value, "rel": rel, "href": href, "type": media}


def terms(url: str) -> dict[str, Any]:
    """Give the notice of the terms of service."""
    return {
        "title": "Terms of Service",
        "description": ["Use is subject to terms."],
        "links": [link(url, "terms-of-service", "https://www.nic.example/terms", "text/html")],
    }


def notice(url: str, title: str, text: str, rel: str, href: str) -> dict[str, Any]:
    """Give a notice with one link."""
    return {"title": title, "description": [text], "links": [link(url, rel, href, "text/html")]}


STATUS_TEXT = "For more information on domain status codes, please visit https://icann.org/epp"
FORM_TEXT = "URL of the ICANN RDDS Inaccuracy Complaint Form: https://icann.org/wicf"
LAST_UPDATE = event("last update of RDAP database", "2026-05-29T20:15:00Z")


def a_registrar(url: str) -> dict[str, Any]:
    """Give a registrar as it stands in other objects."""
    return {
        "objectClassName": "entity",
        "handle": "292",
        "roles": ["registrar"],
        "publicIds": [{"type": "IANA Registrar ID", "identifier": "292"}],
        "vcardArray": ["vcard", [VERSION, ["fn", {}, "text", "Good Registrar"]]],
        "entities": [
            {
                "objectClassName": "entity",
                "roles": ["abuse"],
                "vcardArray": [
                    "vcard",
                    [
                        VERSION,
                        ["fn", {}, "text", "Abuse desk"],
                        ["tel", {"type": "voice"}, "uri", "tel:+1.1235551234"],
                        ["email", {}, "text", "abuse@registrar.example"],
                    ],
                ],
            }
        ],
        "links": [
            link(url, "self", f"{BASE}entity/292"),
            link(
                "https://rdap.registrar.example/",
                "about",
                "https://www.registrar.example",
                "text/html",
            ),
        ],
    }


def a_withheld_contact(role: str, **extra: Any) -> dict[str, Any]:
    """Give a contact of which state and country alone are shown."""
    return {
        "objectClassName": "entity",
        "roles": [role],
        "vcardArray": [
            "vcard",
            [
                VERSION,
                ["fn", {}, "text", ""],
                ["adr", {"cc": "NZ"}, "text", ["", "", "", "", "Wellington", "", ""]],
            ],
        ],
        "status": ["private"],
        **extra,
    }


def a_shown_contact(url: str, role: str) -> dict[str, Any]:
    """Give a contact of which everything is shown."""
    return {
        "objectClassName": "entity",
        "handle": "C9-EXAMPLE",
        "roles": [role],
        "vcardArray": [
            "vcard",
            [
                VERSION,
                ["fn", {}, "text", "Aroha Ngata"],
                ["kind", {}, "text", "individual"],
                ["org", {}, "text", "Orchards; and more"],
                [
                    "adr",
                    {"cc": "NZ"},
                    "text",
                    ["", "", ["1 Street", "Flat 2"], "City", "Wellington", "6011", ""],
                ],
                ["tel", {"type": "voice"}, "uri", "tel:+64.211;ext=12"],
                ["tel", {"type": "fax"}, "uri", "tel:+64.212;ext=3"],
                ["email", {}, "text", "aroha@mail.example"],
            ],
        ],
        "links": [link(url, "self", f"{BASE}entity/C9-EXAMPLE")],
    }


R, T = (f"$.entities[?(@.roles[0]=='{role}')]" for role in ("registrant", "technical"))


def entry(name: str, method: str, **paths: str) -> dict[str, Any]:
    """Give an entry of what is withheld."""
    return {
        "name": {"type": name},
        "reason": {"description": "Server policy"},
        "method": method,
        **paths,
    }


def _removed(name: str, path: str) -> dict[str, Any]:
    return entry(name, "removal", prePath=path)


def _emptied(name: str, path: str) -> dict[str, Any]:
    return entry(name, "emptyValue", postPath=path)


def card_path(path: str, what: str) -> str:
    """Give the path of the properties of a card that meet a condition."""
    return f"{path}.vcardArray[1][?({what})]"


REGISTRANT_EMAIL = _removed("Registrant Email", card_path(R, "@[0]=='email'"))
REDACTED = [
    _removed("Registry Registrant ID", f"{R}.handle"),
    _emptied("Registrant Name", card_path(R, "@[0]=='fn'") + "[3]"),
    _removed("Registrant Organization", card_path(R, "@[0]=='org'")),
    _emptied("Registrant Street", card_path(R, "@[0]=='adr'") + "[3][2]"),
    _emptied("Registrant City", card_path(R, "@[0]=='adr'") + "[3][3]"),
    _emptied("Registrant Postal Code", card_path(R, "@[0]=='adr'") + "[3][5]"),
    _removed("Registrant Phone", card_path(R, "@[1].type=='voice'")),
    REGISTRANT_EMAIL,
    _removed("Registry Tech ID", f"{T}.handle"),
    _emptied("Tech Name", card_path(T, "@[0]=='fn'") + "[3]"),
    _removed("Tech Phone", card_path(T, "@[1].type=='voice'")),
    _removed("Tech Email", card_path(T, "@[0]=='email'")),
]
NAMESERVER = {
    "objectClassName": "nameserver",
    "handle": "H1-EXAMPLE",
    "ldhName": "ns1.shop.example",
    "status": ["active", "associated"],
    "ipAddresses": {"v4": ["192.0.2.1"], "v6": ["2001:db8::1"]},
}
DOMAIN: dict[str, Any] = {
    "rdapConformance": [*CLAIMS, "redacted"],
    "objectClassName": "domain",
    "handle": "D1-EXAMPLE",
    "ldhName": "shop.example",
    "status": ["client transfer prohibited"],
    "events": [
        event("registration", "2020-10-08T00:45:00Z"),
        event("expiration", "2027-10-08T00:45:00Z"),
        LAST_UPDATE,
    ],
    "secureDNS": {
        "delegationSigned": True,
        "dsData": [{"keyTag": 12345, "algorithm": 13, "digestType": 2, "digest": "AB" * 32}],
        "keyData": [{"flags": 257, "protocol": 3, "algorithm": 13, "publicKey": "AQPJ////4Q=="}],
    },
    "nameservers": [
        NAMESERVER,
        {**NAMESERVER, "handle": "H2-EXAMPLE", "ldhName": "ns2.shop.example"},
    ],
    "entities": [
        a_registrar(URL),
        a_withheld_contact("registrant"),
        a_shown_contact(URL, "administrative"),
        a_withheld_contact("technical"),
    ],
    "redacted": REDACTED,
    "links": [
        link(URL, "self", URL),
        link(URL, "related", "https://rdap.registrar.example/domain/shop.example"),
    ],
    "notices": [
        terms(URL),
        notice(URL, "Status Codes", STATUS_TEXT, "glossary", "https://icann.org/epp"),
        notice(URL, "RDDS Inaccuracy Complaint Form", FORM_TEXT, "help", "https://icann.org/wicf"),
    ],
}
OPEN: dict[str, Any] = {
    **DOMAIN,
    "rdapConformance": CLAIMS,
    "entities": [
        a_registrar(URL),
        a_shown_contact(URL, "registrant"),
        a_shown_contact(URL, "administrative"),
        a_shown_contact(URL, "technical"),
    ],
}
del OPEN["redacted"]
