"""A sender that is killed with a letter in its hands."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import notices
from store.sql.database import Database
from tests.notices.outboxes import LEASE, Post
from tests.notices.servers import MailSink, mail_sink

TOP = Path(__file__).parents[2]


async def test_a_killed_senders_letter_is_sent_again_as_the_same_one(store_url: str) -> None:
    """SIGKILL while the server has the mail and we don't know it: sent once more, told as one."""
    database = Database.open(store_url)
    post = Post(database)
    change = post.open_change()
    post.ask(change)
    hold = asyncio.Event()

    async with mail_sink(MailSink(hold=hold)) as sink:
        killed = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.notices.killed_sender", store_url, str(sink.port)),
            cwd=TOP,
        )
        await sink.arrived.wait()
        killed.kill()
        await killed.wait()
        hold.set()
        after = notices.make_deliverer(
            post.outbox,
            smtp_url=f"smtp://127.0.0.1:{sink.port}",
            sender="no-reply@registry.example",
            sms_url=None,
            sms_token=None,
            pages_url="https://pages.registry.example/",
        )
        at_once = await after.round()
        post.clock.now += LEASE
        later = await after.round()
    states = post.states()
    database.close()

    assert (at_once, later) == (0, 1)
    assert states == ["sent"]
    first, second = sink.mails
    assert first.message["Message-ID"] == second.message["Message-ID"]
    assert first.text != second.text  # each try has a token of its own, and both are good
