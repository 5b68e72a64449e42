"""The PROXY protocol's preface, versions 1 and 2: whose connection a proxy passes on.

Pure: bytes in, an address out. The rules are those of HAProxy's proxy-protocol.txt.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from store.names import Address, plain_address

__all__ = ["MOST_OCTETS", "Preface", "PrefaceError", "parse_preface"]

LONGEST_LINE = 107  # octets of version 1's line, its CRLF included (§2.1)
MOST_OCTETS = 4096  # of a whole version 2 preface; addresses and extensions take some hundred

_WORD = b"PROXY "
_SIGNATURE = b"\r\n\r\n\x00\r\nQUIT\n"
_FIXED = 16  # octets of version 2 before its addresses
_UNKNOWN = re.compile(rb"PROXY UNKNOWN(?: [\x20-\x7e]*)?")
_LINE = re.compile(rb"PROXY (TCP[46]) ([0-9A-Fa-f.:]+) ([0-9A-Fa-f.:]+) ([0-9]{1,5}) ([0-9]{1,5})")
_FAMILIES: dict[bytes, type[Address]] = {b"TCP4": IPv4Address, b"TCP6": IPv6Address}


class PrefaceError(ValueError):
    """What has come is no preface of the PROXY protocol."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preface:
    """A whole preface: its ``length`` in octets and the ``client`` that it names.

    ``client`` is ``None`` where the connection is the proxy's own or the proxy doesn't
    know whose it is.
    """

    length: int
    client: Address | None


def parse_preface(octets: bytes) -> Preface | None:
    r"""Read the preface that *octets* begin with; ``None`` while more of it is to come.

    Then all of *octets* belong to it. What follows a whole one is not looked at.

    Raises:
        PrefaceError: no preface begins like this, or it is too long or wrong.

    >>> parse_preface(b"PROXY TCP4 192.0.2.1 192.0.2.2 5000 43\r\nshop.example\r\n").client
    IPv4Address('192.0.2.1')
    """
    if octets.startswith(_WORD[: len(octets)]):
        return _line(octets)
    if octets.startswith(_SIGNATURE[: len(octets)]):
        return _block(octets)
    raise PrefaceError("A preface begins otherwise.")


def _line(octets: bytes) -> Preface | None:
    """Read version 1 (§2.1)."""
    end = octets.find(b"\r\n", 0, LONGEST_LINE)
    if end < 0:
        if len(octets) >= LONGEST_LINE:
            raise PrefaceError("The line is too long.")
        return None
    line = octets[:end]
    if _UNKNOWN.fullmatch(line):
        return Preface(length=end + 2, client=None)
    match = _LINE.fullmatch(line)
    if match is None or not all(_is_port(port) for port in match.group(4, 5)):
        raise PrefaceError("The line is malformed.")
    family = _FAMILIES[match[1]]
    try:
        client, _ = (family(each.decode("ascii")) for each in match.group(2, 3))
    except ValueError as error:
        raise PrefaceError("An address is malformed.") from error
    return Preface(length=end + 2, client=plain_address(client))


def _is_port(digits: bytes) -> bool:
    return int(digits) <= 65535 and (digits == b"0" or not digits.startswith(b"0"))


def _block(octets: bytes) -> Preface | None:
    """Read version 2 (§2.2)."""
    if len(octets) < _FIXED:
        return None
    length = _FIXED + int.from_bytes(octets[14:16], "big")
    if length > MOST_OCTETS:
        raise PrefaceError("The preface is too long.")
    version, command = divmod(octets[12], 16)
    family, transport = divmod(octets[13], 16)
    if version != 2 or command > 1:
        raise PrefaceError("The version or the command is unknown.")
    if command == 1 and (family > 3 or transport > 2):
        raise PrefaceError("The family or the transport is unknown.")
    if len(octets) < length:
        return None
    client = None
    if command == 1 and transport == 1:  # a stream; others fall back to the proxy's own address
        client = _source(family, octets[_FIXED:length])
    return Preface(length=length, client=client)


def _source(family: int, block: bytes) -> Address | None:
    match family:
        case 1:
            return IPv4Address(_part(block, octets=4))
        case 2:
            return plain_address(IPv6Address(_part(block, octets=16)))
        case _:
            return None


def _part(block: bytes, *, octets: int) -> bytes:
    if len(block) < 2 * octets + 4:  # two addresses, two ports
        raise PrefaceError("The addresses are cut short.")
    return block[:octets]
