"""Whole documents, one of each object class, exactly as they are sent."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from rdap.answer import answer_object
from rdap.members import PROFILE, JsonObject, Place
from rdap.replies import render
from store.published import Absence, PublicRole, Reason, Standing, Withheld
from store.queries import Answer
from store.statuses import Status
from tests.published_values import (
    a_domain,
    a_help,
    a_host,
    a_party,
    a_proxied_party,
    a_redacted_party,
    a_registrar,
    a_signature,
    absent,
    an_entity,
    found,
    notices,
)

BASE = "https://rdap.nic.example/rdap/"
RDAP = "application/rdap+json"


def _document(answer: Answer, path: str = "domain/shop.example") -> dict[str, Any]:
    status, document = answer_object(answer, Place(value=BASE + path, base=BASE))
    assert status == document.get("errorCode", 200)
    sent: dict[str, Any] = json.loads(render(document))  # parts of it may be finished JSON
    return sent


def _link(rel: str, href: str, value: str, media_type: str = RDAP) -> JsonObject:
    return {"value": value, "rel": rel, "href": href, "type": media_type}


def _terms(value: str) -> JsonObject:
    return {
        "title": "Terms of Service",
        "description": ["These data are for information only.", "Bulk use is not allowed."],
        "links": [_link("terms-of-service", f"{BASE}help", value)],
    }


def _event(action: str, date: str) -> JsonObject:
    return {"eventAction": action, "eventDate": date}


def _registrar_entity(value: str) -> JsonObject:
    return {
        "objectClassName": "entity",
        "handle": "9995",
        "roles": ["registrar"],
        "publicIds": [{"type": "IANA Registrar ID", "identifier": "9995"}],
        "vcardArray": [
            "vcard",
            [
                ["version", {}, "text", "4.0"],
                ["fn", {}, "text", "Example Registrar, Inc."],
                ["url", {}, "uri", "https://www.registrar.example"],
            ],
        ],
        "entities": [
            {
                "objectClassName": "entity",
                "roles": ["abuse"],
                "vcardArray": [
                    "vcard",
                    [
                        ["version", {}, "text", "4.0"],
                        ["fn", {}, "text", "Abuse Contact"],
                        ["tel", {"type": "voice"}, "uri", "tel:+1.1235551234"],
                        ["email", {}, "text", "abuse@registrar.example"],
                    ],
                ],
            }
        ],
        "links": [
            _link("self", f"{BASE}entity/9995", value),
            _link(
                "about",
                "https://www.registrar.example",
                "https://rdap.registrar.example/",
                "text/html",
            ),
        ],
    }


def _card(*properties: list[Any]) -> list[Any]:
    return ["vcard", [["version", {}, "text", "4.0"], *properties]]


def test_a_domain_reads_as_a_whole() -> None:
    """conformance.md 1.8, 4.3, 4.4, 4.5: every member in its place, and no other."""
    asked = f"{BASE}domain/SHOP.example?_=1"
    domain = a_domain(
        handle="D1-EXAMPLE",
        registrar_expires=datetime(2027, 10, 7, tzinfo=UTC),
        parties=(a_party(), a_redacted_party(PublicRole.ADMIN), a_proxied_party(PublicRole.TECH)),
        dnssec=a_signature(),
    )
    document = _document(found(domain), "domain/SHOP.example?_=1")
    redacted = json.loads(render({"redacted": document.pop("redacted")}))["redacted"]
    told = [next(iter(entry["name"].values())) for entry in redacted]
    assert told == [
        *("Registry Admin ID", "Admin Name", "Admin Organization", "Admin Street"),
        *("Admin City", "Admin Postal Code", "Admin Phone", "Admin Email", "Registry Tech ID"),
    ]
    assert document == {
        "rdapConformance": ["rdap_level_0", *PROFILE, "redacted"],
        "objectClassName": "domain",
        "handle": "D1-EXAMPLE",
        "ldhName": "shop.example",
        "status": ["client delete prohibited", "client transfer prohibited"],
        "events": [
            _event("registration", "2020-10-08T00:45:00Z"),
            _event("last changed", "2026-05-29T20:13:00Z"),
            _event("expiration", "2027-10-08T00:44:59Z"),
            _event("registrar expiration", "2027-10-07T00:00:00Z"),
            _event("transfer", "2022-04-01T10:00:00Z"),
            _event("last update of RDAP database", "2026-05-29T20:15:00Z"),
        ],
        "secureDNS": {
            "delegationSigned": True,
            "maxSigLife": 604800,
            "dsData": [{"keyTag": 12345, "algorithm": 13, "digestType": 2, "digest": "AB" * 32}],
            "keyData": [
                {"flags": 257, "protocol": 3, "algorithm": 13, "publicKey": "AQPJ////4Q=="}
            ],
        },
        "entities": [
            _registrar_entity(asked),
            {
                "objectClassName": "entity",
                "handle": "C-REGISTRANT-EXAMPLE",
                "roles": ["registrant"],
                "vcardArray": _card(
                    ["fn", {}, "text", "Aroha Ngata"],
                    ["kind", {}, "text", "individual"],
                    ["org", {}, "text", "Ngata Orchards"],
                    [
                        "adr",
                        {"cc": "NZ"},
                        "text",
                        [
                            "",
                            "",
                            ["1 Kōwhai Street", "Unit 4"],
                            "Te Whanganui-a-Tara",
                            "Wellington",
                            "6011",
                            "",
                        ],
                    ],
                    ["tel", {"type": "voice"}, "uri", "tel:+64.211234567;ext=12"],
                    ["tel", {"type": "fax"}, "uri", "tel:+64.211234568;ext=34"],
                    ["email", {}, "text", "registrant@orchard.example"],
                ),
                "status": ["active", "associated"],
                "events": [
                    _event("registration", "2019-03-01T08:00:00Z"),
                    _event("last changed", "2025-11-05T09:30:00Z"),
                ],
                "links": [_link("self", f"{BASE}entity/C-REGISTRANT-EXAMPLE", asked)],
            },
            {
                "objectClassName": "entity",
                "roles": ["administrative"],
                "vcardArray": _card(
                    ["fn", {}, "text", ""],
                    ["adr", {"cc": "NZ"}, "text", ["", "", "", "", "Wellington", "", ""]],
                ),
                "status": ["private"],
            },
            {
                "objectClassName": "entity",
                "roles": ["technical"],
                "vcardArray": _card(
                    ["fn", {}, "text", "On behalf of shop.example owner"],
                    ["kind", {}, "text", "org"],
                    ["org", {}, "text", "Example Privacy Service"],
                    [
                        "adr",
                        {"cc": "IS"},
                        "text",
                        ["", "", "9 Harbour Road", "Reykjavik", "", "101", ""],
                    ],
                    ["tel", {"type": "voice"}, "uri", "tel:+354.4212434"],
                    ["email", {}, "text", "7f3c0b2a@alias.example"],
                ),
                "status": ["proxy"],
            },
        ],
        "links": [
            _link("self", f"{BASE}domain/shop.example", asked),
            _link("related", "https://rdap.registrar.example/domain/shop.example", asked),
        ],
        "nameservers": [
            {
                "objectClassName": "nameserver",
                "handle": "H1-EXAMPLE",
                "ldhName": "ns1.shop.example",
                "status": ["active", "associated"],
                "ipAddresses": {"v4": ["192.0.2.1"], "v6": ["2001:db8::1"]},
                "links": [_link("self", f"{BASE}nameserver/ns1.shop.example", asked)],
            },
            {
                "objectClassName": "nameserver",
                "handle": "H2-EXAMPLE",
                "ldhName": "ns2.hosting.test",
                "status": ["active", "associated"],
                "links": [_link("self", f"{BASE}nameserver/ns2.hosting.test", asked)],
            },
        ],
        "notices": [
            _terms(asked),
            {
                "title": "Status Codes",
                "description": [
                    (
                        "For more information on domain status codes, please visit "
                        "https://icann.org/epp"
                    )
                ],
                "links": [_link("glossary", "https://icann.org/epp", asked, "text/html")],
            },
            {
                "title": "RDDS Inaccuracy Complaint Form",
                "description": [
                    "URL of the ICANN RDDS Inaccuracy Complaint Form: https://icann.org/wicf"
                ],
                "links": [_link("help", "https://icann.org/wicf", asked, "text/html")],
            },
        ],
    }


def test_a_name_server_reads_as_a_whole() -> None:
    """conformance.md 1.9, 4.9."""
    asked = f"{BASE}nameserver/ns1.shop.example"
    assert _document(found(a_host()), "nameserver/ns1.shop.example") == {
        "rdapConformance": ["rdap_level_0", *PROFILE],
        "objectClassName": "nameserver",
        "handle": "H1-EXAMPLE",
        "ldhName": "ns1.shop.example",
        "status": ["active", "associated"],
        "ipAddresses": {"v4": ["192.0.2.1"], "v6": ["2001:db8::1"]},
        "events": [
            _event("registration", "2020-10-08T00:45:00Z"),
            _event("last changed", "2023-02-03T04:05:06Z"),
            _event("last update of RDAP database", "2026-05-29T20:15:00Z"),
        ],
        "entities": [_registrar_entity(asked)],
        "links": [_link("self", asked, asked)],
        "notices": [_terms(asked)],
    }


def test_a_registrar_reads_as_a_whole() -> None:
    """conformance.md 1.10, 4.10.1."""
    asked = f"{BASE}entity/9995"
    nested = _registrar_entity(asked)
    assert _document(found(a_registrar()), "entity/9995") == {
        "rdapConformance": ["rdap_level_0", *PROFILE],
        **nested,
        "vcardArray": _card(
            ["fn", {}, "text", "Example Registrar, Inc."],
            [
                "adr",
                {"cc": "US"},
                "text",
                ["", "", ["1 Registrar Road", "Floor 2"], "Marina del Rey", "CA", "90292", ""],
            ],
            ["tel", {"type": "voice"}, "uri", "tel:+1.3105551212;ext=7"],
            ["tel", {"type": "fax"}, "uri", "tel:+1.3105551213;ext=8"],
            ["email", {}, "text", "office@registrar.example"],
            ["url", {}, "uri", "https://www.registrar.example"],
        ),
        "events": [
            _event("registration", "2010-01-01T00:00:00Z"),
            _event("last changed", "2024-06-30T12:00:00Z"),
            _event("last update of RDAP database", "2026-05-29T20:15:00Z"),
        ],
        "notices": [_terms(asked)],
    }


def test_a_contact_reads_as_a_whole() -> None:
    """conformance.md 1.10, 11.1.7: the union of roles, the last update, a self link."""
    asked = f"{BASE}entity/c1-example"
    party = a_party(handle="C1-EXAMPLE", org=None, fax=None, street=("1 Road",))
    answer = found(an_entity("C1-EXAMPLE", party=party))
    assert _document(answer, "entity/c1-example") == {
        "rdapConformance": ["rdap_level_0", *PROFILE],
        "objectClassName": "entity",
        "handle": "C1-EXAMPLE",
        "roles": ["registrant", "technical"],
        "vcardArray": _card(
            ["fn", {}, "text", "Aroha Ngata"],
            ["kind", {}, "text", "individual"],
            [
                "adr",
                {"cc": "NZ"},
                "text",
                ["", "", "1 Road", "Te Whanganui-a-Tara", "Wellington", "6011", ""],
            ],
            ["tel", {"type": "voice"}, "uri", "tel:+64.211234567;ext=12"],
            ["email", {}, "text", "registrant@orchard.example"],
        ),
        "status": ["active", "associated"],
        "events": [
            _event("registration", "2019-03-01T08:00:00Z"),
            _event("last changed", "2025-11-05T09:30:00Z"),
            _event("last update of RDAP database", "2026-05-29T20:15:00Z"),
        ],
        "links": [_link("self", f"{BASE}entity/C1-EXAMPLE", asked)],
        "notices": [_terms(asked)],
    }


def test_help_says_what_is_served() -> None:
    """conformance.md 1.11.1: conformance and notices, zones and limits among them."""
    document = _document(found(a_help("co.example", "example")), "help")
    assert set(document) == {"rdapConformance", "notices"}
    assert document["notices"][0] == _terms(f"{BASE}help")
    titles = {notice["title"]: notice["description"] for notice in document["notices"]}
    assert titles["Zones"] == ["co.example", "example"]
    assert {"Lookups", "Searches", "Authentication"} < set(titles)
    assert "Rate Limits" not in titles  # there are none
    assert all(description for description in titles.values())


@pytest.mark.parametrize("absence", Absence)
def test_an_absent_object_reads_as_an_error(absence: Absence) -> None:
    """conformance.md 1.3, 1.2.11: 404 and the body of every error, without the asker's words."""
    document = _document(absent(absence, by="Brand Shield"))
    assert set(document) == {
        "rdapConformance",
        "errorCode",
        "title",
        "description",
    }
    assert document["errorCode"] == 404
    assert "shop" not in str(document)


def test_a_parked_name_has_an_empty_list_of_name_servers() -> None:
    """conformance.md 11.1.1: `nameservers` is always there, `[]` when there are none."""
    assert _document(found(a_domain(hosts=())))["nameservers"] == []


def test_an_unsigned_name_says_so_and_no_more() -> None:
    """conformance.md 1.8.5: neither array, no signature life."""
    unsigned = replace(a_signature(), ds=(), keys=())
    assert _document(found(a_domain(dnssec=unsigned)))["secureDNS"] == {"delegationSigned": False}


def test_a_name_without_dates_and_contacts_has_the_last_update_alone() -> None:
    """conformance.md 1.7.14, 4.4.9, D-23: what isn't there is left out."""
    bare = a_domain(
        handle=None,
        created=None,
        updated=None,
        expires=None,
        transferred=None,
        parties=(),
        statuses=(Status.INACTIVE,),
    )
    document = _document(found(bare))
    assert "handle" not in document
    assert document["events"] == [_event("last update of RDAP database", "2026-05-29T20:15:00Z")]
    assert [entity["roles"] for entity in document["entities"]] == [["registrar"]]


def test_an_international_name_shows_both_forms() -> None:
    """conformance.md 1.8.2: `unicodeName` beside `ldhName`, in domains and hosts."""
    name, shown = "xn--bcher-kva.example", "bücher.example"
    document = _document(found(a_domain(name, unicode_name=shown)))
    assert (document["ldhName"], document["unicodeName"]) == (name, shown)
    host = _document(found(a_host(f"ns.{name}", unicode_name=f"ns.{shown}")))
    assert (host["ldhName"], host["unicodeName"]) == (f"ns.{name}", f"ns.{shown}")
    assert "unicodeName" not in _document(found(a_domain()))


def test_a_registrar_without_accreditation_has_no_public_id() -> None:
    """D-34, conformance.md 4.9.5: `not applicable`; its page answers to its own id."""
    registrar = a_registrar(iana_id=None, handle="R/1", abuse_email=None, abuse_phone=None)
    entity = _document(found(a_domain(registrar=registrar)))["entities"][0]
    assert entity["handle"] == "not applicable"
    assert "publicIds" not in entity
    assert "entities" not in entity
    assert entity["links"][0]["href"] == f"{BASE}entity/R%2F1"


@pytest.mark.parametrize("missing", ["rdap_url", "url"])
def test_an_about_link_needs_both_addresses(missing: str) -> None:
    """conformance.md 4.5.6: the base as value, the site as href, or no link."""
    registrar = a_registrar(**{missing: None})
    links = _document(found(registrar), "entity/9995")["links"]
    assert [item["rel"] for item in links] == ["self"]


@pytest.mark.parametrize("rdap_url", [None, "", BASE, BASE.removesuffix("/"), "no address"])
def test_no_related_link_leads_nowhere_or_back(rdap_url: str | None) -> None:
    """conformance.md 11.2.3, 1.7.4: none for a registrar without a base, none to ourselves."""
    document = _document(found(a_domain(registrar=a_registrar(rdap_url=rdap_url))))
    assert [item["rel"] for item in document["links"]] == ["self"]


def test_one_contact_in_three_roles_is_three_entities() -> None:
    """conformance.md 1.7.17, 7.6: one entity per role; sameness of roles can be a leak."""
    parties = tuple(a_party(role, handle="C1-EXAMPLE") for role in PublicRole)
    entities = _document(found(a_domain(parties=parties)))["entities"]
    assert [entity["roles"] for entity in entities] == [
        ["registrar"],
        ["registrant"],
        ["administrative"],
        ["technical"],
    ]


@pytest.mark.parametrize("standing", [Standing.PROXY, Standing.PRIVATE])
def test_a_hidden_contact_shows_no_status_of_its_own(standing: Standing) -> None:
    """D-15, P-14: `proxy` or `private` stands alone."""
    party = a_party(standing=standing, statuses=(Status.CLIENT_UPDATE_PROHIBITED,))
    entity = _document(found(a_domain(parties=(party,))))["entities"][1]
    assert entity["status"] == [standing.value]


def test_a_withheld_handle_is_in_no_link() -> None:
    """conformance.md 11.1.6: no handle, no self link; topmost, the link is what was asked."""
    withheld = a_party(handle=Withheld(Reason.PROXY))
    nested = _document(found(a_domain(parties=(withheld,))))["entities"][1]
    assert "handle" not in nested
    assert "links" not in nested
    topmost = _document(found(an_entity("L9-EXAMPLE", party=withheld)), "entity/l9-example")
    assert "handle" not in topmost
    assert topmost["links"][0]["href"] == f"{BASE}entity/L9-EXAMPLE"


@pytest.mark.parametrize("made", [a_domain, a_host, a_registrar, a_help])
def test_what_may_be_old_says_so_before_all_other_notices(made: Any) -> None:
    """Beside that the document is the same."""
    usual, old = _document(found(made())), _document(found(made(), is_old=True))
    assert old["notices"][0] == {
        "title": "Possibly Out of Date",
        "description": [
            "The registry's store cannot be reached at present.",
            "Changes made after 2026-05-29T20:15:00Z may be missing from this answer.",
        ],
    }
    assert {**old, "notices": old["notices"][1:]} == usual


def test_terms_of_service_link_to_the_zones_page() -> None:
    """conformance.md 4.3.3: the zone's own page; help where there is none."""
    texts = notices(terms=(), terms_url="https://www.nic.example/terms")
    document = _document(replace(found(a_help()), notices=texts), "help")
    assert document["notices"][0] == {
        "title": "Terms of Service",
        "description": ["The terms of use are at the link."],
        "links": [
            _link(
                "terms-of-service",
                "https://www.nic.example/terms",
                f"{BASE}help",
                "text/html",
            )
        ],
    }


@pytest.mark.parametrize(
    ("microsecond", "shown"),
    [(0, "2009-04-03T22:00:00Z"), (123_000, "2009-04-03T22:00:00.123Z")],
)
def test_a_date_shows_a_fraction_only_where_there_is_one(microsecond: int, shown: str) -> None:
    """conformance.md 6.3.6: the same spelling as on port 43."""
    created = datetime(2009, 4, 3, 22, 0, 0, microsecond, tzinfo=UTC)
    document = _document(found(a_domain(created=created)))
    assert document["events"][0] == _event("registration", shown)


def test_markup_is_written_as_an_escape() -> None:
    """conformance.md 1.12.4: the text is kept, the body holds no `<`."""
    document = _document(found(a_domain(parties=(a_party(name="<script>alert(1)</script>"),))))
    body = render(document)
    assert b"<" not in body
    assert b"\\u003cscript>" in body
