"""What the outbox holds, whole."""

from __future__ import annotations

from sqlalchemy import Connection, select

from store.messages import MessageKind, QueuedMessage
from store.sql.records.outbox import messages_of
from store.sql.schema import outbox
from tests.store.editing_values import Registry

__all__ = ["queued"]


def queued(registry: Registry, *kinds: MessageKind) -> list[QueuedMessage]:
    """Give the queued messages of *kinds*, of all without any, in their order."""

    def work(connection: Connection) -> list[QueuedMessage]:
        rows = connection.execute(select(outbox).order_by(outbox.c.id)).mappings().all()
        return messages_of(rows)

    found = registry.database.read(work)
    return [each for each in found if not kinds or each.message.kind in kinds]
