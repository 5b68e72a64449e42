"""Broken answers for the checks of cards and statuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.conformance.mutations import Broken, edit, put

__all__ = ["OF_CARDS"]

# The contact of the good domain that shows everything, and where its properties stand.
VCARD = ("entities", 2, "vcardArray")
CARD = (*VCARD, 1)
FN, KIND, ORG, ADR, VOICE, FAX, EMAIL = ((*CARD, at) for at in range(1, 8))
PARTS = (*ADR, 3)


def _domain(*steps: str | int, value: Any) -> Broken:
    return put("domain", *steps, value=value)


def _added(*prop: Any) -> Broken:
    return edit("domain", lambda d: d["entities"][2]["vcardArray"][1].append(list(prop)))


def _without(at: int) -> Broken:
    return edit("domain", lambda d: d["entities"][2]["vcardArray"][1].pop(at))


def _status(*status: str) -> Broken:
    return _domain("status", value=list(status))


def _host_status(*status: str) -> Broken:
    return _domain("nameservers", 0, "status", value=list(status))


OF_CARDS: Mapping[str, tuple[Broken, ...]] = {
    "2.1.1": (
        _domain(*VCARD, value=["vcard"]),
        _domain(*VCARD, 0, value="vCard"),
        _domain(*CARD, value=[]),
    ),
    "2.1.2": (
        _domain(*FN, value=["fn", {}, "text"]),
        _domain(*FN, value=["FN", {}, "text", "x"]),
        _domain(*FN, value=["fn", [], "text", "x"]),
        _domain(*FN, value=["fn", {}, "TEXT", "x"]),
    ),
    "2.1.3": (_without(0), _domain(*CARD, 0, 3, value="3.0")),
    "2.1.4": (_without(1), _domain(*FN, 3, value=None)),
    "2.1.5": (
        _domain(*VOICE, 1, value={"type": "voice", "pref": 1}),
        _domain(*VOICE, 1, value={"Type": "voice"}),
        _domain(*VOICE, 1, value={"type": ""}),
    ),
    "2.1.6": (_domain(*FN, 1, value={"lang": "mi"}),),
    "2.1.7": (_domain(*ORG, 3, value="Orchards\\, and more"),),
    "2.2.1": (
        _added("fn", {}, "text", "Another"),
        _domain(*FN, 1, value={"type": "work"}),
        _domain(*FN, 2, value="uri"),
    ),
    "2.2.3": (_domain(*ORG, 3, value=["A", "B"]), _domain(*ORG, 3, value="")),
    "2.2.4": (_domain(*KIND, 3, value="person"),),
    "2.2.6": (
        _domain(*PARTS, value=["", "", "", "", "", ""]),
        _domain(*PARTS, value="1 Street"),
        _domain(*PARTS, 3, value=["City"]),
    ),
    "2.2.7": (_domain(*PARTS, 0, value="PO Box 1"), _domain(*PARTS, 1, value="Flat 2")),
    "2.2.8": (
        _domain(*PARTS, 6, value="New Zealand"),
        _domain(*ADR, 1, value={}),
        _domain(*ADR, 1, "cc", value="nz"),
    ),
    "2.2.9": (_domain(*ADR, 1, "label", value="1 Street\nCity"),),
    "2.2.10": (
        _domain(*VOICE, 3, value="+64.211"),
        _domain(*VOICE, 2, value="phone"),
    ),
    "2.2.11": (
        _domain(*VOICE, 1, value={}),
        _domain(*VOICE, 1, "type", value=["voice"]),
        _domain(*VOICE, 1, "type", value="cell"),
    ),
    "2.2.13": (_domain(*VOICE, 3, value="tel:7035550100"),),
    "2.2.14": (
        _domain(*EMAIL, 3, value="mailto:aroha@mail.example"),
        _domain(*EMAIL, 2, value="uri"),
    ),
    "2.2.15": (
        _added("contact-uri", {}, "uri", "https://form.example/"),
        _domain(*EMAIL, value=["contact-uri", {}, "text", "https://form.example/"]),
        _domain(*EMAIL, value=["contact-uri", {}, "uri", "the form"]),
    ),
    "2.2.16": (_added("url", {}, "text", "https://a.example"), _added("url", {}, "uri", "a")),
    "2.2.17": (_domain(*FN, 1, "cc", value="NZ"),),
    "2.2.19": (_domain(*PARTS, 5, value=None), _domain(*FN, 1, "type", value=None)),
    "11.1.3": (
        _domain(*FN, 1, "language", value="mi"),
        _added("x-note", {}, "text", "a"),
        _added("rev", {}, "timestamp", "2020-01-01T00:00:00Z"),
        _domain(*VOICE, 3, value="tel:+64.211;ext=1-2"),
        _domain(*ADR, 1, "cc", value="UK"),
    ),
    "11.1.4": (
        _domain(*PARTS, 2, value=["1 Street"]),
        _domain(*PARTS, 2, value="1 Street\nFlat 2"),
        _domain(*PARTS, 2, value=[]),
    ),
    "3.1": (_status("ok"), _host_status("linked"), _status("clientHold")),
    "3.5": (_status("active", "inactive"), _status("client hold", "associated")),
    "4.4.10": (edit("domain", lambda d: d.pop("status")),),
    "4.4.11": (
        _status("active", "client hold"),
        _status("pending delete", "server delete prohibited"),
        _status("pending renew", "client renew prohibited"),
        _status("pending transfer", "client transfer prohibited"),
        _status("pending update", "client update prohibited"),
        _status("pending create", "pending update"),
    ),
    "4.4.12": (
        _status("redemption period"),
        _status("pending restore", "client hold"),
        _status("pending delete", "pending restore", "redemption period"),
    ),
    "4.9.1": (
        edit("domain", lambda d: d["nameservers"][0].pop("ldhName")),
        edit("domain", lambda d: d["nameservers"][0].pop("status")),
    ),
    "4.9.2": (
        _host_status("active", "client update prohibited"),
        _host_status("pending delete", "client delete prohibited"),
        _host_status("pending create", "pending update"),
        put("nameserver", "status", value=["active", "pending update"]),
    ),
}
