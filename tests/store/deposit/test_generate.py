"""Generated deposits: valid, the same bytes for a seed, and read back whole."""

from __future__ import annotations

import io
import re
from collections import Counter
from importlib.resources import files

import pytest
from lxml import etree

from store.deposit.generate import _Deposit, write_deposit
from store.deposit.remarks import ENTRY_RULES
from store.errors import RegistryError
from store.sql.database import Database
from tests.store.deposit.deposits import links, load, remarks, table

URN = "{urn:ietf:params:xml:ns:"

# The order of children by RFC 9022's schemas; `?`, `*`, `+` as in a pattern.
ORDER = {
    "rdeDomain-1.0}domain": "name roid uName? idnTableId? originalName? status+ rgpStatus*"
    " registrant? contact* ns? clID crRr? crDate? exDate? upRr? upDate? secDNS? trDate? trnData?",
    "rdeHost-1.0}host": "name roid status+ addr* clID crRr? crDate? upRr? upDate? trDate?",
    "rdeContact-1.0}contact": "id roid status+ postalInfo+ voice? fax? email clID crRr? crDate?"
    " upRr? upDate? trDate? trnData? disclose?",
    "rdeRegistrar-1.0}registrar": "id name gurid? status? postalInfo* voice? fax? email? url?"
    " whoisInfo? crDate? upDate?",
    "rdeIDN-1.0}idnTableRef": "url urlPolicy",
    "rdeNNDN-1.0}NNDN": "aName uName? idnTableId? originalName? nameState crDate?",
    "rdeEppParams-1.0}eppParams": "version+ lang+ objURI+ svcExtension? dcp",
    "rdeHeader-1.0}header": "tld count+",
    "contact-1.0}addr": "street* city sp? pc? cc",
    "rdeContact-1.0}postalInfo": "name org? addr",
    "rdeDomain-1.0}trnData": "trStatus reRr reDate acRr acDate exDate?",
    "rde-1.0}deposit": "watermark rdeMenu deletes? contents?",
    "rde-1.0}rdeMenu": "version objURI+",
}


def generated(domains: int, **options: object) -> bytes:
    stream = io.BytesIO()
    write_deposit(stream, domains=domains, **options)  # type: ignore[arg-type] # as its own
    return stream.getvalue()


def sample(name: str) -> bytes:
    return (files("store") / "sample" / name).read_bytes()


def order_breaches(octets: bytes) -> list[str]:
    """Give the elements whose children are not in the schema's order."""
    breaches = []
    for element in etree.fromstring(octets).iter():
        order = ORDER.get(str(element.tag).removeprefix(URN))
        if order is not None:
            words = [
                f"(?:{word.rstrip('?*+')} ){word[len(word.rstrip('?*+')) :]}"
                for word in order.split()
            ]
            children = "".join(f"{etree.QName(child).localname} " for child in element)
            if not re.fullmatch("".join(words), children):
                breaches.append(f"{element.tag}: {children}")
    return breaches


@pytest.mark.parametrize(
    "octets",
    [generated(0), generated(300, seed=3), sample("deposit.xml"), sample("co_deposit.xml")],
    ids=["empty", "generated", "sample", "second sample"],
)
def test_children_are_in_the_schemas_order(octets: bytes) -> None:
    """What we write ourselves has the order of RFC 8909 and RFC 9022."""
    assert order_breaches(octets) == []


def test_same_seed_gives_the_same_bytes() -> None:
    """A seed fixes every byte, and another one changes them."""
    assert generated(50, seed=1) == generated(50, seed=1)
    assert generated(50, seed=1) != generated(50, seed=2)


def test_form_is_what_scripts_count_on() -> None:
    """XML declaration, double quotes, the name first in each domain."""
    text = generated(50).decode()
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n')
    assert not re.search(r"=\s*'", text)
    assert text.count("<rdeDomain:domain>\n<rdeDomain:name>") == 50


def test_generated_deposit_passes_strict_and_round_trips(database: Database) -> None:
    """All that is generated is loaded, and no value breaks an entry rule."""
    octets = generated(300, seed=7)
    summary = load(database, octets, strict=True)
    root = etree.fromstring(octets)
    told = Counter(str(element.tag) for element in root.iter())
    assert summary.domains == 300 == len(table(database, "domain"))
    assert len(table(database, "contact")) == 300
    assert len(table(database, "host")) == told[f"{URN}rdeHost-1.0}}host"]
    assert len(table(database, "domain_host")) == told[f"{URN}domain-1.0}}hostObj"]
    assert len(table(database, "domain_dnssec")) == told[f"{URN}secDNS-1.1}}dsData"]
    assert len(table(database, "domain_contact")) == (
        told[f"{URN}rdeDomain-1.0}}registrant"] + told[f"{URN}rdeDomain-1.0}}contact"]
    )
    assert len(table(database, "contact_second_form")) > 0
    for name in [row["name"] for row in table(database, "domain")][::50]:
        assert {"registrant", "admin", "tech"} <= links(database, name).keys()


def test_generated_deposit_shows_every_shape() -> None:
    """Billing, shared contacts, IDN, glue, DS, disclosure and both forms are in it."""
    text = generated(300).decode()
    for shape in (
        'type="billing"', "<rdeDomain:uName>", '<rdeHost:addr ip="v6">', "<secDNS:dsData>",
        'disclose flag="1"', 'disclose flag="0"', 'type="int"', "<rdeNNDN:NNDN>",
        "<rdeEppParams:eppParams>", "<rdeIDN:idnTableRef", 's="clientTransferProhibited"',
        's="redemptionPeriod"', "<rdeDomain:trnData>",
    ):  # fmt: skip
        assert shape in text
    holders = Counter(re.findall(r"<rdeDomain:registrant>(\w+)", text))
    assert max(holders.values()) > 1


def test_zone_may_be_an_idn(sqlite_url: str) -> None:
    """A zone is given in any spelling."""
    database = Database.open(sqlite_url)
    assert load(database, generated(30, zone="Bücher"), strict=True).zones == ("xn--bcher-kva",)
    database.close()


def test_zones_side_by_side_share_no_id(database: Database) -> None:
    """Two zones' generated deposits go into one store, and nobody becomes another."""
    load(database, generated(40))
    summary = load(database, generated(40, zone="test"), strict=True)
    assert summary.domains == 40
    assert not {"roid-taken", "foreign-object"} & remarks(summary).keys()
    assert len(table(database, "contact")) == len(table(database, "domain")) == 80
    assert None not in {row["roid"] for row in table(database, "domain")}
    assert {row["version"] for row in table(database, "contact")} == {1}


def test_ids_have_the_lengths_of_the_schemas() -> None:
    """An id has up to 16 characters, also in the largest deposit of any zone."""
    source = _Deposit(domains=100_000_000, zone="co.example", seed=0)
    text = source._contact(99_999_999)
    (handle,) = re.findall(r"<rdeContact:id>(.+)</", text)
    (roid,) = re.findall(r"<rdeContact:roid>(.+)</", text)
    assert len(handle) == 16
    assert re.fullmatch(r"\w{1,80}-\w{1,8}", roid)


def test_wrong_numbers_and_zones_are_refused() -> None:
    """No deposit is written for less than no names, or for no zone."""
    with pytest.raises(ValueError, match="negative"):
        generated(-1)
    with pytest.raises(RegistryError):
        generated(1, zone="two words")


def test_sample_passes_strict_and_has_two_zones(database: Database) -> None:
    """The shipped sample loads, zone by zone, and breaks no entry rule."""
    for name in ("deposit.xml", "co_deposit.xml"):
        summary = load(database, sample(name), strict=True)
        assert not ENTRY_RULES & remarks(summary).keys()
    zones = Counter(row["zone"] for row in table(database, "domain"))
    assert zones == {"example": 8, "co.example": 3}
    assert links(database, "shop.example") == {
        "registrant": "AROHA1",
        "admin": "AROHA1",
        "tech": "TEKAU1",
        "billing": "PUTEA1",
    }
