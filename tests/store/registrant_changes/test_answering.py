"""What the parties say, in which order, until when, and at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from store.changes import AnswerRegistrantChange
from store.errors import Code, RegistryError
from store.registrant_changes import Answer, ChangeState
from store.sql.database import Database
from tests.store.editing_values import ACTOR, START, Registry, refused
from tests.store.registrant_changes.parties import (
    NEW,
    PRIOR,
    a_holder,
    answer,
    approve,
    decline,
    edit,
    latest,
    refuse,
    repoint,
    sent,
    state,
    token,
)

WEEK = timedelta(days=7)
SECOND = timedelta(seconds=1)


def test_new_registrant_is_asked_first_and_the_current_one_after_a09_a10(
    database: Database,
) -> None:
    """A-09, A-10, R-12, R-15: to the proposed address, then to the current one."""
    registry = a_holder(database)
    registry.apply(edit())
    asked = [(message.kind, message.to, message.address) for message in sent(registry)]
    assert asked == [("N1", "new", "new@example.net")]
    outcome = approve(registry, NEW)
    assert (outcome.action, outcome.changes["state"]) == (
        "answered",
        ("awaiting_new", "awaiting_prior"),
    )
    asked = [(message.kind, message.to, message.address) for message in sent(registry)]
    assert asked[1:] == [("N2", "prior", "old@example.net")]
    assert registry.contact("CA1").card.email == "old@example.net"


def test_approval_without_the_tick_is_refused_a09_r14(database: Database) -> None:
    """A-09, R-14: the data must be confirmed; the link stays good for another try."""
    registry = a_holder(database)
    registry.apply(edit())
    link = token(registry, latest(registry).id, NEW)
    with refused(Code.MISSING_VALUE, "data_correct"):
        answer(registry, NEW, Answer.APPROVE, token=link)
    assert answer(registry, NEW, Answer.APPROVE, token=link, data_correct=True).action == "answered"


def test_declining_needs_no_tick_and_ends_everything_a09_r14(database: Database) -> None:
    """A-09, R-14: decline needs no tick."""
    registry = a_holder(database)
    registry.apply(edit())
    outcome = decline(registry)
    assert outcome.changes["state"] == ("awaiting_new", "declined_new")
    assert state(registry) is ChangeState.DECLINED_NEW


def test_waiver_is_the_current_registrants_alone_a11(database: Database) -> None:
    """A-11, R-16: the new one can't waive; a missing waiver means lock."""
    registry = a_holder(database)
    registry.apply(edit())
    with refused(Code.INVALID_VALUE, "waive_lock"):
        answer(registry, NEW, Answer.APPROVE, data_correct=True, waive_lock=True)
    approve(registry, NEW)
    answer(registry, PRIOR, Answer.APPROVE)
    assert latest(registry).lock_waived is False
    assert latest(registry).lock_until == START + timedelta(days=60)


@pytest.mark.parametrize(("party", "said"), [(NEW, Answer.REFUSE), (PRIOR, Answer.DECLINE)])
def test_each_party_has_its_own_words_r16(database: Database, party: str, said: Answer) -> None:
    """A-09, A-11: decline is the new registrant's, refuse the current one's."""
    registry = a_holder(database)
    registry.apply(edit())
    if party == PRIOR:
        approve(registry, NEW)
    with refused(Code.INVALID_VALUE, "decision"):
        answer(registry, PRIOR if party == PRIOR else NEW, said, data_correct=True)


def test_both_steps_happen_for_one_and_the_same_mailbox_r17_e24(database: Database) -> None:
    """R-17, E-24: who corrects a typo in the own name is asked twice, in sequence."""
    registry = a_holder(database)
    registry.apply(edit(name="Aroha Ngaata"))
    approve(registry, NEW)
    asked = [(message.kind, message.address) for message in sent(registry)]
    assert asked == [("N1", "old@example.net"), ("N2", "old@example.net")]
    approve(registry, PRIOR)
    assert registry.contact("CA1").card.name == "Aroha Ngaata"


def test_deadline_is_seven_days_for_both_steps_r19_e11(database: Database) -> None:
    """R-19, E-11: it is not moved by the first approval, however late that comes."""
    registry = a_holder(database)
    registry.apply(edit())
    assert latest(registry).deadline == START + WEEK
    registry.now = START + WEEK - timedelta(hours=1)
    approve(registry, NEW)
    assert latest(registry).deadline == START + WEEK
    registry.now = START + WEEK - SECOND
    approve(registry, PRIOR)
    assert state(registry) is ChangeState.COMPLETED


@pytest.mark.parametrize("party", [NEW, PRIOR])
@pytest.mark.parametrize(
    ("late", "counts"), [(-SECOND, True), (timedelta(0), False), (SECOND, False)]
)
def test_click_at_the_deadline_is_too_late_without_any_job_r19_e12(
    database: Database, party: str, late: timedelta, counts: bool
) -> None:
    """R-19, E-12: at exactly the deadline it is expired, whether a job ran or not."""
    registry = a_holder(database)
    registry.apply(edit())
    if party == PRIOR:
        approve(registry, NEW)
    links = token(registry, latest(registry).id, PRIOR if party == PRIOR else NEW)
    registry.now = START + WEEK + late
    step = AnswerRegistrantChange(token=links, answer=Answer.APPROVE, data_correct=True)
    if counts:
        assert registry.apply(step).action in {"answered", "ended"}
        return
    before = registry.rows()
    with refused(Code.CLOSED):
        registry.apply(step)
    assert registry.rows() == before
    assert state(registry) is ChangeState.EXPIRED
    assert registry.contact("CA1").card.email == "old@example.net"


def test_deadline_of_the_settings_holds_r19(database: Database) -> None:
    """R-19: a setting of 1 to 60 days; a request keeps the deadline it was made with."""
    registry = a_holder(database)
    registry.apply(edit())
    assert latest(registry).deadline - latest(registry).created == WEEK


def _closed_by_an_answer(registry: Registry) -> None:
    decline(registry)


def _closed_by_both(registry: Registry) -> None:
    approve(registry)


def _closed_by_a_new_one(registry: Registry) -> None:
    registry.apply(edit(name="Another"))


@pytest.mark.parametrize(
    "close", [_closed_by_an_answer, _closed_by_both, _closed_by_a_new_one, refuse]
)
def test_links_of_a_closed_change_are_dead_r21_a13(
    database: Database, close: Callable[[Registry], object]
) -> None:
    """A-13, R-21, R-28, 5.2: any token of a terminal change is closed (410), used or not."""
    registry = a_holder(database)
    registry.apply(edit())
    number = latest(registry).id
    links = {party: token(registry, number, party) for party in (NEW, PRIOR)}
    close(registry)
    before = registry.rows()
    for party, link in links.items():
        with refused(Code.CLOSED):
            answer(registry, party, Answer.APPROVE, token=link, data_correct=True)
    assert registry.rows() == before


def test_used_link_of_an_open_change_is_dead_with_its_party_r21(database: Database) -> None:
    """R-21, E-29: any use kills all of that party's links, also those that were resent."""
    registry = a_holder(database)
    registry.apply(edit())
    number = latest(registry).id
    links = [token(registry, number, NEW) for _ in range(2)]
    answer(registry, NEW, Answer.APPROVE, token=links[1], data_correct=True)
    for link in links:
        with refused(Code.CLOSED):
            answer(registry, NEW, Answer.DECLINE, token=link)
    assert state(registry) is ChangeState.AWAITING_PRIOR


@pytest.mark.parametrize(
    "guess", ["", "x", "A" * 32, "A" * 10_000, "\x00", "žluť", "../../etc", "' OR 1=1"]
)
def test_guessed_link_is_not_found_e29(database: Database, guess: str) -> None:
    """E-29, section 13: unknown, truncated and odd tokens; nothing is written."""
    registry = a_holder(database)
    registry.apply(edit())
    link = token(registry, latest(registry).id, NEW)
    before = registry.rows()
    for wrong in (guess, link[:-1], f"{link}x"):
        with refused(Code.NOT_FOUND, "token"):
            answer(registry, NEW, Answer.APPROVE, token=wrong, data_correct=True)
    assert registry.rows() == before


def _at_once(url: str, now: Registry, steps: list[AnswerRegistrantChange]) -> list[str]:
    """Give what each of *steps* brings when all are taken at once."""
    start = Barrier(len(steps))

    def take(step: AnswerRegistrantChange) -> str:
        database = Database.open(url)
        try:
            registry = Registry(database, now=now.now)
            start.wait(timeout=30)
            return registry.door.apply(step, ACTOR).action
        except RegistryError as refusal:
            return refusal.code
        finally:
            database.close()

    with ThreadPoolExecutor(len(steps)) as threads:
        return list(threads.map(take, steps))


def test_two_answers_at_once_count_once_r26(database: Database, store_url: str) -> None:
    """R-26: two browsers, one approves and one refuses: one wins, the other is closed."""
    registry = a_holder(database, "shop.example", "two.example")
    registry.apply(edit())
    approve(registry, NEW)
    number = latest(registry).id
    steps = [
        AnswerRegistrantChange(token=token(registry, number, PRIOR), answer=said)
        for said in (Answer.APPROVE, Answer.REFUSE, Answer.APPROVE, Answer.REFUSE)
    ]
    results = _at_once(store_url, registry, steps)
    assert sorted(results) == [Code.CLOSED] * 3 + ["ended"]
    email = registry.contact("CA1").card.email
    won = steps[results.index("ended")].answer
    assert email == {"approve": "new@example.net", "refuse": "old@example.net"}[won]
    kinds = [message.kind for message in sent(registry)]
    assert kinds.count("N3") == (3 if won == "approve" else 0)
    assert kinds.count("N4") == (0 if won == "approve" else 3)


def test_double_click_of_the_new_registrant_asks_the_other_once_a10(
    database: Database, store_url: str
) -> None:
    """A-10: two approvals at once bring one message to the current registrant."""
    registry = a_holder(database)
    registry.apply(repoint())
    link = token(registry, latest(registry).id, NEW)
    step = AnswerRegistrantChange(token=link, answer=Answer.APPROVE, data_correct=True)
    assert sorted(_at_once(store_url, registry, [step] * 3)) == [Code.CLOSED] * 2 + ["answered"]
    assert [message.kind for message in sent(registry)] == ["N1", "N2"]
