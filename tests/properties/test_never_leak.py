"""Nothing withheld leaves: no private value, and nothing of billing, in any byte of an answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.handles import link_handle
from store.model import PrivacyMode
from store.policy import PROFILES, RegistryPolicy, ZonePolicy, ZoneRole
from store.publish import View, publish_entity
from store.published import PublicRole
from store.queries import Found
from store.sql.database import Database
from tests.private_marks import hidden_marks
from tests.properties.answers import rdap_body, whois_body
from tests.registrations import REPOSITORY, Registration, policies, registrations
from tests.running_doors import RunningDoors, running_doors
from tests.stored_registrations import store_registrations

AS_OF = datetime(2026, 5, 29, 20, 15, tzinfo=UTC)

POLICIES: Mapping[str, ZonePolicy] = {
    "example": PROFILES["gtld"],
    "co.example": PROFILES["irs"],
    "reg.example": ZonePolicy(
        profile="gtld", role=ZoneRole.REGISTRAR, redacted=PROFILES["gtld"].redacted
    ),
    "thin.example": ZonePolicy(profile="irs", published_roles=frozenset({PublicRole.TECH})),
}


def leaks(body: bytes, hidden: set[str]) -> set[str]:
    """Give what of *hidden* stands in *body*, in any letter case, and any word of billing."""
    found = body.lower()
    return {mark for mark in hidden | {"billing"} if mark.lower().encode() in found}


@settings(max_examples=250, deadline=None)
@given(registrations())
def test_domain_answers_hold_nothing_withheld(registration: Registration) -> None:
    """P-01, P-02, I-05: not a byte of a masked holder, a withheld value, a billing contact."""
    published = registration.published()
    answer = Found(result=published, notices=published.notices, as_of=AS_OF)
    hidden = hidden_marks(registration)
    assert leaks(whois_body(answer), hidden) == set()
    for jscontact in (False, True):
        body = rdap_body(answer, f"domain/{published.name}", jscontact=jscontact)
        assert leaks(body, hidden) == set()


@settings(max_examples=150, deadline=None)
@given(registrations(), policies(), st.sampled_from(PrivacyMode))
def test_entity_answers_are_as_strict_as_their_strictest_name(
    registration: Registration, other: ZonePolicy, mode: PrivacyMode
) -> None:
    """A contact looked up by handle shows only what every name of it shows."""
    views = [(registration.policy, registration.held.privacy), (other, mode)]
    hidden = hidden_marks(registration, looked_up=True)
    for contact in registration.contacts.values():
        seen = [
            (contact.held, View(policy=policy, mode=privacy, repository=REPOSITORY))
            for policy, privacy in views
            if contact.held.role in policy.published_roles
        ]
        entity = publish_entity(seen, asked="x", notices=registration.policy.notices())
        if entity is None or registration.held.privacy is PrivacyMode.PROXY:
            continue  # the other name is open then, and shows what this one doesn't
        if contact.held.role not in registration.policy.published_roles:
            continue
        answer = Found(result=entity, notices=entity.notices, as_of=AS_OF)
        for jscontact in (False, True):
            assert leaks(rdap_body(answer, "entity/x", jscontact=jscontact), hidden) == set()


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Database, RunningDoors]]:
    """Give a store on SQLite and both doors over it, for the whole module."""
    path: Path = tmp_path_factory.mktemp("leaks") / "rdds.sqlite3"
    database = Database.open(f"sqlite:///{path}", create=True)
    with running_doors(database.url, RegistryPolicy(zones=POLICIES)) as doors:
        yield database, doors
    database.close()


SERIALS = count(1)  # one store, so no two registrations share a mark


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_answer_of_a_running_server_holds_anything_withheld(
    stored: tuple[Database, RunningDoors], data: st.DataObject
) -> None:
    """P-01 to P-03, I-05, D-35: every question at both doors about a registration in a store."""
    database, doors = stored
    registration = data.draw(registrations(serial=next(SERIALS), zones=POLICIES))
    store_registrations(database, registration)
    assert_nothing_leaks(doors, registration)


def test_no_answer_from_postgresql_holds_anything_withheld(postgresql_url: str) -> None:
    """The other engine's views and answers leave out the same."""
    database = Database.open(postgresql_url)
    with running_doors(postgresql_url, RegistryPolicy(zones=POLICIES)) as doors:

        @settings(max_examples=10, deadline=None, database=None)
        @given(data=st.data())
        def check(data: st.DataObject) -> None:
            registration = data.draw(registrations(serial=next(SERIALS), zones=POLICIES))
            store_registrations(database, registration)
            assert_nothing_leaks(doors, registration)

        check()
    database.close()


def assert_nothing_leaks(doors: RunningDoors, registration: Registration) -> None:
    """Ask everything that could lead to *registration*, and search the answers."""
    hidden = hidden_marks(registration)
    name = registration.held.name
    for line in (name, f"domain {name}", f"nameserver ns1.{name}", "help", f"nope.{name}"):
        assert leaks(doors.ask_whois(line), hidden) == set(), line
    for line in ("registrar", "nameserver"):
        for word in (registration.held.registrar.name, "192.0.2.1"):
            assert leaks(doors.ask_whois(f"{line} {word}"), hidden) == set(), line
    paths = (
        *(
            f"domain/{name}",
            f"nameserver/ns1.{name}",
            f"entity/{registration.held.registrar.handle}",
        ),
        *("help", f"domain/no-{name}", "entities?fn=*"),
    )
    for path in paths:
        assert leaks(doors.ask_rdap(path)[1], hidden) == set(), path
    _ask_for_contacts(doors, registration)


def _ask_for_contacts(doors: RunningDoors, registration: Registration) -> None:
    """Look up each contact by id, ROID and link handle; what was asked for may come back."""
    hidden = hidden_marks(registration, looked_up=True)
    links = {registration.handle(role) for role in registration.contacts}
    billing = link_handle(registration.serial * 8 + 7, REPOSITORY)
    for contact in registration.everyone():
        for asked in (contact.handle, contact.held.roid):
            status, body = doors.ask_rdap(f"entity/{asked}")
            assert leaks(body, hidden - {asked}) == set(), asked
            assert leaks(doors.ask_whois(asked), hidden - {asked}) == set()
            if _only_billing(registration, contact.handle):
                assert status == 404  # P-03
    for asked in (*links, billing):
        status, body = doors.ask_rdap(f"entity/{asked}")
        assert leaks(body, hidden) == set(), asked
        if asked == billing and registration.billing is not None:
            assert status == 404


def _only_billing(registration: Registration, handle: str) -> bool:
    return all(contact.handle != handle for contact in registration.contacts.values())
