"""The two parties of a registrant change as tests play them, and what the outbox holds for them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from store.changes import Actor, AnswerRegistrantChange, CardEdit, UpdateContact, UpdateDomain
from store.outcomes import Outcome
from store.registrant_changes import Answer, ChangeParty, ChangeState, Channel, RegistrantChange
from store.sql.database import Database
from store.sql.records.approval_tokens import new_token
from store.sql.records.registrant_changes import find_change
from store.sql.schema import outbox, registrant_change
from tests.store.editing_values import Registry, a_contact, a_registry, links

__all__ = [
    "NEW",
    "PRIOR",
    "Sent",
    "a_holder",
    "answer",
    "approve",
    "change_of",
    "decline",
    "edit",
    "latest",
    "refuse",
    "repoint",
    "sent",
    "state",
    "token",
]

NEW, PRIOR = ChangeParty.NEW, ChangeParty.PRIOR
_ACTORS = {
    NEW: Actor(name="new registrant", door="pages"),
    PRIOR: Actor(name="current registrant", door="pages"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A queued message: what tests look at."""

    kind: str
    to: str
    address: str | None
    change: int | None
    names: tuple[str, ...]
    count: int


def a_holder(database: Database, *names: str) -> Registry:
    """Give a registry where CA1 is registrant of *names*, CA2 everything else, CA3 nothing."""
    registry = a_registry(database)
    registry.apply(
        a_contact("CA1", email="old@example.net"),
        a_contact("CA2", name="Tech", email="tech@example.net"),
        a_contact("CA3", name="Buyer Ltd", email="buyer@example.net"),
    )
    for name in names or ("shop.example",):
        registry.register(name, links=links("CA1", "CA2", "CA2"))
    return registry


def edit(handle: str = "CA1", **card: Any) -> UpdateContact:
    """Give an edit of a contact's card; of its e-mail where nothing is named."""
    return UpdateContact(handle=handle, card=CardEdit(**(card or {"email": "new@example.net"})))


def repoint(name: str = "shop.example", to: str = "CA3") -> UpdateDomain:
    """Give a new registrant for one name."""
    return UpdateDomain(name=name, links=links(to))


def token(registry: Registry, change: int, party: ChangeParty) -> str:
    """Make a link for *party*, as the sender of a message does."""

    def work(connection: Connection) -> str:
        return new_token(connection, change, party, channel=Channel.EMAIL, now=registry.now)

    return registry.database.write(work)


def answer(registry: Registry, party: ChangeParty, said: Answer, **more: Any) -> Outcome:
    """Let *party* answer the latest change, over a fresh link unless ``token`` is given."""
    made = more.pop("token", None)
    if made is None:
        made = token(registry, latest(registry).id, party)
    return registry.door.apply(
        AnswerRegistrantChange(token=made, answer=said, **more), _ACTORS[party]
    )


def approve(registry: Registry, *parties: ChangeParty, waive_lock: bool = False) -> Outcome:
    """Let both parties approve in their order, or those named; give the last outcome."""
    outcome = None
    for party in parties or (NEW, PRIOR):
        more = {"data_correct": True} if party is NEW else {"waive_lock": waive_lock}
        outcome = answer(registry, party, Answer.APPROVE, **more)
    assert outcome is not None
    return outcome


def decline(registry: Registry) -> Outcome:
    """Let the new registrant decline."""
    return answer(registry, NEW, Answer.DECLINE)


def refuse(registry: Registry) -> Outcome:
    """Let the new registrant approve and the current one refuse."""
    approve(registry, NEW)
    return answer(registry, PRIOR, Answer.REFUSE)


def change_of(registry: Registry, number: int) -> RegistrantChange:
    """Read a change back."""
    found = registry.database.read(lambda connection: find_change(connection, number))
    assert found is not None
    return found


def latest(registry: Registry) -> RegistrantChange:
    """Read the newest change back."""
    newest = select(registrant_change.c.id).order_by(registrant_change.c.id.desc()).limit(1)
    number = registry.database.read(lambda c: c.execute(newest).scalar_one())
    return change_of(registry, number)


def state(registry: Registry) -> ChangeState:
    """Give the newest change's state at the registry's instant."""
    return latest(registry).state_at(registry.now)


def sent(registry: Registry, *, since: int = 0) -> list[Sent]:
    """Give the messages in the outbox, in the order they were queued, without the first ones."""
    statement = select(outbox).order_by(outbox.c.id)
    rows = registry.database.read(lambda c: c.execute(statement).mappings().all())
    found = []
    for row in rows[since:]:
        values = json.loads(row["payload"])
        found.append(
            Sent(
                kind=row["kind"],
                to=row["recipient"],
                address=row["address"],
                change=row["change_id"],
                names=tuple(values.get("names", ())),
                count=values.get("count", 0),
            )
        )
    return found
