"""The technical contact hears of changed name servers and DS data (T-06, D-33), both engines."""

from __future__ import annotations

from typing import Any

from store.changes import (
    CardEdit,
    CreatePrivacyService,
    PrivacyEdit,
    UpdateContact,
    UpdateDomain,
)
from store.messages import MessageKind, QueuedMessage, Recipient
from store.model import PrivacyMode
from store.published import DsData
from store.sql.database import Database
from store.statuses import Status
from tests.store.editing_values import Registry, a_contact, a_registry, links
from tests.store.registrant_changes.queued import queued

DS = DsData(key_tag=12345, algorithm=13, digest_type=2, digest="AB" * 32)
DS_TEXT = f"12345 13 2 {'AB' * 32}"


def a_delegation(database: Database) -> Registry:
    """Give a registry with one name on two servers; its tech contact is CA2."""
    registry = a_registry(database, "CA1")
    registry.apply(a_contact("CA2", email="noc@example.net"))
    registry.register(
        links=links("CA1", "CA1", "CA2"), hosts=("ns1.example.net", "ns2.example.net")
    )
    return registry


def edited(registry: Registry, **values: Any) -> list[QueuedMessage]:
    """Edit the name; give the messages that brought."""
    before = len(queued(registry))
    registry.apply(UpdateDomain(name="shop.example", **values))
    return queued(registry)[before:]


def test_changed_name_servers_are_told_to_the_tech_contact(database: Database) -> None:
    """T-06, D-33: one notice for the edit, to the real address, with what stands now."""
    registry = a_delegation(database)
    (notice,) = edited(registry, add_hosts=("ns3.example.net",), remove_hosts=("ns1.example.net",))
    message = notice.message
    assert (message.kind, message.recipient) == (MessageKind.DELEGATION_CHANGED, Recipient.TECH)
    assert message.address == "noc@example.net"
    assert message.values == {
        "name": "shop.example",
        "ns": ["ns2.example.net", "ns3.example.net"],
        "ds": [],
        "registrar": "REG-A",
    }


def test_added_and_removed_ds_data_are_told(database: Database) -> None:
    """T-06, T-11, D-33: signing and the end of it, each in a notice of its own."""
    registry = a_delegation(database)
    (signed,) = edited(registry, add_ds=(DS,))
    (unsigned,) = edited(registry, remove_ds=(DS,))
    assert (signed.message.values["ds"], unsigned.message.values["ds"]) == ([DS_TEXT], [])


def test_one_edit_of_both_is_one_notice(database: Database) -> None:
    """D-33: an edit is told once, whatever it brings."""
    registry = a_delegation(database)
    notices = edited(
        registry,
        add_hosts=("ns3.example.net",),
        add_ds=(DS,),
        links=links(admin="CA2"),
        add_statuses=frozenset({Status.CLIENT_TRANSFER_PROHIBITED}),
    )
    assert len(notices) == 1


def test_edit_of_anything_else_is_not_told(database: Database) -> None:
    """D-33: roles, statuses and an edit that changes nothing are no matter of delegation."""
    registry = a_delegation(database)
    assert edited(registry, links=links(admin="CA2")) == []
    statuses = frozenset({Status.CLIENT_TRANSFER_PROHIBITED})
    assert edited(registry, add_statuses=statuses) == []
    assert edited(registry) == []


def test_notice_goes_past_the_privacy_service(database: Database) -> None:
    """T-06, R-25: the alias is for the public; a notice never goes to one."""
    registry = a_delegation(database)
    registry.apply(
        CreatePrivacyService(
            handle="VEIL",
            card=CardEdit(name="Veil", org="Veil Ltd", city="Wellington", cc="NZ"),
            alias_domain="veil.example.net",
        )
    )
    edited(registry, privacy=PrivacyEdit(mode=PrivacyMode.PROXY, service="VEIL"))
    (notice,) = edited(registry, add_hosts=("ns3.example.net",))
    assert notice.message.address == "noc@example.net"


def test_tech_contact_that_the_edit_brings_is_told(database: Database) -> None:
    """D-33: whoever answers for the servers from now on hears of them."""
    registry = a_delegation(database)
    registry.apply(UpdateContact(handle="CA1", card=CardEdit(cc="IT")))
    (notice,) = edited(registry, links=links(tech="CA1"), add_hosts=("ns3.example.net",))
    assert (notice.message.address, notice.message.language) == ("aroha@example.net", "it")


def test_dry_run_tells_nobody(database: Database) -> None:
    """A dry run is the real one without its commit."""
    registry = a_delegation(database)
    before = registry.rows()
    registry.try_out(UpdateDomain(name="shop.example", add_ds=(DS,)))
    assert registry.rows() == before
