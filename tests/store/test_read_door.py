"""The read door, on both engines: what is found, what is absent, and what is unavailable."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from store.errors import Code, StoreUnavailableError
from store.handles import link_handle
from store.model import Role
from store.names import parse_address
from store.policy import PROFILES, RegistryPolicy
from store.published import (
    Absence,
    Help,
    PublicRole,
    PublishedDomain,
    PublishedEntity,
    PublishedHost,
    PublishedRegistrar,
    Standing,
)
from store.queries import (
    Absent,
    By,
    FindDomain,
    FindEntity,
    FindHelp,
    FindHost,
    FindName,
    FindRegistrar,
    Found,
    ListHosts,
    NamePattern,
    Query,
    Result,
    Search,
    Sought,
)
from store.read_door import ReadDoor
from store.sql.database import Database
from store.sql.sources import open_source
from store.sql.statements import compile_statements
from store.sql.views import REVISION
from tests.stores import RowWriter, write_rows

POLICY = RegistryPolicy(zones={"example": PROFILES["gtld"], "co.example": PROFILES["irs"]})
R, A, T, B = Role.REGISTRANT, Role.ADMIN, Role.TECH, Role.BILLING


def _fill(rows: RowWriter) -> None:
    rows.registrar()
    rows.registrar("REG-B", name="Name.com Limited", gurid=None)
    rows.registrar("1234", name="Numbers", gurid=77)
    for ident in range(1, 6):
        rows.contact(ident)
    rows.contact(6, disclosures='{"name": 5, "email": 5}')
    rows.row("privacy_service", handle="PRIV", name="For the holder", org="Service",
             alias_domain="alias.example", version=1)  # fmt: skip
    rows.domain(1, "shop.example", {R: 1, A: 2, T: 6, B: 3})
    rows.domain(2, "veiled.example", {R: 4, A: 4, T: 4}, privacy="proxy", privacy_service="PRIV")
    rows.domain(3, "aroha.co.example", {R: 1, A: 1, T: 1}, privacy="withhold")
    rows.domain(4, "old.gone", {R: 1})
    rows.host(1, "ns1.shop.example", "192.0.2.1", "2001:db8::1", registrar="REG-A")
    rows.host(2, "ns.elsewhere.test", roid=None)
    rows.delegation(1, 1)
    rows.delegation(1, 2)
    rows.delegation(2, 1)
    rows.row("domain_dnssec", domain_id=1, position=0, key_tag=1, algorithm=13, digest_type=2,
             digest="AB" * 32)  # fmt: skip
    rows.row("reserved_name", name="kept.example", blocked=False)
    rows.row("reserved_name", name="mark.example", blocked=True, blocked_by="Marks")


def _fill_with_one(rows: RowWriter) -> None:
    rows.registrar()
    rows.domain(1, "new.example", {})


@pytest.fixture
async def door(database: Database, store_url: str) -> AsyncIterator[ReadDoor]:
    """Give a read door on a filled store, on each engine in turn."""
    write_rows(database, _fill)
    source = open_source(store_url)
    yield ReadDoor(source, POLICY)
    await source.close()


async def _result(door: ReadDoor, query: Query) -> Result:
    answer = await door.answer(query)
    assert isinstance(answer, Found)
    return answer.result


async def _absence(door: ReadDoor, query: Query) -> tuple[Absence, type, str | None]:
    answer = await door.answer(query)
    assert isinstance(answer, Absent)
    return answer.absence, answer.asked, answer.by


async def test_domain_is_found_with_all_its_parts(door: ReadDoor) -> None:
    """A registration comes with contacts, hosts, glue, keys and registrar, in one answer."""
    domain = await _result(door, FindDomain(name="shop.example"))
    assert isinstance(domain, PublishedDomain)
    assert [party.role for party in domain.parties] == list(PublicRole)
    assert [host.name for host in domain.hosts] == ["ns.elsewhere.test", "ns1.shop.example"]
    assert [str(address) for address in domain.hosts[1].addresses] == ["192.0.2.1", "2001:db8::1"]
    assert domain.dnssec.ds[0].digest == "AB" * 32
    assert domain.registrar.iana_id == 9999


async def test_hosts_of_one_answer_carry_handles_all_or_none(door: ReadDoor) -> None:
    """conformance.md 11.1.10: one host without a ROID takes the other's handle along."""
    domain = await _result(door, FindDomain(name="shop.example"))
    assert isinstance(domain, PublishedDomain)
    assert [host.handle for host in domain.hosts] == [None, None]


async def test_proxied_domain_shows_the_service_and_an_alias_for_each_role(door: ReadDoor) -> None:
    """P-11, D-12: every role carries the card, with an alias of its own."""
    domain = await _result(door, FindDomain(name="veiled.example"))
    assert isinstance(domain, PublishedDomain)
    assert {party.name for party in domain.parties} == {"For the holder"}
    emails = [party.email for party in domain.parties]
    assert len(set(emails)) == 3
    assert all(str(email).endswith("@alias.example") for email in emails)
    assert {party.standing for party in domain.parties} == {Standing.PROXY}


@pytest.mark.parametrize(
    ("name", "absence", "by"),
    [
        ("none.example", Absence.NOT_FOUND, None),
        ("kept.example", Absence.RESERVED, None),
        ("mark.example", Absence.BLOCKED, "Marks"),
        ("example", Absence.NOT_FOUND, None),
        ("shop.test", Absence.UNSERVED, None),
        ("www.shop.example", Absence.NOT_FOUND, None),
        ("old.gone", Absence.UNSERVED, None),
    ],
)
async def test_absent_domain_says_why(
    door: ReadDoor, name: str, absence: Absence, by: str | None
) -> None:
    """Free, kept back, blocked and not ours are told apart."""
    assert await _absence(door, FindDomain(name=name)) == (absence, PublishedDomain, by)


async def test_zone_of_a_deposit_is_served_from_the_next_question_on(
    door: ReadDoor, database: Database
) -> None:
    """A zone that an import brings needs no restart."""
    write_rows(database, lambda rows: rows.row("zone", name="gone"))
    domain = await _result(door, FindDomain(name="old.gone"))
    assert isinstance(domain, PublishedDomain)
    assert domain.zone == "gone"


@pytest.mark.parametrize("spelling", ["2001:db8::1", "2001:0DB8:0:0::0001"])
async def test_hosts_are_found_by_address_in_any_spelling(door: ReadDoor, spelling: str) -> None:
    """conformance.md 1.6.5: addresses compare by value."""
    hosts = await _result(door, ListHosts(address=parse_address(spelling)))
    assert isinstance(hosts, tuple)
    assert [host.name for host in hosts] == ["ns1.shop.example"]


@pytest.mark.parametrize("text", ["reg-b", "REG-B", "name.com LIMITED", "Name-Com, Limited"])
async def test_registrar_is_found_by_id_and_folded_name(door: ReadDoor, text: str) -> None:
    """conformance.md 6.2.6: case, blanks and punctuation don't count."""
    registrar = await _result(door, FindRegistrar(text=text))
    assert isinstance(registrar, PublishedRegistrar)
    assert registrar.handle == "REG-B"


async def test_iana_id_wins_over_an_own_id_of_digits(door: ReadDoor) -> None:
    """conformance.md 1.10.2: a numeric id of another kind doesn't shadow a registrar's."""
    registrar = await _result(door, FindEntity(handle="77"))
    assert isinstance(registrar, PublishedRegistrar)
    assert registrar.handle == "1234"


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("shop.example", PublishedDomain),
        ("ns1.shop.example", PublishedHost),
        ("ns.elsewhere.test", PublishedHost),
        ("name.com", None),
        ("aroha.co.example", PublishedDomain),
    ],
)
async def test_bare_word_is_looked_up_as_what_it_looks_like(
    door: ReadDoor, word: str, kind: type | None
) -> None:
    """conformance.md 6.2.2: below a zone a domain, deeper a host, else a registrar."""
    answer = await door.answer(FindName(name=word, text=word))
    assert (type(answer.result) if isinstance(answer, Found) else None) is kind


@pytest.mark.parametrize(
    "handle",
    ["C3-EXAMPLE", "C3", "C4-EXAMPLE", "C5-EXAMPLE", "nobody", "L0000000000000-EXAMPLE"],
)
async def test_entity_is_absent_without_an_open_published_role(door: ReadDoor, handle: str) -> None:
    """P-03, E-31, L-08, 7.3: billing-only, proxied everywhere, or linked nowhere is not found."""
    assert (await _absence(door, FindEntity(handle=handle)))[0] is Absence.NOT_FOUND


@pytest.mark.parametrize("handle", ["C1", "c1", "C1-EXAMPLE", "c1-example"])
async def test_entity_shows_the_strictest_view_and_all_its_roles(
    door: ReadDoor, handle: str
) -> None:
    """7.3: open in one zone and redacted in another is redacted; roles are the union."""
    entity = await _result(door, FindEntity(handle=handle))
    assert isinstance(entity, PublishedEntity)
    assert entity.roles == tuple(PublicRole)
    assert not isinstance(entity.party.name, str)
    assert not isinstance(entity.party.handle, str)
    assert entity.party.cc == "NZ"


async def test_contact_of_many_names_shows_what_the_one_strict_name_lets(
    door: ReadDoor, database: Database
) -> None:
    """7.3: the strictest view counts, however many names would show more."""

    def fill(rows: RowWriter) -> None:
        rows.contact(8)
        for number in range(100, 400):
            rows.domain(number, f"many{number}.co.example", {R: 8, T: 8})

    write_rows(database, fill)
    shown = await _result(door, FindEntity(handle="C8"))
    write_rows(database, lambda rows: rows.domain(99, "strict.example", {A: 8}))
    hidden = await _result(door, FindEntity(handle="C8"))
    assert isinstance(shown, PublishedEntity)
    assert isinstance(hidden, PublishedEntity)
    assert shown.party.name == "Holder 8"
    assert shown.roles == (PublicRole.REGISTRANT, PublicRole.TECH)
    assert not isinstance(hidden.party.name, str)
    assert hidden.roles == tuple(PublicRole)


async def test_digits_with_a_zero_before_them_are_no_iana_id(
    door: ReadDoor, database: Database
) -> None:
    """conformance.md 1.10.2: only the id as it is spelled is the registrar's."""

    def fill(rows: RowWriter) -> None:
        rows.contact(7, handle="0077", disclosures='{"name": 5}')
        rows.domain(7, "digits.example", {T: 7})

    write_rows(database, fill)
    entity = await _result(door, FindEntity(handle="0077"))
    assert isinstance(entity, PublishedEntity)
    assert entity.party.name == "Holder 7"


async def test_contact_that_matches_exactly_wins_over_a_registrar_that_does_not(
    door: ReadDoor, database: Database
) -> None:
    """Handles match exactly first, then caselessly, whatever they belong to."""

    def fill(rows: RowWriter) -> None:
        rows.contact(7, handle="reg-a", disclosures='{"name": 5}')
        rows.domain(7, "exact.example", {T: 7})

    write_rows(database, fill)
    assert isinstance(await _result(door, FindEntity(handle="reg-a")), PublishedEntity)
    assert isinstance(await _result(door, FindEntity(handle="REG-A")), PublishedRegistrar)


@pytest.mark.parametrize("asked", ["C6", "c6", "c6-example", "C6-EXAMPLE"])
async def test_entity_that_shows_its_handle_has_one_address(door: ReadDoor, asked: str) -> None:
    """conformance.md 11.1.5: whatever was asked, the canonical handle is the ROID."""
    entity = await _result(door, FindEntity(handle=asked))
    assert isinstance(entity, PublishedEntity)
    assert entity.asked == entity.party.handle == "C6-EXAMPLE"


async def test_unknown_stored_status_is_left_out(door: ReadDoor, database: Database) -> None:
    """conformance.md 3.6: a later program's status takes no name off the doors."""
    database.write(
        lambda c: c.execute(text("UPDATE domain SET statuses = 'clientHold customThing'"))
    )
    domain = await _result(door, FindDomain(name="shop.example"))
    assert isinstance(domain, PublishedDomain)
    assert [status.value for status in domain.statuses] == ["clientHold"]


async def test_hosts_of_one_address_are_the_first_by_name(
    door: ReadDoor, database: Database
) -> None:
    """A page of name servers is the same every time, with one more to say that there are."""

    def fill(rows: RowWriter) -> None:
        for number in range(110, 0, -1):
            rows.host(1000 + number, f"h{number:03}.shop.example", "192.0.2.99")

    write_rows(database, fill)
    hosts = await _result(door, ListHosts(address=parse_address("192.0.2.99")))
    assert isinstance(hosts, tuple)
    assert [host.name for host in hosts] == [f"h{n:03}.shop.example" for n in range(1, 102)]


async def test_link_handle_is_answered_as_the_link_shows(door: ReadDoor) -> None:
    """D-26: the admin's handle of a proxied name leads to the service's card."""
    domain = await _result(door, FindDomain(name="veiled.example"))
    assert isinstance(domain, PublishedDomain)
    handle = domain.parties[1].handle
    assert isinstance(handle, str)
    entity = await _result(door, FindEntity(handle=handle.lower()))
    assert isinstance(entity, PublishedEntity)
    assert entity.party == domain.parties[1]
    assert entity.asked == handle


async def test_billing_link_has_no_public_handle(door: ReadDoor, database: Database) -> None:
    """P-03: the number of a billing link leads nowhere."""
    number = database.read(
        lambda c: c.execute(
            text("SELECT public_id FROM domain_contact WHERE role = 'billing'")
        ).scalar_one()
    )
    query = FindEntity(handle=link_handle(number, "EXAMPLE"))
    assert (await _absence(door, query))[0] is Absence.NOT_FOUND


@pytest.mark.parametrize("hidden", ["billing", "proxy", "unserved", "nowhere"])
async def test_contact_that_nothing_shows_stands_in_nobodys_way(
    door: ReadDoor, database: Database, hidden: str
) -> None:
    """P-03, 7.3: whoever has an id but for the case is found whether or not it is there."""

    def fill(rows: RowWriter) -> None:
        rows.contact(20, handle="Twin")
        rows.domain(20, "twin.co.example", {T: 20})
        for ident, handle in ((21, "reg-b"), (22, "TWIN")):
            rows.contact(ident, handle=handle)
            role, zone, veil = T, "co.example", {}
            match hidden:
                case "billing":
                    role = B
                case "proxy":
                    veil = {"privacy": "proxy", "privacy_service": "PRIV"}
                case "unserved":
                    # Of two contacts alike but for the case, neither is meant.
                    role, zone = (T, "elsewhere") if handle == "reg-b" else (B, zone)
                case _:
                    continue
            rows.domain(ident, f"hidden{ident}.{zone}", {role: ident}, **veil)

    write_rows(database, fill)
    registrar = await _result(door, FindEntity(handle="reg-b"))
    assert isinstance(registrar, PublishedRegistrar)
    assert registrar.handle == "REG-B"
    for asked in ("Twin", "twin", "TWIN"):
        contact = await _result(door, FindEntity(handle=asked))
        assert isinstance(contact, PublishedEntity)
        assert contact.asked == "Twin-EXAMPLE"


@pytest.mark.parametrize(
    "name", ["contact_by_roid", "contact_by_handle", "contact_by_handle_key", "contact_values"]
)
async def test_links_that_show_nothing_cost_a_look_up_nothing(
    database: Database, name: str
) -> None:
    """P-04: a contact of a hundred thousand billing links is looked up as one of none."""
    statement = compile_statements(database.dialect)[name]
    value = 1 if name == "contact_values" else "x"
    explain = "EXPLAIN QUERY PLAN " if database.dialect == "sqlite" else "EXPLAIN "
    plan = database.read(
        lambda connection: connection.exec_driver_sql(
            explain + statement.sql, statement.bind(value)
        ).all()
    )
    assert "domain_contact" not in str(plan)


async def test_help_names_the_zones_of_settings_and_deposits(
    door: ReadDoor, database: Database
) -> None:
    """Both kinds of zones are served."""
    write_rows(database, lambda rows: rows.row("zone", name="gone"))
    page = await _result(door, FindHelp())
    assert isinstance(page, Help)
    assert page.zones == ("co.example", "example", "gone")


async def test_what_no_zone_holds_follows_the_profile_of_any_zone_served(
    database: Database, store_url: str
) -> None:
    """Of one that a deposit alone names, too: without a setting it is a gTLD's (interface.md)."""
    write_rows(database, _fill)
    source = open_source(store_url)
    door = ReadDoor(source, RegistryPolicy(zones={"co.example": PROFILES["irs"]}))
    try:
        before = await door.answer(FindRegistrar(text="9999"))
        assert not before.notices.icann_profile
        write_rows(database, lambda rows: rows.row("zone", name="gone"))
        for query in (FindRegistrar(text="9999"), FindHost(name="ns1.shop.example"), FindHelp()):
            assert (await door.answer(query)).notices.icann_profile
    finally:
        await source.close()


async def test_edit_shows_in_the_next_answer(door: ReadDoor, database: Database) -> None:
    """The answer after a commit is made from it, in the same reader."""
    for number in range(5):
        name = f"Holder after edit {number}"
        database.write(
            lambda c, name=name: c.execute(  # type: ignore[misc]
                text("UPDATE contact SET name = :name WHERE id = 6"), {"name": name}
            )
        )
        domain = await _result(door, FindDomain(name="shop.example"))
        assert isinstance(domain, PublishedDomain)
        assert domain.parties[2].name == name


async def test_store_that_goes_is_unavailable_and_comes_back(sqlite_url: str) -> None:
    """Gone is not "not found", and the same file back is served without a restart."""
    database = Database.open(sqlite_url)
    write_rows(database, _fill)
    database.close()
    path = database.path
    assert path is not None
    source = open_source(sqlite_url)
    door = ReadDoor(source, POLICY)
    await _result(door, FindDomain(name="shop.example"))
    away = path.rename(path.with_suffix(".away"))
    with pytest.raises(StoreUnavailableError):
        await door.answer(FindDomain(name="shop.example"))
    away.rename(path)
    await _result(door, FindDomain(name="shop.example"))
    await source.close()


async def test_store_that_is_replaced_is_read_anew(sqlite_url: str, tmp_path: Path) -> None:
    """A file renamed over the store is noticed at the next question."""
    source = open_source(sqlite_url)
    door = ReadDoor(source, POLICY)
    assert (await _absence(door, FindDomain(name="shop.example")))[0] is Absence.NOT_FOUND
    other = Database.open(f"sqlite:///{tmp_path / 'other.sqlite3'}", create=True)
    write_rows(other, _fill)
    other.close()
    path = Database(sqlite_url).path
    assert path is not None
    (tmp_path / "other.sqlite3").replace(path)
    await _result(door, FindDomain(name="shop.example"))
    await source.close()


async def test_empty_store_in_place_of_one_with_names_is_unavailable(sqlite_url: str) -> None:
    """A command may make one while the true one is away: no name is free for that."""
    database = Database.open(sqlite_url)
    write_rows(database, _fill)
    database.close()
    path = database.path
    assert path is not None
    source = open_source(sqlite_url)
    door = ReadDoor(source, POLICY)
    shop = FindDomain(name="shop.example")
    search = Search(sought=Sought.DOMAINS, by=By.NAME, pattern=NamePattern(text="shop.example"))
    await _result(door, shop)
    away = path.rename(path.with_suffix(".away"))
    empty = Database.open(sqlite_url, create=True)
    for query in (shop, search):
        with pytest.raises(StoreUnavailableError):
            await door.answer(query)
    write_rows(empty, _fill_with_one)
    empty.close()
    await _result(door, FindDomain(name="new.example"))
    away.replace(path)
    await _result(door, shop)
    await _result(door, search)
    await source.close()


@pytest.mark.parametrize("content", [b"", b"not a database" * 100])
async def test_file_that_is_no_store_is_unavailable(tmp_path: Path, content: bytes) -> None:
    """An empty or foreign file is never read as an empty registry."""
    path = tmp_path / "rdds.sqlite3"
    path.write_bytes(content)
    door = ReadDoor(open_source(f"sqlite:///{path}"), POLICY)
    with pytest.raises(StoreUnavailableError):
        await door.answer(FindDomain(name="shop.example"))


async def test_older_schema_is_unavailable(database: Database, store_url: str) -> None:
    """A store of another schema is refused by code, and served once it is this program's."""
    database.write(lambda c: c.execute(text("UPDATE alembic_version SET version_num = '0000'")))
    source = open_source(store_url)
    door = ReadDoor(source, POLICY)
    with pytest.raises(StoreUnavailableError) as refusal:
        await door.answer(FindHelp())
    assert refusal.value.code is Code.STORE_OUTDATED
    back = text("UPDATE alembic_version SET version_num = :revision")
    database.write(lambda c: c.execute(back, {"revision": REVISION}))
    await _result(door, FindHelp())
    await source.close()


async def test_statements_of_a_look_up_do_not_grow_with_contacts_and_hosts(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A look-up costs a fixed number of statements, however much the name holds."""
    database = Database.open(sqlite_url)

    def fill(rows: RowWriter) -> None:
        rows.registrar()
        rows.contact(1)
        rows.domain(1, "bare.example", {})
        rows.domain(2, "full.example", {R: 1, A: 1, T: 1})
        for number in range(1, 13):
            rows.host(number, f"ns{number}.full.example", f"192.0.2.{number}")
            rows.delegation(2, number)

    write_rows(database, fill)
    database.close()
    source = open_source(sqlite_url)
    door = ReadDoor(source, POLICY)
    counts = []
    for name in ("bare.example", "full.example"):
        seen: list[str] = []
        cursor = source._current()  # type: ignore[attr-defined]
        cursor.connection.set_trace_callback(seen.append)
        await _result(door, FindDomain(name=name))
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 7
    await source.close()
