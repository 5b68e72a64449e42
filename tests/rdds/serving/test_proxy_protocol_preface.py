"""The PROXY protocol's preface as bytes: versions 1 and 2, whole, cut and broken."""

from __future__ import annotations

import struct
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rdds.serving.proxy_preface import MOST_OCTETS, Preface, PrefaceError, parse_preface
from store.names import Address

SIGNATURE = b"\r\n\r\n\x00\r\nQUIT\n"
V4 = b"\xc0\x00\x02\x01\xc0\x00\x02\x02" + struct.pack(">HH", 5000, 43)
V6 = IPv6Address("2001:db8::7").packed + IPv6Address("2001:db8::8").packed + b"\x10\x00\x01\xbb"
MAPPED = IPv6Address("::ffff:192.0.2.1").packed * 2 + b"\x10\x00\x01\xbb"


def block(first: int, second: int, addresses: bytes) -> bytes:
    """Write a preface of version 2 with these two octets after its signature."""
    return SIGNATURE + struct.pack(">BBH", first, second, len(addresses)) + addresses


WHOLE: list[tuple[bytes, str | None]] = [
    (b"PROXY TCP4 192.0.2.1 192.0.2.2 5000 43\r\n", "192.0.2.1"),
    (b"PROXY TCP4 192.0.2.1 192.0.2.2 0 65535\r\n", "192.0.2.1"),
    (b"PROXY TCP6 2001:db8::7 2001:DB8::8 5000 443\r\n", "2001:db8::7"),
    (b"PROXY TCP6 ::ffff:192.0.2.1 ::ffff:192.0.2.2 5000 443\r\n", "192.0.2.1"),
    (b"PROXY UNKNOWN\r\n", None),
    (b"PROXY UNKNOWN ffff::1 ffff::2 65535 65535\r\n", None),
    (block(0x21, 0x11, V4), "192.0.2.1"),
    (block(0x21, 0x21, V6), "2001:db8::7"),
    (block(0x21, 0x21, MAPPED), "192.0.2.1"),
    (block(0x21, 0x11, V4 + b"\x03\x00\x04\x00\x00\x00\x00"), "192.0.2.1"),
    (block(0x21, 0x00, b""), None),
    (block(0x21, 0x12, V4), None),
    (block(0x21, 0x31, b"/" * 216), None),
    (block(0x20, 0x00, b""), None),
    (block(0x20, 0x11, V4), None),
    (block(0x20, 0xFF, b"anything"), None),
]

BROKEN = [
    b"GET / HTTP/1.1\r\n",
    b"shop.example\r\n",
    b"\x16\x03\x01\x02\x00",
    b"\r\n\r\n\x01",
    b"\r\nshop.example\r\n",
    b"proxy TCP4 192.0.2.1 192.0.2.2 5000 43\r\n",
    b"PROXY\r\n",
    b"PROXY  TCP4 192.0.2.1 192.0.2.2 5000 43\r\n",
    b"PROXY TCP4 192.0.2.1 192.0.2.2 5000 43 \r\n",
    b"PROXY TCP4 192.0.2.1 192.0.2.2 5000\r\n",
    b"PROXY TCP4 192.0.2.1 192.0.2.2 5000 65536\r\n",
    b"PROXY TCP4 192.0.2.1 192.0.2.2 05000 43\r\n",
    b"PROXY TCP4 192.0.2.1 192.0.2.2 -1 43\r\n",
    b"PROXY TCP4 192.0.2.01 192.0.2.2 5000 43\r\n",
    b"PROXY TCP4 192.0.2.256 192.0.2.2 5000 43\r\n",
    b"PROXY TCP4 192.0.2.1 2001:db8::8 5000 43\r\n",
    b"PROXY TCP6 192.0.2.1 192.0.2.2 5000 43\r\n",
    b"PROXY TCP6 fe80::1%lo fe80::2 5000 43\r\n",
    b"PROXY UDP4 192.0.2.1 192.0.2.2 5000 43\r\n",
    b"PROXY UNKNOWNX\r\n",
    b"PROXY UNKNOWN \xff\r\n",
    b"PROXY TCP4 192.0.2.1 192.0.2.2 5000 43\nshop.example\r\n",
    b"PROXY UNKNOWN " + b"x" * 107,
    block(0x11, 0x11, V4),
    block(0x31, 0x11, V4),
    block(0x22, 0x11, V4),
    block(0x21, 0x41, V4),
    block(0x21, 0x13, V4),
    block(0x21, 0x11, V4[:-1]),
    block(0x21, 0x21, V4),
    block(0x21, 0x11, V4 + bytes(MOST_OCTETS)),
    SIGNATURE + b"\x21\x11\xff\xff",
]


@pytest.mark.parametrize(("octets", "client"), WHOLE)
def test_a_whole_preface_names_the_client(octets: bytes, client: str | None) -> None:
    """With what follows it left alone; no name means the proxy's own address."""
    expected = Preface(length=len(octets), client=client and ip_address(client))  # type: ignore[arg-type]
    assert parse_preface(octets) == expected
    assert parse_preface(octets + b"GET / HTTP/1.1\r\n\r\n" * 300) == expected


@pytest.mark.parametrize("octets", [octets for octets, _ in WHOLE])
def test_a_cut_preface_is_waited_for(octets: bytes) -> None:
    """At every octet: what has come is all its own, and more is to come."""
    assert all(parse_preface(octets[:end]) is None for end in range(len(octets)))


@pytest.mark.parametrize("octets", BROKEN)
def test_anything_else_is_refused(octets: bytes) -> None:
    """Malformed, mixed up or too long; never an exception of another kind."""
    with pytest.raises(PrefaceError):
        parse_preface(octets)


def test_the_longest_line_fits() -> None:
    """107 octets with their CRLF, as the protocol has it; one more is too long."""
    line = b"PROXY UNKNOWN ".ljust(105, b"x")
    assert parse_preface(line + b"\r\n") == Preface(length=107, client=None)
    with pytest.raises(PrefaceError):
        parse_preface(line + b"x\r\n")


@given(
    st.binary(max_size=60)
    | st.binary(max_size=60).map(SIGNATURE.__add__)
    | st.text(alphabet="PROXYTCP46UNKW 0123456789.:\r\n").map(str.encode)
)
def test_any_octets_are_a_preface_a_part_or_an_error(octets: bytes) -> None:
    """The parser never raises anything else, and never reads past what there is."""
    try:
        preface = parse_preface(octets)
    except PrefaceError:
        return
    assert preface is None or preface.length <= len(octets)


@given(st.ip_addresses(), st.integers(0, 65535), st.binary(max_size=300))
def test_both_versions_name_the_same_client(client: Address, port: int, after: bytes) -> None:
    """Any address, written in either form, comes back; IPv4 in IPv6's form as IPv4."""
    v4 = isinstance(client, IPv4Address)
    line = f"PROXY TCP{4 if v4 else 6} {client} {client} {port} 43\r\n".encode()
    binary = block(0x21, 0x11 if v4 else 0x21, client.packed * 2 + struct.pack(">HH", port, 43))
    expected = getattr(client, "ipv4_mapped", None) or client
    for octets in (line, binary):
        preface = parse_preface(octets + after)
        assert preface == Preface(length=len(octets), client=expected)
