"""Languages of all pages: which one is chosen, and that each is whole."""

from __future__ import annotations

import re
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.catalogue import LANGUAGES, read_texts
from pages.languages import named_language, negotiated_language
from tests.pages.running import FakeReader, RunningPages, running_pages
from tests.published_values import a_domain, absent, found


@pytest.fixture(scope="module")
def pages() -> RunningPages:
    """Give pages over a reader that knows one name."""
    with running_pages(FakeReader(found(a_domain()))) as running:
        yield running


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("it", "it"),
        ("IT", "it"),
        ("it-CH", "it"),
        ("fr-CH, fr;q=0.9, it;q=0.8, en;q=0.7, *;q=0.5", "it"),
        ("en;q=0.1, it;q=0.2", "it"),
        ("en;q=0, *;q=0.5", "it"),
        ("it;q=0", "en"),
        ("it;q=0, en;q=0", "en"),
        ("*", "en"),
        ("it;q=nonsense, en;q=0.1", "en"),
        (",,;;q=,it", "it"),
        ("item", "en"),
    ],
)
def test_browser_gets_the_language_it_prefers(accepted: str, language: str) -> None:
    """RFC 9110 §12.5.4: weights, ranges, zero for never; English where none of ours is asked."""
    assert negotiated_language(accepted) == language


@given(st.text(max_size=300))
def test_any_field_gives_a_language(accepted: str) -> None:
    """Whatever a browser sends, some language comes out."""
    assert negotiated_language(accepted) in LANGUAGES
    assert named_language(accepted) in {None, *LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_take_the_same_values_in_every_language(language: str) -> None:
    """A sentence has the same places for values as the English one, and is no English leftover."""
    theirs, ours = read_texts(language), read_texts("en")
    for key, text in ours.items():
        assert _places(theirs[key]) == _places(text), key
    assert theirs["language"] == language


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_lookup_page_is_in_the_readers_language(pages: RunningPages) -> None:
    """The record, its sections and a failure: all in Italian, with the header that says so."""
    page = pages.ask("?name=shop.example", Accept_Language="it")
    assert page.headers["content-language"] == "it"
    assert page.headers["vary"] == "Accept-Language"
    assert page.page.get("lang") == "it"
    assert {"Registrazione", "Contatti"} <= {h2.text_content() for h2 in page.page.iter("h2")}
    months = [read_texts(language)[f"month.{n}"] for language in LANGUAGES for n in range(1, 13)]
    written = set(re.findall(rf"\d ({'|'.join(months)}) \d{{4}}, ", page.text))
    assert written
    assert written <= {read_texts("it")[f"month.{n}"] for n in range(1, 13)}
    assert pages.ask("nowhere", Accept_Language="it").title == "Questa pagina non esiste"
    assert pages.ask("?name=..", Accept_Language="it").title == "Non è un nome a dominio"


def test_chosen_language_is_kept_on_the_way(pages: RunningPages) -> None:
    """Every link and the form of a page that a person put into Italian leads to Italian ones."""
    page = pages.ask("?name=shop.example&lang=it", Accept_Language="en").page
    own = [href for href in page.xpath("//main//@href | //header//a/@href") if href[0] == "/"]
    assert own
    assert all(href.endswith("lang=it") for href in own)
    assert page.xpath("//form/input[@type='hidden'][@name='lang']/@value") == ["it"]
    assert page.xpath("//nav//a/@href") == ["/?name=shop.example&lang=en"]
    plain = pages.ask("?name=shop.example").page
    assert not [href for href in plain.xpath("//main//@href") if "lang=" in href]
    assert plain.xpath("//nav//a/@href") == ["/?name=shop.example&lang=it"]


def test_other_language_of_an_odd_path_leads_to_no_other_host() -> None:
    """A path that reads as a host's name never comes back as a link."""
    with running_pages(FakeReader(absent())) as pages:
        answer = pages.send(b"GET //evil.test/?lang=it HTTP/1.1\r\nHost: x\r\n\r\n")
    assert b" 404 " in answer.split(b"\r\n")[0]
    assert b"evil.test" not in answer
