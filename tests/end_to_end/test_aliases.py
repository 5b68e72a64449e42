"""Mail to a privacy alias reaches the holder, through `rdds serve` and a real Postfix (P-12)."""

from __future__ import annotations

import re
import smtplib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.end_to_end.postfix import Postfix, running_postfix
from tests.end_to_end.programs import Program, Serving
from tests.mail_sinks import MailSink, running_sink
from tests.waiting import wait_until

SETTINGS = '[aliases]\nlisten = ["127.0.0.1:0"]\n'
DOMAIN = "shield.example.com"
PLACE = re.compile(r"aliases at (\S+)")


@dataclass(frozen=True)
class Post:
    """A server, a mail server in front of it, and the mailbox of the world."""

    program: Program
    serving: Serving
    postfix: Postfix
    table: str
    sink: MailSink

    def alias(self) -> str:
        """Give the registrant's alias as port 43 prints it now."""
        answer = self.serving.ask_whois("veiled.example")
        found = re.search(r"Registrant Email: (\S+)", answer)
        assert found, answer
        return found[1]

    def send(self, recipient: str) -> dict[str, tuple[int, bytes]]:
        """Send a mail to *recipient*; give what the mail server refused."""
        with smtplib.SMTP("127.0.0.1", self.postfix.port, timeout=60) as client:
            try:
                return client.sendmail("friend@example.org", [recipient], "Subject: Hi\r\n\r\nHi!")
            except smtplib.SMTPRecipientsRefused as refused:
                return refused.recipients


@pytest.fixture(scope="module")
def post(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    """Serve the sample, whose veiled.example has aliases, with Postfix in front."""
    folder: Path = tmp_path_factory.mktemp("aliases")
    program = Program(folder, f"sqlite:///{folder / 'rdds.sqlite3'}", SETTINGS)
    with program.serve("--demo") as serving, running_sink() as sink:
        found = PLACE.search(serving.log.read_text())
        assert found, serving.log.read_text()
        with running_postfix(table=found[1], domain=DOMAIN, relay=sink.port) as postfix:
            yield Post(program, serving, postfix, found[1], sink)


def test_mail_to_a_shown_alias_reaches_the_holder(post: Post) -> None:
    """The holder's own mailbox gets it, at the address that it has now."""
    holder = post.program.do("domain", "show", "veiled.example")["registrant"]
    mailbox = post.program.do("contact", "show", holder)["email"]
    assert post.send(post.alias().upper()) == {}
    wait_until(lambda: any(mailbox in mail.recipients for mail in post.sink.mails))
    assert b"Subject: Hi" in post.sink.mails[-1].content


def test_look_up_by_the_mail_servers_own_client(post: Post) -> None:
    """`postmap -q` gives what `privacy-service aliases` lists, and nothing for a guess."""
    listed = post.program.do("privacy-service", "aliases", "SHIELD")["items"]
    assert listed
    for each in listed:
        assert post.postfix.look_up(each["alias"], post.table) == (0, each["forwards_to"])
    assert post.postfix.look_up(f"{'a' * 26}@{DOMAIN}", post.table) == (1, "")


def test_mail_to_a_dead_alias_is_refused_at_once(post: Post) -> None:
    """P-12: privacy off, alias dead; on again it lives. A guess was never an alias."""
    alias = post.alias()
    assert post.send(f"{'b' * 26}@{DOMAIN}")[f"{'b' * 26}@{DOMAIN}"][0] == 550
    post.program.do("domain", "update", "veiled.example", "--privacy", "none")
    assert post.send(alias)[alias][0] == 550
    post.program.do("domain", "update", "veiled.example", "--privacy", "proxy:SHIELD")
    assert post.send(post.alias()) == {}


def test_mail_is_kept_while_the_store_is_away(post: Post) -> None:
    """A sender is told to come again; nothing is bounced."""
    alias, store = post.alias(), post.program.folder / "rdds.sqlite3"
    store.rename(post.program.folder / "away")
    try:
        assert post.send(alias)[alias][0] == 451
    finally:
        (post.program.folder / "away").rename(store)
    assert post.send(alias) == {}
