"""The sample that ``rdds serve --demo`` shows: its deposits, then what deposits can't say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from importlib.resources import files
from typing import TYPE_CHECKING

from store.changes import (
    Actor,
    CardEdit,
    Change,
    CreatePrivacyService,
    DisclosureEdit,
    PrivacyEdit,
    RegistrarEdit,
    UpdateContact,
    UpdateDomain,
    UpdateRegistrar,
)
from store.instants import now
from store.model import Element, PrivacyMode
from store.policy import PROFILES, RegistryPolicy
from store.published import Kind

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from store.sql.database import Database

__all__ = ["SECOND_ZONE", "demo_policy", "load_demo"]

SECOND_ZONE = "co.example"
DEPOSITS = ("deposit.xml", "co_deposit.xml")
ACTOR = Actor(name="demo", door="demo")


def demo_policy(policy: RegistryPolicy) -> RegistryPolicy:
    """Give *policy* with the sample's second zone as ``irs``, unless the settings name it."""
    return policy.with_zone(SECOND_ZONE, PROFILES["irs"])


def load_demo(
    database: Database, policy: RegistryPolicy, *, clock: Callable[[], datetime] = now
) -> bool:
    """Load the sample into *database* if that is empty; say whether it was.

    Raises:
        RegistryError: the store refused; what was loaded until then stays.
    """
    if not database.read(_is_empty):
        return False
    from store.deposit.importing import ImportOptions, import_deposit
    from store.write_door import WriteDoor

    rules = demo_policy(policy)
    options = ImportOptions(actor=ACTOR.name, door=ACTOR.door, repository=policy.repository)
    for name in DEPOSITS:
        with files("store").joinpath("sample", name).open("rb") as stream:
            database.write(
                lambda connection, stream=stream: import_deposit(  # type: ignore[misc]
                    connection, stream, options, clock=clock
                )
            )
    door = WriteDoor(database, rules, clock=clock)
    for change in _changes(rules):
        door.apply(change, ACTOR)
    return True


def _is_empty(connection: Connection) -> bool:
    from sqlalchemy import select

    from store.sql.schema import contact, domain, registrar

    return all(
        connection.execute(select(table).limit(1)).first() is None
        for table in (registrar, contact, domain)
    )


def _changes(policy: RegistryPolicy) -> Iterator[Change]:
    """Give what no deposit can say: abuse contacts, kinds, consents, privacy."""
    yield from _registrars()
    yield UpdateContact(handle="AROHA1", kind=Kind.ORGANISATION, disclosure=_consent())
    yield UpdateContact(handle="TEKAU1", disclosure=_consent())
    yield UpdateContact(handle="HEMI01", kind=Kind.INDIVIDUAL)
    yield _SHIELD
    for name, privacy in (
        ("veiled.example", PrivacyEdit(mode=PrivacyMode.PROXY, service=_SHIELD.handle)),
        ("garden.co.example", PrivacyEdit(mode=PrivacyMode.WITHHOLD)),
    ):
        zone = name.partition(".")[2]
        if privacy.mode in policy.zone(zone).privacy_modes:  # the settings may forbid it
            yield UpdateDomain(name=name, privacy=privacy)


def _registrars() -> Iterator[Change]:
    for handle, name, phone in (
        ("REG-KAURI", "kauri", "+64.44990101"),
        ("REG-RIMU", "rimu", "+49.2215550198"),
    ):
        yield UpdateRegistrar(
            handle=handle,
            registrar=RegistrarEdit(
                rdap_url=f"https://rdap.{name}.example.com/",
                abuse_email=f"abuse@{name}.example.com",
                abuse_phone=phone,
            ),
        )


def _consent() -> DisclosureEdit:
    """Make a holder who shows everything, so that edits can be seen under ``gtld`` too."""
    return DisclosureEdit(disclose=frozenset(Element))


_SHIELD = CreatePrivacyService(
    handle="SHIELD",
    card=CardEdit(
        name="Domain Holder",
        org="Shield Privacy Service",
        street=("1 Quay Street",),
        city="Auckland",
        pc="1010",
        cc="NZ",
        voice="+64.99876543",
    ),
    alias_domain="shield.example.com",
)
