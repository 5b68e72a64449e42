"""What an approval link leads to, read from the store: one party's view of a change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, func, select

from store.approvals import MOST_LISTED, Approval, NamePage, ProposedValue
from store.policy import RegistryPolicy
from store.records_json import snapshot
from store.registrant_changes import (
    ChangeKind,
    ChangeParty,
    ChangeState,
    RegistrantChange,
)
from store.sql.database import Database
from store.sql.records.approval_tokens import find_token
from store.sql.records.contacts import find_contacts
from store.sql.records.registrant_changes import find_change
from store.sql.records.registrars import find_registrar
from store.sql.schema import domain, domain_contact, registrant_change_name

__all__ = ["Approvals"]

MOST_ON_A_PAGE = 500

# What people confirm and compare, in the order of an address label. Codes, statuses and
# disclosures are no data of the party.
_FIELDS = (
    *("kind", "name", "org", "street", "city", "sp", "pc", "cc"),
    *("voice", "voice_ext", "fax", "fax_ext", "email"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scope:
    """How many names a change is about, the first of them, and their zones."""

    names: tuple[str, ...]
    count: int
    zones: tuple[str, ...]


class Approvals:
    """Shows what the holder of a link may see; it never writes (R-13)."""

    def __init__(
        self, database: Database, policy: RegistryPolicy, *, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._policy = policy
        self._clock = clock

    def find(self, token: str) -> Approval | None:
        """Give what *token* leads to, ``None`` for a token that leads nowhere.

        The current registrant's leads nowhere until the new one has approved (A-10).
        """

        def work(connection: Connection) -> Approval | None:
            found = _meant(connection, token)
            return None if found is None else self._shown(connection, *found)

        return self._database.read(work)

    def list_names(self, token: str, after: str = "") -> NamePage | None:
        """Give the names past *after*, ``None`` where nobody asks this party any more."""

        def work(connection: Connection) -> NamePage | None:
            found = _meant(connection, token)
            if found is None or found[0].state_at(self._clock()).asked is not found[1]:
                return None
            past = domain.c.name > after
            statement = select(domain.c.name).where(_concerned(found[0]), past)
            limited = statement.order_by(domain.c.name).limit(MOST_ON_A_PAGE + 1)
            names = tuple(connection.execute(limited).scalars())
            return NamePage(names=names[:MOST_ON_A_PAGE], more=len(names) > MOST_ON_A_PAGE)

        return self._database.read(work)

    def _shown(
        self, connection: Connection, change: RegistrantChange, party: ChangeParty
    ) -> Approval | None:
        now = self._clock()
        state = change.state_at(now)
        if party is ChangeParty.PRIOR and state is ChangeState.AWAITING_NEW:
            return None
        scope = _Scope(names=(), count=0, zones=())
        values: tuple[ProposedValue, ...] = ()
        if state.asked is party:
            scope, values = _scope(connection, change), _values(connection, change, party)
        sponsor = find_registrar(connection, change.registrar)
        new = party is ChangeParty.NEW
        return Approval(
            change=change.id,
            party=party,
            kind=change.kind,
            state=state,
            registrar=change.registrar if sponsor is None else sponsor.card.name,
            created=change.created,
            deadline=change.deadline,
            now=now,
            approved=change.new_approved if new else change.prior_approved,
            closed=change.deadline if state is ChangeState.EXPIRED else change.closed,
            names=scope.names,
            count=scope.count,
            values=values,
            lock=timedelta(0) if new else self._lock(scope),
            lock_until=change.lock_until,
            lock_waived=bool(change.lock_waived),
        )

    def _lock(self, scope: _Scope) -> timedelta:
        """Give how long a completion would lock; some zones never do."""
        if any(self._policy.zone(zone).change_profile.locks for zone in scope.zones):
            return self._policy.change_terms.transfer_lock
        return timedelta(0)


def _meant(connection: Connection, token: str) -> tuple[RegistrantChange, ChangeParty] | None:
    found = find_token(connection, token)
    change = None if found is None else find_change(connection, found[0])
    return None if found is None or change is None else (change, found[1])


def _concerned(change: RegistrantChange) -> ColumnElement[bool]:
    """Give the condition on the names that *change* is about."""
    if change.kind is ChangeKind.EDIT:
        held = select(domain_contact.c.domain_id).where(
            domain_contact.c.contact_id == change.contact_id,
            domain_contact.c.role == "registrant",
        )
        return domain.c.id.in_(held)
    named = select(registrant_change_name.c.domain_id).where(
        registrant_change_name.c.change_id == change.id
    )
    return domain.c.id.in_(named)


def _scope(connection: Connection, change: RegistrantChange) -> _Scope:
    condition = _concerned(change)
    first = select(domain.c.name).where(condition).order_by(domain.c.name).limit(MOST_LISTED)
    counted = select(func.count()).select_from(domain).where(condition)
    zones = select(domain.c.zone).where(condition).distinct()
    return _Scope(
        names=tuple(connection.execute(first).scalars()),
        count=connection.execute(counted).scalar_one(),
        zones=tuple(connection.execute(zones).scalars()),
    )


def _values(
    connection: Connection, change: RegistrantChange, party: ChangeParty
) -> tuple[ProposedValue, ...]:
    """Give what *party* may see of the data (contacts.md 5.3, privacy between the parties)."""
    if party is ChangeParty.PRIOR:
        return tuple(_patched(change, with_old=True))
    if change.kind is ChangeKind.REPOINT:  # the new registrant's own card, all of it
        return _own_card(connection, change) or tuple(_patched(change, with_old=False))
    return tuple(_patched(change, with_old=False))


def _patched(change: RegistrantChange, *, with_old: bool) -> Iterator[ProposedValue]:
    for field in _FIELDS:
        if field in change.patch:
            old, new = change.patch[field]
            yield ProposedValue(field=field, old=_lines(old) if with_old else (), new=_lines(new))


def _own_card(connection: Connection, change: RegistrantChange) -> tuple[ProposedValue, ...]:
    number = change.to_contact_id or 0
    found = find_contacts(connection, (number,)).get(number)
    if found is None:
        return ()
    card = snapshot(found)
    shown = (ProposedValue(field=field, new=_lines(card[field])) for field in _FIELDS)
    return tuple(value for value in shown if value.new)


def _lines(value: object) -> tuple[str, ...]:
    match value:
        case str() if value:
            return (value,)
        case list() | tuple():
            return tuple(str(line) for line in value if line)
        case _:
            return ()
