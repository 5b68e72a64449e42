"""The deliverer between a real store and real servers."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import Any

import pytest

import notices
from notices.delivering import Deliverer, Outbox
from notices.mail import MailTransport
from notices.mail_server import mail_server
from notices.wording import letter_of
from store.errors import StoreUnavailableError
from store.messages import MessageKind, Recipient
from store.outgoing import Fate, Outgoing
from store.registrant_changes import ChangeState, Channel
from store.sql.database import Database
from tests.notices.outboxes import LEASE, Post, a_message, an_outgoing
from tests.notices.servers import Gateway, MailSink, gateway, mail_sink

PAGES = "https://pages.registry.example/p/"


def deliverer(post: Post, **values: Any) -> Deliverer:
    """Make what delivers *post*, by the settings that tests are about."""
    defaults: dict[str, Any] = {
        "smtp_url": None,
        "sender": "no-reply@registry.example",
        "sms_url": None,
        "sms_token": None,
        "pages_url": PAGES,
    }
    return notices.make_deliverer(post.outbox, **(defaults | values))


@pytest.fixture
def post(database: Database) -> Post:
    """Give the outbox of a fresh store, on each engine in turn."""
    return Post(database)


@pytest.fixture
def small(sqlite_url: str) -> Any:
    """Give the outbox of a fresh store on SQLite."""
    database = Database.open(sqlite_url)
    yield Post(database)
    database.close()


@asynccontextmanager
async def running(delivering: Deliverer) -> AsyncIterator[None]:
    """Run a deliverer as `serve` does."""
    stop = asyncio.Event()
    task = asyncio.create_task(delivering.run(stop))
    try:
        yield
    finally:
        stop.set()
        await task


async def test_a_question_arrives_with_a_link_that_works(post: Post) -> None:
    """R-12: the new registrant gets the page's address with a fresh token, as its first URL."""
    change = post.open_change()
    post.ask(change)

    async with mail_sink() as sink:
        taken = await deliverer(post, smtp_url=f"smtp://127.0.0.1:{sink.port}").round()

    assert taken == 1
    [mail] = sink.mails
    lines = mail.text.splitlines()
    [link] = [line for line in lines if line.startswith(PAGES)]
    assert link == next(word for word in mail.text.split() if "://" in word)
    token = link.removeprefix(f"{PAGES}change/")
    assert post.states() == ["sent"]
    from store.sql.records.approval_tokens import find_token

    found = post.database.read(lambda connection: find_token(connection, token))
    assert found is not None
    assert found[0] == change.id


async def test_a_kill_between_sending_and_noting_sends_it_once_more(post: Post) -> None:
    """At least once: the second mail has the first one's Message-ID, so both can be told as one."""
    post.queue(a_message())

    class KilledError(Exception):
        pass

    class Dying:
        """The outbox of a process that dies before it can say what it did."""

        due = staticmethod(post.outbox.due)
        claim = staticmethod(post.outbox.claim)

        @staticmethod
        def settle(*_: object) -> None:
            raise KilledError

    async with mail_sink() as sink:
        url = f"smtp://127.0.0.1:{sink.port}"
        mail = MailTransport(mail_server(url), sender="no-reply@registry.example")
        dying = Deliverer(Dying(), {Channel.EMAIL: mail}, link=None)
        with pytest.raises(ExceptionGroup):
            await dying.round()
        at_once = await deliverer(post, smtp_url=url).round()
        post.clock.now += LEASE
        later = await deliverer(post, smtp_url=url).round()

    assert (at_once, later) == (0, 1)
    ids = [mail.message["Message-ID"] for mail in sink.mails]
    assert len(ids) == 2
    assert ids[0] == ids[1]
    assert post.states() == ["sent"]


async def test_two_deliverers_at_once_send_each_message_once(store_url: str) -> None:
    """However many processes deliver, a message leaves once."""
    databases = [Database.open(store_url), Database.open(store_url)]
    posts = [Post(database) for database in databases]
    posts[0].queue(*(a_message(address=f"tech{n}@example.net") for n in range(45)))

    async with mail_sink() as sink:
        pair = [deliverer(post, smtp_url=f"smtp://127.0.0.1:{sink.port}") for post in posts]
        while sum(await asyncio.gather(*(each.round() for each in pair))):
            pass

    recipients = [mail.recipient for mail in sink.mails]
    assert sorted(recipients) == sorted(f"tech{n}@example.net" for n in range(45))
    assert set(posts[0].states()) == {"sent"}
    for database in databases:
        database.close()


async def test_a_message_whose_change_closed_meanwhile_is_not_sent(small: Post) -> None:
    """Nobody is asked for what has ended."""
    change = small.open_change()
    small.ask(change)
    small.move_change(change, ChangeState.WITHDRAWN)

    async with mail_sink() as sink:
        taken = await deliverer(small, smtp_url=f"smtp://127.0.0.1:{sink.port}").round()

    assert taken == 0
    assert sink.mails == []
    assert small.states() == ["dropped"]


async def test_every_channel_goes_its_own_way(small: Post) -> None:
    """Mail leaves by SMTP and texts by the gateway; R-20's text has the link on its own line."""
    change = small.open_change()
    small.ask(change)
    small.ask(change, channel=Channel.SMS, address="+64.211234567")

    async with mail_sink() as sink, gateway() as served:
        await deliverer(
            small, smtp_url=f"smtp://127.0.0.1:{sink.port}", sms_url=served.url, sms_token="t"
        ).round()

    assert len(sink.mails) == 1
    [text] = served.texts
    assert text["to"] == "+64211234567"
    assert text["text"].splitlines()[-1].startswith(f"{PAGES}change/")
    assert small.states() == ["sent", "sent"]


async def test_a_channel_that_hangs_holds_up_no_other(small: Post) -> None:
    """A gateway that never answers keeps no mail waiting."""
    silent = Gateway(silent=asyncio.Event())
    small.queue(a_message(channel=Channel.SMS, address="+64.211234567"))

    async with mail_sink() as sink, gateway(silent) as served:
        url = f"smtp://127.0.0.1:{sink.port}"
        async with running(deliverer(small, smtp_url=url, sms_url=served.url)):
            await served.arrived.wait()
            small.queue(a_message())
            await sink.arrived.wait()
            silent.silent.set()  # type: ignore[union-attr]

    assert small.states() == ["sent", "sent"]


async def test_a_message_leaves_while_it_runs_whoever_queued_it(post: Post) -> None:
    """What another process commits is found without a word to the deliverer."""
    async with (
        mail_sink() as sink,
        running(deliverer(post, smtp_url=f"smtp://127.0.0.1:{sink.port}")),
    ):
        await asyncio.to_thread(post.queue, a_message())
        await sink.arrived.wait()

    assert len(sink.mails) == 1
    assert post.states() == ["sent"]


async def test_a_stop_finishes_the_letter_in_hand_and_gives_the_rest_back(small: Post) -> None:
    """TERM loses nothing and sends nothing twice: what was not begun is untouched."""
    small.queue(*(a_message(address=f"tech{n}@example.net") for n in range(5)))
    hold = asyncio.Event()

    async with mail_sink(MailSink(hold=hold)) as sink:
        stop = asyncio.Event()
        delivering = deliverer(small, smtp_url=f"smtp://127.0.0.1:{sink.port}")
        task = asyncio.create_task(delivering.run(stop))
        await sink.arrived.wait()
        stop.set()
        await asyncio.sleep(0)
        hold.set()
        await task

    assert len(sink.mails) == 1
    assert sorted(small.states()) == ["sent"] + ["waiting"] * 4
    assert [row.tries for row in small.rows() if row.state.value == "waiting"] == [0] * 4
    assert all(row.next_try <= small.clock.now for row in small.rows()[1:])


async def test_a_letter_is_not_begun_late_in_its_lease(
    small: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind a slow one it goes back untried: nobody else sends it while we do."""
    small.queue(a_message())
    async with mail_sink(MailSink()) as sink:
        delivering = deliverer(small, smtp_url=f"smtp://127.0.0.1:{sink.port}")
        with monkeypatch.context() as slow:
            slow.setattr("notices.delivering.BEGIN_SECONDS", -1.0)
            assert await delivering.round() == 1
        [row] = small.rows()
        assert (sink.mails, row.tries, row.state.value) == ([], 0, "waiting")
        assert await delivering.round() == 1
    assert small.states() == ["sent"]


async def test_a_relay_that_is_away_is_asked_once_for_a_lane(small: Post) -> None:
    """The letters of a lane are put off together where nothing can be reached."""
    small.queue(*(a_message() for _ in range(5)))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        await deliverer(small, smtp_url=f"smtp://127.0.0.1:{free.getsockname()[1]}").round()

    rows = small.rows()
    assert {(row.state.value, row.code, row.tries) for row in rows} == {
        ("waiting", "unreachable", 1)
    }
    assert all(row.next_try > small.clock.now for row in rows)


async def test_one_bad_message_does_not_hold_up_the_others(small: Post) -> None:
    """A message that can't be put into words fails alone."""
    small.queue(a_message(kind=MessageKind.REGISTRANT_CHANGED), a_message())

    async with mail_sink() as sink:
        await deliverer(small, smtp_url=f"smtp://127.0.0.1:{sink.port}").round()

    assert [(row.state.value, row.code) for row in small.rows()] == [
        ("waiting", "fault"),
        ("sent", "250 2.0.0"),
    ]
    assert len(sink.mails) == 1


async def test_without_pages_the_questions_wait(small: Post) -> None:
    """No link, no question: it leaves once there are pages."""
    small.ask(small.open_change())

    async with mail_sink() as sink:
        url = f"smtp://127.0.0.1:{sink.port}"
        without = await deliverer(small, smtp_url=url, pages_url=None).round()
        with_pages = await deliverer(small, smtp_url=url).round()

    assert (without, with_pages) == (0, 1)
    assert len(sink.mails) == 1


async def test_without_any_way_out_messages_stay_and_nothing_fails(small: Post) -> None:
    """With no settings at all, messages are written to the outbox and to no network."""
    small.queue(a_message())

    async with running(deliverer(small)):
        taken = await deliverer(small).round()

    assert taken == 0
    assert small.states() == ["waiting"]


class Away:
    """An outbox whose store comes back after some failures; it says when it was asked."""

    def __init__(self, post: Post, failures: int) -> None:
        self.post = post
        self.failures = failures
        self.settling_failures = failures

    def due(self, channels: Collection[Channel], *, links: bool) -> list[Channel]:
        """Say what is due."""
        return self.post.outbox.due(channels, links=links)

    def claim(self, *args: Any, **values: Any) -> list[Outgoing]:
        """Fail, or give what is due."""
        if self.failures:
            self.failures -= 1
            raise StoreUnavailableError("The store can't be reached.")
        return self.post.outbox.claim(*args, **values)

    def settle(self, outgoing: Outgoing, fate: Fate, code: str) -> None:
        """Fail, or keep what became of a message."""
        if self.settling_failures:
            self.settling_failures -= 1
            raise StoreUnavailableError("The store can't be reached.")
        self.post.outbox.settle(outgoing, fate, code)


async def test_a_store_that_is_away_is_waited_for_and_told_of_once(
    small: Post, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The deliverer outlives its store; one line says so, and nothing is sent twice."""
    monkeypatch.setattr("notices.delivering.REST_SECONDS", 0.01)
    small.queue(a_message())

    async with mail_sink() as sink:
        server = mail_server(f"smtp://127.0.0.1:{sink.port}")
        transport = MailTransport(server, sender="no-reply@registry.example")
        away: Outbox = Away(small, failures=3)
        async with running(Deliverer(away, {Channel.EMAIL: transport}, link=None)):
            await sink.arrived.wait()

    assert small.states() == ["sent"]
    assert len(sink.mails) == 1
    assert [record.message for record in caplog.records if "store" in record.message] == [
        "messages wait for the store: STORE_UNAVAILABLE"
    ]


async def test_the_log_names_numbers_kinds_and_codes_alone(
    small: Post, caplog: pytest.LogCaptureFixture
) -> None:
    """No address, no value, no token and no reply's text gets into the log."""
    caplog.set_level(logging.DEBUG)
    change = small.open_change()
    small.ask(change)
    small.queue(a_message(address="tech@private.example"))

    sink = MailSink(replies={"RCPT": ["550 5.1.1 <maria@example.org> is unknown"]})
    async with mail_sink(sink):
        await deliverer(small, smtp_url=f"smtp://127.0.0.1:{sink.port}").round()

    ours = [record.getMessage() for record in caplog.records if record.name == "rdds.notices"]
    assert ours == ["message 1 (N1) refused: 550 5.1.1", "message 2 (N8) sent: 250 2.0.0"]
    everything = "\n".join(
        record.getMessage() for record in caplog.records if not record.name.startswith("mail.log")
    )
    for private in ("maria", "tech@", "private.example", "change/", "Rossi"):
        assert private not in everything


@pytest.mark.parametrize("language", ["en", "it"])
async def test_each_reader_gets_its_language(small: Post, language: str) -> None:
    """The record's language decides, in the words and in the header."""
    small.queue(a_message(language=language))

    async with mail_sink() as sink:
        await deliverer(small, smtp_url=f"smtp://127.0.0.1:{sink.port}").round()

    [mail] = sink.mails
    assert mail.message["Content-Language"] == language
    assert ("contatto tecnico" in mail.text) is (language == "it")


def test_mail_without_a_sender_is_refused(small: Post) -> None:
    """A server without an address to send from is a wrong setting."""
    with pytest.raises(ValueError, match="sender"):
        deliverer(small, smtp_url="smtp://localhost", sender=None)


async def test_a_fault_in_one_round_is_no_end_of_the_next(
    small: Post, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What nobody thought of is logged by its kind alone, and delivery goes on."""
    monkeypatch.setattr("notices.delivering.REST_SECONDS", 0.01)
    small.queue(a_message())
    faults = iter([LookupError("tech@example.net")])

    class Odd(Away):
        def due(self, channels: Collection[Channel], *, links: bool) -> list[Channel]:
            """Fail once as nobody thought of."""
            for fault in faults:
                raise fault
            return super().due(channels, links=links)

    async with mail_sink() as sink:
        server = mail_server(f"smtp://127.0.0.1:{sink.port}")
        transport = MailTransport(server, sender="no-reply@registry.example")
        odd: Outbox = Odd(small, failures=0)
        async with running(Deliverer(odd, {Channel.EMAIL: transport}, link=None)):
            await sink.arrived.wait()

    assert small.states() == ["sent"]
    assert "a look into the outbox failed: LookupError" in caplog.messages
    assert "tech@" not in caplog.text


@pytest.mark.parametrize("kind", [MessageKind.ASK_NEW, MessageKind.COMPLETED])
def test_a_letter_without_what_it_speaks_of_is_a_fault(kind: MessageKind) -> None:
    """A question without a link, or a confirmation without its change, is never sent half."""
    message = a_message(kind=kind, recipient=Recipient.NEW, values={"names": ["shop.example"]})

    with pytest.raises(ValueError, match=r"page|change"):
        letter_of(an_outgoing(message), None)
