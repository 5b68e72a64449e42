"""The write door as a whole: dry runs, writers at once, random edits and what always holds."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Barrier
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from store.changes import (
    AddReservedName,
    AnswerRegistrantChange,
    CardEdit,
    Change,
    CreateDomain,
    CreateHost,
    CreatePrivacyService,
    CreateRegistrar,
    DeleteContact,
    DeleteDomain,
    DeleteDueContacts,
    DeleteHost,
    DeletePrivacyService,
    DeleteRegistrar,
    EndOverdueChanges,
    LiftTransferLock,
    PrivacyEdit,
    PruneChangeLog,
    RecordConsent,
    RegistrarEdit,
    RemoveReservedName,
    ResendRegistrantChange,
    ScrubHistory,
    TransferDomain,
    UpdateContact,
    UpdateDomain,
    UpdateHost,
    UpdatePrivacyService,
    UpdateRegistrar,
    WithdrawRegistrantChange,
)
from store.errors import Code, RegistryError, StoreUnavailableError
from store.model import PrivacyMode
from store.published import Kind
from store.registrant_changes import Answer, ChangeParty, Channel
from store.sql.database import Database
from store.statuses import Status
from tests.store.editing_values import Registry, a_contact, a_registry, links
from tests.store.registrant_changes.parties import NEW, PRIOR, latest, token
from tests.store.searching.recomputed import check_sights


def _waited(step: Change, **duration: float) -> Callable[[Registry], Change]:
    def after(registry: Registry) -> Change:
        registry.wait(**duration)
        return step

    return after


def _resent(registry: Registry) -> Change:
    registry.wait(minutes=2)
    number = latest(registry).id
    return ResendRegistrantChange(change=number, party=NEW, channel=Channel.EMAIL)


def _withdrawn(registry: Registry) -> Change:
    return WithdrawRegistrantChange(change=latest(registry).id)


def _answered(party: ChangeParty) -> Callable[[Registry], Change]:
    def after(registry: Registry) -> Change:
        made = token(registry, latest(registry).id, party)
        return AnswerRegistrantChange(token=made, answer=Answer.APPROVE, data_correct=True)

    return after


# What a step needs of the store before it is made of it when its turn comes.
STORY: tuple[Change | Callable[[Registry], Change], ...] = (
    a_contact("CA1"),
    a_contact("CA2", org="Two Ltd"),
    CreateDomain(
        name="shop.example",
        registrar="REG-A",
        links=links("CA1", "CA1", "CA2"),
        hosts=("ns1.x.net",),
    ),
    UpdateContact(handle="CA1", card=CardEdit(email="new@example.net"), auth_info="new-code"),
    _resent,
    _withdrawn,
    UpdateDomain(name="shop.example", links=links(registrant="CA2")),
    _waited(EndOverdueChanges(), days=7),
    RecordConsent(contact="CA1", party=PRIOR),
    RecordConsent(contact="CA1", party=PRIOR, revoke=True),
    UpdateContact(handle="CA1", card=CardEdit(name="Holder"), only=("shop.example",)),
    _answered(NEW),
    _answered(PRIOR),
    LiftTransferLock(name="shop.example", reason="A court ordered it"),
    UpdateContact(handle="CA2", card=CardEdit(city="Nelson"), only=("shop.example",)),
    CreateHost(name="ns1.shop.example", addresses=("192.0.2.1",)),
    UpdateHost(name="ns1.shop.example", add_addresses=("2001:db8::1",)),
    UpdateDomain(name="shop.example", add_hosts=("ns1.shop.example",), links=links(billing="CA1")),
    CreatePrivacyService(
        handle="PRIV", card=CardEdit(name="Holder", org="Privacy"), alias_domain="a.example.net"
    ),
    UpdatePrivacyService(handle="PRIV", card=CardEdit(city="Nelson")),
    UpdateDomain(name="shop.example", privacy=PrivacyEdit(mode=PrivacyMode.PROXY)),
    UpdateRegistrar(handle="REG-B", registrar=RegistrarEdit(gurid=99)),
    TransferDomain(name="shop.example", to="REG-B"),
    UpdateDomain(name="shop.example", privacy=PrivacyEdit(mode=PrivacyMode.NONE)),
    UpdateDomain(name="shop.example", remove_hosts=("ns1.shop.example",)),
    DeletePrivacyService(handle="PRIV"),
    DeleteHost(name="ns1.shop.example"),
    DeleteDomain(name="shop.example"),
    DeleteContact(handle="CA2"),
    _waited(DeleteDueContacts(), days=90),
    _waited(ScrubHistory(), days=500),
    PruneChangeLog(),
    AddReservedName(name="kept.example"),
    RemoveReservedName(name="kept.example"),
    CreateRegistrar(handle="REG-C", card=CardEdit(name="Third")),
    DeleteRegistrar(handle="REG-C"),
)


def _result(work: Callable[[], Any]) -> str:
    """Give an outcome or a refusal to compare; ids drawn at random are masked."""
    try:
        said = repr(work())
    except RegistryError as refusal:
        said = f"{refusal.code} {refusal.field} {refusal.message}"
    return re.sub(r"SRV-\w{12}|registrant_change=\d+", "*", said)


def test_dry_run_gives_the_real_outcome_and_changes_nothing(database: Database) -> None:
    """Every kind of change: the same outcome, and not one row differs afterwards."""
    registry, seen = a_registry(database), set()
    for told in STORY:
        step = told(registry) if callable(told) else told
        seen.add(type(step))
        before = registry.rows()
        tried = _result(partial(registry.try_out, step))
        assert registry.rows() == before
        assert tried == _result(partial(registry.apply, step))
        assert "Outcome" in tried
        assert registry.rows() != before
    assert seen == set(get_args(Change))


def test_every_edit_is_in_the_history_with_actor_and_door(database: Database) -> None:
    """Each change leaves a row about its own object; a registrant change one where it belongs."""
    registry = a_registry(database)
    for told in STORY:
        step = told(registry) if callable(told) else told
        if isinstance(step, ScrubHistory | PruneChangeLog):  # about what happened, not what is
            continue
        before = {row[0] for row in registry.rows()["history"]}
        outcome = registry.apply(step)
        new = [row for row in registry.rows()["history"] if row[0] not in before]
        if outcome.kind == "registrant-change":
            asked = f'"registrant_change":[null,{outcome.subject}]'
            assert any(asked in row[7] for row in new) or outcome.action == "queued"
        else:
            assert (outcome.kind, outcome.subject) in {(row[1], row[2]) for row in new}
        assert {row[5:7] for row in new} <= {("tester", "test")}


def _race(url: str, jobs: list[Callable[[Registry], object]]) -> list[str]:
    """Run *jobs* at once, each on a connection of its own."""
    start = Barrier(len(jobs))

    def run(job: Callable[[Registry], object]) -> str:
        database = Database.open(url)
        try:
            registry = Registry(database)
            start.wait(timeout=30)
            return _result(partial(job, registry))
        finally:
            database.close()

    with ThreadPoolExecutor(len(jobs)) as threads:
        return list(threads.map(run, jobs))


def _applying(step: Change) -> Callable[[Registry], object]:
    return lambda registry: registry.apply(step)


def test_two_versioned_edits_at_once_make_one_conflict(database: Database, store_url: str) -> None:
    """One wins, the other is told; nothing of the winner is lost (D-30)."""
    registry = a_registry(database, "CA1")
    edits = [
        UpdateContact(handle="CA1", card=CardEdit(city=city), version=1)
        for city in ("Nelson", "Napier", "Gore")
    ]
    results = _race(store_url, [_applying(edit) for edit in edits])
    won = [edit for edit, result in zip(edits, results, strict=True) if "Outcome" in result]
    assert sorted(result.split()[0] for result in results if "Outcome" not in result) == [
        Code.CONFLICT,
        Code.CONFLICT,
    ]
    assert registry.contact("CA1").card.city == won[0].card.city
    assert registry.contact("CA1").version == 2


def test_edits_of_different_fields_at_once_are_all_kept(database: Database, store_url: str) -> None:
    """E-04: without a version the row is locked and only named fields change."""
    registry = a_registry(database, "CA1")
    edits = [
        CardEdit(city="Nelson"),
        CardEdit(pc="7010"),
        CardEdit(org="Nelson Ltd"),
        CardEdit(email="n@example.net"),
    ]
    jobs = [_applying(UpdateContact(handle="CA1", card=edit)) for edit in edits]
    assert all("Outcome" in result for result in _race(store_url, jobs))
    card = registry.contact("CA1").card
    assert (card.city, card.pc, card.org, card.email) == (
        "Nelson",
        "7010",
        "Nelson Ltd",
        "n@example.net",
    )
    assert registry.contact("CA1").version == 5


def test_link_and_deletion_at_once_have_one_winner(database: Database, store_url: str) -> None:
    """L-06: either the link succeeds and the contact lives, or it finds no contact."""
    registry = a_registry(database, "CA1")
    for number in range(4):
        handle, name = f"X-{number}", f"n{number}.example"
        registry.apply(a_contact(handle))
        create = CreateDomain(
            name=name, registrar="REG-A", links=links("CA1", "CA1", "CA1", handle)
        )
        linked, deleted = _race(
            store_url,
            [
                _applying(create),
                _applying(DeleteContact(handle=handle)),
            ],
        )
        if "Outcome" in linked:
            assert deleted.startswith(Code.IN_USE)
            assert registry.contact(handle).unlinked_at is None
        else:
            assert linked.startswith(f"{Code.NOT_FOUND} billing")
            assert "Outcome" in deleted


def test_two_registrations_of_one_name_at_once_have_one_winner(
    database: Database, store_url: str
) -> None:
    """The loser is told that the name exists; a name can't be reserved and registered."""
    registry = a_registry(database, "CA1")
    create = CreateDomain(
        name="shop.example",
        registrar="REG-A",
        links=links("CA1", "CA1", "CA1"),
        hosts=("ns1.x.net",),
    )
    reserve = AddReservedName(name="shop.example")
    results = _race(
        store_url,
        [_applying(step) for step in (create, create, reserve)],
    )
    assert sum("Outcome" in result for result in results) == 1
    assert registry.count("domain") + registry.count("reserved_name") == 1


HANDLES = st.sampled_from(["CA1", "CA2", "CB1"])
NAMES = st.sampled_from(["one.example", "two.example", "one.co.example"])
HOSTS = st.sampled_from(["ns1.x.net", "ns1.one.example"])
BARS = st.frozensets(
    st.sampled_from(
        [
            Status.CLIENT_UPDATE_PROHIBITED,
            Status.CLIENT_DELETE_PROHIBITED,
            Status.SERVER_TRANSFER_PROHIBITED,
        ]
    ),
    max_size=2,
)
MAYBE = st.one_of(st.none(), HANDLES)
REGISTRARS = st.sampled_from(["REG-A", "REG-B"])
EDITS = st.one_of(
    st.builds(
        lambda handle, registrar: a_contact(handle, registrar=registrar), HANDLES, REGISTRARS
    ),
    st.builds(
        lambda handle, card, kind, add, remove, only: UpdateContact(
            handle=handle,
            card=card,
            kind=kind,
            add_statuses=add,
            remove_statuses=remove,
            only=only,
        ),
        HANDLES,
        st.sampled_from([CardEdit(), CardEdit(voice=""), CardEdit(city="Gore")]),
        st.sampled_from([None, Kind.ORGANISATION, Kind.INDIVIDUAL]),
        BARS,
        BARS,
        st.lists(NAMES, max_size=1).map(tuple),
    ),
    st.builds(lambda handle: DeleteContact(handle=handle), HANDLES),
    st.builds(
        lambda name, registrar, owner, tech, billing, hosts: CreateDomain(
            name=name, registrar=registrar, links=links(owner, owner, tech, billing), hosts=hosts
        ),
        NAMES,
        REGISTRARS,
        HANDLES,
        HANDLES,
        MAYBE,
        st.lists(HOSTS, max_size=2).map(tuple),
    ),
    st.builds(
        lambda name, given, add, remove, hosts: UpdateDomain(
            name=name, links=given, add_statuses=add, remove_statuses=remove, add_hosts=hosts
        ),
        NAMES,
        st.builds(links, st.none(), MAYBE, MAYBE, MAYBE),
        BARS,
        BARS,
        st.lists(HOSTS, max_size=1).map(tuple),
    ),
    st.builds(
        lambda name, mode: UpdateDomain(name=name, privacy=PrivacyEdit(mode=mode)),
        NAMES,
        st.sampled_from(PrivacyMode),
    ),
    st.builds(lambda name, to: TransferDomain(name=name, to=to), NAMES, REGISTRARS),
    st.builds(lambda name: DeleteDomain(name=name), NAMES),
    st.builds(lambda name: CreateHost(name=name, addresses=("192.0.2.1",)), HOSTS),
    st.builds(lambda name: DeleteHost(name=name), HOSTS),
)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a store with two registrars and three contacts, to copy."""
    path = tmp_path_factory.mktemp("template") / "rdds.sqlite3"
    database = Database.open(f"sqlite:///{path}", create=True)
    registry = a_registry(database, "CA1", "CA2")
    registry.apply(a_contact("CB1", registrar="REG-B"))
    database.close()
    return path


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(edits=st.lists(EDITS, min_size=1, max_size=12))
def test_random_edits_keep_what_always_holds(
    template: Path, tmp_path: Path, edits: list[Change]
) -> None:
    """Refused edits leave no trace, dry runs none; clocks run for the unlinked alone."""
    path = tmp_path / "rdds.sqlite3"
    shutil.copy(template, path)
    database = Database.open(f"sqlite:///{path}")
    try:
        registry = Registry(database)
        for edit in edits:
            registry.wait(hours=1)
            before = registry.rows()
            tried = _result(partial(registry.try_out, edit))
            assert registry.rows() == before
            assert _result(partial(registry.apply, edit)) == tried
            if "action='" not in tried or "action='unchanged'" in tried:
                assert registry.rows() == before
            _check_invariants(registry)
    finally:
        database.close()


def _check_invariants(registry: Registry) -> None:
    check_sights(registry.database)
    linked = set()
    for detail in registry.inquiries.list_domains():
        domain = detail.domain
        linked |= {link.contact_id for link in domain.links}
        assert registry.policy.zone(domain.zone).required_roles <= {
            link.role for link in domain.links
        }
        for link in domain.links:
            assert registry.contact(link.contact).registrar == domain.registrar
    for contact in registry.inquiries.list_contacts():
        assert (contact.contact.unlinked_at is None) is (contact.contact.id in linked)


def test_editor_that_holds_a_row_too_long_makes_others_busy_not_silent(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On PostgreSQL a lock is waited for with an end, as on SQLite: STORE_BUSY."""
    monkeypatch.setattr("store.sql.database.BUSY_SECONDS", 1.0)
    database, other = Database.open(postgresql_url), Database.open(postgresql_url)
    registry = a_registry(database, "CA1")

    def hold(connection: Connection) -> None:
        connection.execute(text("SELECT id FROM contact WHERE handle = 'CA1' FOR UPDATE"))
        with pytest.raises(StoreUnavailableError) as refusal:
            registry.apply(UpdateContact(handle="CA1", card=CardEdit(sp="Otago")))
        assert refusal.value.code is Code.STORE_BUSY

    other.write(hold)
    other.close()
    registry.apply(UpdateContact(handle="CA1", card=CardEdit(sp="Otago")))
    database.close()
