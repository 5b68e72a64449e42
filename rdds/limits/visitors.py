"""Whose questions count together: one address of IPv4, one network of IPv6."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from ipaddress import IPv4Network, IPv6Network

from store.names import Address, peer_address, plain_address
from store.watch import EXEMPT

__all__ = ["Visitors"]

MOST_KNOWN = 8192  # addresses whose number is remembered, in each worker

Network = IPv4Network | IPv6Network


class Visitors:
    """Gives a client's number: random, of 64 bits, the same in all workers.

    It is made with a *secret* of this start, so nobody can choose addresses that meet in
    one place. An address that is not known is one client with all others that aren't.
    """

    def __init__(
        self, *, exempt: Iterable[Network], ipv4_prefix: int, ipv6_prefix: int, secret: bytes
    ) -> None:
        self._exempt = tuple(exempt)
        self._beyond = {4: 32 - ipv4_prefix, 6: 128 - ipv6_prefix}  # bits that don't count
        self._secret = secret
        self._known: dict[Address | str | None, int] = {}

    def __call__(self, address: Address | str | None) -> int:
        """Give the number of the client at *address*, or ``EXEMPT``.

        A text is what the kernel gives for a peer: 60 ns, where an address object costs the
        time to make and to hash it.

        Raises:
            ValueError: a text that is no address.
        """
        number = self._known.get(address)
        if number is None:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            number = self._known[address] = self._number(address)
        return number

    def _number(self, given: Address | str | None) -> int:
        if given is None:
            return self._hashed(b"")
        address = plain_address(peer_address(given))
        if any(address in network for network in self._exempt):
            return EXEMPT
        prefix = int(address) >> self._beyond[address.version]
        return self._hashed(b"%d/%x" % (address.version, prefix))

    def _hashed(self, client: bytes) -> int:
        digest = blake2b(client, key=self._secret, digest_size=8).digest()
        return int.from_bytes(digest, "big")
