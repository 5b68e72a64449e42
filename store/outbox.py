"""The outbox as senders see it: they claim messages, send them, and say what became of them.

A claim is a lease: a message whose sender was killed is claimed again when the lease is
over. So each message is sent at least once, and by one sender at a time. No transaction is
open while a sender talks to the network.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, select

from store.messages import MessageState, QueuedMessage
from store.outgoing import Delivery, Fate, Outgoing, Sponsor, masked_address
from store.policy import RegistryPolicy
from store.registrant_changes import Channel, RegistrantChange
from store.rules.deliveries import (
    NO_LONGER_ASKED,
    asked_party,
    pause_after,
    too_late,
    untimely_end,
)
from store.sql import schema
from store.sql.database import Database
from store.sql.records import outbox
from store.sql.records.approval_tokens import new_token
from store.sql.records.registrant_changes import changes_of

__all__ = ["Outbox"]

MOST_CODE = 64  # characters
MOST_STALE = 200  # in one transaction


class Outbox:
    """Gives messages to senders and keeps what they say of them.

    Raises in every method:
        StoreUnavailableError: the store can't be reached, or an editor holds it.
    """

    def __init__(
        self, database: Database, policy: RegistryPolicy, *, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._policy = policy
        self._clock = clock

    def due(self, channels: Collection[Channel], *, links: bool) -> list[Channel]:
        """Give those of *channels* on which a message could be claimed now; cheap to ask often."""
        now = self._now()

        def work(connection: Connection) -> list[Channel]:
            return [
                channel
                for channel in sorted(channels)
                if outbox.any_due(connection, channel, links=links, now=now)
            ]

        return self._database.read(work) if channels else []

    def claim(
        self, channel: Channel, *, links: bool, limit: int, lease: timedelta
    ) -> list[Outgoing]:
        """Take up to *limit* messages that are due on *channel*, for the time of *lease*.

        Without *links* the messages that ask a party wait. One that is no longer true is
        dropped on the way, one that waited too long given up. Empty means that nothing is due.
        """
        while True:
            found, claimed = self._database.write(
                lambda connection: self._claim(
                    connection, channel, links=links, limit=limit, lease=lease
                )
            )
            if claimed or not found:  # others may hold what is due
                return claimed

    def settle(self, outgoing: Outgoing, fate: Fate, code: str) -> None:
        """Keep what became of a claimed message; *code* is the other side's, without its text."""
        code = "".join(sign for sign in code if sign.isascii() and sign.isprintable())[:MOST_CODE]
        self._database.write(lambda connection: self._settle(connection, outgoing, fate, code))

    def drop_stale(self) -> int:
        """Drop the questions that ask nobody any more, even where no way out is set; count them."""
        dropped = 0
        while count := self._database.write(self._drop_stale):
            dropped += count
        return dropped

    def deliveries_of(self, change_id: int) -> list[Delivery]:
        """Give how the messages of a registrant change fare, in the order of their queueing."""

        def work(connection: Connection) -> list[QueuedMessage]:
            return outbox.list_of_change(connection, change_id)

        return [_delivery(queued) for queued in self._database.read(work)]

    def _drop_stale(self, connection: Connection) -> int:
        found = outbox.list_stale(connection, now=self._now(), limit=MOST_STALE)
        for queued in found:
            _close(connection, queued, MessageState.DROPPED, NO_LONGER_ASKED)
        return len(found)

    def _now(self) -> datetime:
        return self._clock().astimezone(UTC)

    def _claim(
        self,
        connection: Connection,
        channel: Channel,
        *,
        links: bool,
        limit: int,
        lease: timedelta,
    ) -> tuple[bool, list[Outgoing]]:
        now = self._now()
        found = outbox.list_due(connection, channel, links=links, now=now, limit=limit)
        changes = _changes(connection, found)
        taken = []
        for queued in found:
            change = changes.get(queued.message.change_id or 0)
            end = untimely_end(queued, change, now)
            if end is None:
                taken.append((queued, change))
            else:
                _close(connection, queued, *end)
        until = now + lease
        if taken:
            outbox.take_messages(connection, [queued.id for queued, _ in taken], until=until)
        claims = [(_claimed(queued, until), change) for queued, change in taken]
        return bool(found), [
            self._outgoing(connection, queued, change, now) for queued, change in claims
        ]

    def _outgoing(
        self,
        connection: Connection,
        queued: QueuedMessage,
        change: RegistrantChange | None,
        now: datetime,
    ) -> Outgoing:
        message = queued.message
        asked = asked_party(message.kind)
        token = None
        if change is not None and asked is not None:
            token = new_token(connection, change.id, asked, channel=message.channel, now=now)
        handle = message.values.get("registrar") if change is None else change.registrar
        return Outgoing(
            queued=queued,
            claimed=now,
            language=message.language or self._policy.language,
            transfer_lock=self._policy.change_terms.transfer_lock,
            change=change,
            token=token,
            sponsor=_sponsor(connection, handle) if isinstance(handle, str) else None,
        )

    def _settle(self, connection: Connection, outgoing: Outgoing, fate: Fate, code: str) -> None:
        queued, now = outgoing.queued, self._now()
        match fate:
            case Fate.SENT:
                _close(connection, queued, MessageState.SENT, code, sent=now)
            case Fate.REFUSED:
                _close(connection, queued, MessageState.BOUNCED, code)
            case Fate.FAILED if too_late(queued, now):
                _close(connection, queued, MessageState.GIVEN_UP, code)
            case Fate.FAILED:
                pause = pause_after(queued.tries, share=secrets.randbelow(1001) / 1000)
                outbox.put_off(connection, queued, until=now + pause, code=code)
            case Fate.UNTRIED:
                outbox.put_off(connection, queued, until=now, tries=queued.tries - 1)


def _changes(
    connection: Connection, messages: Collection[QueuedMessage]
) -> dict[int, RegistrantChange]:
    numbers = {queued.message.change_id for queued in messages} - {None}
    if not numbers:
        return {}
    table = schema.registrant_change
    rows = connection.execute(select(table).where(table.c.id.in_(numbers))).mappings().all()
    return {change.id: change for change in changes_of(connection, rows)}


def _claimed(queued: QueuedMessage, until: datetime) -> QueuedMessage:
    return replace(queued, next_try=until, tries=queued.tries + 1)


def _close(
    connection: Connection,
    queued: QueuedMessage,
    state: MessageState,
    code: str,
    *,
    sent: datetime | None = None,
) -> None:
    address = queued.message.address
    outbox.close_message(
        connection,
        queued.id,
        state,
        code=code,
        address=None if address is None else masked_address(address),
        sent=sent,
    )


def _sponsor(connection: Connection, handle: str) -> Sponsor | None:
    table = schema.registrar
    columns = select(table.c.name, table.c.email, table.c.voice, table.c.url)
    row = connection.execute(columns.where(table.c.handle == handle)).first()
    if row is None:
        return None
    return Sponsor(name=row.name, email=row.email, voice=row.voice, url=row.url)


def _delivery(queued: QueuedMessage) -> Delivery:
    message = queued.message
    return Delivery(
        id=queued.id,
        kind=message.kind,
        recipient=message.recipient,
        channel=message.channel,
        address=None if message.address is None else masked_address(message.address),
        state=queued.state,
        created=queued.created,
        next_try=queued.next_try,
        tries=queued.tries,
        resent=message.resent,
        sent=queued.sent,
        code=queued.code,
    )
