"""The order of locks on PostgreSQL: names, then all contacts at once, then changes."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import Connection, select, text

from store.changes import PrivacyEdit, UpdateDomain
from store.model import PrivacyMode
from store.sql.database import Database
from store.sql.records.contacts import lock_contacts
from store.sql.schema import contact
from tests.store.editing_values import Registry, links, with_zone
from tests.store.registrant_changes.parties import (
    NEW,
    PRIOR,
    a_holder,
    approve,
    edit,
    repoint,
)
from tests.waiting import wait_until

Step = Callable[[Registry], object]

WITHHOLD = UpdateDomain(name="back.example", privacy=PrivacyEdit(mode=PrivacyMode.WITHHOLD))


def a_market(url: str) -> Registry:
    """Give two names: CA1 is registrant of the one and the other contact of the other."""
    registry = a_holder(Database.open(url))
    registry.register("back.example", links=links("CA2", "CA1", "CA1"))
    registry.use(with_zone("example", privacy_modes=frozenset(PrivacyMode)))
    return registry


def somebody_waits(url: str) -> bool:
    """Tell whether an editor waits for a lock."""
    database = Database.open(url)
    waiting = (
        "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid"
        " WHERE NOT l.granted AND a.datname = current_database()"
    )
    try:
        return database.read(lambda c: bool(c.execute(text(waiting)).scalar_one()))
    finally:
        database.close()


def _relink(registry: Registry) -> object:
    return registry.apply(UpdateDomain(name="shop.example", links=links(tech="CA3")))


def _split(registry: Registry) -> object:
    return registry.apply(replace(edit("CA2", city="Nelson"), only=("shop.example",)))


def _switch_privacy(registry: Registry) -> object:
    return registry.apply(WITHHOLD)


def _complete(registry: Registry) -> object:
    return approve(registry, PRIOR)


@pytest.mark.parametrize("step", [_relink, _split, _switch_privacy, _complete])
def test_editor_that_waits_for_a_contact_holds_no_later_one(
    postgresql_url: str, step: Step
) -> None:
    """L-06: contacts are locked in one order, or two editors could wait for each other."""
    registry = a_market(postgresql_url)
    if step is _complete:
        registry.apply(repoint("back.example", "CA3"))
        approve(registry, NEW)
    first = registry.contact("CA1").id
    with ThreadPoolExecutor(1) as threads:

        def work(connection: Connection) -> int:
            lock_contacts(connection, (first,))
            threads.submit(_elsewhere, postgresql_url, registry, step)
            wait_until(lambda: somebody_waits(postgresql_url))
            others = select(contact.c.id).where(contact.c.id != first)
            return len(connection.execute(others.with_for_update(skip_locked=True)).all())

        assert registry.database.write(work, commit=False) == 2
    registry.database.close()


def _elsewhere(url: str, registry: Registry, step: Step) -> None:
    other = Registry(Database.open(url), policy=registry.policy, now=registry.now)
    try:
        step(other)
    finally:
        other.database.close()
