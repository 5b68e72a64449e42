"""What a person types becomes a question or a mistake."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.asking import MOST_TYPED, Mistake, Question, Sought, read_question
from store.queries import FindDomain, FindHost, FindName, FindRegistrar, ListHosts

V4, V6 = ip_address("192.0.2.1"), ip_address("2001:db8::1")


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        ("shop.example", FindName(name="shop.example", text="shop.example")),
        ("  Shop.EXAMPLE. ", FindName(name="shop.example", text="Shop.EXAMPLE.")),
        ("Bücher.example", FindName(name="xn--bcher-kva.example", text="Bücher.example")),
        ("https://shop.example/a?b#c", FindName(name="shop.example", text="shop.example")),
        ("https://shop.example:8080/", FindName(name="shop.example", text="shop.example")),
        ("Kauri  Domains\tLimited", FindName(name=None, text="Kauri Domains Limited")),
        ("9995", FindName(name="9995", text="9995")),
        ("192.0.2.1", ListHosts(address=V4)),
        ("(192.0.2.1)", ListHosts(address=V4)),
        ("[2001:DB8:0::1]", ListHosts(address=V6)),
    ],
)
def test_typed_text_is_read_as_people_mean_it(typed: str, question: Question) -> None:
    """Case, blanks, a closing dot, brackets and the rest of a URL make no difference."""
    assert read_question(typed) == question


@pytest.mark.parametrize(
    ("typed", "kind", "question"),
    [
        ("shop.example", "domain", FindDomain(name="shop.example")),
        ("ns1.example", "nameserver", FindHost(name="ns1.example")),
        ("192.0.2.1", "nameserver", ListHosts(address=V4)),
        ("names.example", "registrar", FindRegistrar(text="names.example")),
    ],
)
def test_link_says_which_kind_it_means(typed: str, kind: str, question: Question) -> None:
    """A name server directly below a zone and a registrar with a dot can be linked to."""
    assert read_question(typed, kind) == question


@pytest.mark.parametrize(
    ("typed", "kind", "mistake"),
    [
        ("a" * (MOST_TYPED + 1), "", Mistake.TOO_LONG),
        ("shop\x00.example", "", Mistake.CHARACTERS),
        ("shop\u2028.example", "", Mistake.CHARACTERS),
        ("shop..example", "", Mistake.NAME),
        ("shop.example..", "", Mistake.NAME),
        ("-shop.example", "", Mistake.NAME),
        ("shop_1.example", "domain", Mistake.NAME),
        ("192.0.2.300", "", Mistake.ADDRESS),
        ("2001:db8::zz", "nameserver", Mistake.ADDRESS),
        ("fe80::1%eth0", "", Mistake.ADDRESS),
        ("shop.example", "contact", Mistake.KIND),
    ],
)
def test_what_can_not_be_asked_is_a_mistake(typed: str, kind: str, mistake: Mistake) -> None:
    """Each kind of nonsense has a sentence of its own."""
    assert read_question(typed, kind) is mistake


@pytest.mark.parametrize("typed", ["", "   ", "\t"])
def test_nothing_typed_asks_nothing(typed: str) -> None:
    """An empty form leads back to the form."""
    assert read_question(typed) is None


@given(st.text(max_size=MOST_TYPED + 5), st.sampled_from([*(s.value for s in Sought), "x"]))
def test_reading_never_raises(typed: str, kind: str) -> None:
    """Any text is a question, a mistake or nothing."""
    found = read_question(typed, kind)
    assert found is None or isinstance(found, (Mistake, Question))
