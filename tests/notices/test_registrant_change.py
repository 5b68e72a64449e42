"""A registrant change from the edit to the last confirmation, through real mail."""

from __future__ import annotations

import re

import pytest

import notices
from store import changes
from store.changes import AnswerRegistrantChange, CardEdit
from store.messages import MessageState
from store.outbox import Outbox
from store.outcomes import Outcome
from store.registrant_changes import Answer
from store.sql.database import Database
from tests.notices.servers import Mail, MailSink, mail_sink
from tests.store.editing_values import POLICY, Registry, a_contact, a_registry

PAGES = "https://pages.registry.example/"
TOKEN = re.compile(rf"{re.escape(PAGES)}change/(\S+)")


@pytest.fixture
def registry(database: Database) -> Registry:
    """Give a registry with a name whose registrant is Aroha, on each engine in turn."""
    registry = a_registry(database)
    reach = CardEdit(email="post@registrar.example")
    registry.apply(
        changes.UpdateRegistrar(handle="REG-A", card=reach),
        a_contact("CA1", email="aroha@old.example", street=("1 Secret Street",)),
        a_contact("CA2", email="tech@example.net"),
    )
    registry.register("shop.example", "CA1")
    return registry


def edited(registry: Registry) -> Outcome:
    """Ask for a new registrant by an edit of the contact."""
    card = CardEdit(name="Maria Rossi", email="maria@new.example")
    return registry.apply(changes.UpdateContact(handle="CA1", card=card))


async def delivered(registry: Registry, sink: MailSink) -> dict[str, Mail]:
    """Deliver what is due; give the new mails by recipient."""
    before = len(sink.mails)
    deliverer = notices.make_deliverer(
        Outbox(registry.database, POLICY, clock=lambda: registry.now),
        smtp_url=f"smtp://127.0.0.1:{sink.port}",
        sender="no-reply@registry.example",
        sms_url=None,
        sms_token=None,
        pages_url=PAGES,
    )
    await deliverer.round()
    new = sink.mails[before:]
    assert len({mail.recipient for mail in new}) == len(new)
    return {mail.recipient: mail for mail in new}


def answered(registry: Registry, mail: Mail, answer: Answer) -> None:
    """Answer with the token of a mail's link, as its page would."""
    [token] = TOKEN.findall(mail.text)
    registry.apply(AnswerRegistrantChange(token=token, answer=answer, data_correct=True))


async def test_a_change_of_registrant_is_told_step_by_step(registry: Registry) -> None:
    """N1 to the new, N2 to the prior, N3 to both and the registrar, each when it is due."""
    held = edited(registry).held
    assert held is not None

    async with mail_sink() as sink:
        first = await delivered(registry, sink)
        answered(registry, first["maria@new.example"], Answer.APPROVE)
        second = await delivered(registry, sink)
        answered(registry, second["aroha@old.example"], Answer.APPROVE)
        third = await delivered(registry, sink)

    assert list(first) == ["maria@new.example"]
    assert list(second) == ["aroha@old.example"]
    # the prior registrant's old address, the new one's new address.
    assert sorted(third) == ["aroha@old.example", "maria@new.example", "post@registrar.example"]
    assert "until now: Aroha Ngata" in third["aroha@old.example"].text
    assert "no transfer to another registrar is possible" in third["maria@new.example"].text
    for mail in (first["maria@new.example"], third["maria@new.example"]):
        for private in ("Aroha", "aroha@", "Secret Street"):
            assert private not in mail.text

    outbox = Outbox(registry.database, POLICY, clock=lambda: registry.now)
    deliveries = outbox.deliveries_of(held.registrant_change)
    assert [delivery.state for delivery in deliveries] == [MessageState.SENT] * 5
    assert deliveries[0].address == "m***@new.example"


async def test_the_prior_registrant_hears_nothing_of_a_declined_request(
    registry: Registry,
) -> None:
    """N4, D-14: who was never asked is not told either; the registrar always is."""
    edited(registry)

    async with mail_sink() as sink:
        first = await delivered(registry, sink)
        answered(registry, first["maria@new.example"], Answer.DECLINE)
        second = await delivered(registry, sink)

    assert sorted(second) == ["maria@new.example", "post@registrar.example"]
    assert all("The new registrant declined" in mail.text for mail in second.values())


async def test_a_question_overtaken_by_its_withdrawal_is_never_sent(registry: Registry) -> None:
    """A request that is withdrawn before its mail left asks nobody any more."""
    held = edited(registry).held
    assert held is not None
    registry.apply(changes.WithdrawRegistrantChange(change=held.registrant_change))

    async with mail_sink() as sink:
        mails = await delivered(registry, sink)

    assert all("change/" not in mail.text for mail in mails.values())
    assert "withdrawn" in mails["post@registrar.example"].text


async def test_a_link_by_mail_still_decides_after_a_bounce_of_the_next(registry: Registry) -> None:
    """R-24: what bounces marks the delivery; the change waits and can be answered."""
    held = edited(registry).held
    assert held is not None

    async with mail_sink() as sink:
        first = await delivered(registry, sink)
        answered(registry, first["maria@new.example"], Answer.APPROVE)
        sink.replies["RCPT"] = ["550 5.1.1 gone"]
        bounced = await delivered(registry, sink)

    outbox = Outbox(registry.database, POLICY, clock=lambda: registry.now)
    [asked_new, asked_prior] = outbox.deliveries_of(held.registrant_change)
    assert bounced == {}
    assert asked_new.state is MessageState.SENT
    assert (asked_prior.state, asked_prior.code) == (MessageState.BOUNCED, "550 5.1.1")
    assert registry.contact("CA1").card.name == "Aroha Ngata"
