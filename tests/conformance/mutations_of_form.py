"""Broken answers for the checks of form, transport and objects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tests.conformance.good_answers import GOOD
from tests.conformance.good_objects import BASE, HEADERS, URL
from tests.conformance.mutations import Broken, answer, drop, edit, put

__all__ = ["OF_FORM"]

LINK = ("links", 0)
ADDRESS = ("nameservers", 0, "ipAddresses")
DS = ("secureDNS", "dsData", 0)
KEY = ("secureDNS", "keyData", 0)
EVENT = ("events", 0)
SECOND_SELF = {"value": URL, "rel": "self", "href": f"{BASE}help", "type": "text/html"}


def _headers(**changes: str) -> dict[str, str]:
    return {**HEADERS, **{name.replace("_", "-"): value for name, value in changes.items()}}


def _without(name: str) -> dict[str, str]:
    return {key: value for key, value in HEADERS.items() if key != name}


def _twin(**values: object) -> Broken:
    return Broken("head", lambda twins: replace(twins, other=replace(twins.other, **values)))


OF_FORM: Mapping[str, tuple[Broken, ...]] = {
    "1.1.1": (answer("domain", headers=_headers(content_type="application/json")),),
    "1.1.2": (
        answer("domain", body=b'{"a": 1, "a": 2}'),
        answer("domain", body=b"\xef\xbb\xbf{}"),
        answer("domain", body=b"[]"),
        answer("domain", body=b'{"a": "\xff"}'),
        answer("domain", body=b"<html>"),
        answer("domain", body=b""),
    ),
    "1.1.3": (
        _twin(body=b"{}"),
        _twin(headers=_without("cache-control")),
        _twin(status=404),
    ),
    "1.1.4": (_twin(status=404),),
    "1.1.5": (
        answer("refused method", headers=HEADERS),
        answer("refused method", status=404),
    ),
    "1.1.9": (
        answer("domain", headers=_without("access-control-allow-origin")),
        answer("error", headers=_headers(access_control_allow_credentials="true")),
    ),
    "1.1.13": (
        answer("domain", headers=_without("cache-control")),
        answer("error", headers=_headers(cache_control="max-age=60")),
    ),
    "1.1.14": (answer("domain", headers=_headers(content_encoding="gzip")),),
    "1.2.2": (
        answer("redirect", headers=_headers(location="/domain/shop.example")),
        answer("redirect", headers=_headers(location=URL)),
    ),
    "1.2.8": (answer("too many", headers=HEADERS),),
    "1.3.1": (
        put("error", "errorCode", value="404"),
        put("error", "errorCode", value=400),
        put("error", "description", value="a sentence"),
        put("error", "title", value=["a"]),
        drop("error", "errorCode"),
    ),
    "1.3.4": (
        answer("error", body=b"<h1>Not Found</h1>"),
        answer("error", body=b""),
    ),
    "1.3.5": (put("error", "description", value=["<ScRipt>"]),),
    "1.5.1": (
        Broken(
            "twins",
            lambda twins: replace(twins, other=replace(GOOD["open"], url=twins.other.url)),
        ),
    ),
    "1.7.1": (
        drop("domain", "rdapConformance"),
        drop("error", "rdapConformance"),
        put("domain", "rdapConformance", 0, value="rdap_level_1"),
        put("domain", "rdapConformance", 4, value="jscontact"),
        put("domain", "rdapConformance", 4, value="redacted"),
        put("domain", "entities", 0, "rdapConformance", value=["rdap_level_0"]),
    ),
    "1.7.2": (
        drop("domain", "nameservers", 0, "objectClassName"),
        put("domain", "entities", 0, "objectClassName", value="Entity"),
    ),
    "1.7.3": (
        drop("domain", *LINK, "value"),
        drop("domain", *LINK, "rel"),
        put("domain", *LINK, "href", value="/domain/shop.example"),
        put("domain", *LINK, "href", value="https://bücher.example/"),
        put("domain", *LINK, "rel", value="rdap"),
        put("domain", *LINK, "type", value="json"),
        put("domain", *LINK, "name", value="x"),
    ),
    "1.7.4": (
        drop("domain", *LINK),
        put("nameserver", *LINK, "type", value="text/html"),
        put("domain", "links", 1, "href", value=URL),
        put("domain", "links", 2, value=SECOND_SELF),
    ),
    "1.7.5": (
        put("domain", "entities", 0, "notices", value=[]),
        drop("domain", "notices", 0, "description"),
        put("domain", "notices", 0, "description", value="x"),
        put("domain", "remarks", value=[{"title": "x"}]),
        put("domain", "notices", 0, "text", value="x"),
        put("domain", "notices", 0, "title", value=1),
    ),
    "1.7.6": (
        put("search", "notices", 1, "type", value="result set truncated due to load"),
        put("domain", "remarks", value=[{"type": "object truncated", "description": ["x"]}]),
    ),
    "1.7.7": (
        drop("domain", *EVENT, "eventDate"),
        put("domain", *EVENT, "eventDate", value="2020-10-08"),
        put("domain", *EVENT, "eventDate", value="2020-10-08T00:45:00+02:00"),
        put("domain", *EVENT, "eventDate", value="2020-02-30T00:45:00Z"),
        put("domain", *EVENT, "eventAction", value="expiration"),
        put("domain", *EVENT, "links", value=[SECOND_SELF]),
        put("domain", *EVENT, "date", value="x"),
    ),
    "1.7.8": (put("domain", *EVENT, "eventAction", value="last update of rdap database"),),
    "1.7.9": (
        put("domain", "status", value=["clientHold"]),
        put("domain", "status", value=[]),
        put("domain", "status", value="active"),
        put("domain", "nameservers", 0, "status", value=["active", "active"]),
    ),
    "1.7.10": (put("domain", "port43", value="whois://whois.example"),),
    "1.7.11": (
        put("domain", "entities", 0, "publicIds", 0, "identifier", value=292),
        drop("domain", "entities", 0, "publicIds", 0, "type"),
    ),
    "1.7.12": (put("domain", "lang", value="english please"),),
    "1.7.13": (
        put("domain", "handle", value=""),
        put("domain", "entities", 0, "handle", value=292),
        put("domain", "handle", value=None),
    ),
    "1.7.14": (
        put("domain", "remarks", value=[]),
        put("domain", "nameservers", 0, "ipAddresses", value={}),
        put("domain", "unicodeName", value=None),
    ),
    "1.7.15": (
        put("domain", "whoisServer", value="x"),
        put("domain", "entities", 0, "redacted", value=[{}]),
        put("domain", "nameservers", 0, "ttl0_data", value={"x": 1}),
        put("domain", "entities", 1, "jscontact_card", value={"x": 1}),
        put("error", "code", value=1),
        put("help", "searches", value="x"),
        put("search", "results", value="x"),
    ),
    "1.7.16": (
        put("domain", "entities", 1, "roles", value=["owner"]),
        put("domain", "entities", 1, "roles", value="registrant"),
        put("domain", "entities", 1, "roles", value=["registrant", "registrant"]),
    ),
    "1.7.17": (
        put("domain", "entities", 1, "roles", value=["registrant", "technical"]),
        drop("domain", "entities", 1, "roles"),
    ),
    "1.8.1": (drop("domain", "ldhName"), drop("domain", "nameservers", 0, "ldhName")),
    "1.8.2": (
        put("domain", "ldhName", value="Shop.example"),
        put("domain", "ldhName", value="shop.example."),
        put("idn", "ldhName", value="bücher.example"),
        put("idn", "unicodeName", value="bucher.example"),
        drop("idn", "unicodeName"),
        put("domain", "unicodeName", value="shop.example"),
    ),
    "1.8.4": (
        put("domain", "secureDNS", "delegationSigned", value="true"),
        put("domain", *DS, "digest", value="XYZ"),
        put("domain", *DS, "flags", value=1),
        put("domain", *KEY, "publicKey", value="no base64"),
        put("domain", "secureDNS", "signed", value=True),
    ),
    "1.8.5": (
        put("domain", "secureDNS", "delegationSigned", value=False),
        put("domain", "secureDNS", value={"delegationSigned": True}),
        drop("domain", "secureDNS", "delegationSigned"),
    ),
    "1.8.6": (
        put("domain", *DS, "keyTag", value=65536),
        put("domain", *DS, "keyTag", value="12345"),
        put("domain", *DS, "algorithm", value=4),
        put("domain", *DS, "digestType", value=5),
        put("domain", *KEY, "flags", value=1),
        put("domain", *KEY, "protocol", value=2),
        put("domain", "secureDNS", "maxSigLife", value=0),
    ),
    "1.9.1": (
        put("domain", *ADDRESS, "v6", 0, value="2001:DB8:0::1"),
        put("domain", *ADDRESS, "v4", 0, value="192.0.2"),
        put("domain", *ADDRESS, "ipv4", value=["192.0.2.1"]),
        put("nameserver", "ipAddresses", value={}),
    ),
    "1.10.3": (edit("domain", lambda d: d["entities"].append(d["entities"][0]["entities"][0])),),
    "1.10.4": (
        put("domain", "entities", 3, "roles", value=["billing"]),
        put("help", "notices", 0, "description", value=["No billing contacts."]),
    ),
    "1.11.1": (drop("help", "notices"),),
    "1.12.5": (put("domain", "notices", 0, "description", value=["a\u2028b"]),),
    "1.12.6": (
        edit("domain", lambda d: _mail(d, "kōwhai@mail.example")),
        edit("domain", lambda d: _mail(d, "aroha@localhost")),
    ),
    "11.1.1": (drop("domain", "nameservers"),),
    "11.1.2": (
        put("domain", "nameservers", 0, "vcardArray", value=["vcard", []]),
        put("domain", "entities", 1, "redacted", value=[{}]),
    ),
    "11.1.5": (put("domain", *LINK, "value", value=f"{BASE}domain/SHOP.example"),),
    "11.1.6": (
        drop("domain", "entities", 2, "links"),
        put("domain", "entities", 1, "links", value=[SECOND_SELF]),
    ),
    "11.1.8": (put("domain", *LINK, "hreflang", value=["en"]),),
    "11.1.10": (drop("domain", "nameservers", 0, "handle"),),
    "11.1.11": (put("domain", *LINK, "href", value="http://127.0.0.1/domain/shop.example"),),
    "4.7.4": (put("domain", "entities", 2, "handle", value="REDACTED FOR PRIVACY"),),
    "7.3.2": (
        put("domain", "ldhName", value="SHOP.EXAMPLE"),
        put("domain", "ldhName", value="shop.example."),
    ),
}


def _mail(document: Any, address: str) -> None:
    """Set the mail address of the contact that shows everything."""
    document["entities"][2]["vcardArray"][1][-1][3] = address
