"""Where privacy aliases forward (P-12), on both engines."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from store.alias_table import AliasTable
from store.errors import StoreUnavailableError
from store.model import Role
from store.policy import PROFILES, RegistryPolicy
from store.published import PublicRole, PublishedDomain
from store.queries import FindDomain, Found
from store.read_door import ReadDoor
from store.sql.database import Database
from store.sql.sources import Source, open_source
from tests.stores import RowWriter, write_rows

R, A, T, B = Role.REGISTRANT, Role.ADMIN, Role.TECH, Role.BILLING
POLICY = RegistryPolicy(zones={"example": PROFILES["gtld"]})


def _fill(rows: RowWriter) -> None:
    rows.registrar()
    for ident in range(1, 5):
        rows.contact(ident, generation=ident)
    for handle, domain in (("PRIV", "alias.example"), ("OTHER", "other.example")):
        rows.row("privacy_service", handle=handle, name="For the holder", org="Service",
                 alias_domain=domain, version=1)  # fmt: skip
    rows.row("privacy_service", handle="FORM", name="For the holder", org="Service",
             contact_url="https://form.example/", version=1)  # fmt: skip
    rows.domain(2, "veiled.example", {R: 1, A: 2, T: 3, B: 4}, privacy="proxy",
                privacy_service="PRIV")  # fmt: skip
    rows.domain(3, "second.example", {R: 1, A: 1, T: 1}, privacy="proxy", privacy_service="PRIV")


class Forwarding:
    """A filled store, the table of its aliases, and the aliases as the doors show them."""

    def __init__(self, database: Database, source: Source, policy: RegistryPolicy) -> None:
        self.database = database
        self.source = source
        self.table = AliasTable(source, policy)
        self.reader = ReadDoor(source, policy)

    async def aliases(self, name: str = "veiled.example") -> dict[PublicRole, str]:
        """Give each role's alias from a published answer."""
        answer = await self.reader.answer(FindDomain(name=name))
        assert isinstance(answer, Found)
        assert isinstance(answer.result, PublishedDomain)
        return {party.role: str(party.email) for party in answer.result.parties}

    def run(self, statement: str) -> None:
        """Change the rows behind the store's back."""
        self.database.write(lambda connection: connection.execute(text(statement)))


@pytest.fixture
async def forwarding(database: Database, store_url: str) -> AsyncIterator[Forwarding]:
    """Give a filled store, on each engine in turn."""
    write_rows(database, _fill)
    source = open_source(store_url)
    yield Forwarding(database, source, POLICY)
    await source.close()


async def test_shown_alias_goes_to_its_roles_contact(forwarding: Forwarding) -> None:
    """P-12: each role's alias to that contact's e-mail, whatever the letters' case."""
    aliases = await forwarding.aliases()
    assert len(set(aliases.values())) == 3
    for role, number in (
        (PublicRole.REGISTRANT, 1),
        (PublicRole.ADMIN, 2),
        (PublicRole.TECH, 3),
    ):
        for spelled in (aliases[role], aliases[role].upper()):
            assert await forwarding.table.find(spelled) == f"holder{number}@example.net"


async def test_alias_follows_a_corrected_address_at_once(forwarding: Forwarding) -> None:
    """P-12: it goes to the role's current e-mail."""
    aliases = await forwarding.aliases()
    forwarding.run("UPDATE contact SET email = 'new@example.net' WHERE id = 2")
    assert await forwarding.table.find(aliases[PublicRole.ADMIN]) == "new@example.net"


@pytest.mark.parametrize(
    "ending",
    [
        "UPDATE domain SET privacy = 'none', privacy_service = NULL WHERE id = 2",
        "UPDATE domain SET privacy_service = 'OTHER' WHERE id = 2",
        "UPDATE domain SET privacy_service = 'FORM' WHERE id = 2",
        "UPDATE contact SET generation = 77 WHERE id = 1",
        "UPDATE domain_contact SET contact_id = 4 WHERE domain_id = 2 AND role = 'registrant'",
        "UPDATE domain SET zone = 'elsewhere' WHERE id = 2",
        "DELETE FROM domain_contact WHERE domain_id = 2",
    ],
)
async def test_alias_that_is_no_longer_shown_is_dead(forwarding: Forwarding, ending: str) -> None:
    """P-12: dead when privacy goes off, the holder or the service changes, the name is purged."""
    aliases = await forwarding.aliases()
    forwarding.run(ending)
    for alias in aliases.values():
        assert await forwarding.table.find(alias) is None


async def test_alias_of_another_service_or_name_finds_nothing(forwarding: Forwarding) -> None:
    """A token holds under its own service's domain alone; another name's is another one."""
    aliases = await forwarding.aliases()
    token = aliases[PublicRole.REGISTRANT].partition("@")[0]
    for domain in ("other.example", "alias.example.", "sub.alias.example", ""):
        assert await forwarding.table.find(f"{token}@{domain}") is None
    second = await forwarding.aliases("second.example")
    assert not set(aliases.values()) & set(second.values())


async def test_role_that_the_zone_does_not_publish_has_no_alias(forwarding: Forwarding) -> None:
    """What no answer shows, no mail reaches."""
    aliases = await forwarding.aliases()
    thin = replace(PROFILES["gtld"], published_roles=frozenset({PublicRole.TECH}))
    table = AliasTable(forwarding.source, RegistryPolicy(zones={"example": thin}))
    assert await table.find(aliases[PublicRole.TECH]) == "holder3@example.net"
    assert await table.find(aliases[PublicRole.REGISTRANT]) is None


@pytest.mark.parametrize(
    "mailbox",
    ["a@b.example, c@d.example", "|sh@b.example", '"x y"@b.example', "-f@b.example", "", "nobody"],
)
async def test_imported_mailbox_that_would_be_read_otherwise_gets_no_mail(
    forwarding: Forwarding, mailbox: str
) -> None:
    """A mail server reads lists, commands and options in what it is told; it is told none."""
    alias = (await forwarding.aliases())[PublicRole.REGISTRANT]
    forwarding.database.write(
        lambda c: c.execute(text("UPDATE contact SET email = :it WHERE id = 1"), {"it": mailbox})
    )
    assert await forwarding.table.find(alias) is None


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    address=st.text(max_size=60)
    | st.from_regex(r"[a-zA-Z2-7]{26}@alias\.example", fullmatch=True)
    | st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=26, max_size=26)
)
async def test_guessed_address_finds_nothing(forwarding: Forwarding, address: str) -> None:
    """D-12: nobody without the secret can make an alias; any text is answered."""
    assert await forwarding.table.find(address) is None


async def test_store_that_is_away_is_no_answer(sqlite_url: str, tmp_path: Path) -> None:
    """It is never "not found": a mail server would bounce the mail."""
    source = open_source(sqlite_url)
    (tmp_path / "rdds.sqlite3").rename(tmp_path / "away")
    with pytest.raises(StoreUnavailableError):
        await AliasTable(source, POLICY).find(f"{'a' * 26}@alias.example")
    await source.close()
