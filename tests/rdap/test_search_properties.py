"""What holds for every search, whatever a client sends."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from rdap.answer import answer_object
from rdap.errors import Problem, problem_object
from rdap.members import Place, asked_url
from rdap.parse import origin_form, parse_target
from rdap.replies import render
from rdap.search.offers import Offers, SearchPath
from rdap.search.question import SearchQuestion
from store.names import ascii_name
from store.queries import NamePattern, Page, Search, Sought, TextPattern
from tests.published_values import a_domain, a_host, a_redacted_party, a_registrar, an_entity, found
from tests.rdap.search_questions import ALL, BASE

ITEMS: dict[Sought, tuple[Any, ...]] = {
    Sought.DOMAINS: (a_domain(), a_domain("x.example", parties=(a_redacted_party(),))),
    Sought.NAMESERVERS: (a_host(),),
    Sought.ENTITIES: (an_entity(), a_registrar(), an_entity(party=a_redacted_party())),
}
KNOWN = [
    *("name", "nsLdhName", "nsIp", "ip", "fn", "handle", "email", "role"),
    *("count", "sort", "cursor", "fieldSet"),
]
VALUES = [
    *("shop*", "*", "a*.example", "shop.example", "192.0.2.1", "2001:db8::1", "Aroha Ngata"),
    *("true", "no", "name", "name:d,expirationDate", "fn:a", "handle", "registrationDate:d"),
    *("id", "brief", "full", "registrant", "registrar", "abcDEF123-_=", "", "9995", "%zz", "bü*"),
]

words = st.sampled_from(VALUES) | st.text(max_size=20)
pieces = st.one_of(
    st.builds(
        lambda name, value: f"{name}={quote(value)}", st.sampled_from(KNOWN) | st.text(), words
    ),
    st.builds(lambda name, value: f"{name}={value}", st.sampled_from(KNOWN), words),
    st.text(max_size=20),
    st.binary(max_size=20).map(lambda raw: "name=" + "".join(f"%{byte:02x}" for byte in raw)),
)
queries = st.lists(pieces, max_size=6).map("&".join)
offers = st.sampled_from([ALL, Offers(), Offers.named([]), Offers.named(["entities"])])
pages = st.builds(
    dict,
    number=st.integers(1, 9),
    next=st.none() | st.from_regex(r"[A-Za-z0-9_-]{1,40}", fullmatch=True),
    total=st.none() | st.integers(1, 10_000),
    uncounted=st.booleans(),
)


@given(st.sampled_from(SearchPath), queries, offers, pages)
def test_every_search_gets_an_answer_or_an_error(
    path: SearchPath, query: str, offers: Offers, page: dict[str, Any]
) -> None:
    """Any parameter soup: an RDAP document with sound links, or an RDAP error; never a raise."""
    target = origin_form(f"/{path}?{query}")
    parsed = parse_target(target, offers=offers)
    if isinstance(parsed, Problem):
        assert parsed.status in {400, 414, 422, 501}
        assert json.loads(render(problem_object(parsed)))["errorCode"] == parsed.status
        return
    assert isinstance(parsed, SearchQuestion)
    place = Place(value=asked_url(target, base=BASE, prefix="/"), base=BASE)
    found_page = Page(sought=parsed.sought, items=ITEMS[parsed.sought], **page)
    status, made = answer_object(found(found_page), place, search=parsed, offers=offers)
    body = render(made)
    answer = json.loads(body)
    assert status == 200
    assert b"<" not in body
    assert answer[parsed.results]
    for link in _links(answer):
        assert link["href"].isascii()
        assert link["href"].isprintable()
        assert not set(link["href"]) & set('<>"\\ {}|^`#')
        if "title" in link:
            again = parse_target("/" + link["href"].removeprefix(BASE), offers=offers)
            assert isinstance(again, SearchQuestion)
            assert _whom(again) == _whom(parsed)


def _links(node: Any) -> list[dict[str, Any]]:
    if isinstance(node, dict):
        own = [node] if "rel" in node else []
        return own + [link for value in node.values() for link in _links(value)]
    return [link for value in node for link in _links(value)] if isinstance(node, list) else []


def _whom(question: SearchQuestion) -> object:
    query = question.query
    return (query.by, query.pattern) if isinstance(query, Search) else query.terms


@given(st.sampled_from(["name", "nsLdhName"]), st.text(max_size=80))
def test_a_name_that_is_sought_is_in_inner_form(word: str, text: str) -> None:
    """conformance.md 1.5: what reaches the store is legal, or a legal name begins with it."""
    parsed = parse_target(f"/domains?{word}={quote(text)}", offers=ALL)
    if not isinstance(parsed, SearchQuestion):
        return
    assert isinstance(parsed.query, Search)
    pattern = parsed.query.pattern
    assert isinstance(pattern, NamePattern)
    if not pattern.partial:
        assert ascii_name(pattern.text) == pattern.text
        return
    assert pattern.text.isascii()
    assert pattern.text == pattern.text.lower()
    assert not pattern.text.endswith(".")
    assert pattern.parent is None or ascii_name(pattern.parent) == pattern.parent


@given(
    st.from_regex(r"[a-z0-9]{1,20}(-[a-z0-9]{1,20}){0,2}", fullmatch=True),
    st.sampled_from(["example", "co.example", "xn--bcher-kva.example"]),
    st.integers(1, 20),
)
def test_every_beginning_of_a_legal_label_is_admitted(label: str, parent: str, cut: int) -> None:
    """conformance.md 1.6.1: the beginning of any name that could be registered can be sought."""
    if label[2:4] == "--":
        return
    begun = label[:cut]
    parsed = parse_target(f"/domains?name={begun}*.{parent}", offers=ALL)
    assert isinstance(parsed, SearchQuestion)
    assert isinstance(parsed.query, Search)
    assert parsed.query.pattern == NamePattern(text=begun, partial=True, parent=parent)


@given(st.text(min_size=1, max_size=60))
def test_a_text_that_is_sought_arrives_as_it_was_sent(text: str) -> None:
    """conformance.md 1.6.6: percent-encoding is undone once, and nothing else."""
    try:
        encoded = quote(text, safe="")
    except UnicodeEncodeError:  # a lone surrogate can't be sent
        return
    parsed = parse_target(f"/entities?fn={encoded}", offers=ALL)
    if isinstance(parsed, SearchQuestion):
        assert isinstance(parsed.query, Search)
        pattern = parsed.query.pattern
        assert isinstance(pattern, TextPattern)
        assert pattern.text + "*" * pattern.partial == text
