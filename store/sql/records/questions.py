"""The questions that parties of a registrant change were sent, to count them (R-22)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from store.instants import from_micros
from store.messages import MessageKind, MessageState, Recipient
from store.registrant_changes import ChangeParty
from store.sql.schema import outbox

__all__ = ["list_questions"]

_KINDS = (MessageKind.ASK_NEW.value, MessageKind.ASK_PRIOR.value)


def list_questions(
    connection: Connection, change_id: int, party: ChangeParty
) -> list[tuple[datetime, bool]]:
    """Give when a party was asked, by whatever channel, and whether it was once more.

    A question that went to nobody isn't one.
    """
    statement = select(outbox.c.created, outbox.c.resent).where(
        outbox.c.change_id == change_id,
        outbox.c.recipient == Recipient.of(party).value,
        outbox.c.kind.in_(_KINDS),
        outbox.c.state != MessageState.DROPPED.value,
    )
    return [(from_micros(at), resent) for at, resent in connection.execute(statement)]
