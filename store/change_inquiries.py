"""What operators ask about registrant changes: one with its messages, or a list of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, func, select

from store.outbox import Outbox
from store.outgoing import Delivery
from store.policy import RegistryPolicy
from store.refusals import missing
from store.registrant_changes import ChangeKind, ChangeState, RegistrantChange
from store.sql.database import Database
from store.sql.listing import list_pages
from store.sql.records import contacts
from store.sql.records.registrant_changes import changes_of, find_change, names_held
from store.sql.rows import micros
from store.sql.schema import domain_contact, registrant_change

__all__ = ["MOST_NAMES", "ChangeDetail", "ChangeInquiries"]

MOST_NAMES = 50  # of an edit's names; it may be about a hundred thousand
_NO_NUMBER = 2**63  # beyond what a row can have


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeDetail:
    """A registrant change, and its ``state`` at the moment.

    ``names`` are the first fifty of ``count``. In a list, those of an edit and the
    ``deliveries`` are ``None``: not looked up.
    """

    change: RegistrantChange
    state: ChangeState
    names: tuple[str, ...] | None
    count: int | None
    deliveries: tuple[Delivery, ...] | None = None


class ChangeInquiries:
    """Answers operators from the private store.

    ``find_…`` raises ``NOT_FOUND`` for what isn't there; ``list_…`` gives everything, in
    ascending order, with a bounded part of it in memory.
    """

    def __init__(
        self, database: Database, policy: RegistryPolicy, *, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._clock = clock
        self._outbox = Outbox(database, policy, clock=clock)

    def find_change(self, number: int) -> ChangeDetail:
        """Give a registrant change, the names it is about and how its messages fare."""

        def work(connection: Connection) -> tuple[RegistrantChange, tuple[str, ...], int]:
            known = 0 < number < _NO_NUMBER
            found = find_change(connection, number) if known else None
            change = found or missing("registrant change", str(number), "id")
            if change.kind is ChangeKind.EDIT:
                return change, *names_held(connection, change.contact_id, limit=MOST_NAMES)
            return change, change.names[:MOST_NAMES], len(change.names)

        change, names, count = self._database.read(work)
        return ChangeDetail(
            change=change,
            state=change.state_at(self._clock()),
            names=names,
            count=count,
            deliveries=tuple(self._outbox.deliveries_of(change.id)),
        )

    def list_changes(self, *, open_only: bool = False) -> Iterator[ChangeDetail]:
        """List registrant changes by number, all or those whose parties may still answer."""
        statement, now = select(registrant_change), self._clock()
        if open_only:
            table = registrant_change.c
            statement = statement.where(table.open.is_(True), table.deadline > micros(now))

        def read(connection: Connection, rows: list[RowMapping]) -> list[ChangeDetail]:
            return [_listed(change, now) for change in changes_of(connection, rows)]

        return list_pages(self._database, statement, registrant_change.c.id, read)

    def count_names(self, handle: str) -> int:
        """Count the names that an edit of a contact touches, in whatever role (R-10)."""

        def work(connection: Connection) -> int:
            found = contacts.find_contact(connection, handle) or missing("contact", handle, "id")
            distinct = func.count(domain_contact.c.domain_id.distinct())
            mine = domain_contact.c.contact_id == found.id
            return int(connection.execute(select(distinct).where(mine)).scalar_one())

        return self._database.read(work)


def _listed(change: RegistrantChange, now: datetime) -> ChangeDetail:
    of_contact = change.kind is ChangeKind.EDIT
    return ChangeDetail(
        change=change,
        state=change.state_at(now),
        names=None if of_contact else change.names[:MOST_NAMES],
        count=None if of_contact else len(change.names),
    )
