"""The documents of searches: results, pages, orders, field sets, reverse searches."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jsonpath_rfc9535
import pytest

from rdap.answer import answer_object
from rdap.members import Place
from rdap.parse import parse_target
from rdap.search.offers import Offers
from rdap.search.question import SearchQuestion
from store.published import Reason, Withheld
from store.queries import Page, Sought
from tests.published_values import (
    a_domain,
    a_help,
    a_host,
    a_redacted_party,
    a_registrar,
    absent,
    an_entity,
    found,
)
from tests.rdap.search_questions import ALL, BASE, a_page, asked, document

NAMES = "domains?name=shop*"
HOSTS = "nameservers?name=ns*"
PEOPLE = "entities?fn=A*"
REVERSE = "domains/reverse_search/entity?fn=Aroha%20Ngata&role=registrant"


def _hosts(**changes: Any) -> Page:
    return a_page(a_host(), sought=Sought.NAMESERVERS, **changes)


def _people(**changes: Any) -> Page:
    return a_page(an_entity(), a_registrar(), sought=Sought.ENTITIES, **changes)


def _selected(path: str, value: Any) -> list[Any]:
    return [node.value for node in jsonpath_rfc9535.find(path, value)]


@pytest.mark.parametrize(
    ("target", "page", "member", "kind"),
    [
        (NAMES, a_page(), "domainSearchResults", "domain"),
        (REVERSE, a_page(), "domainSearchResults", "domain"),
        (HOSTS, _hosts(), "nameserverSearchResults", "nameserver"),
        (PEOPLE, _people(), "entitySearchResults", "entity"),
    ],
)
def test_results_are_whole_objects(target: str, page: Page, member: str, kind: str) -> None:
    """conformance.md 1.6.7: each result is its look-up's object, less what stands on top."""
    answer = document(target, page)
    assert [result["objectClassName"] for result in answer[member]] == [kind] * len(page.items)
    for result, item in zip(answer[member], page.items, strict=True):
        place = Place(value=f"{BASE}{target}", base=BASE)
        alone = answer_object(found(item), place)[1]
        assert set(result) == set(alone) - {"rdapConformance", "notices"}
        assert result["links"][0]["rel"] == "self"
        assert result["links"][0]["value"] == f"{BASE}{target}"
        assert {event["eventAction"] for event in result["events"]}.isdisjoint(
            {"last update of RDAP database"}
        )


def test_conformance_and_notices_stand_on_top_alone() -> None:
    """conformance.md 1.6.7, 1.7.1, 4.3.3: terms on every answer; 4.10.5: no others."""
    answer = document(NAMES, a_page())
    assert [notice["title"] for notice in answer["notices"]] == ["Terms of Service"]
    assert answer["rdapConformance"][0] == "rdap_level_0"
    assert not any({"rdapConformance", "notices"} & set(r) for r in answer["domainSearchResults"])


@pytest.mark.parametrize(
    ("target", "page", "used"),
    [
        (NAMES, a_page(), {"sorting", "subsetting"}),
        (NAMES, a_page(next="abc"), {"sorting", "subsetting", "paging"}),
        (f"{NAMES}&count=1", a_page(total=1), {"sorting", "subsetting", "paging"}),
        (REVERSE, a_page(), {"sorting", "subsetting", "reverse_search"}),
        (
            NAMES,
            a_page(a_domain(), a_domain(parties=(a_redacted_party(),))),
            {"sorting", "subsetting", "redacted"},
        ),
        (
            f"{NAMES}&fieldSet=id",
            a_page(a_domain(parties=(a_redacted_party(),))),
            {"sorting", "subsetting"},
        ),
    ],
)
def test_conformance_names_what_is_used(target: str, page: Page, used: set[str]) -> None:
    """conformance.md 1.7.1, 5.2.6: an extension is named where its member is, and only there."""
    extensions = {"paging", "sorting", "subsetting", "reverse_search", "redacted"}
    named = document(target, page)["rdapConformance"]
    assert set(named) & extensions == used
    assert len(named) == len(set(named))


def test_each_redaction_points_into_its_own_result() -> None:
    """conformance.md 1.6.12: paths start at the document's root and go through the result."""
    withheld = a_domain(parties=(a_redacted_party(),))
    answer = document(NAMES, a_page(a_domain(), withheld))
    assert "redacted" not in answer
    assert "redacted" not in answer["domainSearchResults"][0]
    entries = answer["domainSearchResults"][1]["redacted"]
    assert entries
    for entry in entries:
        path = entry.get("prePath") or entry["postPath"]
        assert path.startswith("$.domainSearchResults[1].")
        assert bool(_selected(path, answer)) is (entry["method"] == "emptyValue")


def test_one_page_has_no_paging() -> None:
    """conformance.md 5.2.4: nothing is said of pages where there is one."""
    answer = document(NAMES, a_page())
    assert "paging_metadata" not in answer


def test_a_count_stands_alone_on_one_page() -> None:
    """RFC 8977 §2.1: the total where it is asked for, page size and number where pages are."""
    answer = document(f"{NAMES}&count=true", a_page(total=1))
    assert answer["paging_metadata"] == {"totalCount": 1}


def test_the_next_page_has_a_link() -> None:
    """conformance.md 5.2.4: the link keeps what was asked, in its spelling, and adds a cursor."""
    target = "domains?_=7&name=Shop%2A&cursor=old&count=yes&fieldSet=full&x=%zz"
    paging = document(target, a_page(next="a-B_9", number=2, total=120))["paging_metadata"]
    assert paging == {
        "totalCount": 120,
        "pageSize": 20,
        "pageNumber": 2,
        "links": [
            {
                "value": f"{BASE}{target.replace('%zz', '%25zz')}",
                "rel": "next",
                "href": f"{BASE}domains?_=7&name=Shop%2A&count=yes&fieldSet=full&x=%25zz"
                "&cursor=a-B_9",
                "title": "Result Pagination Link",
                "type": "application/rdap+json",
            }
        ],
    }


def test_the_last_page_has_no_next() -> None:
    """conformance.md 5.2.4."""
    paging = document(f"{NAMES}&cursor=c", a_page(number=3))["paging_metadata"]
    assert paging == {"pageSize": 20, "pageNumber": 3}


@pytest.mark.parametrize(
    ("page", "truncated"),
    [(a_page(), False), (a_page(next="c", number=2), True), (a_page(number=2), False)],
)
def test_a_page_with_a_next_one_says_so(page: Page, truncated: bool) -> None:
    """conformance.md 1.6.8; RFC 9083 §10.2.1: a notice with a registered type."""
    types = [notice.get("type") for notice in document(NAMES, page)["notices"]]
    assert types == [None] + ["result set truncated due to unexplainable reasons"] * truncated


def test_what_could_not_be_counted_is_told() -> None:
    """A count that was asked for and couldn't be had is neither zero nor silence."""
    answer = document(f"{NAMES}&count=1", a_page(next="c", uncounted=True))
    assert "totalCount" not in answer["paging_metadata"]
    assert "Count" in [notice["title"] for notice in answer["notices"]]


@pytest.mark.parametrize(
    ("target", "page"),
    [
        (
            NAMES,
            a_page(a_domain(), a_domain("xn--bcher-kva.example", unicode_name="bücher.example")),
        ),
        (HOSTS, _hosts()),
        (PEOPLE, _people()),
    ],
)
@pytest.mark.parametrize("field_set", ["full", "brief", "id"])
def test_each_order_has_a_path_that_selects(target: str, page: Page, field_set: str) -> None:
    """conformance.md 5.2.5: a path gives every result's value; RFC 8977 §3: of what is shown."""
    answer = document(f"{target}&fieldSet={field_set}", page)
    sorts = answer["sorting_metadata"]["availableSorts"]
    assert [sort["default"] for sort in sorts].count(True) <= 1
    assert "currentSort" not in answer["sorting_metadata"]
    for sort in sorts:
        assert set(sort) == {"property", "jsonPath", "default", "links"}
        assert len(_selected(sort["jsonPath"], answer)) >= len(page.items)
        for link in sort["links"]:
            again = asked(link["href"].removeprefix(BASE))
            assert [each.by.value for each in again.query.window.sorting] == [sort["property"]]


def test_an_order_begins_at_the_first_page() -> None:
    """A cursor belongs to its order: links to others carry none, and keep all the rest."""
    target = f"{NAMES}&cursor=c&sort=name&_=1"
    metadata = document(target, a_page(number=2))["sorting_metadata"]
    assert metadata["currentSort"] == "name"
    descending = metadata["availableSorts"][1]["links"][1]
    assert descending == {
        "value": f"{BASE}{target}",
        "rel": "alternate",
        "href": f"{BASE}{NAMES}&_=1&sort=registrationDate:d",
        "title": "Result Descending Sort Link",
        "type": "application/rdap+json",
    }


def test_field_sets_are_told_with_links() -> None:
    """conformance.md 5.3.3: three sets, one default, a link to each of the others."""
    metadata = document(f"{NAMES}&cursor=c&fieldSet=brief", a_page())["subsetting_metadata"]
    assert metadata["currentFieldSet"] == "brief"
    sets = metadata["availableFieldSets"]
    assert [(each["name"], each["default"]) for each in sets] == [
        ("id", False),
        ("brief", False),
        ("full", True),
    ]
    links = {each["name"]: each.get("links", []) for each in sets}
    assert links["brief"] == []
    assert [link["href"] for link in links["id"]] == [f"{BASE}{NAMES}&cursor=c&fieldSet=id"]
    assert all(link["rel"] == "alternate" for each in links.values() for link in each)


@pytest.mark.parametrize(
    ("target", "page", "members"),
    [
        (NAMES, a_page(), {"ldhName"}),
        (
            NAMES,
            a_page(a_domain("xn--bcher-kva.example", unicode_name="bücher.example")),
            {"ldhName", "unicodeName"},
        ),
        (HOSTS, _hosts(), {"ldhName"}),
        (PEOPLE, _people(), {"handle"}),
    ],
)
def test_an_id_is_the_key_alone(target: str, page: Page, members: set[str]) -> None:
    """conformance.md 5.3.1; RFC 8982 §4: the key, the class and the link to the whole."""
    answer = document(f"{target}&fieldSet=id", page)
    for result in answer[asked(target).results]:
        assert set(result) == members | {"objectClassName", "links"}


def test_a_brief_result_says_that_it_is_short() -> None:
    """conformance.md 1.6.9, 5.3.1: what identifies it, and a remark with a registered type."""
    page = a_page(a_domain(handle=None, parties=(a_redacted_party(),)))
    (brief,) = document(f"{NAMES}&fieldSet=brief", page)["domainSearchResults"]
    (full,) = document(NAMES, page)["domainSearchResults"]
    assert {"ldhName", "status", "events", "links", "remarks"} < set(brief)
    assert {"entities", "nameservers", "secureDNS"}.isdisjoint(brief)
    assert [remark["type"] for remark in brief["remarks"]] == [
        "object truncated due to unexplainable reasons"
    ]
    assert [entry["name"] for entry in brief["redacted"]] == [{"type": "Registry Domain ID"}]
    assert "remarks" not in full


def test_a_handle_that_is_withheld_is_no_id() -> None:
    """conformance.md 4.7.4: field set `id` shows no handle in its place, and says so."""
    person = an_entity(party=a_redacted_party(handle=Withheld(Reason.POLICY)))
    page = a_page(person, sought=Sought.ENTITIES)
    (result,) = document(f"{PEOPLE}&fieldSet=id", page)["entitySearchResults"]
    assert set(result) == {"objectClassName", "links", "redacted"}
    assert [entry["prePath"] for entry in result["redacted"]] == ["$.entitySearchResults[0].handle"]


@pytest.mark.parametrize("field_set", ["id", "brief"])
@pytest.mark.parametrize(
    ("target", "page"),
    [
        (NAMES, a_page(a_domain(parties=(a_redacted_party(),)))),
        (HOSTS, _hosts()),
        (PEOPLE, _people()),
    ],
)
def test_a_short_result_is_a_part_of_the_whole(target: str, page: Page, field_set: str) -> None:
    """RFC 8982 §4: a field set leaves out; what it shows is what `full` shows."""
    member = asked(target).results
    short, full = document(f"{target}&fieldSet={field_set}", page), document(target, page)
    for part, whole in zip(short[member], full[member], strict=True):
        assert set(part) - {"remarks"} <= set(whole)
        for name in set(part) - {"links", "remarks"}:
            assert part[name] == whole[name]


@pytest.mark.parametrize("field_set", ["id", "brief", "full"])
def test_a_person_is_the_same_in_every_form(field_set: str) -> None:
    """conformance.md 1.6.10: no field set shows what a look-up withholds."""
    page = a_page(an_entity(party=a_redacted_party()), sought=Sought.ENTITIES)
    (result,) = document(f"{PEOPLE}&fieldSet={field_set}", page)["entitySearchResults"]
    (whole,) = document(PEOPLE, page)["entitySearchResults"]
    for member, value in result.items():
        if member not in {"links", "remarks", "redacted"}:
            assert whole[member] == value


def test_a_reverse_search_tells_what_it_looked_at() -> None:
    """conformance.md 5.4.3: each property used, with its registered path, and no other."""
    answer = document(REVERSE, a_page())
    mapping = answer["reverse_search_properties_mapping"]
    assert mapping == [
        {"property": "fn", "propertyPath": "$.entities[*].vcardArray[1][?(@[0]=='fn')][3]"},
        {"property": "role", "propertyPath": "$.entities[*].roles"},
    ]
    (result,) = answer["domainSearchResults"]
    assert "Aroha Ngata" in _selected(mapping[0]["propertyPath"], result)
    assert ["registrant"] in _selected(mapping[1]["propertyPath"], result)


@pytest.mark.parametrize("by", ["fn", "handle", "email", "role"])
def test_each_reverse_property_has_a_path_that_selects(by: str) -> None:
    """RFC 9536 §5: applied to a result, the path gives the values that were matched."""
    value = {"role": "fn=a&role=registrant"}.get(by, f"{by}=a")
    answer = document(f"domains/reverse_search/entity?{value}", a_page())
    paths = {
        each["property"]: each["propertyPath"]
        for each in answer["reverse_search_properties_mapping"]
    }
    assert _selected(paths[by], answer["domainSearchResults"][0])


def test_a_search_without_results_is_an_error() -> None:
    """conformance.md 1.2.3: 404, never an empty list."""
    search = asked(NAMES)
    place = Place(value=f"{BASE}{NAMES}", base=BASE)
    status, made = answer_object(absent(asked=Page, name=None), place, search=search)
    assert (status, made["errorCode"]) == (404, 404)
    assert "domainSearchResults" not in made


def _help(offers: Offers) -> dict[str, Any]:
    place = Place(value=f"{BASE}help", base=BASE)
    return answer_object(found(a_help()), place, offers=offers)[1]


def _told(answer: dict[str, Any]) -> str:
    (lines,) = [
        notice["description"] for notice in answer["notices"] if notice["title"] == "Searches"
    ]
    return " ".join(lines)


def test_help_lists_the_searches_that_are_on() -> None:
    """conformance.md 1.6.11, 5.2.6, 5.4.2: paths, properties and extensions."""
    answer = _help(ALL)
    extensions = {"paging", "sorting", "subsetting", "reverse_search"}
    assert extensions < set(answer["rdapConformance"])
    for path in ("domains", "nameservers", "entities", "domains/reverse_search/entity"):
        assert f"{path} is answered" in _told(answer)
    assert {
        "searchableResourceType": "domains",
        "relatedResourceType": "entity",
        "property": "email",
    } in answer["reverse_search_properties"]


def test_help_of_exact_searches_promises_no_pattern() -> None:
    """The default: exact values, no person's name, no reverse search."""
    answer = _help(Offers())
    assert "reverse_search_properties" not in answer
    assert "reverse_search" not in answer["rdapConformance"]
    assert {"paging", "sorting", "subsetting"} < set(answer["rdapConformance"])
    assert "entities is answered by handle." in _told(answer)
    assert "Exact values alone" in _told(answer)


def test_help_without_searches_says_so() -> None:
    """conformance.md 1.6.11: switched off, and nothing of it named."""
    answer = _help(Offers.named([]))
    assert _told(answer) == "Searches are not offered."
    assert {"paging", "sorting", "subsetting"}.isdisjoint(answer["rdapConformance"])


def test_the_help_is_true() -> None:
    """What help says of a path holds for it, whichever paths are on."""
    for named in (None, [], ["entities"], ["domains", "nameservers/reverse_search/entity"]):
        offers = Offers.named(named)
        told = _told(_help(offers))
        for target in (
            "domains?name=a.example",
            "nameservers?ip=192.0.2.1",
            "entities?handle=9995",
        ):
            on = isinstance(parse_target(f"/{target}", offers=offers), SearchQuestion)
            assert (f"{target.partition('?')[0]} is answered by" in told) is on


def test_every_href_is_a_sound_url() -> None:
    """conformance.md 1.7.3: links are absolute, below the public URL, and hold no raw text."""
    target = "domains?name=shop*&_=%3Cb%3E%22<b>é ok"
    answer = document(target, a_page(next="n"))
    links = [answer["paging_metadata"]["links"][0]]
    for sort in answer["sorting_metadata"]["availableSorts"]:
        links += sort["links"]
    for each in answer["subsetting_metadata"]["availableFieldSets"]:
        links += each.get("links", [])
    for link in links:
        assert set(link) == {"value", "rel", "href", "title", "type"}
        assert link["href"].startswith(BASE)
        assert link["href"].isascii()
        assert not set(link["href"]) & set('<>" ')
        assert ("name", "shop*") in parse_qsl(urlsplit(link["href"]).query)
