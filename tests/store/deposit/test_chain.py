"""One deposit after the other: DIFF, INCR, --replace, and a second zone."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import Connection, text

from store.deposit.defects import Defect, DepositDefect
from store.deposit.remarks import Remark
from store.sql.database import Database
from tests.store.deposit.deposits import (
    LATER,
    URN,
    a_contact,
    a_domain,
    a_host,
    a_registrar,
    an_nndn,
    content,
    deposit,
    hosts,
    links,
    load,
    one,
    remarks,
    small,
    table,
    whole,
)

LATER_MICROS = round(LATER.timestamp() * 1_000_000)


def execute(database: Database, statement: str) -> None:
    def work(connection: Connection) -> None:
        connection.execute(text(statement))

    database.write(work)


def deletes(**kinds: list[str]) -> str:
    """Spell ``rde:deletes``; keys are kinds, a host's ROIDs go under ``host_roid``."""
    tags = {
        "domain": ("d", "d:name"),
        "host": ("h", "h:name"),
        "host_roid": ("h", "h:roid"),
        "contact": ("c", "c:id"),
        "registrar": ("r", "r:id"),
        "nndn": ("n", "n:aName"),
    }
    told = ""
    for kind, names in kinds.items():
        prefix, tag = tags[kind]
        entries = "".join(f"<{tag}>{name}</{tag}>" for name in names)
        told += f"<{prefix}:delete>{entries}</{prefix}:delete>"
    return f"<e:deletes>{told}</e:deletes>\n"


def diff(*parts: object, **options: object) -> bytes:
    chosen = {"type": "DIFF", "id": "D2", "previous": "D1", **options}
    return deposit(*parts, **chosen)  # type: ignore[arg-type] # as deposit()


def two_names() -> bytes:
    """Spell a FULL of two names, three contacts, hosts with glue and a reserved name."""
    return deposit(
        a_domain(hosts=["ns1.shop.example"], billing="CON3"),
        a_domain("two.example", registrant="CON2", hosts=["ns1.shop.example", "ns.example.net"]),
        a_contact(),
        a_contact("CON2"),
        a_contact("CON3"),
        a_host("ns1.shop.example", "192.0.2.1"),
        a_registrar(),
        an_nndn(),
    )


def test_diff_brings_and_replaces_whole_objects(database: Database) -> None:
    """A DIFF adds what is new and replaces what it names; the rest stays."""
    load(database, two_names())
    before = {row["role"]: row for row in table(database, "domain_contact")}
    changed = a_domain(registrant="CON2", expires="2031-01-01T00:00:00Z")
    summary = load(database, diff(changed, a_domain("new.example")), now=LATER)
    domain = one(database, "domain", name="shop.example")
    assert summary.domains == 3
    assert (domain["version"], domain["expires"]) == (2, 1924992000_000000)
    assert links(database, "shop.example") == {
        "registrant": "CON2",
        "admin": "CON1",
        "tech": "CON1",
    }
    assert hosts(database, "shop.example") == {}
    assert hosts(database, "two.example").keys() == {"ns1.shop.example", "ns.example.net"}
    kept = one(database, "domain_contact", domain_id=domain["id"], role="admin")
    made = one(database, "domain_contact", domain_id=domain["id"], role="registrant")
    assert kept in table(database, "domain_contact")
    assert kept["since"] != LATER_MICROS == made["since"]
    assert made["public_id"] not in {row["public_id"] for row in before.values()}
    assert one(database, "contact", handle="CON3")["unlinked_at"] == LATER_MICROS


def test_diff_tells_the_history_of_each_object(database: Database) -> None:
    """Each object of a DIFF has a row of history; a FULL has its zone's alone."""
    load(database, two_names())
    assert {row["kind"] for row in table(database, "history")} == {"zone"}
    told = deletes(domain=["two.example", "lost.example"], contact=["LOST"], host=["lost.test"])
    load(database, diff(a_domain("new.example"), deletes=told))
    assert not [row for row in table(database, "history") if "lost" in row["subject"].lower()]
    rows = {(row["kind"], row["subject"]): row for row in table(database, "history")}
    assert rows["domain", "new.example"]["action"] == "import"
    assert rows["domain", "two.example"]["action"] == "delete"
    assert json.loads(rows["domain", "new.example"]["changes"]) == {"deposit": [None, "D2"]}


def test_deletes_go_before_contents(database: Database) -> None:
    """A name that is deleted and brought anew is another registration (8.1.3)."""
    load(database, two_names())
    execute(database, "UPDATE domain SET privacy = 'withhold' WHERE name = 'two.example'")
    load(database, diff(a_domain("two.example"), deletes=deletes(domain=["two.example"])))
    domain = one(database, "domain", name="two.example")
    assert (domain["privacy"], domain["version"]) == ("none", 1)
    assert links(database, "two.example")["registrant"] == "CON1"


def test_objects_are_deleted_by_name_id_and_roid(database: Database) -> None:
    """All kinds of deletions are known; what the store lacks is told."""
    load(database, two_names())
    told = deletes(
        domain=["shop.example", "TWO.example"],
        host_roid=["H-ns1_shop_example-EX"],
        contact=["CON3", "LOST"],
        nndn=["kept.example"],
    )
    summary = load(database, diff(deletes=told))
    assert table(database, "domain") == []
    assert [row["name"] for row in table(database, "host")] == ["ns.example.net"]
    assert {row["handle"] for row in table(database, "contact")} == {"CON1", "CON2"}
    assert table(database, "reserved_name") == []
    assert table(database, "domain_contact") == []
    assert summary.removed == 2
    assert remarks(summary)[Remark.UNKNOWN_DELETE] == 1


def test_full_ignores_deletions(database: Database) -> None:
    """What a FULL lacks doesn't exist, so its lists say nothing (8.1.3)."""
    assert load(database, small(deletes=deletes(domain=["shop.example"]))).domains == 1


DANGLING = {
    "contact": (Defect.MISSING_CONTACT, deletes(contact=["CON1"]), "contact CON1"),
    "host": (Defect.MISSING_HOST, deletes(host=["ns1.shop.example"]), "host ns1.shop.example"),
    "registrar": (Defect.MISSING_REGISTRAR, deletes(registrar=["REG-A"]), "registrar REG-A"),
}


@pytest.mark.parametrize("kind", DANGLING)
def test_deleting_what_is_in_use_is_a_defect(database: Database, kind: str) -> None:
    """An object that others refer to can't go; tolerated, nothing refers to nothing."""
    defect, told, subject = DANGLING[kind]
    load(database, two_names())
    before = whole(database)
    with pytest.raises(DepositDefect) as caught:
        load(database, diff(deletes=told))
    assert (caught.value.defect, caught.value.subject) == (defect, subject)
    assert whole(database) == before
    summary = load(database, diff(deletes=told), tolerate=frozenset({defect}))
    assert f"tolerated:{defect}" in remarks(summary)
    assert summary.domains == 2


def test_linking_to_a_deleted_contact_is_a_defect(database: Database) -> None:
    """A name can't be brought with a contact that the same deposit deletes."""
    load(database, two_names())
    octets = diff(
        a_domain("new.example", admin="CON3"), a_domain(), deletes=deletes(contact=["CON3"])
    )
    with pytest.raises(DepositDefect, match="admin contact CON3") as caught:
        load(database, octets)
    assert caught.value.defect is Defect.MISSING_CONTACT


@pytest.mark.parametrize("previous", [None, "D0", "D2"])
def test_diff_out_of_turn_is_refused(database: Database, previous: str | None) -> None:
    """A DIFF follows the last deposit and no other (8.1.4)."""
    load(database, small())
    before = whole(database)
    with pytest.raises(DepositDefect) as caught:
        load(database, diff(a_domain("new.example"), previous=previous))
    assert caught.value.defect is Defect.WRONG_PREVIOUS
    assert whole(database) == before
    load(
        database,
        diff(a_domain("new.example"), previous=previous),
        tolerate=frozenset({Defect.WRONG_PREVIOUS}),
    )


def test_diffs_chain(database: Database) -> None:
    """Each DIFF follows the one before, and none applies twice."""
    load(database, small())
    load(database, diff(a_domain("b.example")))
    third = diff(a_domain("c.example"), id="D3", previous="D2")
    load(database, third)
    with pytest.raises(DepositDefect):
        load(database, third)
    zone = one(database, "zone", name="example")
    assert (zone["last_full"], zone["last_deposit"]) == ("D1", "D3")


def test_incr_follows_the_last_full(database: Database) -> None:
    """An INCR holds all changes since the last FULL, whatever came between (D-29)."""
    load(database, small())
    load(database, diff(a_domain("b.example")))
    incr = {"type": "INCR", "id": "D3"}
    with pytest.raises(DepositDefect):
        load(database, diff(a_domain("c.example"), **{**incr, "previous": "D2"}))
    load(database, diff(a_domain("c.example"), **{**incr, "previous": "D1"}))
    load(database, diff(a_domain("d.example"), type="INCR", id="D4", previous=None))
    assert len(table(database, "domain")) == 4


@pytest.mark.parametrize(("count", "good"), [(1, True), (2, True), (3, False)])
def test_counts_of_a_diff_are_the_deposits_or_the_stores(
    database: Database, count: int, good: bool
) -> None:
    """RFC 9022 counts the repository, some producers the deposit; nothing else will do."""
    load(database, small())
    octets = diff(a_domain("new.example"), counts={"domain": count})
    if good:
        assert load(database, octets).domains == 2
    else:
        with pytest.raises(DepositDefect) as caught:
            load(database, octets)
        assert caught.value.defect is Defect.COUNT_MISMATCH


def test_replace_keeps_what_no_deposit_carries(database: Database) -> None:
    """Privacy, dispute, abuse contact, generation and links survive a FULL with --replace."""
    load(database, two_names())
    execute(
        database,
        "INSERT INTO privacy_service (handle, name, org, contact_url, version)"
        " VALUES ('PRIV', 'Service', 'Service', 'https://example.net/', 1)",
    )
    execute(
        database,
        "UPDATE domain SET privacy = 'proxy', privacy_service = 'PRIV', disputed = true"
        " WHERE name = 'shop.example'",
    )
    execute(database, "UPDATE registrar SET abuse_email = 'a@example.net', rdap_url = 'https://r/'")
    execute(
        database,
        "UPDATE contact SET generation = 7, kind = 'individual', auth_hash = 'h'"
        " WHERE handle = 'CON1'",
    )
    before = whole(database)
    summary = load(database, two_names().replace(b'id="D1"', b'id="D9"'), replace=True, now=LATER)
    after = whole(database)
    assert (summary.domains, summary.removed) == (2, 0)
    for name in ("domain_contact", "domain_host", "host_address", "privacy_service"):
        assert after[name] == before[name]
    for name in ("domain", "contact", "registrar"):
        newer = [{**row, "version": row["version"] + 1} for row in before[name]]
        assert sorted(map(repr, after[name])) == sorted(map(repr, newer))


def test_replace_swaps_the_names_of_the_zone(database: Database) -> None:
    """Names, in-zone hosts and reserved names that the new FULL lacks are gone."""
    load(database, two_names())
    execute(
        database,
        "INSERT INTO reserved_name (name, blocked, blocked_by)"
        " VALUES ('brand.example', true, 'SVC')",
    )
    octets = deposit(
        a_domain("two.example", tech="CON4"),
        a_contact(),
        a_contact("CON4", name="New Tech"),
        a_registrar(name="Alpha Renamed"),
        id="D2",
    )
    summary = load(database, octets, replace=True, now=LATER)
    assert [row["name"] for row in table(database, "domain")] == ["two.example"]
    assert (summary.domains, summary.removed) == (1, 1)
    assert links(database, "two.example") == {
        "registrant": "CON1",
        "admin": "CON1",
        "tech": "CON4",
    }
    assert table(database, "host") == []
    assert [row["name"] for row in table(database, "reserved_name")] == ["brand.example"]
    assert one(database, "registrar", handle="REG-A")["name"] == "Alpha Renamed"
    aged = {row["handle"]: row["unlinked_at"] for row in table(database, "contact")}
    assert aged == {"CON1": None, "CON2": LATER_MICROS, "CON3": LATER_MICROS, "CON4": None}


def test_relinked_contact_stops_ageing(database: Database) -> None:
    """A contact that a name links to again is no orphan."""
    load(database, small(a_contact("CON2")))
    load(database, diff(a_domain("new.example", tech="CON2")))
    assert one(database, "contact", handle="CON2")["unlinked_at"] is None


def test_roids_may_move_between_objects(database: Database) -> None:
    """Objects of a FULL may have swapped their ROIDs since the last one."""
    parts = a_domain("a.example", roid="D1-EX"), a_domain("b.example", roid="D2-EX")
    contacts = a_contact(roid="C1-EX"), a_contact("CON2", roid="C2-EX")
    moved = a_domain("a.example", roid="D2-EX"), a_domain("b.example", roid="D1-EX")
    switched = a_contact(roid="C2-EX"), a_contact("CON2", roid="C1-EX")
    load(database, deposit(*parts, *contacts, a_registrar()))
    load(database, deposit(*moved, *switched, a_registrar(), id="D2"), replace=True)
    assert one(database, "domain", name="a.example")["roid"] == "D2-EX"
    assert one(database, "contact", handle="CON1")["roid"] == "C2-EX"


def test_renamed_host_and_contact_keep_their_roids(database: Database) -> None:
    """A ROID under a new name is the same object's; the old row makes way."""
    first = a_domain(), a_contact("OLD", roid="C1-EX"), a_host(roid="H1-EX")
    load(database, deposit(first[0]._replace(xml=first[0].xml.replace("CON1", "OLD")),
                           *first[1:], a_registrar()))  # fmt: skip
    octets = deposit(
        a_domain(), a_contact(roid="C1-EX"), a_host("ns2.shop.example", roid="H1-EX"),
        a_registrar(), id="D2",
    )  # fmt: skip
    load(database, octets, replace=True)
    assert [row["handle"] for row in table(database, "contact")] == ["CON1"]
    assert [row["name"] for row in table(database, "host")] == ["ns2.shop.example"]


def second_zone(*more: object, **options: object) -> bytes:
    parts = a_domain("shop.co.example", roid="D-CO"), a_contact(), a_registrar(), *more
    return deposit(*parts, **{"tld": "co.example", "id": "E1", **options})  # type: ignore[arg-type]


def test_second_zone_shares_contacts_and_leaves_the_first_alone(database: Database) -> None:
    """Zones are swapped one by one, also where one lies below the other."""
    load(database, two_names())
    load(database, second_zone(an_nndn("kept.co.example"), a_host("ns1.shop.co.example")))
    assert links(database, "shop.co.example")["admin"] == "CON1"
    load(database, small(id="D2"), replace=True)
    names = {row["name"]: row["zone"] for row in table(database, "domain")}
    assert names == {"shop.example": "example", "shop.co.example": "co.example"}
    assert [row["name"] for row in table(database, "reserved_name")] == ["kept.co.example"]
    assert [row["name"] for row in table(database, "host")] == ["ns1.shop.co.example"]


def test_host_of_another_zone_stays_its_own_deposits(database: Database) -> None:
    """A host that lies in another deposit's zone is not changed by this one."""
    load(database, two_names())
    theirs = a_host("ns1.shop.example", roid="H9-OTHER")
    summary = load(database, second_zone(theirs))
    assert one(database, "host", name="ns1.shop.example")["roid"] == "H-ns1_shop_example-EX"
    assert [row["address"] for row in table(database, "host_address")] == ["192.0.2.1"]
    assert remarks(summary)[Remark.FOREIGN_OBJECT] == 1


def test_other_registrys_contact_of_the_same_id_is_refused(database: Database) -> None:
    """Two registries' contacts of one id are two parties; neither becomes the other."""
    load(database, two_names())
    parts = a_domain("shop.co.example", roid="D-CO"), a_contact(roid="C9-OTHER"), a_registrar()
    octets = deposit(*parts, tld="co.example", id="E1")
    before = whole(database)
    with pytest.raises(DepositDefect) as caught:
        load(database, octets)
    assert (caught.value.defect, caught.value.subject) == (
        Defect.DUPLICATE_OBJECT, "contact CON1",
    )  # fmt: skip
    assert whole(database) == before
    load(database, octets, tolerate=frozenset({Defect.DUPLICATE_OBJECT}))
    assert one(database, "contact", handle="CON1")["roid"] == "CON1-EX"
    assert links(database, "shop.co.example") == {}


def test_other_registrys_registrar_of_the_same_id_is_refused(database: Database) -> None:
    """Two registries' registrars of one id, by their IANA ids, are two parties."""
    load(database, two_names())
    parts = a_domain("shop.test", roid="D-TEST"), a_contact(), a_registrar(name="X", gurid="77")
    octets, before = deposit(*parts, tld="test", id="T1"), whole(database)
    with pytest.raises(DepositDefect) as caught:
        load(database, octets)
    assert (caught.value.defect, caught.value.subject) == (
        Defect.DUPLICATE_OBJECT, "registrar REG-A",
    )  # fmt: skip
    assert whole(database) == before
    load(database, octets, tolerate=frozenset({Defect.DUPLICATE_OBJECT}))
    kept = one(database, "registrar", handle="REG-A")
    assert (kept["name"], kept["gurid"]) == ("Alpha Names, Ltd.", 9995)
    assert one(database, "domain", name="shop.test")["registrar"] == "REG-A"


def test_registrar_of_the_deposits_own_zone_may_change(database: Database) -> None:
    """Where no other zone's names count on it, a registrar is what the deposit says."""
    load(database, two_names())
    parts = a_domain(), a_contact(), a_registrar(gurid="77")
    load(database, deposit(*parts, id="D2"), replace=True)
    assert one(database, "registrar", handle="REG-A")["gurid"] == 77


def test_taken_roids_are_left_to_their_objects(database: Database) -> None:
    """A ROID that another zone's object has is not taken from it."""
    load(database, two_names())
    parts = (
        a_domain("shop.co.example", roid="D-shop_example-EX", registrant="NEW", admin=None),
        a_contact(),
        a_contact("NEW", roid="CON2-EX"),
        a_registrar(),
    )
    summary = load(database, deposit(*parts, tld="co.example", id="E1"), repository="OURS")
    assert one(database, "domain", name="shop.co.example")["roid"] is None
    assert one(database, "contact", handle="NEW")["roid"].endswith("-OURS")
    assert remarks(summary)[Remark.ROID_TAKEN] == 2


def test_editors_can_go_on_after_an_import(database: Database) -> None:
    """The store numbers its next rows beyond those of the import."""
    load(database, two_names())
    execute(
        database,
        "INSERT INTO host (name, statuses, version) VALUES ('later.example.net', '', 1)",
    )
    assert len({row["id"] for row in table(database, "host")}) == 3


def test_loading_in_steps_and_at_once_give_the_same(database: Database) -> None:
    """A FULL and a DIFF on top leave what one FULL of the end state leaves."""
    load(database, small())
    octets = deposit(
        a_domain(hosts=["ns1.shop.example"]), a_host("ns1.shop.example", "192.0.2.9"),
        an_nndn(), type="DIFF", id="D2", previous="D1",
    )  # fmt: skip
    load(database, octets)
    stepwise = content(database)
    full = deposit(
        a_domain(hosts=["ns1.shop.example"]), a_contact(), a_registrar(),
        a_host("ns1.shop.example", "192.0.2.9"), an_nndn(), id="D2",
    )  # fmt: skip
    load(database, full, replace=True)
    strip = [
        (name, [row.partition("'version'")[0] for row in rows])
        for name, rows in stepwise.items()
        if isinstance(rows, list) and name != "zone"
    ]
    again = content(database)
    assert strip == [
        (name, [row.partition("'version'")[0] for row in again[name]]) for name, _ in strip
    ]
    assert again["shop.example"] == stepwise["shop.example"]


def test_long_lists_of_deletions_are_streamed(sqlite_url: str) -> None:
    """A list of deletions has no length that is too long."""
    database = Database.open(sqlite_url)
    load(database, small())
    many = [f"name-{'x' * 40}-{number}.example" for number in range(100_000)]
    told = deletes(domain=[*many, "shop.example"])
    assert len(told) > 5_000_000
    summary = load(database, diff(deletes=told))
    assert (summary.domains, remarks(summary)[Remark.UNKNOWN_DELETE]) == (0, 100_000)
    database.close()


def test_unknown_deletions_are_told(database: Database) -> None:
    """A list of a kind nobody knows is passed over and told."""
    load(database, small())
    told = f'<e:deletes><q:delete xmlns:q="{URN}other-1.0"><q:a>1</q:a></q:delete></e:deletes>'
    assert remarks(load(database, diff(deletes=told)))[Remark.UNKNOWN_OBJECT] == 1


def deletions(told: str, **options: object) -> bytes:
    """Spell a DIFF without contents, and so without a header."""
    whole_deposit = diff(deletes=told, **options)
    start, end = whole_deposit.index(b"<e:contents>"), whole_deposit.index(b"</e:deposit>")
    return whole_deposit[:start] + whole_deposit[end:]


def other_zone(*more: object) -> bytes:
    parts = (
        a_domain("shop.test", roid="D-TEST", hosts=["ns1.shop.test"]),
        a_host("ns1.shop.test", "192.0.2.9"),
        a_contact(),
        a_registrar(),
        *more,
    )
    return deposit(*parts, tld="test", id="T1")  # type: ignore[arg-type] # as deposit()


@pytest.mark.parametrize("told", [{"domain": ["shop.test"]}, {"nndn": ["kept.test"]}])
def test_names_of_other_zones_are_not_deleted(
    database: Database, told: dict[str, list[str]]
) -> None:
    """A DIFF deletes what lies in its own zones alone."""
    load(database, two_names())
    load(database, other_zone(an_nndn("kept.test")))
    octets, before = diff(deletes=deletes(**told)), whole(database)
    with pytest.raises(DepositDefect) as caught:
        load(database, octets)
    ((kind, [name]),) = told.items()
    assert (caught.value.defect, caught.value.subject) == (
        Defect.OUTSIDE_ZONE, f"deleted {kind} {name}",
    )  # fmt: skip
    assert whole(database) == before
    load(database, octets, tolerate=frozenset({Defect.OUTSIDE_ZONE}))
    assert hosts(database, "shop.test") == {"ns1.shop.test": {"192.0.2.9"}}
    assert "kept.test" in {row["name"] for row in table(database, "reserved_name")}


@pytest.mark.parametrize(
    "told", [{"host": ["ns1.shop.test"]}, {"host_roid": ["H-ns1_shop_test-EX"]}]
)
def test_hosts_of_other_zones_are_not_deleted(
    database: Database, told: dict[str, list[str]]
) -> None:
    """A host in another deposit's zone stays, with its addresses, and that is told."""
    load(database, two_names())
    load(database, other_zone())
    summary = load(database, diff(deletes=deletes(**told)))
    assert remarks(summary)[Remark.FOREIGN_OBJECT] == 1
    assert one(database, "host", name="ns1.shop.test")["roid"] == "H-ns1_shop_test-EX"
    assert hosts(database, "shop.test") == {"ns1.shop.test": {"192.0.2.9"}}


def test_diff_deletes_from_all_zones_of_its_full(database: Database) -> None:
    """A zone below the header's that the same FULL filled is its own."""
    load(database, small(a_domain("shop.co.example", roid="D-CO"), an_nndn("kept.co.example")))
    told = deletes(domain=["shop.co.example"], nndn=["kept.co.example"])
    assert load(database, diff(deletes=told)).removed == 1
    assert [row["name"] for row in table(database, "domain")] == ["shop.example"]
    assert table(database, "reserved_name") == []


def test_reserved_name_is_not_registered_by_a_diff(database: Database) -> None:
    """A name is reserved or registered, also where two deposits say so (8.6.5)."""
    load(database, two_names())
    load(database, diff(an_nndn("new.example")))
    octets = diff(a_domain("new.example"), id="D3", previous="D2")
    with pytest.raises(DepositDefect) as caught:
        load(database, octets)
    assert (caught.value.defect, caught.value.subject) == (
        Defect.DUPLICATE_OBJECT, "domain new.example",
    )  # fmt: skip
    load(database, octets, tolerate=frozenset({Defect.DUPLICATE_OBJECT}))
    assert one(database, "domain", name="new.example")
    assert [row["name"] for row in table(database, "reserved_name")] == ["kept.example"]


def test_released_name_may_be_registered(database: Database) -> None:
    """A DIFF that frees a name, and a FULL that no longer reserves it, may register it."""
    load(database, two_names())
    load(database, diff(a_domain("kept.example"), deletes=deletes(nndn=["kept.example"])))
    assert table(database, "reserved_name") == []
    load(database, small(an_nndn("two.example"), id="D3"), replace=True)
    load(database, small(a_domain("two.example"), id="D4"), replace=True)
    assert table(database, "reserved_name") == []


@pytest.mark.parametrize("kind", ["DIFF", "INCR"])
def test_deletions_alone_are_applied(database: Database, kind: str) -> None:
    """A deposit of deletions has no contents and no header: it speaks for its zones."""
    load(database, two_names())
    load(database, other_zone())
    octets = deletions(deletes(domain=["two.example"]), type=kind)
    summary = load(database, octets)
    assert (summary.zones, summary.removed) == (("example",), 1)
    assert one(database, "zone", name="example")["last_deposit"] == "D2"
    assert one(database, "zone", name="test")["last_deposit"] == "T1"
    assert {row["name"] for row in table(database, "domain")} == {"shop.example", "shop.test"}


def test_deletions_that_follow_nothing_are_refused(database: Database) -> None:
    """Without a header, what a deposit follows tells whose it is."""
    load(database, two_names())
    with pytest.raises(DepositDefect) as caught:
        load(database, deletions(deletes(domain=["two.example"]), previous="D0"))
    assert caught.value.defect == Defect.NOT_A_DEPOSIT


def test_history_tells_of_the_deletion_before_the_new_registration(database: Database) -> None:
    """A name that a DIFF deletes and brings anew went first and came then."""
    load(database, two_names())
    load(database, diff(a_domain("two.example"), deletes=deletes(domain=["two.example"])))
    rows = [row for row in table(database, "history") if row["subject"] == "two.example"]
    assert [row["action"] for row in sorted(rows, key=lambda row: row["id"])] == [
        "delete",
        "import",
    ]


def test_history_tells_of_the_names_that_a_replacement_dropped(database: Database) -> None:
    """A name that a FULL no longer has went by that deposit; the others have no row."""
    load(database, two_names())
    load(database, small(id="D2"), replace=True)
    (row,) = (row for row in table(database, "history") if row["kind"] != "zone")
    assert (row["kind"], row["subject"], row["action"]) == ("domain", "two.example", "delete")
    assert json.loads(row["changes"]) == {"deposit": [None, "D2"]}
