"""Domain and host names: one inner form, converted once at the edges.

Inside, a name is lower-case A-labels without a trailing dot. U-labels, upper
case, full-width forms and U+3002 are read by IDNA 2008 with the UTS 46 mapping
(non-transitional), as ``conformance.md`` 1.5 has it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address

import idna

from store.errors import Code, RegistryError

__all__ = [
    "Address",
    "Split",
    "ascii_name",
    "parse_address",
    "peer_address",
    "plain_address",
    "split_name",
    "unicode_name",
]

Address = IPv4Address | IPv6Address

MOST_OCTETS = 253  # RFC 1035 §2.3.4, without the root label
MOST_INPUT = 1024  # characters of any spelling that could still be a name

# The common case, decided without the IDNA tables: letters, digits, hyphens,
# and no label with hyphens in third and fourth place.
_PLAIN = re.compile(
    r"(?!-)(?:(?!..--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*"
    r"(?!..--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A name cut where a registration ends and the holder's labels begin."""

    zone: str
    registered: str
    below: tuple[str, ...]


def ascii_name(text: str) -> str:
    """Give the one inner form of the domain or host name *text*.

    Raises:
        RegistryError: ``INVALID_NAME`` if *text* is no legal name by IDNA 2008
            (RFC 5890 ff.) and the LDH rule, or is too long.

    >>> ascii_name("Bücher.Example.")
    'xn--bcher-kva.example'
    """
    name = text.removesuffix(".").lower() if text.isascii() else text
    if len(name) <= MOST_OCTETS and _PLAIN.fullmatch(name):
        return name
    if len(text) > MOST_INPUT:
        raise RegistryError(Code.INVALID_NAME, "The name is too long.", field="name")
    return _international_name(text)


@lru_cache(maxsize=4096)
def _international_name(text: str) -> str:
    try:
        mapped = idna.uts46_remap(text, std3_rules=True, transitional=False)
        # D-09: one trailing dot is accepted, an empty label anywhere else is not.
        labels = mapped.removesuffix(".").split(".")
        name = ".".join(idna.alabel(label).decode("ascii") for label in labels)
    except (idna.IDNAError, UnicodeError, ValueError, IndexError) as error:
        raise RegistryError(
            Code.INVALID_NAME, "Not a legal domain name by IDNA 2008.", field="name"
        ) from error
    if len(name) > MOST_OCTETS:
        raise RegistryError(
            Code.INVALID_NAME, f"A name has {MOST_OCTETS} octets at most.", field="name"
        )
    return name


@lru_cache(maxsize=4096)
def unicode_name(name: str) -> str | None:
    """Give the U-label form of the inner form *name*, or ``None`` where it is the same.

    >>> unicode_name("xn--bcher-kva.example")
    'bücher.example'
    """
    if "xn--" not in name:
        return None
    try:
        labels = [idna.ulabel(label) for label in name.split(".")]
    except (idna.IDNAError, UnicodeError):
        return None  # an old registration that IDNA 2008 no longer allows
    shown = ".".join(labels)
    return shown if shown != name else None


def split_name(name: str, zones: frozenset[str]) -> Split:
    """Cut the inner form *name* where a registration ends.

    The longest zone wins, so a registry that serves both ``example`` and
    ``co.example`` puts ``shop.co.example`` under the second.

    Raises:
        RegistryError: ``UNSERVED_ZONE`` if no zone in *zones* holds *name*, or
            *name* is itself a zone.

    >>> split_name("ns1.shop.co.example", frozenset({"example", "co.example"}))
    Split(zone='co.example', registered='shop.co.example', below=('ns1',))
    """
    labels = name.split(".")
    if name not in zones:
        for start in range(1, len(labels)):
            zone = ".".join(labels[start:])
            if zone in zones:
                return Split(
                    zone=zone,
                    registered=".".join(labels[start - 1 :]),
                    below=tuple(labels[: start - 1]),
                )
    raise RegistryError(Code.UNSERVED_ZONE, "No zone served here holds this name.", field="name")


def parse_address(text: str) -> Address:
    """Read an IPv4 or IPv6 literal in any legal spelling; compare by value.

    Raises:
        RegistryError: ``INVALID_ADDRESS``, also for a zone index (``fe80::1%eth0``).
    """
    try:
        address = ip_address(text.strip())
    except ValueError as error:
        raise RegistryError(
            Code.INVALID_ADDRESS, "Not an IPv4 or IPv6 address.", field="address"
        ) from error
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        raise RegistryError(
            Code.INVALID_ADDRESS, "An address with a zone index is local.", field="address"
        )
    return address


def plain_address(address: Address) -> Address:
    """Give a client's *address* as IPv4 where it is one in IPv6's clothes (RFC 4291 §2.5.5.2).

    Proxies with one socket for both families name IPv4 clients so.

    >>> plain_address(IPv6Address("::ffff:192.0.2.1"))
    IPv4Address('192.0.2.1')
    """
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def peer_address(peer: Address | str) -> Address:
    """Give the address of a *peer* as the kernel names it; a zone index says nothing abroad.

    Raises:
        ValueError: a text that is no address.

    >>> peer_address("fe80::1%eth0")
    IPv6Address('fe80::1')
    """
    return ip_address(peer.partition("%")[0]) if isinstance(peer, str) else peer
