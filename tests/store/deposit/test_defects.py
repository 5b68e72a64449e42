"""Defects of a deposit: a stable code, line and object, and the store as it was."""

from __future__ import annotations

import gzip
import io
import random
from collections.abc import Iterator
from string import ascii_letters

import pytest

from store.deposit.defects import TOLERABLE, Defect, DepositDefect, StrictRefusal
from store.deposit.importing import ImportOptions
from store.deposit.reading import MOST_RECORD, DepositReader
from store.deposit.source import pieces
from store.errors import Code, RegistryError
from store.sql.database import Database
from tests.store.deposit.deposits import (
    KINDS,
    URN,
    Part,
    a_contact,
    a_domain,
    a_form,
    a_host,
    a_registrar,
    an_nndn,
    hosts,
    line_in,
    links,
    load,
    one,
    remarks,
    small,
    table,
    whole,
)

# An id of random letters, which no index has room for.
LONG = "".join(random.Random(0).choices(ascii_letters, k=12_000))

# Defect, deposit, a text on the line to be named (and which occurrence), the object.
CASES = {
    "missing registrant": (
        Defect.MISSING_CONTACT,
        small(a_domain("two.example", registrant="LOST")),
        ("<d:domain>", 2),
        "domain two.example",
    ),
    "missing billing contact": (
        Defect.MISSING_CONTACT,
        small(a_domain("two.example", billing="LOST")),
        ("<d:domain>", 2),
        "domain two.example",
    ),
    "wrong count": (
        Defect.COUNT_MISMATCH,
        small(counts={"domain": 2}),
        ("<hd:header>", 1),
        "header",
    ),
    "count of none": (
        Defect.COUNT_MISMATCH,
        small(counts={"host": 1}),
        ("<hd:header>", 1),
        "header",
    ),
    "menu lacks a kind": (
        Defect.MENU_MISMATCH,
        small(menu=[URN + KINDS["domain"], URN + KINDS["contact"]]),
        ("<hd:header>", 1),
        "header",
    ),
    "menu has a kind too much": (
        Defect.MENU_MISMATCH,
        small(menu=[URN + KINDS[k] for k in ("domain", "contact", "registrar", "host")]),
        ("<hd:header>", 1),
        "header",
    ),
    "domain twice": (
        Defect.DUPLICATE_OBJECT,
        small(a_domain("SHOP.example", roid="D2-EX")),
        ("<d:domain>", 2),
        "domain shop.example",
    ),
    "ROID twice": (
        Defect.DUPLICATE_OBJECT,
        small(a_domain("two.example", roid="D-shop_example-EX")),
        ("<d:domain>", 2),
        "domain two.example",
    ),
    "contact twice": (
        Defect.DUPLICATE_OBJECT,
        small(a_contact(roid="C2-EX")),
        ("<c:contact>", 2),
        "contact CON1",
    ),
    "host twice": (
        Defect.DUPLICATE_OBJECT,
        small(a_host(), a_host(roid="H2-EX")),
        ("<h:host>", 2),
        "host ns1.shop.example",
    ),
    "registrar twice": (
        Defect.DUPLICATE_OBJECT,
        small(a_registrar()),
        ("<r:registrar>", 2),
        "registrar REG-A",
    ),
    "reserved name that is a domain": (
        Defect.DUPLICATE_OBJECT,
        small(an_nndn("shop.example")),
        ("<n:NNDN>", 1),
        "name shop.example",
    ),
    "long id of a contact": (
        Defect.NOT_A_DEPOSIT, small(a_contact(LONG, roid="C-EX")), ("<c:contact>", 2), "contact",
    ),
    "long id of a registrar": (
        Defect.NOT_A_DEPOSIT, small(a_registrar(LONG)), ("<r:registrar>", 2), "registrar",
    ),
    "long ROID of a contact": (
        Defect.NOT_A_DEPOSIT,
        small(a_contact("CON2", roid=LONG)),
        ("<c:contact>", 2),
        "contact CON2",
    ),
    "long ROID of a domain": (
        Defect.NOT_A_DEPOSIT,
        small(a_domain("two.example", roid=LONG)),
        ("<d:domain>", 2),
        "domain two.example",
    ),
    "long ROID of a host": (
        Defect.NOT_A_DEPOSIT,
        small(a_host(roid=LONG)),
        ("<h:host>", 1),
        "host ns1.shop.example",
    ),
    "two tech contacts": (
        Defect.DUPLICATE_ROLE,
        small(a_domain("two.example", inside='<d:contact type="tech">CON1</d:contact>')),
        ("<d:domain>", 2),
        "domain two.example",
    ),
    "two registrants": (
        Defect.DUPLICATE_ROLE,
        small(a_domain("two.example", inside="<d:registrant>CON1</d:registrant>")),
        ("<d:domain>", 2),
        "domain two.example",
    ),
    "missing in-zone host": (
        Defect.MISSING_HOST,
        small(a_domain("two.example", hosts=["ns1.two.example"])),
        ("<d:domain>", 2),
        "domain two.example",
    ),
    "missing registrar of a domain": (
        Defect.MISSING_REGISTRAR,
        small(a_domain("two.example", registrar="REG-B")),
        ("<d:domain>", 2),
        "domain two.example",
    ),
    "missing registrar of a contact": (
        Defect.MISSING_REGISTRAR,
        small(a_contact("CON2", registrar="REG-B")),
        ("<c:contact>", 2),
        "contact CON2",
    ),
    "missing registrar of a host": (
        Defect.MISSING_REGISTRAR,
        small(a_host(registrar="REG-B")),
        ("<h:host>", 1),
        "host ns1.shop.example",
    ),
    "domain outside the zone": (
        Defect.OUTSIDE_ZONE,
        small(a_domain("shop.other")),
        ("<d:domain>", 2),
        "domain shop.other",
    ),
    "the zone itself": (
        Defect.OUTSIDE_ZONE,
        small(a_domain("example")),
        ("<d:domain>", 2),
        "domain example",
    ),
    "a name that only ends alike": (
        Defect.OUTSIDE_ZONE,
        small(a_domain("my-example")),
        ("<d:domain>", 2),
        "domain my-example",
    ),
    "reserved name outside the zone": (
        Defect.OUTSIDE_ZONE,
        small(an_nndn("kept.other")),
        ("<n:NNDN>", 1),
        "name kept.other",
    ),
    "DIFF without a FULL": (
        Defect.WRONG_PREVIOUS,
        small(type="DIFF", previous="D0"),
        ("<?xml", 1),
        "deposit",
    ),
    "name without a name": (
        Defect.NOT_A_DEPOSIT,
        small(a_domain("", roid="D2-EX")),
        ("<d:domain>", 2),
        None,
    ),
    "name with a blank": (
        Defect.NOT_A_DEPOSIT,
        small(a_domain("two words.example")),
        ("<d:domain>", 2),
        "domain two words.example",
    ),
    "name without sponsor": (
        Defect.NOT_A_DEPOSIT,
        small(a_domain("two.example", registrar=None)),
        ("<d:domain>", 2),
        "domain two.example",
    ),
    "contact without id": (
        Defect.NOT_A_DEPOSIT,
        small(a_contact(None, roid="C2-EX")),
        ("<c:contact>", 2),
        None,
    ),
    "no header": (Defect.NOT_A_DEPOSIT, small(header=""), None, None),
    "unknown type": (Defect.NOT_A_DEPOSIT, small(type="HALF"), ("<?xml", 1), "deposit"),
    "id too long": (Defect.NOT_A_DEPOSIT, small(id="A" * 14), ("<?xml", 1), "deposit"),
    "no watermark": (Defect.NOT_A_DEPOSIT, small(watermark=""), ("<?xml", 1), "deposit"),
    "another root": (Defect.NOT_A_DEPOSIT, b"<deposit/>", ("<", 1), None),
    "nothing": (Defect.NOT_A_DEPOSIT, b"", None, None),
    "no XML": (Defect.NOT_A_DEPOSIT, b"shop.example,REG-A\n", ("shop", 1), None),
    "an encrypted one": (Defect.NOT_A_DEPOSIT, b"\x85\x02\x0c\x03" + bytes(60), None, None),
    "cut off": (Defect.NOT_WELL_FORMED, small()[:-40], None, None),
    "cut off in the prolog": (Defect.NOT_WELL_FORMED, b'<?xml version="1.0"?>\n', None, None),
    "wrong end tag": (
        Defect.NOT_WELL_FORMED,
        small(other="<x:a>\n</x:b>"),
        ("</x:b>", 1),
        None,
    ),
    "two roots": (Defect.NOT_WELL_FORMED, small() + b"<more/>", None, None),
    "unknown entity": (Defect.NOT_WELL_FORMED, small(other="<x:a>&lol;</x:a>"), ("&lol;", 1), None),
    "a NUL": (Defect.NOT_WELL_FORMED, small(other="<x:a>\0</x:a>"), None, None),
    "CSV by the menu": (
        Defect.CSV_MODEL,
        small(menu=[URN + "csvDomain-1.0"]),
        ("<?xml", 1),
        None,
    ),
    "CSV by its objects": (
        Defect.CSV_MODEL,
        small(other=f'<v:contents xmlns:v="{URN}csvDomain-1.0"/>'),
        ("<v:contents", 1),
        None,
    ),
    "CSV by its deletions": (
        Defect.CSV_MODEL,
        small(
            deletes=f'<e:deletes><v:deletes xmlns:v="{URN}csvDomain-1.0"><v:a/></v:deletes>'
            "</e:deletes>\n"
        ),
        ("<v:deletes", 1),
        None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_defect_is_named_and_nothing_changes(database: Database, case: str) -> None:
    """A broken deposit is refused by code, line and object, and leaves no trace."""
    defect, octets, place, subject = CASES[case]
    before = whole(database)
    with pytest.raises(DepositDefect) as caught:
        load(database, octets)
    error = caught.value
    assert (error.defect, error.code) == (defect, Code.DEFECT)
    if place is not None:
        text, occurrence = place
        assert error.line == line_in(octets, text, occurrence=occurrence)
        assert f"line {error.line}" in error.message
    if subject is not None:
        assert error.subject == subject
        assert subject in error.message
    assert error.message.startswith(f"{defect}: ")
    assert error.message.isprintable()
    assert whole(database) == before


@pytest.mark.parametrize("dense", [True, False])
def test_lines_are_right_beyond_16_bits(sqlite_url: str, dense: bool) -> None:
    """Line numbers are exact in deposits of any length."""
    database = Database.open(sqlite_url)
    outside = a_domain("two.other")
    if dense:
        outside = Part("domain", outside.xml.replace("\n", "") + "\n")
    octets = small(a_contact("CON2", name="\n" * 70_000 + "x"), outside)
    with pytest.raises(DepositDefect) as caught:
        load(database, octets)
    assert caught.value.line == line_in(octets, "<d:domain>", occurrence=2) > 70_000
    database.close()


def test_full_of_a_known_zone_needs_replace(database: Database) -> None:
    """A FULL for a zone that the store holds is refused, and the way is named."""
    load(database, small())
    before = whole(database)
    with pytest.raises(RegistryError, match="--replace") as caught:
        load(database, small(id="D2"))
    assert caught.value.code is Code.EXISTS
    assert whole(database) == before


def test_file_cannot_smuggle_control_characters_into_messages(database: Database) -> None:
    """What a message quotes of a deposit is printable and short."""
    with pytest.raises(DepositDefect) as caught:
        load(database, small(a_domain("a\x9b\u202e" + "b" * 5000 + ".example")))
    assert caught.value.message.isprintable()
    assert len(caught.value.message) < 400


# What a tolerated defect comes to: names kept, and the remark's kind.
TOLERATED = [
    ("missing registrant", 2),
    ("wrong count", 1),
    ("menu lacks a kind", 1),
    ("menu has a kind too much", 1),
    ("domain twice", 1),
    ("ROID twice", 1),
    ("contact twice", 1),
    ("host twice", 1),
    ("registrar twice", 1),
    ("reserved name that is a domain", 1),
    ("two tech contacts", 2),
    ("missing in-zone host", 2),
    ("missing registrar of a domain", 2),
    ("domain outside the zone", 1),
    ("reserved name outside the zone", 1),
    ("DIFF without a FULL", 1),
]


@pytest.mark.parametrize(("case", "names"), TOLERATED)
def test_tolerated_defect_passes_and_is_counted(database: Database, case: str, names: int) -> None:
    """Who knows better lets a defect pass by its code; the summary tells of it."""
    defect, octets, _, _ = CASES[case]
    summary = load(database, octets, tolerate=frozenset({defect}))
    assert summary.domains == names
    assert remarks(summary)[f"tolerated:{defect}"] == 1


def test_tolerated_count_that_is_no_number_is_a_count(database: Database) -> None:
    """A count that can't be read is wrong, and the menu is right."""
    octets = small().replace(b'rdeDomain-1.0">1</hd:count>', b'rdeDomain-1.0">-1</hd:count>')
    with pytest.raises(DepositDefect) as caught:
        load(database, octets)
    assert caught.value.defect == Defect.COUNT_MISMATCH
    summary = load(database, octets, tolerate=frozenset({Defect.COUNT_MISMATCH}))
    assert remarks(summary)["tolerated:count-mismatch"] == 1
    assert summary.domains == 1


def test_tolerated_missing_contact_leaves_out_the_link(database: Database) -> None:
    """The other links stay."""
    octets = small(a_domain("two.example", admin="LOST"))
    load(database, octets, tolerate=frozenset({Defect.MISSING_CONTACT}))
    assert links(database, "two.example") == {"registrant": "CON1", "tech": "CON1"}


def test_tolerated_missing_host_is_known_by_name(database: Database) -> None:
    """The delegation stays, the host has nothing but its name."""
    octets = small(a_domain("two.example", hosts=["ns1.two.example"]))
    load(database, octets, tolerate=frozenset({Defect.MISSING_HOST}))
    assert hosts(database, "two.example") == {"ns1.two.example": set()}


def test_tolerated_missing_registrar_is_made(database: Database) -> None:
    """A registrar of that id and name sponsors the object."""
    octets = small(a_domain("two.example", registrar="REG-B"))
    load(database, octets, tolerate=frozenset({Defect.MISSING_REGISTRAR}))
    assert one(database, "registrar", handle="REG-B")["name"] == "REG-B"


def test_tolerated_duplicate_keeps_the_first(database: Database) -> None:
    """Of two objects of one name the first is kept, with what belongs to it."""
    octets = small(a_domain(roid="D2-EX", hosts=["ns.example.net"], billing="CON1"))
    load(database, octets, tolerate=frozenset({Defect.DUPLICATE_OBJECT}))
    assert one(database, "domain", name="shop.example")["roid"] == "D-shop_example-EX"
    assert hosts(database, "shop.example") == {}
    assert "billing" not in links(database, "shop.example")


def test_tolerating_one_defect_tolerates_no_other(database: Database) -> None:
    """Each code is let pass by itself."""
    octets = small(a_domain("two.other"))
    with pytest.raises(DepositDefect):
        load(database, octets, tolerate=TOLERABLE - {Defect.OUTSIDE_ZONE})


@pytest.mark.parametrize("defect", sorted(set(Defect) - TOLERABLE))
def test_unreadable_deposits_cannot_be_tolerated(defect: Defect) -> None:
    """What can't be read can't be let pass, and the option says so."""
    with pytest.raises(RegistryError) as caught:
        ImportOptions(tolerate=frozenset({defect}))
    assert caught.value.code is Code.USAGE


STRICT = {
    "odd phone": a_contact("CON2", voice="+64.1"),
    "seven digits under +1": a_contact("CON2", voice="+1.5550123"),
    "one-letter organisation": a_contact("CON2", org="X"),
    "odd e-mail": a_contact("CON2", email="nobody"),
    "no e-mail": a_contact("CON2", email=None),
    "no city": a_contact("CON2", city=None),
    "unknown country": a_contact("CON2", cc="XK"),
    "long name": a_contact("CON2", name="x" * 256),
    "short id": a_contact("C2"),
    "control character": a_contact("CON2", name="a\x85b"),
    "four streets": a_contact("CON2", street=["a1", "b2", "c3", "d4"]),
    "letters in an international address": a_contact("CON2", kind="int", name="Zoé"),
    "letters in the second form": a_contact(
        "CON2", forms=a_form("loc") + a_form("int", name="Zoé")
    ),
    "no tech contact": a_domain("two.example", tech=None),
    "loopback": a_host("ns1.shop.example", "127.0.0.1"),
    "clashing statuses": a_domain(
        "two.example", status=("pendingDelete", "clientDeleteProhibited")
    ),
}


@pytest.mark.parametrize("case", STRICT)
def test_strict_refuses_what_breaks_entry_rules(sqlite_url: str, case: str) -> None:
    """Under --strict the same rules bind as for edits; without it they are told."""
    database = Database.open(sqlite_url)
    octets = small(STRICT[case])
    with pytest.raises(StrictRefusal) as caught:
        load(database, octets, strict=True)
    assert caught.value.code is Code.INVALID_VALUE
    assert caught.value.line is not None
    assert table(database, "domain") == []
    assert caught.value.kind in remarks(load(database, octets))
    database.close()


def read_all(parts: Iterator[bytes]) -> int:
    """Read a deposit given piece by piece; give the number of records."""
    return sum(1 for _ in DepositReader(parts).records())


OPEN = small().partition(b"<d:domain>")[0]


def repeated(piece: bytes, times: int, *, tail: bytes = b"") -> Iterator[bytes]:
    yield OPEN
    for _ in range(times):
        yield piece
    yield tail


MEGABYTE = 1024 * 1024
BOMBS = {
    "a text of 50 MB": lambda: repeated(b"<x:a>" + b"x" * MEGABYTE, 50),
    "blanks of 50 MB": lambda: repeated(b" " * MEGABYTE, 50),
    "a comment of 50 MB": lambda: repeated(b"<!--" + b"x" * MEGABYTE, 50),
    "an attribute of 50 MB": lambda: repeated(b'<x:a b="' + b"x" * MEGABYTE, 50),
    "deep nesting": lambda: repeated(b"<x:a>" * 1000, 1000),
    "a prolog without end": lambda: iter([b'<?xml version="1.0"?>'] + [b" " * MEGABYTE] * 50),
    "an object of many children": lambda: repeated(b"<x:a>" + b"<x:b/>" * 100_000, 50),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_bomb_is_too_large(bomb: str) -> None:
    """What grows without end is refused long before it fills the memory."""
    with pytest.raises(DepositDefect) as caught:
        read_all(BOMBS[bomb]())
    assert caught.value.defect is Defect.TOO_LARGE


ENTITIES = {
    "an entity bomb": b'<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;">',
    "an external entity": b'<!ENTITY d SYSTEM "file:///etc/passwd">',
    "a parameter entity": b"<!ENTITY % p \"<!ENTITY d 'x'>\"> %p;",
    "no entity": b"",
}


@pytest.mark.parametrize("case", ENTITIES)
def test_document_type_is_refused(database: Database, case: str) -> None:
    """A deposit has no document type and no entities of its own."""
    doctype = b"<!DOCTYPE x [" + ENTITIES[case] + b"]>\n"
    octets = small(other="<x:a>&d;</x:a>").replace(b"?>\n", b"?>\n" + doctype, 1)
    with pytest.raises(DepositDefect) as caught:
        load(database, octets)
    assert caught.value.defect is Defect.ENTITY_DECLARATION


def test_record_below_the_limit_is_read() -> None:
    """A large object that is not without measure is an object."""
    text = b"<x:a>" + b"x" * (MOST_RECORD // 2) + b"</x:a>"
    assert read_all(iter([OPEN, text, b"</e:contents></e:deposit>"])) == 2


def test_gzip_is_known_by_its_first_bytes(database: Database) -> None:
    """A compressed deposit is read whatever its name, also in several members."""
    octets = small()
    packed = gzip.compress(octets[:700]) + gzip.compress(octets[700:]) + bytes(512)
    assert load(database, packed).octets == len(octets)


@pytest.mark.parametrize("cut", [3, 12, 200])
def test_gzip_that_is_cut_off_is_refused(sqlite_url: str, cut: int) -> None:
    """A compressed deposit ends where it says."""
    database = Database.open(sqlite_url)
    packed = gzip.compress(small())
    with pytest.raises(DepositDefect) as caught:
        load(database, packed[:-cut])
    assert caught.value.defect is Defect.NOT_WELL_FORMED
    database.close()


@pytest.mark.parametrize("tail", [b"garbage", gzip.compress(b"x", mtime=0)[:-1]])
def test_gzip_with_garbage_behind_is_refused(sqlite_url: str, tail: bytes) -> None:
    """What follows a compressed deposit is another member or nothing."""
    database = Database.open(sqlite_url)
    with pytest.raises(DepositDefect) as caught:
        load(database, gzip.compress(small()) + tail)
    assert caught.value.defect is Defect.NOT_WELL_FORMED
    database.close()


def test_gzip_bomb_is_too_large() -> None:
    """A file that inflates beyond any deposit's ratio is refused on the way."""
    record = b"<x:a/>" * 1000
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb") as out:
        out.write(OPEN)
        for _ in range(20_000):
            out.write(record)
    packed.seek(0)
    with pytest.raises(DepositDefect) as caught:
        for _ in pieces(packed):
            pass
    assert caught.value.defect is Defect.TOO_LARGE


class OneByOne(io.RawIOBase):
    """A stream that gives one byte at a time, like a slow pipe."""

    def __init__(self, octets: bytes) -> None:
        self._octets = io.BytesIO(octets)

    def read(self, size: int = -1) -> bytes:
        return self._octets.read(1)


@pytest.mark.parametrize("octets", [small(), gzip.compress(small())])
def test_stream_may_come_in_any_pieces(octets: bytes) -> None:
    """A pipe that gives a byte at a time gives the same deposit."""
    assert read_all(pieces(OneByOne(octets))) == 4  # type: ignore[arg-type] # read is all it needs
