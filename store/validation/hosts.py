"""Addresses of name servers (conformance.md 9.4.9)."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv6Address, ip_network
from typing import Literal

from store.errors import Code, RegistryError
from store.names import Address, parse_address

__all__ = ["MOST_ADDRESSES", "check_host_addresses", "parse_host_address"]

# A guard on the size of answers and referrals: a host that needs more is a mistake, and
# thirteen IPv4 addresses are what a plain UDP referral of 512 octets was made to hold.
MOST_ADDRESSES = 13


def parse_host_address(text: str, *, version: Literal[4, 6] | None = None) -> Address:
    """Read an address that a name server may have; *version* is the one it was said to be.

    Private and documentation ranges pass; loopback, unspecified, multicast, link-local,
    reserved and IPv4-mapped addresses are no host's.

    Raises:
        RegistryError: ``INVALID_ADDRESS``.
    """
    address = parse_address(text)
    if version is not None and address.version != version:
        raise RegistryError(Code.INVALID_ADDRESS, f"Not an IPv{version} address.", field="address")
    _check_usable(address)
    return address


def check_host_addresses(
    addresses: Iterable[str | Address], *, standing: Iterable[Address] = ()
) -> tuple[Address, ...]:
    """Check *addresses* and add them to those *standing*; give each once, IPv4 first.

    Addresses are one if their values are, however they were written. What stood there
    before is not judged again.

    Raises:
        RegistryError: ``INVALID_ADDRESS`` for one no name server can have,
            ``INVALID_VALUE`` for more than :data:`MOST_ADDRESSES`.
    """
    before = frozenset(standing)
    added = {parse_host_address(str(address)) for address in addresses} - before
    if added and len(before) + len(added) > MOST_ADDRESSES:
        raise RegistryError(
            Code.INVALID_VALUE, f"A host has {MOST_ADDRESSES} addresses at most.", field="address"
        )
    return tuple(sorted(before | added, key=lambda address: (address.version, int(address))))


def _check_usable(address: Address) -> None:
    if isinstance(address, IPv6Address):
        kind = "an IPv4-mapped" if address.ipv4_mapped is not None else None
    else:
        # RFC 791 §3.2: network 0 is "this network", a source and never a destination.
        kind = "an unspecified" if address in ip_network("0.0.0.0/8") else None
    kind = kind or _special(address)
    if kind is not None:
        raise RegistryError(
            Code.INVALID_ADDRESS,
            f"A name server can't have {kind} address.",
            field="address",
        )


def _special(address: Address) -> str | None:
    if address.is_unspecified:
        return "an unspecified"
    if address.is_loopback:
        return "a loopback"
    if address.is_multicast:
        return "a multicast"
    if address.is_link_local:
        return "a link-local"
    return "a reserved" if address.is_reserved else None
