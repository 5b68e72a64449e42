"""Random pages of searches, contacts, registrars and name servers against the whole table."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rdap.door import RdapDoor
from rdap.replies import answer_target
from rdap.search.offers import Offers
from store.policy import ZoneRole
from store.publish import View, publish_entity, publish_host
from store.published import PublishedEntity, PublishedRegistrar
from store.queries import Answer, Found, Page, Query, Result, Sought
from tests.conformance.exchanges import Exchange
from tests.conformance.excuses import excused
from tests.conformance.table import findings
from tests.conformance.test_random_answers import AS_OF, POLICIES
from tests.registration_parts import RDAP_BASE, REPOSITORY, hosts, registrars
from tests.registrations import Registration, registrations

DOOR = RdapDoor(public_url=RDAP_BASE, searches=Offers.named(["all"]))
EPOCH = datetime(2012, 2, 1, tzinfo=UTC)
FORMS = ("", "&count=true", "&fieldSet=id", "&fieldSet=brief", "&sort=name:d", "&fieldSet=full")
SEARCHES = {
    Sought.DOMAINS: ("domains?name=s*", "domains/reverse_search/entity?handle=1"),
    Sought.NAMESERVERS: ("nameservers?name=n*",),
    Sought.ENTITIES: ("entities?handle=C*",),
}


class _Told:
    """A reader that always gives the one answer."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    async def answer(self, _query: Query) -> Answer:
        return self._answer


def _asked(target: str, result: Result, registration: Registration) -> Exchange:
    """Ask for *target* as a client does, where the store finds *result*."""
    notices = registration.published().notices
    found = Found(result=result, notices=notices, as_of=AS_OF)
    path = RDAP_BASE.partition("//")[2].partition("/")[2]
    asking = answer_target(f"/{path}{target}", reader=_Told(found), door=DOOR)
    reply = asyncio.run(asking)
    return Exchange(
        url=f"{RDAP_BASE}{target}",
        base=RDAP_BASE,
        status=reply.status,
        body=reply.body,
        gtld=notices.icann_profile,
        registrar_mode=registration.policy.role is ZoneRole.REGISTRAR,
    )


def _unexcused(exchange: Exchange, *allowed: Registration) -> set[tuple[str, str]]:
    excuses = {rule for registration in allowed for rule in excused(registration)}
    return {each for each in findings(exchange) if each[0] not in excuses}


def _entity(registration: Registration) -> PublishedEntity | None:
    """Publish the first contact of a registration as its look-up does."""
    held = registration.held.contacts[0]
    view = View(policy=registration.policy, mode=registration.held.privacy, repository=REPOSITORY)
    notices = registration.policy.notices()
    entity = publish_entity([(held, view)], asked=held.roid, notices=notices)
    if entity is not None and isinstance(entity.party.handle, str):
        return replace(entity, asked=entity.party.handle)
    return None


@pytest.mark.parametrize("name", POLICIES)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_pages_of_searches_meet_every_rule(name: str, data: st.DataObject) -> None:
    """Whatever a search finds, in whatever form it is asked for."""
    zones = {"example": POLICIES[name]}
    drawn = [data.draw(registrations(serial=n, zones=zones)) for n in (1, 2)]
    domains = tuple(each.published() for each in drawn)
    entities = tuple(each for one in drawn if one.held.contacts and (each := _entity(one)))
    items = {
        Sought.DOMAINS: domains,
        Sought.NAMESERVERS: domains[0].hosts or domains[1].hosts,
        Sought.ENTITIES: entities or (domains[0].registrar,),
    }
    sought = data.draw(st.sampled_from(Sought))
    if not items[sought]:
        return
    counted = data.draw(st.booleans())
    page = Page(
        sought=sought,
        items=items[sought],
        number=data.draw(st.integers(1, 3)),
        next=data.draw(st.sampled_from((None, "abc-DEF_1"))),
        total=7 if counted else None,
    )
    form = data.draw(st.sampled_from(FORMS))
    form = "&count=true" if counted else form.replace("&count=true", "")
    if sought is Sought.ENTITIES:
        form = form.replace("sort=name", "sort=handle")
    target = data.draw(st.sampled_from(SEARCHES[sought])) + form

    exchange = _asked(target, page, drawn[0])

    assert exchange.status == 200
    assert _unexcused(exchange, *drawn) == set()


@pytest.mark.parametrize("name", POLICIES)
@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_contacts_looked_up_meet_every_rule(name: str, data: st.DataObject) -> None:
    """A contact asked for by the handle that an answer shows."""
    registration = data.draw(registrations(zones={"example": POLICIES[name]}))
    entity = _entity(registration) if registration.held.contacts else None
    if entity is None:
        return
    exchange = _asked(f"entity/{entity.asked}", entity, registration)
    assert exchange.status == 200
    assert _unexcused(exchange, registration) == set()


@settings(max_examples=100, deadline=None)
@given(data=st.data(), serial=st.integers(1, 99999))
def test_registrars_and_hosts_looked_up_meet_every_rule(data: st.DataObject, serial: int) -> None:
    """A registrar by its id, complete or not, and its name servers."""
    registration = data.draw(registrations(zones={"example": POLICIES["gtld-registry"]}))
    registrar = data.draw(registrars(serial))
    registration = replace(registration, held=replace(registration.held, registrar=registrar))
    shown: tuple[tuple[str, PublishedRegistrar], ...] = (
        (f"entity/{registrar.iana_id or registrar.handle}", registrar),
    )
    for target, result in shown:
        found = _unexcused(_asked(target, result, registration), registration)
        # Nothing but a name is required of a registrar by a deposit.
        assert {each for each in found if each[0] != "4.10.1"} == set()
    for held in data.draw(hosts(serial, "shop.example")):
        host = publish_host(replace(held, created=EPOCH), registration.policy.notices())
        exchange = _asked(f"nameserver/{host.name}", host, registration)
        assert _unexcused(exchange, registration) == set()
