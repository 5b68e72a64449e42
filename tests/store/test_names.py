from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.errors import Code, RegistryError
from store.names import (
    Split,
    _international_name,
    ascii_name,
    parse_address,
    split_name,
    unicode_name,
)
from tests.store.validation.refusals import outcome, refused

L63 = "x" * 63
LONGEST = ".".join([L63, L63, L63, "x" * 61])  # 253 octets

SPELLINGS = [
    # conformance.md 1.5.1, 1.5.2
    ("ExAmPlE.TLD", "example.tld"),
    ("shop.example.", "shop.example"),
    ("Bücher.example.", "xn--bcher-kva.example"),
    # 1.5.3, 1.5.4: A-labels, U-labels, and a mixture.
    ("xn--bcher-kva.example", "xn--bcher-kva.example"),
    ("XN--BCHER-KVA.Example", "xn--bcher-kva.example"),
    ("bücher.example", "xn--bcher-kva.example"),
    ("bücher.xn--bcher-kva.example", "xn--bcher-kva.xn--bcher-kva.example"),
    # 1.5.6: NFC, lower case, and the four that IDNA 2008 keeps.
    ("BÜCHER.EXAMPLE", "xn--bcher-kva.example"),
    ("bu\u0308cher.example", "xn--bcher-kva.example"),
    ("faß.example", "xn--fa-hia.example"),
    ("βόλος.example", "xn--nxasmm1c.example"),
    ("نامه\u200cای.example", "xn--mgba3gch31f060k.example"),
    ("क्\u200dष.example", "xn--11b2ezcw70k.example"),
    # 1.5.7: full-width letters and the other full stops.
    ("ＳＨＯＰ.ｅｘａｍｐｌｅ", "shop.example"),
    ("shop。example", "shop.example"),
    ("shop．example", "shop.example"),
    ("shop｡example", "shop.example"),
    ("shop.example。", "shop.example"),
    # 1.5.9 and the limits of RFC 1035.
    ("tld", "tld"),
    ("1.2.3.4", "1.2.3.4"),
    (f"{L63}.example", f"{L63}.example"),
    (LONGEST, LONGEST),
    (f"{LONGEST}.", LONGEST),
]


@pytest.mark.parametrize(("text", "name"), SPELLINGS)
def test_every_legal_spelling_gives_one_inner_form(text: str, name: str) -> None:
    """1.5, D-09: lower-case A-labels without a trailing dot, however the name was written."""
    assert ascii_name(text) == name
    assert ascii_name(name) == name


@pytest.mark.parametrize(
    "text",
    [
        "", ".", "..", "。", "shop..example", ".example", " ",
        # 1.5.2, D-09: two trailing dots.
        "shop.example..", "bücher.example..", "shop.example.。", "shop.example。。",
        # 1.5.5: A-labels that decode to nothing, not back to themselves, or to what is not allowed.
        "xn--.example", "xn---.example", "xn--a.example", "xn--zzzzzz99.example",
        "xn--abc-.example", "xn--ls8h.example", "xn--bcher-kva8.example",
        # 1.5.6: joiners out of their context; symbols.
        "a\u200db.example", "a\u200cb.example", "☃.example", "😀.example",
        # 1.5.8
        "-a.example", "a-.example", "ab--cd.example", "a_b.example", "-ü.example", "ü-.example",
        # Anything else that no name holds.
        "a b.example", "a\n.example", "a.example\n", "a\x00.example", "a/b.example", "a*.example",
        "\ud800.example", "\u202eshop.example", "aא.example",
        # 9.4.10 and RFC 1035 §2.3.4
        f"{L63}x.example", "ü" * 64 + ".example", f"{LONGEST}x", f"{LONGEST}.x", "a" * 100_000,
        "a." * 50_000, "ü." * 50_000, "xn--" * 10_000,
    ],
)  # fmt: skip
def test_text_that_is_no_legal_name_is_refused(text: str) -> None:
    """D-09, 1.5.2, 1.5.5, 1.5.8: refused with one code, whatever is wrong, however long."""
    with refused(Code.INVALID_NAME, "name"):
        ascii_name(text)


@given(st.text() | st.text("ab-.xnü。ß1_", max_size=70))
def test_any_text_is_a_name_or_refused(text: str) -> None:
    """What passes is one stable form of 253 octets at most that reads back from its U-labels."""
    name = outcome(lambda: ascii_name(text))
    if isinstance(name, RegistryError):
        assert name.code is Code.INVALID_NAME
        return
    assert name.isascii()
    assert name == name.lower() == ascii_name(name) == ascii_name(f"{name}.".upper())
    assert len(name) <= 253
    assert all(0 < len(label) <= 63 for label in name.split("."))
    shown = unicode_name(name)
    assert shown is None or (shown != name and ascii_name(shown) == name)


@given(st.from_regex(r"[a-z0-9-]{1,20}(\.[a-z0-9-]{1,20}){0,4}\.?", fullmatch=True))
def test_short_way_agrees_with_the_idna_tables(text: str) -> None:
    """A plain name is decided without the tables as they would decide it."""
    long_way = outcome(lambda: _international_name(text))
    short_way = outcome(lambda: ascii_name(text))
    if isinstance(long_way, RegistryError):
        assert isinstance(short_way, RegistryError)
    else:
        assert short_way == long_way


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("xn--bcher-kva.example", "bücher.example"),
        ("xn--bcher-kva.xn--fiqs8s", "bücher.中国"),
        ("shop.example", None),
        ("xn--zzzzzz99.example", None),  # an old registration that IDNA 2008 has no words for
    ],
)
def test_unicode_form_is_there_only_where_it_differs(name: str, shown: str | None) -> None:
    """RFC 9083 §5.3: ``unicodeName`` is for names that have one."""
    assert unicode_name(name) == shown


ZONES = frozenset({"example", "co.example"})


@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("shop.example", Split(zone="example", registered="shop.example", below=())),
        ("ns1.shop.example", Split(zone="example", registered="shop.example", below=("ns1",))),
        ("shop.co.example", Split(zone="co.example", registered="shop.co.example", below=())),
        ("a.b.shop.co.example",
         Split(zone="co.example", registered="shop.co.example", below=("a", "b"))),
    ],
)  # fmt: skip
def test_longest_zone_cuts_the_name(name: str, split: Split) -> None:
    """A registry that serves a zone below another puts each name under the nearer one."""
    assert split_name(name, ZONES) == split


@pytest.mark.parametrize(
    "name", ["example", "co.example", "shop.test", "notexample", "shop.notexample", "test"]
)
def test_name_in_no_zone_is_unserved(name: str) -> None:
    """A zone itself is no registration, and a suffix of letters is no zone."""
    with refused(Code.UNSERVED_ZONE, "name"):
        split_name(name, ZONES)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("192.0.2.1", "192.0.2.1"),
        (" 192.0.2.1\n", "192.0.2.1"),
        ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"),
        ("2001:0db8::0001", "2001:db8::1"),
        ("::ffff:192.0.2.1", "::ffff:c000:201"),
    ],
)
def test_address_compares_by_value(text: str, value: str) -> None:
    """An IPv6 address written long is the one written short."""
    assert parse_address(text) == ip_address(value)


@pytest.mark.parametrize(
    "text",
    ["", "208.77.190", "256.1.1.1", "1.2.3.4.5", "::X", "fe80::1%eth0", "192.0.2.01", "0x7f.1",
     "192.0.2.1/24", "１９２.0.2.1", "[::1]", "2001:db8::1::1", "1" * 10_000],
)  # fmt: skip
def test_text_that_is_no_address_is_refused(text: str) -> None:
    """9.4.9: malformed addresses, and those with a zone index."""
    with refused(Code.INVALID_ADDRESS, "address"):
        parse_address(text)
