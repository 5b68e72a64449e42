"""The searches' index never goes stale: after every edit and import it is as if made anew."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from store.changes import (
    CardEdit,
    Change,
    CreateDomain,
    CreatePrivacyService,
    CreateRegistrar,
    DeleteContact,
    DeleteDomain,
    DisclosureEdit,
    PrivacyEdit,
    RegistrarEdit,
    TransferDomain,
    UpdateContact,
    UpdateDomain,
    UpdateRegistrar,
)
from store.deposit.defects import Defect
from store.errors import RegistryError
from store.model import Element, PrivacyMode
from store.policy import PROFILES, RegistryPolicy
from store.sql.database import Database
from tests.store.deposit.deposits import (
    Part,
    a_contact,
    a_domain,
    a_host,
    a_registrar,
    deposit,
    load,
)
from tests.store.deposit.test_chain import deletes
from tests.store.editing_values import Registry, a_registry, links
from tests.store.editing_values import a_contact as creation
from tests.store.searching.recomputed import check_sights

LET_PASS = frozenset({Defect.DUPLICATE_OBJECT, Defect.MISSING_CONTACT})
HANDLES = ("CA1", "CA2", "CA3")
NAMES = ("one.example", "two.example", "one.co.example", "two.co.example")
POLICY = RegistryPolicy(
    zones={
        zone: replace(PROFILES["irs"], privacy_modes=frozenset(PrivacyMode))
        for zone in ("example", "co.example")
    }
)


def _edit(chance: random.Random) -> Change:
    """Draw an edit that may change what names show of contacts."""
    handle, name = chance.choice(HANDLES), chance.choice(NAMES)
    others = [chance.choice(HANDLES) for _ in range(3)]
    match chance.randrange(10):
        case 0 | 1:
            owner, admin, tech = others
            everyone = links(owner, admin, tech, handle if chance.random() < 0.5 else None)
            return CreateDomain(name=name, registrar="REG-A", links=everyone)
        case 2 | 3:
            given = [chance.choice((None, other)) for other in others]
            everyone = links(given[0], given[1], given[2], chance.choice((None, handle, "")))
            return UpdateDomain(name=name, links=everyone)
        case 4 | 5:
            mode = chance.choice(list(PrivacyMode))
            return UpdateDomain(name=name, privacy=PrivacyEdit(mode=mode))
        case 6:
            return DeleteDomain(name=name)
        case 7:
            card = CardEdit(name=chance.choice(("Aroha", "ÄROHA", "Zoé Straße")))
            return UpdateContact(handle=handle, card=card, only=chance.choice(((), (), (name,))))
        case 8:
            element = frozenset({chance.choice((Element.NAME, Element.EMAIL))})
            word = chance.choice(("disclose", "hide", "undisclose"))
            return UpdateContact(handle=handle, disclosure=DisclosureEdit(**{word: element}))
        case _:
            return chance.choice(
                (
                    DeleteContact(handle=handle),
                    creation(handle),
                    TransferDomain(name=name, to=chance.choice(("REG-A", "REG-B"))),
                    UpdateRegistrar(
                        handle="REG-B", registrar=RegistrarEdit(gurid=chance.randrange(3))
                    ),
                    CreateRegistrar(handle="Ünit", card=CardEdit(name="ﬁne Ltd")),
                )
            )


@pytest.mark.parametrize("seed", range(4))
def test_index_is_as_made_anew_after_every_edit(database: Database, seed: int) -> None:
    """Links, re-points, splits, privacy, disclosure, transfers, deletions: none is missed."""
    chance = random.Random(seed)
    registry: Registry = a_registry(database, *HANDLES)
    registry.use(POLICY)
    registry.apply(
        CreatePrivacyService(
            handle="PRIV", card=CardEdit(name="P", org="Priv"), alias_domain="a.example.net"
        )
    )
    done, most = 0, 0
    for _ in range(60):
        try:
            registry.apply(_edit(chance))
        except RegistryError:
            continue
        done += 1
        most = max(most, check_sights(database))
    assert done > 15
    assert most > 2


def _parts(chance: random.Random, zone: str) -> list[Part]:
    """Draw objects of a deposit of *zone*; contacts may be another zone's as well."""
    contacts = [f"CON{number}" for number in range(1, 5)]
    parts = [
        a_contact(
            handle,
            name=chance.choice(("Aroha", "ÄROHA", "Zoé Straße")),
            email=chance.choice(("A@x.example", None)),
            after=chance.choice(
                (
                    "",
                    '<c:disclose flag="1"><ec:email/></c:disclose>',
                    '<c:disclose flag="0"><ec:name type="loc"/></c:disclose>',
                )
            ),
            roid=chance.choice((f"{handle}-EX", f"{handle}-EX", None)),
        )
        for handle in contacts
    ]
    for label in chance.sample(("one", "two", "three", "four"), chance.randrange(1, 5)):
        owner, admin, tech, billing = (chance.choice((None, *contacts)) for _ in range(4))
        parts.append(
            a_domain(f"{label}.{zone}", registrant=owner, admin=admin, tech=tech, billing=billing)
        )
    return [*parts, a_host(f"ns1.one.{zone}", "192.0.2.1"), a_registrar()]


@pytest.mark.parametrize("seed", range(6))
def test_index_is_as_made_anew_after_every_import(database: Database, seed: int) -> None:
    """FULL, its replacement, a second zone, DIFFs that bring, change and delete."""
    chance = random.Random(seed)
    load(database, deposit(*_parts(chance, "example"), id="D1"), tolerate=LET_PASS)
    assert check_sights(database) >= 0
    _switch_privacy(database, chance)
    load(database, deposit(*_parts(chance, "test"), id="T1", tld="test"), tolerate=LET_PASS)
    check_sights(database)
    for number in range(2, 6):
        parts = [part for part in _parts(chance, "example") if chance.random() < 0.6]
        taken = [f"{label}.example" for label in ("one", "two") if chance.random() < 0.4]
        told = deletes(domain=taken, contact=["CON4"] if chance.random() < 0.2 else [])
        octets = deposit(
            *parts, type="DIFF", id=f"D{number}", previous=f"D{number - 1}", deletes=told
        )
        try:
            load(database, octets, tolerate=LET_PASS)
        except RegistryError:
            octets = deposit(a_registrar(), type="DIFF", id=f"D{number}", previous=f"D{number - 1}")
            load(database, octets, tolerate=LET_PASS)
        check_sights(database)
        _switch_privacy(database, chance)
    load(database, deposit(*_parts(chance, "example"), id="E1"), replace=True, tolerate=LET_PASS)
    check_sights(database)


def _switch_privacy(database: Database, chance: random.Random) -> None:
    registry = Registry(database, POLICY)
    for detail in registry.inquiries.list_domains():
        mode = chance.choice((PrivacyMode.NONE, PrivacyMode.WITHHOLD))
        edit = UpdateDomain(name=detail.domain.name, privacy=PrivacyEdit(mode=mode))
        try:
            registry.apply(edit)
        except RegistryError:
            continue
    check_sights(database)
