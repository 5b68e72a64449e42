"""Answers posted to the approval pages: taken once, refused kindly, never shown too early."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest

from pages.decision import MOST_POSTED
from store.errors import Code, RegistryError, StoreUnavailableError
from store.registrant_changes import Answer, ChangeParty, ChangeState
from tests.pages.approvals import (
    APPROVE,
    NOW,
    PAGE,
    TOKEN,
    FakeDesk,
    Given,
    an_approval,
    asked,
    changes,
    controls,
)
from tests.pages.running import FORM, RunningPages

NEW, PRIOR = ChangeParty.NEW, ChangeParty.PRIOR


@pytest.mark.parametrize(
    ("party", "form", "answer", "data_correct", "waive_lock"),
    [
        (NEW, {"decision": "approve", "data_correct": "yes"}, Answer.APPROVE, True, False),
        (NEW, {"decision": "approve", "data_correct": "on"}, Answer.APPROVE, True, False),
        (NEW, {"decision": "approve", "data_correct": "True"}, Answer.APPROVE, True, False),
        (NEW, {"decision": "decline"}, Answer.DECLINE, False, False),
        (PRIOR, {"decision": "approve"}, Answer.APPROVE, False, False),
        (PRIOR, {"decision": "approve", "waive_lock": "yes"}, Answer.APPROVE, False, True),
        (PRIOR, {"decision": "approve", "waive_lock": "no"}, Answer.APPROVE, False, False),
        (PRIOR, {"decision": "approve", "waive_lock": ""}, Answer.APPROVE, False, False),
        (PRIOR, {"decision": "refuse"}, Answer.REFUSE, False, False),
    ],
)
def test_posted_answer_reaches_the_desk_once(
    party: ChangeParty,
    form: dict[str, str],
    answer: Answer,
    data_correct: bool,
    waive_lock: bool,
) -> None:
    """A-09, A-11, R-16: the decision and its ticks; no waiver means the lock."""
    desk = asked(party)
    with changes(desk) as pages:
        response = pages.post(PAGE, form)
    assert response.status == 303
    assert response.headers["location"] == f"/{PAGE}/done"
    assert desk.given == [
        Given(
            token=TOKEN,
            party=party,
            answer=answer,
            data_correct=data_correct,
            waive_lock=waive_lock,
        )
    ]


@pytest.mark.parametrize("tick", [None, "", "no", "off", "0", "False"])
def test_approval_without_the_tick_comes_back_with_the_form(tick: str | None) -> None:
    """R-14, A-09: 422, nothing is answered, and the message belongs to the box."""
    desk = asked()
    form = {"decision": "approve"} | ({} if tick is None else {"data_correct": tick})
    with changes(desk) as pages:
        response = pages.post(PAGE, form)
    assert response.status == 422
    assert desk.given == []
    (box,) = response.page.xpath("//input[@name='data_correct']")
    told = box.get("aria-describedby").split()
    words = " ".join(response.page.get_element_by_id(each).text_content() for each in told)
    assert box.get("aria-invalid") == "true"
    assert "confirm with it that the data are correct" in words
    assert response.page.find("head/title").text.startswith("Not answered yet: ")
    assert (
        "Nothing has been answered yet"
        in response.page.xpath("//*[@role='alert']")[0].text_content()
    )


@pytest.mark.parametrize("party", ChangeParty)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"decision=",
        b"decision=yes&data_correct=yes",
        b"decision=APPROVE&data_correct=yes",
        b"decision=approve&decision=decline&data_correct=yes",
        b"data_correct=yes&waive_lock=yes",
    ],
)
def test_choice_that_is_none_of_the_buttons_is_refused(party: ChangeParty, body: bytes) -> None:
    """400 with the form again; two decisions are none."""
    desk = asked(party)
    with changes(desk) as pages:
        response = pages.post(PAGE, body)
    assert response.status == 400
    assert controls(response)["decision"][0] == "approve"
    assert desk.given == []


@pytest.mark.parametrize(("party", "other"), [(NEW, "refuse"), (PRIOR, "decline")])
def test_party_cannot_give_the_other_partys_answer(party: ChangeParty, other: str) -> None:
    """Refusing is the current registrant's, declining the new one's."""
    desk = asked(party)
    with changes(desk) as pages:
        assert pages.post(PAGE, {"decision": other, "data_correct": "yes"}).status == 400
    assert desk.given == []


@pytest.mark.parametrize(
    ("body", "fields", "status"),
    [
        (b"{}", {"Content-Type": "application/json"}, 415),
        (b"decision=approve", {"Content-Type": "text/plain"}, 415),
        (b"--x--", {"Content-Type": "multipart/form-data; boundary=x"}, 415),
        (b"decision=approve&data_correct=yes", {"Content-Type": ""}, 415),
        (b"a=" + b"b" * MOST_POSTED, {}, 413),
        (b"&".join(b"a=b" for _ in range(200)), {}, 400),
        (b"decision=%ff", {}, 400),
        (b"\xff\xfe", {}, 400),
    ],
)
def test_body_that_is_no_small_form_is_refused(
    body: bytes, fields: dict[str, str], status: int
) -> None:
    """Only a form's own type, a few KB, and text; nothing is answered."""
    desk = asked()
    with changes(desk) as pages:
        response = pages.post(PAGE, body, **{"Content_Type": FORM} | _spelled(fields))
    assert response.status == status
    assert response.title
    assert desk.given == []


def _spelled(fields: dict[str, str]) -> dict[str, str]:
    return {name.replace("-", "_"): value for name, value in fields.items()}


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_form_on_another_site_is_refused(site: str) -> None:
    """A browser that says that the form stood elsewhere gets 403; without the word it is taken."""
    desk = asked()
    with changes(desk) as pages:
        response = pages.post(PAGE, APPROVE, Sec_Fetch_Site=site)
        assert (response.status, desk.given) == (403, [])
        assert pages.post(PAGE, APPROVE, Sec_Fetch_Site="same-origin").status == 303
    assert len(desk.given) == 1


def test_result_may_be_read_again_and_nothing_is_repeated() -> None:
    """The page after an answer is one to read: a reload asks the desk for nothing."""
    after = an_approval(
        state=ChangeState.AWAITING_PRIOR, approved=NOW, deadline=NOW + timedelta(hours=1)
    )
    desk = FakeDesk({TOKEN: an_approval()}, after=after)
    with changes(desk) as pages:
        place = pages.post(PAGE, APPROVE).headers["location"].removeprefix("/")
        results = [pages.ask(place) for _ in range(3)]
        again = pages.post(PAGE, APPROVE)
    assert {(each.status, each.title) for each in results} == {(200, "You have approved")}
    assert "about 1 hour left" in results[0].text  # E-11
    assert (again.status, again.title) == (410, "You have approved")
    assert len(desk.given) == 1


def test_result_page_before_an_answer_leads_to_the_form() -> None:
    """Whoever opens the page of the result too early is asked first."""
    with changes(asked()) as pages:
        response = pages.ask(f"{PAGE}/done?lang=it")
    assert (response.status, response.headers["location"]) == (303, f"/{PAGE}?lang=it")


def test_completion_that_found_the_base_moved_is_no_success() -> None:
    """R-27: an approval that voids the change says that nothing has changed, with 410."""
    after = an_approval(PRIOR, state=ChangeState.VOIDED, closed=NOW)
    desk = FakeDesk({TOKEN: an_approval(PRIOR)}, after=after)
    with changes(desk) as pages:
        place = pages.post(PAGE, {"decision": "approve"}).headers["location"].removeprefix("/")
        response = pages.ask(place)
    assert (response.status, response.title) == (410, "The request no longer holds")
    assert "It has changed nothing" in response.text


def test_second_of_two_clicks_is_told_what_the_first_did() -> None:
    """The desk refuses it as closed; the page is 410 with the outcome, not a failure."""
    after = an_approval(state=ChangeState.AWAITING_PRIOR, approved=NOW)
    refusal = RegistryError(Code.CLOSED, "secret")
    desk = FakeDesk({TOKEN: an_approval()}, after=after, refusal=refusal)
    with changes(desk) as pages:
        response = pages.post(PAGE, APPROVE)
    assert (response.status, response.title) == (410, "You have approved")
    assert "secret" not in response.body.decode()


@pytest.mark.parametrize(
    ("refusal", "status", "told"),
    [
        (RegistryError(Code.STATUS_PROHIBITS, "secret"), 409, "something stands in the way"),
        (RegistryError(Code.CONFLICT, "secret"), 409, "something stands in the way"),
        (
            RegistryError(Code.MISSING_VALUE, "secret", field="data_correct"),
            422,
            "Nothing has been answered yet",
        ),
        (StoreUnavailableError("secret", code=Code.STORE_BUSY), 503, "whether your answer"),
        (RegistryError(Code.CLOSED, "secret"), 500, "The fault is ours"),
        (ValueError("secret"), 500, "The fault is ours"),
    ],
)
def test_refused_answer_is_never_shown_as_done(
    caplog: pytest.LogCaptureFixture, refusal: Any, status: int, told: str
) -> None:
    """Success only after the commit: a refusal, a busy store or a fault say so, no more."""
    desk = asked()
    desk.refusal = refusal
    with caplog.at_level(logging.DEBUG), changes(desk) as pages:
        response = pages.post(PAGE, APPROVE)
    assert response.status == status
    assert told in response.text
    assert ("retry-after" in response.headers) is (status == 503)
    assert "secret" not in response.body.decode() + caplog.text
    assert TOKEN not in caplog.text


def test_prefix_begins_every_path() -> None:
    """Behind a proxy under a path: form, links and redirects."""
    with changes(asked(), "/nic/") as pages:
        page = pages.ask(f"{PAGE}?lang=it").page
        assert page.xpath("//form/@action") == [f"/nic/{PAGE}?lang=it"]
        done = pages.post(f"{PAGE}?lang=it", APPROVE, Host="evil.test")
        assert done.headers["location"] == f"/nic/{PAGE}/done?lang=it"
        assert RunningPages(pages.port).ask(PAGE).status == 404


def test_client_that_leaves_in_the_middle_of_its_form_is_no_fault_of_ours(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Nothing is answered, and nobody fills the log by hanging up."""
    desk = asked()
    head = f"POST /{PAGE} HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nContent-Length: 40\r\n\r\n"
    with caplog.at_level(logging.INFO), changes(desk) as pages:
        for _ in range(5):
            with pages.connect() as client:
                client.sendall(f"{head}decision=approve".encode())
        assert pages.ask(PAGE).status == 200
    assert (desk.given, caplog.messages) == ([], [])
