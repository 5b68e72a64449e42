"""The parser of searches: from a path and a query string to a question or a problem."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from rdap.errors import Problem
from rdap.parse import parse_target
from rdap.search.field_sets import FieldSet
from rdap.search.offers import Offers, SearchPath
from rdap.search.question import SearchQuestion
from store.queries import (
    By,
    NamePattern,
    RelatedBy,
    ReverseSearch,
    Search,
    SortBy,
    Sorting,
    Sought,
    TextPattern,
    Window,
)

ALL = Offers.named(["all"])
REVERSE = "/domains/reverse_search/entity"


def _asked(target: str, offers: Offers = ALL) -> SearchQuestion:
    parsed = parse_target(target, offers=offers)
    assert isinstance(parsed, SearchQuestion), parsed
    return parsed


def _search(target: str, offers: Offers = ALL) -> Search:
    query = _asked(target, offers).query
    assert isinstance(query, Search)
    return query


def _problem(target: str, offers: Offers = ALL) -> Problem:
    parsed = parse_target(target, offers=offers)
    assert isinstance(parsed, Problem), parsed
    return parsed


@pytest.mark.parametrize(
    ("value", "pattern"),
    [
        ("shop.example", NamePattern(text="shop.example")),
        ("Shop.Example.", NamePattern(text="shop.example")),
        ("b%C3%BCcher.example", NamePattern(text="xn--bcher-kva.example")),
        ("exam*", NamePattern(text="exam", partial=True)),
        ("EXAM%2A", NamePattern(text="exam", partial=True)),
        ("e*", NamePattern(text="e", partial=True)),
        ("exam-*", NamePattern(text="exam-", partial=True)),
        ("xn--b*", NamePattern(text="xn--b", partial=True)),
        ("exam*.example", NamePattern(text="exam", partial=True, parent="example")),
        ("exam*.co.Example.", NamePattern(text="exam", partial=True, parent="co.example")),
        (
            "exam*.b%C3%BCcher.example",
            NamePattern(text="exam", partial=True, parent="xn--bcher-kva.example"),
        ),
        ("www.exam*", NamePattern(text="www.exam", partial=True)),
        ("b%C3%BCcher.exam*", NamePattern(text="xn--bcher-kva.exam", partial=True)),
        ("%EF%BD%85%EF%BD%98*", NamePattern(text="ex", partial=True)),
        ("exam*%E3%80%82example", NamePattern(text="exam", partial=True, parent="example")),
    ],
)
def test_a_name_pattern_is_read(value: str, pattern: NamePattern) -> None:
    """conformance.md 1.6.1, 1.5.3, 1.5.7: whole names, and a beginning of a first label."""
    for path, by in (("domains?name", By.NAME), ("domains?nsLdhName", By.NS_NAME)):
        query = Search(sought=Sought.DOMAINS, by=by, pattern=pattern)
        assert _search(f"/{path}={value}") == query
    assert _search(f"/nameservers?name={value}").pattern == pattern


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ("e*a*", 422),
        ("**", 422),
        ("ex*le.com", 422),
        ("*", 422),
        ("*.example", 422),
        ("shop.*", 422),
        ("shop.*.example", 422),
        ("www.exam*.example", 422),
        ("b%C3%BC*", 422),
        ("b%C3%BC*.example", 422),
        ("%C3%9F*", 422),
        ("a..example", 400),
        ("-exam*", 400),
        ("ex_am*", 400),
        ("ex%20am*", 400),
        ("ab--c*", 400),
        ("exam*.a..example", 400),
        ("exam*..", 400),
        ("exam*.", 400),
        ("..exam*", 400),
        ("a" * 64 + "*", 400),
        ("exam*." + ".".join(["a" * 60] * 4) + ".example", 400),
        ("xn--0.example", 400),
        ("%EF%BC%8A", 400),
        ("shop%00.example", 400),
        ("shop%zz.example", 400),
        ("%FF.example", 400),
    ],
)
def test_a_bad_name_pattern_gets_its_status(value: str, status: int) -> None:
    """conformance.md 1.2.6, 1.2.7, 1.6.2 to 1.6.4: illegal is 400, unsupported is 422."""
    assert _problem(f"/domains?name={value}").status == status
    assert _problem(f"/nameservers?name={value}").status == status


@pytest.mark.parametrize(
    ("spelling", "address"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:DB8:0:0::1", "2001:db8::1"),
        ("2001%3Adb8%3A%3A192.0.2.1", "2001:db8::c000:201"),
    ],
)
def test_an_address_is_read_by_value(spelling: str, address: str) -> None:
    """conformance.md 1.6.5: any legal spelling of an address asks for the same."""
    assert _search(f"/domains?nsIp={spelling}").pattern == ip_address(address)
    assert _search(f"/nameservers?ip={spelling}").pattern == ip_address(address)


@pytest.mark.parametrize(
    ("value", "status"),
    [("192.0.2.*", 422), ("*", 422), ("192.0.2", 400), ("192.0.2.256", 400), ("fe80::1%25e", 400)],
)
def test_a_bad_address_gets_its_status(value: str, status: int) -> None:
    """conformance.md 1.6.5: no wildcard in an address."""
    for offers in (ALL, Offers()):
        assert _problem(f"/domains?nsIp={value}", offers).status == status
        assert _problem(f"/nameservers?ip={value}", offers).status == status


@pytest.mark.parametrize(
    ("value", "pattern"),
    [
        ("Bobby%20Joe*", TextPattern(text="Bobby Joe", partial=True)),
        ("K%C5%8Dwhai*", TextPattern(text="Kōwhai", partial=True)),
        ("A+B", TextPattern(text="A+B")),
        ("A%2BB%26C", TextPattern(text="A+B&C")),
        ("a=b", TextPattern(text="a=b")),
        ("%C3%A9" * 255, TextPattern(text="é" * 255)),
    ],
)
def test_a_text_pattern_is_read(value: str, pattern: TextPattern) -> None:
    """conformance.md 1.6.6, 1.5.10: decoded once, and a plus sign is a plus sign."""
    query = Search(sought=Sought.ENTITIES, by=By.FULL_NAME, pattern=pattern)
    assert _search(f"/entities?fn={value}") == query
    assert _search(f"/entities?handle={value}").by is By.HANDLE


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ("*", 422),
        ("%20*", 422),
        ("a*b", 422),
        ("a**", 422),
        ("%CC%81a*", 422),
        ("", 400),
        ("%20", 400),
        ("a" * 256, 400),
        ("a%09b", 400),
        ("a%0Ab", 400),
    ],
)
def test_a_bad_text_pattern_gets_its_status(value: str, status: int) -> None:
    """conformance.md 1.2.7: one asterisk, at the end, behind a character."""
    assert _problem(f"/entities?fn={value}").status == status
    assert _problem(f"/entities?handle={value}").status == status


@pytest.mark.parametrize(
    "target",
    [
        "/domains",
        "/domains?",
        "/domains?_=1",
        "/domains?name",
        "/domains?name=",
        "/domains?fn=a",
        "/domains?Name=shop.example",
        "/domains?name=a*&nsIp=192.0.2.1",
        "/domains?name=a*&name=a*",
        "/domains?name=a*&n%61me=b*",
        "/domains?name=a*&count=true&count=true",
        "/domains?name=a*&count=maybe",
        "/domains?name=a*&count=TRUE",
        "/domains?name=a*&count=",
        "/domains?name=a*&sort=",
        "/domains?name=a*&sort=fn",
        "/domains?name=a*&sort=name:x",
        "/domains?name=a*&sort=name:",
        "/domains?name=a*&sort=name,name:d",
        "/domains?name=a*&sort=name,",
        "/domains?name=a*&sort=lockedDate",
        "/domains?name=a*&cursor=",
        "/domains?name=a*&cursor=a+b",
        "/domains?name=a*&cursor=" + "a" * 3073,
        "/domains?name=a*&fieldSet=",
        "/domains?name=a*&fieldSet=huge",
        "/domains?name=a*&fieldSet=ID",
        "/domains?name=a*&fieldSet=id&sort=registrationDate",
        "/entities?fn=a&handle=b",
        f"{REVERSE}",
        f"{REVERSE}?role=registrant",
        f"{REVERSE}?fn=a&fn=b",
        f"{REVERSE}?fn=",
        f"{REVERSE}?fn=a&role=owner",
        f"{REVERSE}?fn=a&role=abuse",
        f"{REVERSE}?fn=a&role=Registrant",
        f"{REVERSE}?name=shop.example",
    ],
)
def test_a_malformed_question_is_refused(target: str) -> None:
    """conformance.md 1.4.4, 5.2.1 to 5.2.3, 5.3.2, 5.4.4: 400, with a sentence."""
    problem = _problem(target)
    assert problem.status == 400
    assert problem.description


def test_a_refusal_names_what_there_is() -> None:
    """conformance.md 5.3.2; RFC 8977 §3: the error text lists what is supported."""
    assert "id, brief, full" in _problem("/domains?name=a*&fieldSet=x").description
    assert "name, registrationDate" in _problem("/domains?name=a*&sort=x").description
    assert "fn, handle" in _problem("/entities?fn=a&sort=name").description
    assert "true, yes, 1, false, no or 0" in _problem("/domains?name=a&count=TRUE").description


def test_no_key_and_two_keys_are_told_apart() -> None:
    """conformance.md 1.4.4: the sentence says which of both it was."""
    assert _problem("/domains").description.endswith("nsIp: none is there.")
    assert _problem("/domains?name=a&nsIp=192.0.2.1").description.endswith(
        "more than one is there."
    )


def test_a_query_string_too_long_is_refused() -> None:
    """conformance.md 1.12.1: what is looked at is bounded."""
    assert _problem("/domains?name=shop.example&_=" + "a" * 4096).status == 414


@pytest.mark.parametrize("rest", ["&_=123", "&x=%zz", "&&", "&%zz=1", "&Name=other", "&=", "&fn=x"])
def test_what_is_not_known_is_passed_over(rest: str) -> None:
    """conformance.md 1.1.10: cache busters and strangers change no question."""
    assert _search(f"/domains?name=shop.example{rest}") == _search("/domains?name=shop.example")


def test_the_form_of_an_answer_is_read() -> None:
    """conformance.md 5.2.1 to 5.2.3, 5.3.1: count, sort, cursor and field set."""
    asked = _asked("/domains?count=yes&cursor=aB3-_%3D%2F&fieldSet=brief&name=a*&sort=name:d")
    assert asked.field_set is FieldSet.BRIEF
    assert asked.sort == "name:d"
    assert asked.query.window == Window(
        sorting=(Sorting(by=SortBy.NAME, descending=True),), cursor="aB3-_=/", counted=True
    )


@pytest.mark.parametrize(
    ("word", "counted"),
    [("true", True), ("1", True), ("yes", True), ("false", False), ("0", False), ("no", False)],
)
def test_a_count_has_three_spellings_each_way(word: str, counted: bool) -> None:
    """RFC 8977 §2.2."""
    assert _search(f"/domains?name=a*&count={word}").window.counted is counted


def test_several_orders_stand_in_their_order() -> None:
    """RFC 8977 §2.3: properties in the order given, ascending unless said otherwise."""
    window = _search("/domains?name=a*&sort=expirationDate:d,name:a,transferDate").window
    assert window.sorting == (
        Sorting(by=SortBy.EXPIRATION, descending=True),
        Sorting(by=SortBy.NAME),
        Sorting(by=SortBy.TRANSFER),
    )


def test_a_reverse_search_takes_all_its_predicates() -> None:
    """RFC 9536 §7: every predicate counts; what says how to answer is none of them."""
    query = _asked(
        f"{REVERSE}?role=registrant&fn=Aroha%20Ngata&email=a%2Bb@c.example&count=1"
    ).query
    assert query == ReverseSearch(
        sought=Sought.DOMAINS,
        terms=(
            (RelatedBy.FULL_NAME, "Aroha Ngata"),
            (RelatedBy.EMAIL, "a+b@c.example"),
            (RelatedBy.ROLE, "registrant"),
        ),
        window=Window(counted=True),
    )
    assert _asked("/nameservers/reverse_search/entity?handle=9995").sought is Sought.NAMESERVERS


def test_a_reverse_search_matches_whole_values() -> None:
    """conformance.md 1.2.7: a pattern style that isn't supported is 422."""
    assert _problem(f"{REVERSE}?fn=Bobby*").status == 422


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/entities/reverse_search/entity?fn=a", 501),
        ("/domains/reverse_search/nameserver?name=a", 501),
        ("/nameservers/reverse_search/entity?email=a%40b.example", 501),
        ("/domains/reverse_search/domain?name=a", 501),
        ("/domains/reverse_search", 501),
        ("/domains/reverse_search/entity/more", 501),
        ("/domains/rirSearch1/rdap-up/192.0.2.0/24", 501),
        ("/ips/rirSearch1/rdap-up/192.0.2.0/24", 501),
        ("/domains%2Freverse_search%2Fentity?fn=a", 404),
        ("/domains/", 400),
        ("/domains/more?name=a*", 404),
        ("/Domains?name=a*", 404),
    ],
)
def test_a_path_beside_the_searches_gets_its_status(target: str, status: int) -> None:
    """conformance.md 5.4.4, 5.8: no other search falls into the domain search."""
    assert _problem(target).status == status


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/domains?name=exam*", 501),
        ("/domains?name=*", 422),
        ("/domains?nsLdhName=ns1.*", 422),
        ("/domains?nsLdhName=ns1*", 501),
        ("/nameservers?name=ns*", 501),
        ("/entities?handle=99*", 501),
        ("/entities?fn=Aroha%20Ngata", 501),
        ("/entities?fn=A*", 501),
        (f"{REVERSE}?fn=a", 501),
        ("/nameservers/reverse_search/entity?fn=a", 501),
    ],
)
def test_where_nothing_is_said_patterns_and_persons_are_off(target: str, status: int) -> None:
    """conformance.md 1.6.11: exact names, addresses and handles alone."""
    assert _problem(target, Offers()).status == status


@pytest.mark.parametrize(
    "target",
    [
        "/domains?name=shop.example&count=true&sort=name&fieldSet=id",
        "/domains?nsLdhName=ns1.shop.example",
        "/domains?nsIp=192.0.2.1",
        "/nameservers?name=ns1.shop.example",
        "/nameservers?ip=2001:db8::1",
        "/entities?handle=9995",
    ],
)
def test_where_nothing_is_said_exact_values_are_on(target: str) -> None:
    """The default answers what a client knows to the letter."""
    assert _asked(target, Offers()) == _asked(target)


@pytest.mark.parametrize("named", [[path] for path in SearchPath] + [[], ["domains", "entities"]])
def test_a_setting_switches_whole_paths(named: list[str]) -> None:
    """A path that is named is on with all it can do; any other is 501, whatever is asked."""
    offers = Offers.named(named)
    for path in SearchPath:
        best = {
            Sought.DOMAINS: "name=exam*",
            Sought.NAMESERVERS: "name=ns*",
            Sought.ENTITIES: "fn=A*",
        }[path.sought]
        target = f"/{path}?{'fn=a' if path.is_reverse else best}"
        if path in named:
            assert _asked(target, offers).path == path
        else:
            assert _problem(target, offers).status == 501
            assert _problem(f"/{path}?%zz&name=%", offers).status == 501
