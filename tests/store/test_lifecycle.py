"""The life of a contact without links: states by data and clock, and the housekeeper's end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from store.changes import (
    CardEdit,
    DeleteContact,
    DeleteDomain,
    DeleteDueContacts,
    TransferDomain,
    UpdateContact,
    UpdateDomain,
)
from store.errors import Code
from store.policy import RegistryPolicy
from store.read_door import ReadDoor
from store.sql.database import Database
from store.sql.sources import open_source
from store.statuses import Status
from tests.running_doors import RunningDoors, doors_over
from tests.store.editing_values import (
    START,
    Registry,
    a_contact,
    a_registry,
    links,
    refused,
)
from tests.store.lifecycles import FREE, a_change, an_orphan, batch_of, delete_due, rows_of

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
BAR = frozenset({Status.CLIENT_DELETE_PROHIBITED})

AGES = [
    (timedelta(0), "orphaned", ["ok"]),
    (59 * DAY, "orphaned", ["ok"]),
    (60 * DAY - SECOND, "orphaned", ["ok"]),
    (60 * DAY, "pendingDelete", ["pendingDelete"]),
    (89 * DAY, "pendingDelete", ["pendingDelete"]),
    (90 * DAY - SECOND, "pendingDelete", ["pendingDelete"]),
    (90 * DAY, "pendingDelete", ["pendingDelete"]),
    (400 * DAY, "pendingDelete", ["pendingDelete"]),
]


@pytest.mark.parametrize(("age", "state", "statuses"), AGES)
def test_state_follows_the_clock_without_any_job(
    database: Database, age: timedelta, state: str, statuses: list[str]
) -> None:
    """I-23, L-01, L-07: at its exact second a boundary is the later state's, no job having run."""
    registry = an_orphan(database)
    registry.now = START + age
    detail = registry.inquiries.find_contact("CA1")
    assert (detail.state, [status.value for status in detail.statuses]) == (state, statuses)
    assert [each.contact.handle for each in registry.inquiries.list_contacts(state=state)] == [
        "CA1"
    ]
    others = {"linked", "orphaned", "pendingDelete"} - {state}
    assert not any(list(registry.inquiries.list_contacts(state=other)) for other in others)


def test_next_states_are_told_to_the_second(database: Database) -> None:
    """I-24: both ends count from the last unlinking, ninety days being the sum."""
    registry = an_orphan(database)
    registry.wait(days=1)
    assert registry.inquiries.find_contact("CA1").next_states == (
        ("pendingDelete", START + 60 * DAY),
        ("deleted", START + 90 * DAY),
    )


@pytest.mark.parametrize("age", [59 * DAY, 60 * DAY, 89 * DAY, 90 * DAY - SECOND])
def test_housekeeper_deletes_nothing_before_its_time(database: Database, age: timedelta) -> None:
    """I-24, L-01: one second before day 90 the contact stays, and nothing is written."""
    registry = an_orphan(database)
    registry.now = START + age
    before = registry.rows()
    outcome = registry.apply(DeleteDueContacts())
    assert (outcome.action, batch_of(outcome).done) == ("unchanged", 0)
    assert registry.rows() == before


@pytest.mark.parametrize("age", [90 * DAY, 90 * DAY + SECOND, 1000 * DAY])
def test_housekeeper_deletes_at_day_90_and_after(database: Database, age: timedelta) -> None:
    """I-21, I-24, L-07: deleted by the first run at or after day 90, and gone by its id: 2303."""
    registry = an_orphan(database)
    registry.now = START + age
    assert registry.touched(lambda: delete_due(registry)) == [("contact", "CA1")]
    with refused(Code.NOT_FOUND, "id"):
        registry.contact("CA1")
    with refused(Code.NOT_FOUND, "id"):
        registry.apply(UpdateContact(handle="CA1", card=CardEdit(city="Gore")))
    assert delete_due(registry) == 0


@pytest.mark.parametrize("age", [59 * DAY, 60 * DAY, 89 * DAY, 90 * DAY, 91 * DAY])
def test_link_restores_and_resets_the_clock(database: Database, age: timedelta) -> None:
    """I-22, I-25: linked again before its deletion, its next day 0 is its next unlinking."""
    registry = an_orphan(database)
    registry.now = START + age
    registry.register("again.example", "CA1")
    detail = registry.inquiries.find_contact("CA1")
    assert (detail.state, detail.contact.unlinked_at) == ("linked", None)
    assert Status.LINKED in detail.statuses
    assert delete_due(registry) == 0
    registry.apply(DeleteDomain(name="again.example"))
    unlinked = registry.now
    assert registry.contact("CA1").unlinked_at == unlinked
    registry.now = unlinked + 90 * DAY - SECOND
    assert delete_due(registry) == 0
    registry.now = unlinked + 90 * DAY
    assert delete_due(registry) == 1


def test_only_linking_restores_from_pending_delete(database: Database) -> None:
    """Section 6: an edit or a deletion of a contact in pendingDelete is refused, 2304."""
    registry = an_orphan(database)
    registry.now = START + 60 * DAY
    registry.refuses(
        [
            (UpdateContact(handle="CA1", card=CardEdit(sp="Otago")), Code.STATUS_PROHIBITS, None),
            (DeleteContact(handle="CA1"), Code.STATUS_PROHIBITS, None),
        ]
    )


def test_never_linked_contact_ages_from_its_creation(database: Database) -> None:
    """D-05: a contact that no name ever used is deleted ninety days after it was made."""
    registry = a_registry(database, "CA1")
    registry.now = START + 60 * DAY
    assert registry.inquiries.find_contact("CA1").state == "pendingDelete"
    registry.now = START + 90 * DAY - SECOND
    assert delete_due(registry) == 0
    registry.now = START + 90 * DAY
    assert delete_due(registry) == 1


def test_creation_of_a_once_linked_contact_counts_for_nothing(database: Database) -> None:
    """L-09: made a year before, unlinked yesterday: it has its ninety days."""
    registry = an_orphan(database)
    assert registry.contact("CA1").created == START - 365 * DAY
    registry.wait(days=1)
    assert delete_due(registry) == 0
    assert registry.inquiries.find_contact("CA1").state == "orphaned"


def test_delete_prohibition_holds_an_orphan_where_it_is(database: Database) -> None:
    """L-04: neither pendingDelete nor deleted while prohibited, however old."""
    registry = an_orphan(database)
    registry.apply(UpdateContact(handle="CA1", add_statuses=BAR))
    registry.wait(days=300)
    detail = registry.inquiries.find_contact("CA1")
    assert (detail.state, detail.next_states) == ("orphaned", ())
    assert Status.PENDING_DELETE not in detail.statuses
    assert delete_due(registry) == 0
    registry.database.write(
        lambda c: c.execute(text("UPDATE contact SET statuses = 'serverDeleteProhibited'"))
    )
    assert delete_due(registry) == 0


@pytest.mark.parametrize(
    ("lifted_on", "ends_on"), [(30, 90), (59, 90), (60, 90), (61, 91), (300, 330)]
)
def test_lifted_prohibition_leaves_thirty_days_of_pending_delete(
    database: Database, lifted_on: int, ends_on: int
) -> None:
    """L-04: lifted after day 60, the clock stands at day 60 and thirty days are left."""
    registry = an_orphan(database)
    registry.apply(UpdateContact(handle="CA1", add_statuses=BAR))
    registry.now = START + lifted_on * DAY
    registry.apply(UpdateContact(handle="CA1", remove_statuses=BAR))
    state = registry.inquiries.find_contact("CA1").state
    assert state == ("orphaned" if lifted_on < 60 else "pendingDelete")
    registry.now = START + ends_on * DAY - SECOND
    assert delete_due(registry) == 0
    registry.now = START + ends_on * DAY
    assert delete_due(registry) == 1


@pytest.mark.parametrize("column", ["contact_id", "to_contact_id"])
def test_contact_in_an_open_change_is_not_deleted_nor_linked(
    database: Database, column: str
) -> None:
    """L-05, E-17: named as the current or the coming registrant it waits for the change's end."""
    registry = an_orphan(database)
    registry.now = START + 90 * DAY
    contact = registry.contact("CA1")
    change = a_change(registry, contact, **{"contact_id": 0, column: contact.id})
    assert delete_due(registry) == 0
    assert registry.inquiries.find_contact("CA1").state == "pendingDelete"
    registry.now = change.deadline - SECOND
    assert delete_due(registry) == 0
    registry.now = change.deadline  # expired, whoever has noticed
    assert delete_due(registry) == 1


def test_contact_of_a_closed_change_is_deleted(database: Database) -> None:
    """L-05: an ended change holds nobody."""
    registry = an_orphan(database)
    registry.now = START + 90 * DAY
    a_change(registry, registry.contact("CA1"))
    registry.database.write(
        lambda c: c.execute(text("UPDATE registrant_change SET open = false, state = 'withdrawn'"))
    )
    assert delete_due(registry) == 1


def test_name_on_its_way_out_keeps_its_contacts_linked(database: Database) -> None:
    """L-03: through redemption and pendingDelete, until the name itself is purged."""
    registry = a_registry(database, "CA1")
    registry.register()
    for statuses in ("redemptionPeriod", "pendingDelete redemptionPeriod", "pendingDelete"):
        registry.database.write(
            lambda c, s=statuses: c.execute(text("UPDATE domain SET statuses = :s"), {"s": s})
        )
        registry.wait(days=100)
        assert delete_due(registry) == 0
        assert registry.inquiries.find_contact("CA1").state == "linked"


def test_billing_link_alone_keeps_a_contact_linked(database: Database) -> None:
    """E-31, I-22: a contact that is billing and nothing else is linked, and no orphan."""
    registry = a_registry(database, "CA1", "CB1")
    registry.register(links=links("CA1", "CA1", "CA1", "CB1"))
    detail = registry.inquiries.find_contact("CB1")
    assert (detail.state, Status.LINKED in detail.statuses) == ("linked", True)
    registry.wait(days=100)
    assert delete_due(registry) == 0
    registry.apply(UpdateDomain(name="shop.example", links=links(billing="")))
    assert registry.contact("CB1").unlinked_at == registry.now


def test_unlinking_one_of_four_roles_leaves_a_contact_linked(database: Database) -> None:
    """E-30: the same contact in four roles loses its billing link and stays linked."""
    registry = a_registry(database, "CA1")
    registry.register(links=links("CA1", "CA1", "CA1", "CA1"))
    registry.apply(UpdateDomain(name="shop.example", links=links(billing="")))
    assert registry.inquiries.find_contact("CA1").state == "linked"
    assert registry.contact("CA1").unlinked_at is None


def test_linked_contact_is_refused_with_the_number_of_its_names(database: Database) -> None:
    """E-03: 2305, the count in the text."""
    registry = a_registry(database, "CA1")
    registry.register("one.example")
    registry.register("two.example")
    with refused(Code.IN_USE, "id") as said:
        registry.apply(DeleteContact(handle="CA1"))
    assert "2 names" in said[0].message


def test_repointing_the_last_name_starts_the_clock(database: Database) -> None:
    """E-16: the contact that lost its last name is orphaned from that instant."""
    registry = a_registry(database, "CA1", "CA2")
    registry.use(FREE)
    registry.register(links=links("CA1", "CA2", "CA2"))
    registry.wait(days=5)
    registry.apply(UpdateDomain(name="shop.example", links=links("CA2")))
    assert registry.contact("CA1").unlinked_at == START + 5 * DAY


def test_losing_registrars_copies_age_from_the_transfer(database: Database) -> None:
    """Section 3: on a transfer the old contacts lose their link, and go ninety days later."""
    registry = a_registry(database, "CA1")
    registry.register()
    registry.wait(days=5)
    copies = registry.apply(TransferDomain(name="shop.example", to="REG-B")).copies
    assert registry.contact("CA1").unlinked_at == START + 5 * DAY
    registry.now = START + 95 * DAY
    assert delete_due(registry) == 1
    assert registry.inquiries.find_contact(copies["CA1"]).state == "linked"


@pytest.mark.parametrize(
    "unlinked",
    [
        datetime(2028, 1, 15, 12, 30, 15, tzinfo=UTC),  # over a leap day
        datetime(2026, 3, 28, 23, 59, 59, tzinfo=UTC),  # over Europe's summer time
        datetime(2026, 9, 20, 1, 30, 0, tzinfo=ZoneInfo("Pacific/Auckland")),
        datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC),
    ],
)
def test_days_are_seconds_in_utc(database: Database, unlinked: datetime) -> None:
    """E-33, L-01: leap days, summer time and zones move nothing."""
    registry = a_registry(database)
    registry.now = unlinked
    registry.apply(a_contact("CA1"))
    start = unlinked.astimezone(UTC)
    for seconds, state, deleted in (
        (60 * 86_400 - 1, "orphaned", 0),
        (60 * 86_400, "pendingDelete", 0),
        (90 * 86_400 - 1, "pendingDelete", 0),
        (90 * 86_400, "pendingDelete", 1),
    ):
        registry.now = (start + timedelta(seconds=seconds)).astimezone(unlinked.tzinfo)
        assert registry.inquiries.find_contact("CA1").state == state
        assert delete_due(registry) == deleted


def test_clock_that_jumps_back_restores_what_it_took(database: Database) -> None:
    """E-33: a state is the clock's; a jump and its end leave no trace."""
    registry = an_orphan(database)
    before = registry.rows()
    for age in (100, 10, 70, 0):
        registry.now = START + age * DAY
        expected = "pendingDelete" if age >= 60 else "orphaned"
        assert registry.inquiries.find_contact("CA1").state == expected
    assert registry.rows() == before


@contextmanager
def _doors(registry: Registry, policy: RegistryPolicy, url: str) -> Iterator[RunningDoors]:
    reader = ReadDoor(open_source(url), policy)
    with doors_over(reader) as doors:
        yield doors


def test_orphan_is_not_found_at_either_door_at_any_age(database: Database, store_url: str) -> None:
    """L-08, E-31: public while a name shows it, 404 from its unlinking on, deleted or not."""
    registry = a_registry(database, "CA1", "CB1")
    registry.use(FREE)
    registry.register("shop.co.example", links=links("CA1", "CA1", "CA1", "CB1"))
    roids = [registry.contact(handle).roid for handle in ("CA1", "CB1")]
    with _doors(registry, FREE, store_url) as doors:
        assert [doors.ask_rdap(f"entity/{roid}")[0] for roid in roids] == [200, 404]
        assert b"Aroha Ngata" in doors.ask_whois("shop.co.example")
        registry.apply(DeleteDomain(name="shop.co.example"))
        missing = {
            roid: (doors.ask_rdap(f"entity/{roid}")[0], b"Aroha" in doors.ask_whois(roid))
            for roid in roids
        }
        assert set(missing.values()) == {(404, False)}
        for age in (59, 60, 89, 90):
            registry.now = START + age * DAY
            delete_due(registry)
            for roid in roids:
                assert doors.ask_rdap(f"entity/{roid}")[0] == 404
                assert b"Aroha" not in doors.ask_whois(roid)
    assert rows_of(registry, "contact") == []
