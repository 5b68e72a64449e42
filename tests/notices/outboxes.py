"""An outbox to deliver from: builders with sensible defaults, and a clock that tests set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, update

from store.messages import Message, MessageKind, QueuedMessage, Recipient
from store.outbox import Outbox
from store.outgoing import Outgoing, Sponsor
from store.policy import PROFILES, RegistryPolicy
from store.registrant_changes import ChangeKind, ChangeState, RegistrantChange
from store.sql.database import Database
from store.sql.records import outbox as records
from store.sql.records.registrant_changes import insert_change
from store.sql.schema import outbox as table
from store.sql.schema import registrant_change

__all__ = [
    "LEASE",
    "NOW",
    "POLICY",
    "Clock",
    "Post",
    "a_change",
    "a_message",
    "an_outgoing",
]

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LEASE = timedelta(minutes=5)
POLICY = RegistryPolicy(zones={"example": PROFILES["gtld"]})


@dataclass
class Clock:
    """A clock that stands still until it is set."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **time: float) -> None:
        """Let time go by."""
        self.now += timedelta(**time)


def a_change(**values: Any) -> RegistrantChange:
    """Give an edit that waits for the new registrant."""
    defaults: dict[str, Any] = {
        "kind": ChangeKind.EDIT,
        "state": ChangeState.AWAITING_NEW,
        "registrar": "REG-A",
        "contact": "CA1",
        "contact_id": 1,
        "patch": {
            "name": ("Aroha Ngata", "Maria Rossi"),
            "email": ("aroha@example.net", "maria@example.org"),
        },
        "prior_email": "aroha@example.net",
        "new_email": "maria@example.org",
        "created": NOW,
        "created_by": "tester",
        "deadline": NOW + timedelta(days=7),
    }
    return RegistrantChange(**(defaults | values))


def a_message(**values: Any) -> Message:
    """Give the notice to a tech contact, which needs no change beside it."""
    defaults: dict[str, Any] = {
        "kind": MessageKind.DELEGATION_CHANGED,
        "recipient": Recipient.TECH,
        "address": "tech@example.net",
        "values": {"name": "shop.example", "ns": ["ns1.shop.example"], "ds": []},
    }
    return Message(**(defaults | values))


def an_outgoing(message: Message, **values: Any) -> Outgoing:
    """Give *message* as a sender has it."""
    queued = QueuedMessage(
        id=7, message=message, state="waiting", created=NOW, next_try=NOW + LEASE, tries=1
    )
    defaults: dict[str, Any] = {
        "queued": queued,
        "claimed": NOW,
        "language": "en",
        "transfer_lock": timedelta(days=60),
        "sponsor": Sponsor(name="Registrar A", email="help@registrar.example"),
    }
    return Outgoing(**(defaults | values))


class Post:
    """One store's outbox with hands to fill it and eyes to look into it."""

    def __init__(self, database: Database, clock: Clock | None = None) -> None:
        self.database = database
        self.clock = clock or Clock()
        self.outbox = Outbox(database, POLICY, clock=self.clock)

    def queue(self, *messages: Message) -> None:
        """Queue *messages* now."""

        def work(connection: Connection) -> None:
            for message in messages:
                records.queue_message(connection, message, now=self.clock.now)

        self.database.write(work)

    def open_change(self, **values: Any) -> RegistrantChange:
        """Save a change."""
        change = a_change(**values)
        return self.database.write(lambda connection: insert_change(connection, change))

    def move_change(self, change: RegistrantChange, state: ChangeState) -> None:
        """Bring a change into another *state*, as an answer would."""

        def work(connection: Connection) -> None:
            mine = registrant_change.c.id == change.id
            connection.execute(update(registrant_change).where(mine).values(state=state.value))

        self.database.write(work)

    def ask(self, change: RegistrantChange, **values: Any) -> Message:
        """Queue the question to the new registrant."""
        message = a_message(
            **{
                "kind": MessageKind.ASK_NEW,
                "recipient": Recipient.NEW,
                "address": change.new_email,
                "change_id": change.id,
                "values": {"names": ["shop.example"], "count": 1},
            }
            | values
        )
        self.queue(message)
        return message

    def rows(self) -> list[QueuedMessage]:
        """Give all messages, oldest first."""

        def work(connection: Connection) -> list[QueuedMessage]:
            rows = connection.execute(select(table).order_by(table.c.id)).mappings()
            return records.messages_of(rows)

        return self.database.read(work)

    def states(self) -> list[str]:
        """Give the states of all messages, oldest first."""
        return [row.state.value for row in self.rows()]
