"""What the approval pages show to each party, over real sockets."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pages.approval_drawing import left_text
from pages.catalogue import LANGUAGES, read_texts
from pages.drawing import Pen
from store.approval_records import _FIELDS
from store.registrant_changes import ChangeParty, ChangeState
from tests.pages.approvals import (
    NOW,
    PAGE,
    TOKEN,
    FakeDesk,
    an_approval,
    asked,
    changes,
    controls,
    rows,
    shown,
)

NEW, PRIOR = ChangeParty.NEW, ChangeParty.PRIOR


def test_new_registrant_sees_names_proposed_data_deadline_and_choices() -> None:
    """R-12: the names, the proposed values, the deadline in UTC, the tick and two buttons."""
    response = shown(an_approval())
    assert response.status == 200
    assert response.title == "Please confirm the new registrant’s data"
    names = response.page.xpath("//ul[@class='names']/li")
    assert [" ".join(each.text_content().split()) for each in names] == [
        "shop.example",
        "bücher.example xn--bcher-kva.example",
    ]
    assert rows(response) == [
        ("Name", "Maria Rossi"),
        ("Organisation", "none"),
        ("Street", "Via Roma 1 Scala B"),
        ("Phone", "+39 06123456"),
        ("E-mail", "maria@rossi.example"),
    ]
    assert response.page.xpath("//strong/time/@datetime") == ["2026-03-07T12:00:00Z"]
    assert "7 March 2026, 12:00:00 UTC" in response.text
    assert controls(response) == {
        "data_correct": ["yes"],
        "decision": ["approve", "decline"],
    }


def test_prior_registrant_sees_before_and_after_lock_and_advice() -> None:
    """R-15, R-16, A-11: both sides of each value, the lock explained, transfer-first advice."""
    response = shown(an_approval(PRIOR))
    assert response.title == "Please decide on a change of registrant"
    assert rows(response)[:2] == [
        ("Name", "Aroha Ngata", "Maria Rossi"),
        ("Organisation", "Ngata Ltd", "none"),
    ]
    assert "can’t be moved to another registrar for 60 days" in response.text
    assert "refuse this change, move the names" in response.text
    assert controls(response) == {"waive_lock": ["yes"], "decision": ["approve", "refuse"]}


def test_without_a_lock_there_is_nothing_to_waive() -> None:
    """A profile or a setting that locks nothing offers no waiver (A-11)."""
    response = shown(an_approval(PRIOR, lock=timedelta(0)))
    assert controls(response) == {"decision": ["approve", "refuse"]}
    assert "lock" not in response.text.lower()


@pytest.mark.parametrize(
    ("lock_until", "waived", "told"),
    [
        (NOW + timedelta(days=60), False, "before 30 April 2026, 12:00:00 UTC"),
        (None, True, "The transfer lock was waived. A lock from an earlier change"),
        (None, False, None),
    ],
)
def test_completed_change_tells_the_lock(lock_until: Any, waived: bool, told: str | None) -> None:
    """R-31, E-27: until when, or waived, which never ends an earlier lock."""
    approval = an_approval(
        PRIOR,
        state=ChangeState.COMPLETED,
        approved=NOW,
        closed=NOW,
        lock_until=lock_until,
        lock_waived=waived,
    )
    response = shown(approval, "/done")
    assert response.status == 200
    assert (told in response.text) if told else ("registrar before" not in response.text)


@pytest.mark.parametrize("party", ChangeParty)
def test_page_loads_and_links_nothing_from_elsewhere(party: ChangeParty) -> None:
    """No script, no inline style, and no link by which the address of the page could leave."""
    page = shown(an_approval(party, count=99)).page
    assert not page.xpath("//script | //style | //@style | //img | //@*[starts-with(name(), 'on')]")
    away = [href for href in page.xpath("//@href | //@src | //@action") if href != "data:,"]
    assert all(href.startswith(("/change/", "/style.css", "#")) for href in away)


def test_names_beyond_the_first_fill_pages_of_their_own() -> None:
    """Many names: a count, the first ones, and pages with all of them, in order."""
    names = tuple(f"n{number:03}.example" for number in range(8))
    approval = an_approval(names=names[:3], count=8)
    desk = FakeDesk({TOKEN: approval}, names=names)
    with changes(desk) as pages:
        first = pages.ask(PAGE)
        assert "of 8 names" in first.text
        (place,) = first.page.xpath("//a[.='All names']/@href")
        seen: list[str] = []
        while place:
            response = pages.ask(place.removeprefix("/"))
            seen += [li.text_content().strip() for li in response.page.xpath("//main//li")]
            (place,) = response.page.xpath("//a[.='Further names']/@href") or [""]
        odd = pages.ask(f"{PAGE}/names?after=%00%27OR")
    assert tuple(seen) == names
    assert odd.page.xpath("//main//li")[0].text_content().strip() == names[0]


@pytest.mark.parametrize(
    ("accepted", "query", "language"),
    [
        ("", "", "en"),
        ("it", "", "it"),
        ("it-IT,it;q=0.9,en;q=0.8", "", "it"),
        ("de, en;q=0.5, it;q=0.4", "", "en"),
        ("de", "", "en"),
        ("en", "?lang=it", "it"),
        ("it", "?lang=en", "en"),
        ("it", "?lang=xx", "it"),
    ],
)
def test_page_speaks_the_persons_language(accepted: str, query: str, language: str) -> None:
    """What the link names, else what the browser asks for, else English; it is said in the page."""
    with changes(asked()) as pages:
        response = pages.ask(PAGE + query, Accept_Language=accepted)
    assert response.headers["content-language"] == language
    assert response.page.get("lang") == language
    assert response.title == read_texts(language)["change.new.title"]
    (other,) = response.page.xpath("//nav//a")
    assert other.get("hreflang") == other.get("lang") != language


def test_markup_and_odd_characters_in_values_are_text() -> None:
    """Nothing that a party typed is markup, or turns the text around it."""
    odd = "<script>alert(1)</script>\u202e\r\n{{ t }} {registrar}"
    approval = an_approval(PRIOR, registrar=odd)
    values = tuple(replace(each, new=(odd,)) for each in approval.values if each.field != "voice")
    response = shown(replace(approval, values=values))
    assert not response.page.xpath("//script")
    assert "\u202e" not in response.text
    assert "<script>alert(1)</script>" in response.text
    assert "{{ t }} {registrar}" in response.text


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=6, hours=23, minutes=59), "6 days"),
        (timedelta(hours=48), "2 days"),
        (timedelta(hours=47, minutes=59), "47 hours and 59 minutes"),
        (timedelta(hours=1, minutes=1), "1 hour and 1 minute"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(minutes=59, seconds=1), "1 hour"),
        (timedelta(seconds=1), "1 minute"),
        (timedelta(0), "0 minutes"),
        (timedelta(seconds=-5), "0 minutes"),
    ],
)
def test_time_left_is_said_in_words(left: timedelta, words: str) -> None:
    """E-11: one hour before the deadline the page says one hour."""
    assert left_text(left, Pen(texts=read_texts("en"), prefix="/")) == words


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_status_and_field_has_its_words(language: str) -> None:
    """No end, refusal or field can reach a page without words for it."""
    texts = read_texts(language)
    never = {ChangeState.AWAITING_NEW, ChangeState.AWAITING_PRIOR}
    outcomes = {"approved", *(state.value for state in set(ChangeState) - never)}
    wanted = {f"change.outcome.{key}.{part}" for key in outcomes for part in ("title", "text")}
    wanted |= {
        f"change.problem.{status}.{part}"
        for status in (400, 403, 404, 405, 413, 415, 429, 500, 503)
        for part in ("title", "text")
    }
    wanted |= {f"change.slipped.{slip}" for slip in ("choice", "tick", "obstacle")}
    wanted |= {f"row.{field}" for field in _FIELDS}
    assert wanted <= texts.keys()
    made = {key for key in texts if key.startswith(("change.outcome.", "change.problem."))}
    assert made <= wanted
