"""Questions of port 43: any bytes give a query or a refusal."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.queries import (
    FindDomain,
    FindHelp,
    FindHost,
    FindName,
    FindRegistrar,
    ListHosts,
    LookUp,
)
from whois43.charset import Charset
from whois43.parse import Question, Refusal, parse_line

SHOP = FindName(name="shop.example", text="shop.example")
QUERIES = (FindDomain, FindHelp, FindHost, FindName, FindRegistrar, ListHosts)


def domain(name: str = "shop.example") -> FindDomain:
    """Ask for a domain."""
    return FindDomain(name=name)


def hosts(address: str) -> ListHosts:
    """Ask for the name servers of an address."""
    return ListHosts(address=ip_address(address))


@pytest.mark.parametrize(
    ("line", "query"),
    [
        (b"shop.example", SHOP),
        (b"shop.example\r\n", SHOP),
        (b"  shop.example\t ", SHOP),
        (b"\xef\xbb\xbfshop.example", SHOP),
        (b'"shop.example"', SHOP),
        (b"Shop.EXAMPLE.", FindName(name="shop.example", text="Shop.EXAMPLE.")),
        ("Bücher.example".encode(), FindName(name="xn--bcher-kva.example", text="Bücher.example")),
        (b"domain.example", FindName(name="domain.example", text="domain.example")),
        (b"domain shop.example", domain()),
        (b"DOMAIN\t Shop.Example.", domain()),
        (b'domain "shop.example"', domain()),
        (b'"domain shop.example"', domain()),
        ("domain bücher。example".encode(), domain("xn--bcher-kva.example")),
        (b"domain XN--BCHER-KVA.example", domain("xn--bcher-kva.example")),
        (b"domain domain", domain("domain")),
        (b"nameserver ns1.shop.example", FindHost(name="ns1.shop.example")),
        (b"NameServer NS1.Shop.Example.", FindHost(name="ns1.shop.example")),
        (b"nameserver (192.0.2.1)", hosts("192.0.2.1")),
        (b"nameserver ( 192.0.2.1 )", hosts("192.0.2.1")),
        (b"nameserver 2001:DB8:0::1", hosts("2001:db8::1")),
        (b"192.0.2.1", hosts("192.0.2.1")),
        (b"(2001:db8::1)", hosts("2001:db8::1")),
        (b"[2001:db8::1]", hosts("2001:db8::1")),
        (b"nameserver [2001:db8::1]", hosts("2001:db8::1")),
        (b"Version 2.0", FindName(name=None, text="Version 2.0")),
        (b"Domains(NZ)", FindName(name=None, text="Domains(NZ)")),
        (b"registrar Example Registrar, Inc.", FindRegistrar(text="Example Registrar, Inc.")),
        (b'registrar  "Example\tRegistrar"', FindRegistrar(text="Example Registrar")),
        (b"Registrar domain", FindRegistrar(text="domain")),
        (b"9995", FindName(name="9995", text="9995")),
        (b"Example Registrar, Inc.", FindName(name=None, text="Example Registrar, Inc.")),
        (b"no_name", FindName(name=None, text="no_name")),
        (b"help desk", FindName(name=None, text="help desk")),
        (b"", FindHelp()),
        (b"\r\n", FindHelp()),
        (b" \t ", FindHelp()),
        (b'""', FindHelp()),
        (b"HELP", FindHelp()),
        (b"?", FindHelp()),
    ],
)
def test_question_in_a_legal_form_gives_its_query(line: bytes, query: LookUp) -> None:
    """D-09: the forms of 6.2 are read in any case, with blanks, tabs, quotes and one final dot."""
    assert parse_line(line).query == query


@pytest.mark.parametrize(
    ("line", "query"),
    [
        (b"-T dn,ace shop.example", SHOP),
        (b"-Tdn,ace shop.example", SHOP),
        (b"-C UTF-8 -T dn,ace domain shop.example", domain()),
        (b"-rBT dn shop.example", SHOP),
        (b"-r -B shop.example", SHOP),
        (b"-V Md5.5 --show-handles shop.example", SHOP),
        (b"--charset=utf-8 shop.example", SHOP),
        (b"--charset latin-1 shop.example", SHOP),
        (b"-h whois.test -p 43 shop.example", SHOP),
        (b"-- shop.example", SHOP),
        (b"- shop.example", SHOP),
        (b"blog.example -T dn", FindName(name="blog.example", text="blog.example")),
        (b"-r shop.example -T dn,ace --show-handles", SHOP),
        (b"192.0.2.1 -r", hosts("192.0.2.1")),
        (b"2001:db8::1 -r", hosts("2001:db8::1")),
        (b"domain shop.example -C UTF-8", domain()),
        (b"nameserver ns1.shop.example -r", FindHost(name="ns1.shop.example")),
        (b"domain -T dn,ace Shop.example", domain()),
        (b"-r nameserver -B ns1.shop.example -C ascii", FindHost(name="ns1.shop.example")),
        (b"help -C latin-1", FindHelp()),
        (b"-T dn,ace", FindHelp()),
        (b"-T", FindHelp()),
        (b"--help", FindHelp()),
    ],
)
def test_flags_are_stripped_with_their_values(line: bytes, query: LookUp) -> None:
    """No flag and no value of a flag is taken for the name (6.2.7)."""
    assert parse_line(line).query == query


@pytest.mark.parametrize(
    "text", ["Example.com - Domains Inc", "Nga Domains -Online", "shop.example -T dn more"]
)
def test_hyphens_within_a_phrase_are_no_flags(text: str) -> None:
    """A registrar's name is looked for as it was written."""
    assert parse_line(text.encode()).query == FindName(name=None, text=text)


@pytest.mark.parametrize("keyword", ["", "nameserver "])
@pytest.mark.parametrize(
    "text", ["fe80::1%eth0", "192.0.2.256", "192.0.2", "2001:db8::/32", "[2001:db8::g]", "1.2.3.4."]
)
def test_bad_address_is_refused_as_one(keyword: str, text: str) -> None:
    """What was meant as an address is no registrar, name or name server that is missing."""
    refusal = Refusal(message="Not an IPv4 or IPv6 address.")
    assert parse_line((keyword + text).encode()).query == refusal


@pytest.mark.parametrize(
    "line",
    [
        b"domain",
        b"NAMESERVER",
        b"registrar",
        b"domain shop..example",
        b"domain shop.example..",
        b"shop.example..",
        b"domain -shop.example",
        b"domain sho_p.example",
        b"domain shop example",
        b"domain xn--zzzzzz.example",
        b"xn--zzzzzz.example",
        b"domain " + b"a" * 64 + b".example",
        b".",
        b"..",
        b"nameserver (ns1.shop.example)",
        b"nameserver fe80::1%eth0",
        b"nameserver 2001:db8::/32",
        b"b\xfccher",
        b"registrar B\xfccher",
        b"B\xfccher Ltd",
        b"b\xfc\x85cher.example",
        b"-C UTF-8 b\xfccher.example",
        b"-C US-ASCII b\xfccher.example",
        "-C US-ASCII bücher.example".encode(),
        b"\xff\xf4\xff\xfd\x06",
        b"shop.example\x00",
        b"shop\x1b[2J.example",
        "shop\u2028.example".encode(),
        "registrar A\u0085B".encode(),
    ],
)
def test_line_that_asks_nothing_is_refused(line: bytes) -> None:
    """D-09: an illegal name or address, a lone keyword and foreign bytes get a refusal."""
    assert isinstance(parse_line(line).query, Refusal)


BOOKS = FindName(name="xn--bcher-kva.example", text="bücher.example")


@pytest.mark.parametrize(
    ("line", "query"),
    [
        (b"b\xfccher.example", BOOKS),
        (b"-T dn b\xfccher.example", BOOKS),
        (b"domain b\xfccher.example\r\n", domain("xn--bcher-kva.example")),
        (b"domain b\xfccher", domain("xn--bcher-kva")),
        (b"nameserver ns.b\xfccher.example", FindHost(name="ns.xn--bcher-kva.example")),
    ],
)
def test_legal_name_in_latin_1_is_read_though_nobody_said_so(line: bytes, query: LookUp) -> None:
    """What is no UTF-8 but a name in Latin-1 is meant as one; its answer is in UTF-8 (6.1.8)."""
    assert parse_line(line) == Question(query=query, charset=Charset.UTF_8)


@pytest.mark.parametrize(
    ("line", "query", "charset"),
    [
        (b"-C ISO-8859-1 b\xfccher.example", BOOKS, Charset.LATIN_1),
        (b"-C latin1 domain shop.example", domain(), Charset.LATIN_1),
        (b"-T dn -rC iso8859-1 b\xfccher.example", BOOKS, Charset.LATIN_1),
        (b"-CISO-8859-1 registrar B\xfccher", FindRegistrar(text="Bücher"), Charset.LATIN_1),
        (b"--charset=ISO_8859-1 shop.example", SHOP, Charset.LATIN_1),
        (b"--charset latin-1 shop.example", SHOP, Charset.LATIN_1),
        (b"shop.example -C US-ASCII", SHOP, Charset.ASCII),
        (b"-C UTF-8 -C us-ascii shop.example", SHOP, Charset.ASCII),
        ("-C utf8 bücher.example".encode(), BOOKS, Charset.UTF_8),
        ("-C KOI8-R bücher.example".encode(), BOOKS, Charset.UTF_8),
        (b"-C KOI8-R b\xfccher.example", BOOKS, Charset.UTF_8),
        (b"-C US-ASCII", FindHelp(), Charset.ASCII),
        (b"-C", FindHelp(), Charset.UTF_8),
    ],
)
def test_flag_names_the_character_set_of_question_and_answer(
    line: bytes, query: LookUp, charset: Charset
) -> None:
    """Three sets are spoken, in any spelling; another name is passed over as any flag is."""
    assert parse_line(line) == Question(query=query, charset=charset)


def test_latin_1_wins_over_bytes_that_happen_to_be_utf_8() -> None:
    """Who names a set is believed: these two bytes are two letters and not one."""
    question = parse_line(b"-C ISO-8859-1 registrar \xc3\xbc")
    assert question == Question(query=FindRegistrar(text="Ã¼"), charset=Charset.LATIN_1)


WORDS = st.sampled_from(
    [
        b"domain",
        b"nameserver",
        b"registrar",
        b"help",
        b"-T",
        b"-C",
        b"latin1",
        b"--",
        b'"',
        b"(",
        b"xn--",
        b".",
        b":",
    ]
)


@given(st.lists(st.one_of(WORDS, st.binary(max_size=40)), max_size=8).map(b" ".join))
def test_any_bytes_give_a_query_or_a_refusal(line: bytes) -> None:
    """The parser never raises, and a refusal repeats nothing that could look like a record."""
    question = parse_line(line).query
    if isinstance(question, Refusal):
        assert question.message.isascii()
        assert question.message.isprintable()
    else:
        assert isinstance(question, QUERIES)


@given(st.text(max_size=200))
def test_any_text_gives_a_query_or_a_refusal(text: str) -> None:
    """The same for Unicode text, where the tables of IDNA are reached."""
    for prefix in ("", "domain ", "nameserver "):
        question = parse_line((prefix + text).encode("utf-8", "replace")).query
        assert isinstance(question, (Refusal, *QUERIES))
