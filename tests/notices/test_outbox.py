"""The outbox as senders see it, on both engines."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.messages import MessageKind, MessageState, Recipient
from store.outbox import Outbox
from store.outgoing import Fate, Outgoing, masked_address
from store.registrant_changes import ChangeParty, ChangeState, Channel
from store.rules.deliveries import pause_after
from store.sql.database import Database
from store.sql.records.approval_tokens import find_token
from tests.notices.outboxes import LEASE, NOW, POLICY, Clock, Post, a_message

EMAIL = Channel.EMAIL


@pytest.fixture
def post(database: Database) -> Post:
    """Give the outbox of a fresh store, on each engine in turn."""
    return Post(database)


def claim(post: Post, *, links: bool = True, limit: int = 20) -> list[Outgoing]:
    """Take what is due by mail."""
    return post.outbox.claim(EMAIL, links=links, limit=limit, lease=LEASE)


def test_a_message_is_one_senders_until_its_lease_ends(post: Post) -> None:
    """A claimed message is nobody else's, and is anybody's again after a kill."""
    post.queue(a_message())

    first = claim(post)
    meanwhile = claim(post)
    post.clock.pass_by(minutes=5)
    again = claim(post)

    assert [len(first), len(meanwhile), len(again)] == [1, 0, 1]
    assert again[0].queued.id == first[0].queued.id
    assert again[0].queued.tries == 2


def test_what_was_sent_is_never_claimed_again_and_keeps_no_address(post: Post) -> None:
    """A message that left is noted with its instant, its code and a masked address."""
    post.queue(a_message(address="maria.rossi@shop.example"))
    [outgoing] = claim(post)

    post.clock.pass_by(seconds=1)
    post.outbox.settle(outgoing, Fate.SENT, "250 2.0.0")
    post.clock.pass_by(days=1)

    assert claim(post) == []
    [row] = post.rows()
    assert row.state is MessageState.SENT
    assert row.sent == NOW + timedelta(seconds=1)
    assert row.code == "250 2.0.0"
    assert row.message.address == "m***@shop.example"


def test_a_refusal_bounces_the_message_and_leaves_the_change_open(post: Post) -> None:
    """R-24: a bounce marks the delivery, never the change."""
    change = post.open_change()
    post.ask(change)
    [outgoing] = claim(post)

    post.outbox.settle(outgoing, Fate.REFUSED, "550 5.1.1")

    [delivery] = post.outbox.deliveries_of(change.id)
    assert (delivery.state, delivery.code) == (MessageState.BOUNCED, "550 5.1.1")
    assert delivery.address == "m***@example.org"
    assert outgoing.change is not None
    assert outgoing.change.is_open(post.clock.now)


_DOUBLING = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 720, 720)


def test_a_failure_is_tried_again_later_and_later(post: Post) -> None:
    """Pauses double, from five seconds to an hour."""
    post.queue(a_message())
    pauses = []
    for _ in range(12):
        [outgoing] = claim(post)
        post.outbox.settle(outgoing, Fate.FAILED, "451")
        [row] = post.rows()
        pauses.append((row.next_try - post.clock.now) / timedelta(seconds=5))
        post.clock.now = row.next_try

    assert post.states() == ["waiting"]
    for pause, least in zip(pauses, _DOUBLING, strict=True):
        assert least <= pause <= least * 1.25


@pytest.mark.parametrize("tried", [False, True])
def test_a_message_is_given_up_after_five_days(post: Post, tried: bool) -> None:
    """What can't be sent for five days is not sent at all, whether the last try was made or not."""
    post.queue(a_message())
    post.clock.pass_by(days=5, seconds=-1)
    [outgoing] = claim(post)
    if tried:
        post.clock.pass_by(seconds=1)
        post.outbox.settle(outgoing, Fate.FAILED, "451")
    post.clock.pass_by(minutes=10)

    assert claim(post) == []
    [row] = post.rows()
    assert (row.state, row.code) == (MessageState.GIVEN_UP, "451" if tried else "too late")
    assert row.message.address == "t***@example.net"


@given(tries=st.integers(1, 10_000), share=st.floats(0, 1))
def test_pauses_have_bounds(tries: int, share: float) -> None:
    """However often it was tried, a message comes back after 5 seconds to 75 minutes."""
    assert timedelta(seconds=5) <= pause_after(tries, share=share) <= timedelta(minutes=75)


def test_what_was_not_tried_goes_back_as_it_was(post: Post) -> None:
    """A sender that stops gives its messages back at once, and no try is counted."""
    post.queue(a_message())
    [outgoing] = claim(post)

    post.outbox.settle(outgoing, Fate.UNTRIED, "")

    [again] = claim(post)
    assert again.queued.tries == 1


def test_a_failure_after_the_lease_does_not_disturb_the_next_sender(post: Post) -> None:
    """Who comes too late to say that it failed is not heard; that it was sent, it is."""
    post.queue(a_message())
    [late] = claim(post)
    post.clock.pass_by(minutes=6)
    [current] = claim(post)

    post.outbox.settle(late, Fate.FAILED, "timed out")
    held = post.rows()[0].next_try
    post.outbox.settle(late, Fate.SENT, "250")

    assert held == current.queued.next_try
    assert post.states() == ["sent"]


def test_a_channel_without_a_way_out_keeps_its_messages(post: Post) -> None:
    """Text messages wait while only mail has a transport."""
    post.queue(a_message(channel=Channel.SMS, address="+64.211234567"))

    assert claim(post) == []
    assert post.states() == ["waiting"]
    assert len(post.outbox.claim(Channel.SMS, links=True, limit=9, lease=LEASE)) == 1


def test_questions_wait_while_no_page_can_be_linked(post: Post) -> None:
    """R-12: without pages the messages that ask a party wait, and the others leave."""
    post.ask(post.open_change())
    post.queue(a_message())

    kinds = [outgoing.queued.message.kind for outgoing in claim(post, links=False)]

    assert kinds == [MessageKind.DELEGATION_CHANGED]
    assert post.states() == ["waiting", "waiting"]


@pytest.mark.parametrize(
    "state",
    [state for state in ChangeState if state is not ChangeState.AWAITING_NEW],
)
def test_a_question_that_nobody_asks_any_more_is_dropped(post: Post, state: ChangeState) -> None:
    """N1 leaves only while its change awaits the new registrant."""
    change = post.open_change()
    post.ask(change)
    post.move_change(change, state)

    assert claim(post) == []
    assert post.states() == ["dropped"]
    assert post.rows()[0].code == "no longer asked"


def test_a_question_is_dropped_at_the_deadline_without_any_job(post: Post) -> None:
    """R-19: at exactly the deadline a change is expired, whatever its row says."""
    post.ask(post.open_change(deadline=NOW + timedelta(hours=1)))
    post.clock.pass_by(hours=1)

    assert claim(post) == []
    assert post.states() == ["dropped"]


def test_dropped_messages_do_not_hold_up_those_behind_them(post: Post) -> None:
    """A claim goes past what it drops until it has something to send."""
    change = post.open_change()
    for _ in range(7):
        post.ask(change)
    post.move_change(change, ChangeState.WITHDRAWN)
    post.queue(a_message())

    assert len(claim(post, limit=3)) == 1
    assert post.states() == ["dropped"] * 7 + ["waiting"]


def test_a_message_about_a_change_that_is_gone_is_dropped(post: Post) -> None:
    """A confirmation without its change has nothing to say."""
    post.queue(a_message(kind=MessageKind.COMPLETED, recipient=Recipient.NEW, change_id=99))

    assert claim(post) == []
    assert post.rows()[0].code == "no such change"


def test_a_message_without_an_address_is_noted_as_dropped(post: Post) -> None:
    """R-29: an empty address breaks nothing."""
    post.queue(a_message(address=None), a_message(address=""))

    assert claim(post) == []
    assert post.states() == ["dropped", "dropped"]


def test_each_send_of_a_question_has_a_token_of_its_own(post: Post) -> None:
    """R-21: a fresh token at each try, of which the store keeps hashes alone; older ones stay."""
    change = post.open_change()
    post.ask(change)
    [first] = claim(post)
    post.clock.pass_by(minutes=5)
    [second] = claim(post)

    assert first.token
    assert second.token
    assert first.token != second.token
    for token in (first.token, second.token):
        found = post.database.read(lambda connection, token=token: find_token(connection, token))
        assert found == (change.id, ChangeParty.NEW)
    assert first.token not in str(post.rows())


def test_the_language_is_the_recipients_or_else_the_settings(database: Database) -> None:
    """A message whose reader has shown no language is in that of the settings."""
    post = Post(database)
    post.outbox = Outbox(
        database, type(POLICY)(zones=POLICY.zones, language="it"), clock=post.clock
    )
    post.queue(a_message(), a_message(language="en"))

    assert [outgoing.language for outgoing in claim(post)] == ["it", "en"]


def test_a_clock_that_ran_ahead_strands_no_message(post: Post) -> None:
    """What was put off under a clock far ahead is due again under the right one."""
    post.queue(a_message())
    post.clock.pass_by(days=4)
    [outgoing] = claim(post)
    post.outbox.settle(outgoing, Fate.FAILED, "451")
    post.clock.now = NOW

    assert len(claim(post)) == 1


def test_two_senders_at_once_never_have_the_same_message(store_url: str) -> None:
    """Messages are shared out among senders, each to one, on both engines."""
    databases = [Database.open(store_url) for _ in range(4)]
    post = Post(databases[0])
    post.queue(*(a_message() for _ in range(60)))
    taken: list[int] = []
    start = threading.Barrier(4)

    def work(database: Database) -> None:
        box = Outbox(database, POLICY, clock=Clock())
        start.wait()
        while found := box.claim(EMAIL, links=True, limit=4, lease=LEASE):
            taken.extend(outgoing.queued.id for outgoing in found)

    threads = [threading.Thread(target=work, args=(database,)) for database in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rest = claim(post, limit=100)
    for database in databases:
        database.close()

    everything = taken + [outgoing.queued.id for outgoing in rest]
    assert len(everything) == len(set(everything)) == 60


def test_a_reply_is_kept_without_what_is_not_plain(post: Post) -> None:
    """A code is short and printable, whatever a transport says."""
    post.queue(a_message())
    [outgoing] = claim(post)

    post.outbox.settle(outgoing, Fate.FAILED, "451\r\n\x00è" + "x" * 500)

    code = post.rows()[0].code
    assert code is not None
    assert code.startswith("451x")
    assert len(code) == 64


@given(local=st.text(min_size=1).filter(lambda text: "@" not in text))
def test_a_mask_shows_one_letter_at_most(local: str) -> None:
    """Of an address's local part one letter stays, and masking twice is masking once."""
    masked = masked_address(f"{local}@shop.example")

    assert masked == f"{local[0]}***@shop.example"
    assert masked_address(masked) == masked
    assert masked_address(masked_address("+64.211234567")) == "+64.***67"


def test_stale_questions_are_dropped_without_a_way_out(post: Post) -> None:
    """A question of a change that ended goes, claimed by nobody; one in hand is its sender's."""
    ended, open_ = post.open_change(), post.open_change(contact_id=2, contact="CA2")
    post.ask(ended, channel=Channel.SMS, address="+64.211234567")
    post.ask(open_)
    post.move_change(ended, ChangeState.WITHDRAWN)

    assert post.outbox.drop_stale() == 1
    assert post.states() == ["dropped", "waiting"]

    [_held] = claim(post)
    post.move_change(open_, ChangeState.WITHDRAWN)
    assert post.outbox.drop_stale() == 0


def test_message_of_a_clock_that_runs_ahead_is_due_and_its_claim_holds(post: Post) -> None:
    """Housekeeping at a pretended time queues ahead; the real clock claims, and once."""
    post.clock.pass_by(hours=1)
    post.queue(a_message())
    post.clock.pass_by(hours=-1)

    assert [len(claim(post)), len(claim(post))] == [1, 0]
