"""The outbox: messages queued in the transaction that gave rise to them, claimed by senders."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    and_,
    insert,
    not_,
    or_,
    select,
    update,
)

from store.instants import from_micros
from store.messages import Message, MessageKind, MessageState, QueuedMessage, Recipient
from store.registrant_changes import ChangeState, Channel
from store.sql.rows import micros
from store.sql.schema import outbox, registrant_change

__all__ = [
    "any_due",
    "close_message",
    "list_due",
    "list_of_change",
    "list_stale",
    "messages_of",
    "put_off",
    "queue_message",
    "take_messages",
]

_table = outbox

# What needs the page on which a party decides.
_ASKS = (MessageKind.ASK_NEW.value, MessageKind.ASK_PRIOR.value)

# Nothing is ever put off for so long: what seems so was put off by a clock that ran ahead.
FARTHEST = timedelta(hours=2)


def queue_message(connection: Connection, message: Message, *, now: datetime) -> None:
    """Put *message* into the outbox; one without an address is noted as dropped (R-29)."""
    state = MessageState.WAITING if message.address else MessageState.DROPPED
    connection.execute(
        insert(outbox).values(
            kind=message.kind.value,
            recipient=message.recipient.value,
            channel=message.channel.value,
            address=message.address,
            language=message.language,
            change_id=message.change_id,
            resent=message.resent,
            payload=json.dumps(dict(message.values), ensure_ascii=False),
            state=state.value,
            created=micros(now),
            next_try=micros(now),
            tries=0,
            code=None if message.address else "no address",
        )
    )


def messages_of(rows: Iterable[RowMapping]) -> list[QueuedMessage]:
    """Read rows of the outbox."""
    return [
        QueuedMessage(
            id=row["id"],
            message=Message(
                kind=MessageKind(row["kind"]),
                recipient=Recipient(row["recipient"]),
                address=row["address"],
                channel=Channel(row["channel"]),
                change_id=row["change_id"],
                language=row["language"],
                resent=row["resent"],
                values=json.loads(row["payload"]),
            ),
            state=MessageState(row["state"]),
            created=from_micros(row["created"]),
            next_try=from_micros(row["next_try"]),
            tries=row["tries"],
            sent=from_micros(row["sent"]),
            code=row["code"],
        )
        for row in rows
    ]


def any_due(connection: Connection, channel: Channel, *, links: bool, now: datetime) -> bool:
    """Tell whether :func:`list_due` would find anything."""
    statement = select(_table.c.id).where(_due(channel, links=links, now=now)).limit(1)
    return connection.execute(statement).first() is not None


def list_due(
    connection: Connection,
    channel: Channel,
    *,
    links: bool,
    now: datetime,
    limit: int,
) -> list[QueuedMessage]:
    """Give up to *limit* messages to send now, and keep other senders off their rows.

    Without *links* the messages that ask a party are left. Rows that another sender holds
    are skipped.
    """
    statement = (
        select(_table)
        .where(_due(channel, links=links, now=now))
        .order_by(_table.c.next_try, _table.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return messages_of(connection.execute(statement).mappings())


def list_stale(connection: Connection, *, now: datetime, limit: int) -> list[QueuedMessage]:
    """Give up to *limit* waiting questions that ask nobody any more, on whatever channel.

    Those that a sender has in hand are left to it.
    """
    awaited = or_(
        and_(
            _table.c.kind == MessageKind.ASK_NEW.value,
            registrant_change.c.state == ChangeState.AWAITING_NEW.value,
        ),
        and_(
            _table.c.kind == MessageKind.ASK_PRIOR.value,
            registrant_change.c.state == ChangeState.AWAITING_PRIOR.value,
        ),
    )
    statement = (
        select(_table)
        .join(registrant_change, registrant_change.c.id == _table.c.change_id)
        .where(
            _table.c.state == MessageState.WAITING.value,
            _table.c.kind.in_(_ASKS),
            _timely(now),
            or_(not_(awaited), registrant_change.c.deadline <= micros(now)),
        )
        .order_by(_table.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=_table)
    )
    return messages_of(connection.execute(statement).mappings())


def list_of_change(connection: Connection, change_id: int) -> list[QueuedMessage]:
    """Give all messages of one registrant change, in the order in which they were queued."""
    statement = select(_table).where(_table.c.change_id == change_id).order_by(_table.c.id)
    return messages_of(connection.execute(statement).mappings())


def take_messages(connection: Connection, numbers: Sequence[int], *, until: datetime) -> None:
    """Count a try of these messages and leave them to their sender *until* then."""
    connection.execute(
        update(_table)
        .where(_table.c.id.in_(numbers))
        .values(next_try=micros(until), tries=_table.c.tries + 1)
    )


def close_message(
    connection: Connection,
    number: int,
    state: MessageState,
    *,
    code: str,
    address: str | None,
    sent: datetime | None = None,
) -> None:
    """End a message that still waits; only the masked *address* stays."""
    connection.execute(
        update(_table)
        .where(_table.c.id == number, _table.c.state == MessageState.WAITING.value)
        .values(state=state.value, code=code, address=address, sent=micros(sent))
    )


def put_off(connection: Connection, claim: QueuedMessage, *, until: datetime, **more: Any) -> None:
    """Have the message of *claim* tried again *until* then, unless another sender has it now."""
    mine = (
        _table.c.id == claim.id,
        _table.c.state == MessageState.WAITING.value,
        _table.c.next_try == micros(claim.next_try),
    )
    connection.execute(update(_table).where(*mine).values(next_try=micros(until), **more))


def _due(channel: Channel, *, links: bool, now: datetime) -> ColumnElement[bool]:
    wanted = [_table.c.state == MessageState.WAITING.value, _timely(now)]
    wanted.append(_table.c.channel == channel.value)
    if not links:
        wanted.append(_table.c.kind.not_in(_ASKS))
    return and_(*wanted)


def _timely(now: datetime) -> ColumnElement[bool]:
    at = _table.c.next_try
    never = _table.c.tries == 0  # queued by a clock that runs ahead: nobody's lease
    return or_(at <= micros(now), at > micros(now + FARTHEST), never)
