"""Shapes that real deposits have: all taken, and told."""

from __future__ import annotations

import json
import random
from string import ascii_letters

import pytest

from store.deposit.defects import Defect, DepositDefect, StrictRefusal
from store.deposit.remarks import Remark
from store.model import Role
from store.policy import RegistryPolicy, ZonePolicy
from store.sql.database import Database
from tests.store.deposit.deposits import (
    KINDS,
    NOW,
    URN,
    Part,
    a_contact,
    a_domain,
    a_form,
    a_host,
    a_registrar,
    an_nndn,
    deposit,
    hosts,
    line_in,
    links,
    load,
    one,
    remarks,
    small,
    table,
)


def micros(seconds: float) -> int:
    return round(seconds * 1_000_000)


def test_small_deposit_fills_the_tables(database: Database) -> None:
    """A name, its contact and its registrar arrive with all that the deposit says."""
    summary = load(database, small())
    domain = one(database, "domain", name="shop.example")
    contact = one(database, "contact", handle="CON1")
    registrar = one(database, "registrar", handle="REG-A")
    assert summary.objects == {"header": 1, "domain": 1, "contact": 1, "registrar": 1}
    assert (summary.type, summary.id, summary.zones, summary.domains) == (
        "FULL", "D1", ("example",), 1,
    )  # fmt: skip
    assert (domain["zone"], domain["roid"], domain["registrar"], domain["statuses"]) == (
        "example", "D-shop_example-EX", "REG-A", "",
    )  # fmt: skip
    assert domain["created"] == micros(1577836800)
    assert domain["created_by"] == "REG-A"
    assert (domain["privacy"], domain["disputed"], domain["version"]) == ("none", False, 1)
    assert (contact["name"], contact["city"], contact["email"], contact["unlinked_at"]) == (
        "Aroha Ngata", "Wellington", "aroha@example.net", None,
    )  # fmt: skip
    assert (registrar["gurid"], registrar["name_key"]) == (9995, "alphanamesltd")
    assert links(database, "shop.example") == dict.fromkeys(("registrant", "admin", "tech"), "CON1")


def test_import_writes_one_change_and_one_history_row(database: Database) -> None:
    """Readers are told once to drop everything, and the zone's history has one row."""
    before = len(table(database, "change_log"))
    load(database, small(), actor="operator")
    change = one(database, "change_log", subject="example")
    history = one(database, "history", kind="zone")
    assert change["kind"] == "everything"
    assert (change["xid"] is not None) is (database.dialect == "postgresql")
    assert len(table(database, "change_log")) == before + 1
    assert (history["subject"], history["action"], history["actor"]) == (
        "example", "import", "operator",
    )  # fmt: skip
    assert json.loads(history["changes"])["deposit"] == [None, "D1"]
    assert one(database, "zone", name="example") == {
        "name": "example",
        "last_full": "D1",
        "last_deposit": "D1",
        "watermark": micros(1790812800),
    }


def test_links_have_dates_and_random_handles(database: Database) -> None:
    """Each link has a public number of its own, and the import's date."""
    load(database, small())
    rows = table(database, "domain_contact")
    assert len({row["public_id"] for row in rows}) == 3
    assert all(0 <= row["public_id"] < 1 << 63 for row in rows)
    assert {row["since"] for row in rows} == {micros(NOW.timestamp())}


def test_dry_run_leaves_the_store_untouched(database: Database) -> None:
    """An import without a commit tells what it would do and keeps nothing."""
    summary = load(database, small(), commit=False)
    assert summary.domains == 1
    assert table(database, "domain") == []


def test_names_before_what_they_link_to_are_taken(database: Database) -> None:
    """Objects come in any order, the header last."""
    octets = small(a_host("ns1.shop.example", "192.0.2.1"))
    head_at, head_end = octets.index(b"<hd:header>"), octets.index(b"</hd:header>") + 12
    header = octets[head_at:head_end]
    moved = octets.replace(header, b"").replace(b"</e:contents>", header + b"</e:contents>")
    assert load(database, moved).domains == 1


def test_thin_names_are_taken(database: Database) -> None:
    """A name without any contact is a fact of life, and is told."""
    thin = a_domain(registrant=None, admin=None, tech=None)
    summary = load(database, deposit(thin, a_registrar()))
    assert links(database, "shop.example") == {}
    assert remarks(summary)[Remark.MISSING_ROLE] == 1


def test_roles_that_the_zone_does_not_ask_for_may_lack(database: Database) -> None:
    """Which contacts a name needs is its zone's policy, also under --strict."""
    policy = RegistryPolicy(
        zones={"example": ZonePolicy(profile="gtld", required_roles=frozenset({Role.ADMIN}))}
    )
    thin = a_domain("two.example", registrant=None, tech=None)
    summary = load(database, small(thin), strict=True, policy=policy)
    assert Remark.MISSING_ROLE not in remarks(summary)
    with pytest.raises(StrictRefusal) as caught:
        load(database, small(thin, id="D2"), strict=True, replace=True)
    assert caught.value.kind == Remark.MISSING_ROLE


def test_contact_without_phone_and_email_is_taken(database: Database) -> None:
    """Neither is there, and the missing e-mail is told."""
    octets = deposit(a_domain(), a_contact(voice=None, email=None), a_registrar())
    summary = load(database, octets)
    assert one(database, "contact", handle="CON1")["email"] is None
    assert remarks(summary)[Remark.MISSING_VALUE] == 1


def test_external_host_that_is_not_in_the_deposit_is_known_by_name(database: Database) -> None:
    """Somebody else's name server becomes a host without ROID and sponsor."""
    octets = deposit(a_domain(hosts=["NS1.Example.NET."]), a_contact(), a_registrar())
    summary = load(database, octets)
    host = one(database, "host", name="ns1.example.net")
    assert (host["roid"], host["registrar"]) == (None, None)
    assert hosts(database, "shop.example") == {"ns1.example.net": set()}
    assert remarks(summary)[Remark.EXTERNAL_HOST] == 1


def test_host_attributes_become_hosts_with_all_their_addresses(database: Database) -> None:
    """One name server that two names tell differently has the addresses of both."""

    def attribute(address: str) -> str:
        return (
            "<d:ns><ed:hostAttr><ed:hostName>ns1.shop.example</ed:hostName>"
            f'<ed:hostAddr ip="v6">{address}</ed:hostAddr></ed:hostAttr></d:ns>'
        )

    first = a_domain(inside=attribute("2001:0DB8:0:0:0:0:0:1"))
    second = a_domain("two.example", inside=attribute("2001:db8::2"))
    load(database, deposit(first, second, a_contact(), a_registrar()))
    both = {"ns1.shop.example": {"2001:db8::1", "2001:db8::2"}}
    assert hosts(database, "shop.example") == both
    assert hosts(database, "two.example") == both


def test_addresses_are_kept_in_their_one_spelling(database: Database) -> None:
    """IPv6 written long and the same address twice are one short one; nonsense goes."""
    host = a_host(
        "ns1.shop.example", "2001:0db8:0000:0000:0000:0000:0000:0001", "2001:DB8::1", "nowhere"
    )
    summary = load(database, small(host))
    assert [row["address"] for row in table(database, "host_address")] == ["2001:db8::1"]
    assert remarks(summary)[Remark.ODD_ADDRESS] == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2009-04-03T22:00:00.0Z", 1238796000_000000),
        ("2009-04-03T22:00:00Z", 1238796000_000000),
        ("2009-04-03T22:00:00", 1238796000_000000),
        ("2009-04-04T10:00:00+12:00", 1238796000_000000),
        ("2009-04-03T17:30:00.123456789-04:30", 1238796000_123456),
        ("2009-04-03T24:00:00Z", 1238803200_000000),
        ("\n  2009-04-03T22:00:00Z  ", 1238796000_000000),
        ("yesterday", None),
        ("2009-02-30T00:00:00Z", None),
        ("2009-04-03T25:00:00Z", None),
        ("0001-01-01T00:00:00-14:00", -62135546400_000000),
        ("0001-01-01T00:00:00+14:00", None),
        ("0001-01-02T00:00:00+99:99", None),
        ("2009-04-03T22:00:00-99:99", None),
        ("2009-04-03T22:00:00+14:01", None),
        ("2009-04-03T22:00:00+13:60", None),
    ],
)
def test_instants_are_exact(sqlite_url: str, text: str, expected: int | None) -> None:
    """Offsets and fractions are kept to the microsecond; what is no instant is none."""
    database = Database.open(sqlite_url)
    load(database, deposit(a_domain(created=text), a_contact(), a_registrar()))
    assert one(database, "domain", name="shop.example")["created"] == expected
    database.close()


def test_dates_before_the_first_year_are_told(database: Database) -> None:
    """A date that no year of UTC has is remarked and left out."""
    summary = load(database, small(a_domain("two.example", created="0001-01-01T00:00:00+14:00")))
    assert remarks(summary)[Remark.UNREADABLE_VALUE] == 1
    assert one(database, "domain", name="two.example")["created"] is None


def test_long_texts_are_cut_and_told(database: Database) -> None:
    """A text of any length is taken as far as the store has room for it."""
    long = "".join(random.Random(0).choices(ascii_letters, k=12_000))
    contact = a_contact("CON2", name=long, city="Wellington")
    summary = load(database, small(contact, a_registrar("REG-B", long)))
    assert one(database, "contact", handle="CON2")["name"] == long[:4096]
    registrar = one(database, "registrar", handle="REG-B")
    assert (registrar["name"], registrar["name_key"]) == (long[:4096], long[:500].lower())
    assert remarks(summary)[Remark.ODD_LENGTH] == 3


def test_never_created_and_never_updated_stay_unknown(database: Database) -> None:
    """A date that the deposit lacks is no date."""
    load(database, deposit(a_domain(created=None, expires=None), a_contact(), a_registrar()))
    domain = one(database, "domain", name="shop.example")
    assert (domain["created"], domain["updated"], domain["expires"]) == (None, None, None)


def test_upper_case_and_unicode_names_have_one_form(database: Database) -> None:
    """Names are lower-case A-labels inside, however the deposit spells them."""
    parts = a_domain("SHOP.Example"), a_domain("bücher.example"), a_contact(), a_registrar()
    summary = load(database, deposit(*parts, tld="EXAMPLE"))
    names = [row["name"] for row in table(database, "domain")]
    assert sorted(names) == ["shop.example", "xn--bcher-kva.example"]
    assert remarks(summary)[Remark.UPPER_CASE] == 3  # and the header's


def test_names_that_idna_no_longer_allows_are_taken(database: Database) -> None:
    """An old registration is what it is, and is told."""
    summary = load(database, deposit(a_domain("xn--ls8h.example"), a_contact(), a_registrar()))
    assert one(database, "domain", name="xn--ls8h.example")["zone"] == "example"
    assert remarks(summary)[Remark.ODD_NAME] == 1


def test_localised_form_is_primary_and_the_other_is_kept(database: Database) -> None:
    """Of two forms `loc` is shown and `int` is kept beside it (D-20)."""
    forms = a_form("int", name="Juergen Gross", city="Koeln") + a_form(
        "loc", name="Jürgen Groß", city="Köln"
    )
    load(database, deposit(a_domain(), a_contact(forms=forms), a_registrar()))
    contact = one(database, "contact", handle="CON1")
    second = one(database, "contact_second_form", contact_id=contact["id"])
    assert (contact["postal_type"], contact["name"]) == ("loc", "Jürgen Groß")
    assert (second["name"], second["city"]) == ("Juergen Gross", "Koeln")


def test_international_form_alone_is_primary(database: Database) -> None:
    """Where there is `int` alone it is shown."""
    load(database, deposit(a_domain(), a_contact(kind="int"), a_registrar()))
    assert one(database, "contact", handle="CON1")["postal_type"] == "int"
    assert table(database, "contact_second_form") == []


def test_statuses_are_stored_without_the_computed_ones(database: Database) -> None:
    """`ok`, `inactive`, `linked` and a contact's pendingDelete are computed (D-28)."""
    domain = a_domain(
        status=("inactive", "serverHold", "clientHold"),
        inside='<d:rgpStatus s="autoRenewPeriod"/><d:status s="odd">x</d:status>'
        '<d:status s="clientUpdateProhibited" lang="en">asked by phone</d:status>',
    )
    contact = a_contact(status=("linked", "pendingDelete", "serverUpdateProhibited"))
    summary = load(database, deposit(domain, contact, a_registrar()))
    assert one(database, "domain", name="shop.example")["statuses"] == (
        "autoRenewPeriod clientHold clientUpdateProhibited serverHold"
    )
    assert one(database, "contact", handle="CON1")["statuses"] == "serverUpdateProhibited"
    told = remarks(summary)
    assert (told[Remark.STATUS_TEXT], told[Remark.UNKNOWN_STATUS]) == (2, 2)


@pytest.mark.parametrize(
    ("flag", "expected"),
    [
        ("1", {"email": 1790812800_000000, "name": 1790812800_000000}),
        ("0", {"email": None, "name": None}),
    ],
)
def test_disclosure_is_consent_dated_by_the_watermark(
    sqlite_url: str, flag: str, expected: dict[str, int | None]
) -> None:
    """Flag 1 is consent of the watermark's date, flag 0 hides; the primary form counts (D-29)."""
    database = Database.open(sqlite_url)
    said = (
        f'<c:disclose flag="{flag}"><ec:name type="loc"/><ec:org type="int"/><ec:email/>'
        "</c:disclose>"
    )
    load(database, deposit(a_domain(), a_contact(after=said), a_registrar()))
    assert json.loads(one(database, "contact", handle="CON1")["disclosures"]) == expected
    database.close()


def test_transfer_is_kept(database: Database) -> None:
    """The last transfer is kept as the deposit tells it."""
    told = (
        "<d:trDate>2024-02-06T10:00:00Z</d:trDate><d:trnData><d:trStatus>clientApproved"
        "</d:trStatus><d:reRr>REG-A</d:reRr><d:reDate>2024-02-01T10:00:00Z</d:reDate>"
        "<d:acRr>REG-GONE</d:acRr><d:acDate>2024-02-06T10:00:00Z</d:acDate></d:trnData>"
    )
    summary = load(database, deposit(a_domain(after=told), a_contact(), a_registrar()))
    domain = one(database, "domain", name="shop.example")
    assert domain["transferred"] == 1707213600_000000
    assert json.loads(domain["transfer"]) == {
        "status": "clientApproved",
        "requested_by": "REG-A",
        "requested": 1706781600_000000,
        "acted_by": "REG-GONE",
        "acted": 1707213600_000000,
    }
    assert remarks(summary)[Remark.UNKNOWN_REGISTRAR] == 1


def test_billing_link_is_kept(database: Database) -> None:
    """Billing links are loaded like the others (8.5.5)."""
    octets = deposit(a_domain(billing="CON2"), a_contact(), a_contact("CON2"), a_registrar())
    load(database, octets)
    assert links(database, "shop.example")["billing"] == "CON2"
    assert one(database, "contact", handle="CON2")["unlinked_at"] is None


def test_signed_name_is_kept(database: Database) -> None:
    """DS and key data and the signatures' life arrive, digests in upper case."""
    secure = (
        "<d:secDNS><sec:maxSigLife>604800</sec:maxSigLife><sec:dsData><sec:keyTag>12345"
        "</sec:keyTag><sec:alg>13</sec:alg><sec:digestType>2</sec:digestType><sec:digest>"
        + "ab\n" * 32
        + "</sec:digest></sec:dsData></d:secDNS>"
    )
    load(database, deposit(a_domain(after=secure), a_contact(), a_registrar()))
    row = one(database, "domain_dnssec", key_tag=12345)
    assert (row["digest"], row["digest_type"], row["position"]) == ("AB" * 32, 2, 0)
    assert one(database, "domain", name="shop.example")["max_sig_life"] == 604800


def test_reserved_and_blocked_names_are_kept(database: Database) -> None:
    """NNDN objects become reserved names, blocked ones marked so."""
    parts = an_nndn(), an_nndn("brand.example", "blocked"), an_nndn("m.example", "mirrored")
    load(database, small(*parts))
    assert {row["name"]: row["blocked"] for row in table(database, "reserved_name")} == {
        "kept.example": False,
        "brand.example": True,
        "m.example": False,
    }


def test_what_is_not_kept_is_told(database: Database) -> None:
    """IDN tables, EPP parameters and unknown extensions are passed over and counted."""
    idn = Part("idn", f'<i:idnTableRef xmlns:i="{URN}rdeIDN-1.0" id="Latn"/>')
    epp = Part("epp", f'<p:eppParams xmlns:p="{URN}rdeEppParams-1.0"/>')
    other = f'<x:thing><x:name>a</x:name></x:thing><p:policy xmlns:p="{URN}rdePolicy-1.0"/>'
    domain = a_domain(inside="<x:extra>1</x:extra>")
    summary = load(database, deposit(domain, a_contact(), a_registrar(), idn, epp, other=other))
    told = remarks(summary)
    for kind in (
        Remark.IDN_TABLE,
        Remark.EPP_PARAMETERS,
        Remark.POLICY_OBJECT,
        Remark.UNKNOWN_OBJECT,
        Remark.UNKNOWN_EXTENSION,
    ):
        assert told[kind] == 1


def test_registrar_without_iana_id_is_taken(database: Database) -> None:
    """A registrar need not have an IANA id (D-34)."""
    summary = load(database, deposit(a_domain(), a_contact(), a_registrar(gurid=None)))
    assert one(database, "registrar", handle="REG-A")["gurid"] is None
    assert remarks(summary)[Remark.NO_IANA_ID] == 1


def test_registrar_address_and_server_are_kept(database: Database) -> None:
    """Address, phone, web and WHOIS server of a registrar arrive."""
    after = (
        '<r:postalInfo type="int"><r:addr><r:street>Int</r:street><r:city>I</r:city>'
        '<r:cc>DE</r:cc></r:addr></r:postalInfo><r:postalInfo type="loc"><r:addr>'
        "<r:street>Straße 1</r:street><r:city>Köln</r:city><r:cc>de</r:cc></r:addr>"
        '</r:postalInfo><r:voice x="7">+49.2215550100</r:voice><r:email>a@example.net</r:email>'
        "<r:url>https://a.example.net/</r:url><r:whoisInfo><r:name>whois.example.net</r:name>"
        "</r:whoisInfo>"
    )
    load(database, deposit(a_domain(), a_contact(), a_registrar(after=after)))
    row = one(database, "registrar", handle="REG-A")
    assert [row[k] for k in ("street1", "city", "cc", "voice", "voice_ext", "whois_server")] == [
        "Straße 1", "Köln", "DE", "+49.2215550100", "7", "whois.example.net",
    ]  # fmt: skip


def test_padded_values_are_trimmed(database: Database) -> None:
    """Blanks and line ends around and inside values come from pretty printing."""
    contact = a_contact(
        "\n  CON1 \n", roid=" CON1-EX\t", name="\n   Aroha\n   Ngata ", email=" a@example.net\n"
    )
    domain = a_domain("\n shop.example\n", registrant=" CON1\n", registrar="\n REG-A ")
    load(database, deposit(domain, contact, a_registrar(" REG-A\n"), tld="\n example "))
    row = one(database, "contact", handle="CON1")
    assert (row["roid"], row["name"], row["email"]) == ("CON1-EX", "Aroha Ngata", "a@example.net")
    assert links(database, "shop.example")["registrant"] == "CON1"


def test_control_characters_become_blanks(database: Database) -> None:
    """What no value may hold never reaches the store, and is told (D-08)."""
    summary = load(
        database, deposit(a_domain(), a_contact(name="A\x9bB\u202eC\u2028D"), a_registrar())
    )
    assert one(database, "contact", handle="CON1")["name"] == "A B C D"
    assert remarks(summary)[Remark.CONTROL_CHARACTER] == 1


def test_odd_values_are_taken_and_told_with_examples(database: Database) -> None:
    """A phone of odd length and a one-letter organisation are facts of life."""
    contact = a_contact(voice="+64.1", org="X", cc="nz", email="no-at-sign")
    octets = deposit(a_domain(), contact, a_registrar())
    summary = load(database, octets)
    row = one(database, "contact", handle="CON1")
    assert (row["voice"], row["org"], row["cc"], row["email"]) == (
        "+64.1", "X", "NZ", "no-at-sign",
    )  # fmt: skip
    told = {remark.kind: remark for remark in summary.remarks}
    assert told[Remark.ODD_PHONE].examples[0].subject == "contact CON1"
    assert told[Remark.ODD_PHONE].examples[0].line == line_in(octets, "<c:contact>")
    assert {Remark.ODD_LENGTH, Remark.ODD_EMAIL, Remark.UPPER_CASE} <= told.keys()


def test_examples_are_few_and_counts_are_whole(database: Database) -> None:
    """However often a fact recurs, three examples are kept and all are counted."""
    many = [a_contact(f"CON{i}", voice="+64.1") for i in range(1, 8)]
    summary = load(database, deposit(a_domain(), *many, a_registrar()))
    (told,) = [r for r in summary.remarks if r.kind == Remark.ODD_PHONE]
    assert (told.count, len(told.examples)) == (7, 3)


@pytest.mark.parametrize("encoding", ["UTF-16", "ISO-8859-1"])
def test_other_encodings_are_read(sqlite_url: str, encoding: str) -> None:
    """A deposit in another encoding is the same deposit."""
    database = Database.open(sqlite_url)
    octets = deposit(a_domain(), a_contact(name="Zoé"), a_registrar())
    load(database, octets.decode().replace("UTF-8", encoding).encode(encoding))
    assert one(database, "contact", handle="CON1")["name"] == "Zoé"
    database.close()


def test_contact_without_links_ages_from_the_import(database: Database) -> None:
    """An orphan's clock starts when it is first seen."""
    load(database, small(a_contact("CON2")))
    assert one(database, "contact", handle="CON2")["unlinked_at"] == micros(NOW.timestamp())


def test_missing_roids_are_taken(database: Database) -> None:
    """A contact always has a ROID; a name or host may have none."""
    parts = a_domain(roid=None), a_contact(roid=None), a_host(roid=None), a_registrar()
    summary = load(database, deposit(*parts), repository="REPO")
    assert one(database, "contact", handle="CON1")["roid"] == "C1-REPO"
    assert one(database, "domain", name="shop.example")["roid"] is None
    assert remarks(summary)[Remark.MISSING_ROID] == 3


def test_names_below_other_labels_fill_zones_of_their_own(database: Database) -> None:
    """A registry of `nz` with names in `co.nz` fills both zones, and is told so."""
    octets = deposit(
        a_domain("shop.nz"), a_domain("shop.co.nz"), a_contact(), a_registrar(), tld="nz"
    )
    summary = load(database, octets)
    assert one(database, "domain", name="shop.co.nz")["zone"] == "co.nz"
    assert summary.zones == ("co.nz", "nz")
    assert {row["name"] for row in table(database, "zone")} == {"nz", "co.nz"}
    assert Remark.BELOW_ZONE in remarks(summary)


def test_registrar_deposit_fills_the_zones_of_its_names(database: Database) -> None:
    """A registrar's own deposit speaks for names in many zones."""
    header = "<hd:header><hd:registrar>9995</hd:registrar>" + "".join(
        f'<hd:count uri="{URN}{KINDS[kind]}">{count}</hd:count>'
        for kind, count in {"domain": 2, "contact": 1, "registrar": 1}.items()
    )
    octets = deposit(
        a_domain("a.example"),
        a_domain("b.test"),
        a_contact(),
        a_registrar(),
        header=header + "</hd:header>",
    )
    assert load(database, octets).zones == ("example", "test")


def test_menu_may_name_the_header_and_policies(database: Database) -> None:
    """What is never counted may stand in the menu."""
    menu = [URN + KINDS[k] for k in ("domain", "contact", "registrar")]
    menu += [URN + "rdeHeader-1.0", URN + "rdePolicy-1.0", URN + "secDNS-1.1"]
    assert load(database, small(menu=menu)).domains == 1


def test_unknown_kind_in_the_menu_is_told(database: Database) -> None:
    """A menu may offer what this program doesn't know; who imports should (8.1.6)."""
    known = [URN + KINDS[kind] for kind in ("domain", "contact", "registrar")]
    summary = load(database, small(menu=[*known, "urn:example:other-1.0"]))
    assert remarks(summary) == {Remark.UNKNOWN_OBJECT: 1}


def test_two_headers_are_refused(database: Database) -> None:
    """A deposit has one header."""
    with pytest.raises(DepositDefect) as caught:
        load(database, small(other="<hd:header><hd:tld>x</hd:tld></hd:header>"))
    assert caught.value.defect is Defect.DUPLICATE_OBJECT
