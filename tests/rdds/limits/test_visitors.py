"""Who is one client, and who is none."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rdds.limits.visitors import MOST_KNOWN, Visitors
from store.watch import EXEMPT


def visitors(*exempt: str, four: int = 32, six: int = 64, secret: bytes = b"s" * 32) -> Visitors:
    """Give visitors with *exempt* networks."""
    networks = tuple(ip_network(each) for each in exempt)
    return Visitors(exempt=networks, ipv4_prefix=four, ipv6_prefix=six, secret=secret)


@given(
    network=st.integers(0, (1 << 64) - 1),
    hosts=st.tuples(st.integers(0, (1 << 64) - 1), st.integers(0, (1 << 64) - 1)),
)
def test_network_of_ipv6_is_one_client(network: int, hosts: tuple[int, int]) -> None:
    """conformance.md 6.1.10: all addresses of a /64 are one client, the next /64 another."""
    number = visitors()
    one, other = (IPv6Address(network << 64 | host) for host in hosts)
    if one.ipv4_mapped is None and other.ipv4_mapped is None:
        assert number(one) == number(other)
    beside = IPv6Address((network ^ 1) << 64 | hosts[0])
    assert number(beside) != number(one)


@given(value=st.integers(0, (1 << 32) - 1))
def test_mapped_address_is_the_ipv4_client(value: int) -> None:
    """RFC 4291 §2.5.5.2: an IPv4 address in IPv6's clothes is that IPv4 client."""
    number = visitors("198.51.100.0/24")
    plain, mapped = IPv4Address(value), IPv6Address(0xFFFF << 32 | value)
    assert number(mapped) == number(plain)
    assert number(str(mapped)) == number(str(plain))
    assert number(IPv4Address(value ^ 1)) != number(plain) or value >> 8 == 0xC63364


def test_addresses_of_ipv4_are_clients_of_their_own() -> None:
    """Neighbours share nothing, and no IPv4 client is an IPv6 one."""
    number = visitors(six=128)
    few = ["192.0.2.1", "192.0.2.2", "::c000:201", "2001:db8::1", "2001:db8::2"]
    assert len({number(ip_address(each)) for each in few}) == len(few)


def test_prefixes_are_settings() -> None:
    """Networks of 24 bits of IPv4 and 56 of IPv6 can be one client."""
    number = visitors(four=24, six=56)
    assert number("192.0.2.1") == number("192.0.2.255") != number("192.0.3.1")
    assert number("2001:db8::1") == number("2001:db8:0:ff::1") != number("2001:db8:0:100::1")


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "::1", "192.0.2.77", "::ffff:192.0.2.77", "2001:db8:1:2::9"]
)
def test_exempt_networks_have_no_limits(address: str) -> None:
    """Monitors are exempt, by IPv4, IPv6, and IPv4 in IPv6's clothes."""
    number = visitors("127.0.0.0/8", "::1/128", "192.0.2.64/26", "2001:db8:1::/48")
    assert number(ip_address(address)) == number(address) == EXEMPT
    assert number("192.0.2.1") != EXEMPT


def test_text_and_address_are_the_same_client() -> None:
    """What the kernel gives for a peer counts as its address does, scope or not."""
    number = visitors()
    assert number("2001:db8::7") == number(IPv6Address("2001:db8::7"))
    assert number("fe80::1%eth0") == number(IPv6Address("fe80::1"))
    with pytest.raises(ValueError, match="nowhere"):
        number("nowhere")


def test_unknown_addresses_are_one_client() -> None:
    """Who has no address is limited together with all such, and not exempt."""
    number = visitors("0.0.0.0/0", "::/0")
    assert number(None) == number(None) != EXEMPT


def test_secret_decides_who_stands_where() -> None:
    """Another start gives other numbers: nobody can choose addresses that meet."""
    one, other = visitors(), visitors(secret=b"t" * 32)
    assert one("192.0.2.1") == visitors()("192.0.2.1") != other("192.0.2.1")


@given(address=st.ip_addresses())
def test_number_is_of_64_bits(address: IPv4Address | IPv6Address) -> None:
    """Every address has a number that fits a word, or is exempt."""
    assert 0 <= visitors()(address) < 1 << 64


def test_numbers_remembered_are_bounded() -> None:
    """However many addresses come, some thousands are remembered, and numbers stay the same."""
    number = visitors()
    before = [number(IPv4Address(each)) for each in range(3 * MOST_KNOWN)]
    assert len(number._known) <= MOST_KNOWN
    assert [number(IPv4Address(each)) for each in range(3 * MOST_KNOWN)] == before
