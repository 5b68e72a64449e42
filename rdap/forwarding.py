"""Whose question it is behind proxies: the client's address, on trusted machines' word alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network, IPv6Network

from store.errors import RegistryError
from store.names import Address, parse_address, plain_address

__all__ = ["FORWARDED", "X_FORWARDED_FOR", "Network", "client_behind", "hops"]

MOST_HOPS = 32  # proxies one behind the other; nobody has more

FORWARDED = "forwarded"
X_FORWARDED_FOR = "x-forwarded-for"

Network = IPv4Network | IPv6Network

_FOR = re.compile(r'(?:^|;)\s*for\s*=\s*(?:"([^"]*)"|([^\s;,"]+))\s*(?:;|$)', re.IGNORECASE)
_WITH_PORT = re.compile(r"\[([0-9A-Fa-f:.]+)\](?::\S+)?|([0-9]+\.[0-9.]+):\S+")


def client_behind(
    peer: Address, named: Iterable[Address | None], trusted: tuple[Network, ...]
) -> Address:
    """Walk from *peer* towards the client while the machine reached is a *trusted* one.

    *named* are the addresses that the proxies give, the nearest first; ``None`` where
    one can't be read: there the walk ends. What lies past the first untrusted machine
    is that machine's own invention.
    """
    client = peer
    for before in named:
        if before is None or not any(client in network for network in trusted):
            break
        client = before
    return client


def hops(field: str, lines: Iterable[str]) -> Iterator[Address | None]:
    """Give the addresses of a ``Forwarded`` or ``X-Forwarded-For`` *field*, the last one first.

    RFC 7239 §4 and its forerunner; ``None`` stands for an address that can't be read,
    such as ``unknown`` or an obfuscated one. Every comma parts two members, also after
    a quote: a quote that a client never closes can't swallow what a proxy appends.

    >>> list(map(str, hops("forwarded", ['for="[2001:db8::7]:4711";by=x, for=192.0.2.9'])))
    ['192.0.2.9', '2001:db8::7']
    """
    for member in reversed(",".join(lines).rsplit(",", MOST_HOPS)):
        if field == X_FORWARDED_FOR:
            yield _address(member)
            continue
        found = _FOR.search(member)
        yield None if found is None else _address(found[1] or found[2] or "")


def _address(text: str) -> Address | None:
    text = text.strip()
    with_port = _WITH_PORT.fullmatch(text)
    if with_port is not None:
        text = with_port[1] or with_port[2]
    try:
        return plain_address(parse_address(text))
    except RegistryError:
        return None
