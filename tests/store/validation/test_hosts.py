from __future__ import annotations

from ipaddress import ip_address
from typing import Literal

import pytest

from store.errors import Code
from store.validation.hosts import MOST_ADDRESSES, check_host_addresses, parse_host_address
from tests.store.validation.refusals import refused


@pytest.mark.parametrize(
    "text",
    [
        # conformance.md 9.4.9
        "127.0.0.1", "208.77.190", "256.1.1.1", "1.2.3.4.5", "::", "::1", "::X",
        "127.9.9.9", "0.0.0.0", "0.1.2.3", "224.0.0.1", "239.255.255.255", "169.254.1.1",
        "240.0.0.1", "255.255.255.255", "ff02::1", "fe80::1", "fe80::1%eth0",
        "::ffff:192.0.2.1", "::ffff:127.0.0.1", "::FFFF:C000:0201",
        "", "1", "192.0.2.1/32", "192.0.2.01", "１９２.0.2.1", "ns1.example", "2001:db8::1::2",
    ],
)  # fmt: skip
def test_address_no_server_can_have_is_refused(text: str) -> None:
    """9.4.9: loopback, unspecified, multicast, link-local, mapped and malformed ones."""
    with refused(Code.INVALID_ADDRESS, "address"):
        check_host_addresses([text])


@pytest.mark.parametrize(
    "text",
    ["192.0.2.1", "198.51.100.7", "10.0.0.1", "192.168.1.1", "172.16.0.1", "100.64.0.1",
     "2001:db8::1", "fd00::1", "8.8.8.8", "2620:fe::fe"],
)  # fmt: skip
def test_private_and_documentation_addresses_pass(text: str) -> None:
    """A registry inside a company's network is a registry; examples are examples."""
    assert check_host_addresses([text]) == (ip_address(text),)


@pytest.mark.parametrize(("text", "version"), [("2001:db8::1", 4), ("192.0.2.1", 6)])
def test_address_of_the_other_version_is_refused(text: str, version: Literal[4, 6]) -> None:
    """9.4.9: v6 under ip=v4 and the reverse."""
    with refused(Code.INVALID_ADDRESS, "address"):
        parse_host_address(text, version=version)
    assert parse_host_address(text) == ip_address(text)


def test_addresses_are_one_by_value_and_in_order() -> None:
    """However it is written, an address is kept once; IPv4 comes first, ascending."""
    typed = ["2001:DB8:0:0::1", "192.0.2.20", "2001:db8::1", "192.0.2.3", "192.0.2.20"]
    assert [str(address) for address in check_host_addresses(typed)] == [
        "192.0.2.3",
        "192.0.2.20",
        "2001:db8::1",
    ]


def test_host_has_so_many_addresses_and_no_more() -> None:
    """The limit counts what is there and what comes, each once."""
    full = check_host_addresses([f"192.0.2.{n}" for n in range(1, MOST_ADDRESSES + 1)])
    assert len(full) == MOST_ADDRESSES
    assert check_host_addresses(["192.0.2.1"], standing=full) == full
    with refused(Code.INVALID_VALUE, "address"):
        check_host_addresses(["2001:db8::1"], standing=full)


def test_standing_addresses_are_not_judged_again() -> None:
    """An edit answers for what it brings alone."""
    old = tuple(ip_address(f"127.0.0.{n}") for n in range(1, MOST_ADDRESSES + 3))
    assert check_host_addresses([], standing=old) == old
    assert check_host_addresses(["192.0.2.1"], standing=old[:1]) == (
        old[0],
        ip_address("192.0.2.1"),
    )
