"""Links to approval pages: read by anybody, guessed, used up, and what every answer carries."""

from __future__ import annotations

import logging
from ipaddress import ip_address

import pytest

from pages.application import HEADERS
from pages.catalogue import LANGUAGES
from pages.guesses import AT_ONCE
from store.errors import StoreUnavailableError
from store.registrant_changes import ChangeParty, ChangeState
from tests.pages.approvals import (
    APPROVE,
    NOW,
    PAGE,
    TOKEN,
    FakeDesk,
    an_approval,
    asked,
    changes,
)

NEW, PRIOR = ChangeParty.NEW, ChangeParty.PRIOR


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("below", ["", "/names", "/done", "?decision=approve&data_correct=yes"])
def test_reading_never_answers(method: str, below: str) -> None:
    """R-13, E-28: a mail scanner that opens the link, or guesses a query, changes nothing."""
    desk = asked()
    desk.names = ("shop.example",)
    with changes(desk) as pages:
        response = pages.ask(PAGE + below, method)
    assert response.status in {200, 303}
    assert (response.body == b"") is (method == "HEAD" or response.status == 303)
    assert desk.given == []


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_are_refused(method: str) -> None:
    """405 names what is allowed."""
    desk = asked()
    with changes(desk) as pages:
        response = pages.ask(PAGE, method)
        below = pages.post(f"{PAGE}/done", APPROVE)
    assert (response.status, response.headers["allow"]) == (405, "GET,HEAD,POST")
    assert (below.status, below.headers["allow"]) == (405, "GET,HEAD")
    assert desk.given == []


_ENDED = [
    (NEW, ChangeState.AWAITING_PRIOR, "You have approved"),
    (NEW, ChangeState.COMPLETED, "The registrant was changed"),
    (NEW, ChangeState.REFUSED_PRIOR, "The current registrant refused"),
    *((party, ChangeState.DECLINED_NEW, "The new registrant declined") for party in ChangeParty),
    *((party, ChangeState.EXPIRED, "The time for answers is over") for party in ChangeParty),
    *((party, ChangeState.WITHDRAWN, "The request was withdrawn") for party in ChangeParty),
    *((party, ChangeState.SUPERSEDED, "Another request has taken") for party in ChangeParty),
    *((party, ChangeState.VOIDED, "The request no longer holds") for party in ChangeParty),
]


@pytest.mark.parametrize(("party", "state", "title"), _ENDED)
@pytest.mark.parametrize("language", LANGUAGES)
def test_closed_link_says_how_it_ended_with_410(
    party: ChangeParty, state: ChangeState, title: str, language: str
) -> None:
    """E-29, R-28: a used or dead link is gone, tells the outcome, and has no form or value."""
    closed = None if state is ChangeState.AWAITING_PRIOR else NOW
    approval = an_approval(party, state=state, names=(), count=0, values=(), closed=closed)
    desk = FakeDesk({TOKEN: approval})
    with changes(desk) as pages:
        got = pages.ask(f"{PAGE}?lang={language}")
        posted = pages.post(f"{PAGE}?lang={language}", APPROVE)
        names = pages.ask(f"{PAGE}/names?lang={language}")
    for response in (got, posted, names):
        assert response.status == 410
        assert not response.page.xpath("//form")
        assert "{" not in response.text
        assert response.title.startswith(title) is (language == "en")
    assert desk.given == []


@pytest.mark.parametrize("fault", [StoreUnavailableError("secret"), ValueError("secret")])
def test_store_that_cannot_be_read_is_no_unknown_link(
    caplog: pytest.LogCaptureFixture, fault: Exception
) -> None:
    """503 and 500 say nothing of the link and log neither token nor text."""
    desk = asked()
    desk.fault = fault
    with caplog.at_level(logging.DEBUG), changes(desk) as pages:
        response = pages.ask(PAGE)
    assert response.status in {500, 503}
    assert "leads nowhere" not in response.text
    assert TOKEN not in caplog.text
    assert "secret" not in caplog.text + response.body.decode()


@pytest.mark.parametrize(
    "token",
    [
        "x",
        TOKEN[:-1],
        TOKEN + "A",
        TOKEN.swapcase(),
        "a" * 65,
        "a" * 5000,
        "%00",
        "..%2F..",
        "%F0%9F%92%A3",
        "'%20OR%201=1--",
    ],
)
def test_guessed_or_truncated_link_is_404(token: str) -> None:
    """E-29: a link that nobody made leads nowhere, to read and to answer."""
    desk = asked()
    with changes(desk) as pages:
        got, posted = pages.ask(f"change/{token}"), pages.post(f"change/{token}", APPROVE)
    assert {got.status, posted.status} == {404}
    assert got.title == "This link leads nowhere"
    assert TOKEN not in got.body.decode()
    assert desk.given == []


def test_guesser_is_slowed_down_and_others_are_not() -> None:
    """E-29: after some unknown links a client gets 429 with the time to wait; nobody else does."""
    clients = {"one": ip_address("192.0.2.1"), "two": ip_address("2001:db8::2")}
    desk = asked()
    with changes(desk, client=lambda request: clients[request.headers["X-Who"]]) as pages:
        statuses = [pages.ask(f"change/{n}", X_Who="one").status for n in range(AT_ONCE)]
        lookups = desk.found
        slowed = pages.ask(PAGE, X_Who="one")
        posted = pages.post(PAGE, APPROVE, X_Who="one")
        other = pages.ask(PAGE, X_Who="two")
    assert set(statuses) == {404}
    assert slowed.status == posted.status == 429
    assert 1 <= int(slowed.headers["retry-after"]) <= 6
    assert desk.found == lookups + 1  # the slowed one's links are not even looked up
    assert other.status == 200
    assert desk.given == []


def test_real_links_never_slow_a_client_down() -> None:
    """However often a party reads and answers: only unknown links count."""
    with changes(asked()) as pages:
        for _ in range(AT_ONCE + 5):
            assert pages.ask(PAGE).status == 200
            assert pages.post(PAGE, {"decision": "approve"}).status == 422


@pytest.mark.parametrize(
    ("below", "status"), [("", 200), ("/names", 200), ("/done", 303), ("x", 404)]
)
def test_every_answer_carries_the_headers(below: str, status: int) -> None:
    """No script, no frame, no referrer, no keeping, and the language that was spoken."""
    desk = asked()
    desk.names = ("shop.example",)
    with changes(desk) as pages:
        response = pages.ask(PAGE + below)
    assert response.status == status
    for name, value in HEADERS.items():
        assert response.headers[name.lower()] == value
    assert response.headers["server"] == "rdds"
    assert "frame-ancestors 'none'" in response.headers["content-security-policy"]
    assert response.headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in response.headers
    if status != 303:
        assert response.headers["content-language"] == "en"
        assert response.headers["vary"] == "Accept-Language"
