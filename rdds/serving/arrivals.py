"""Clients under way to a door: who is cut off where they are too many."""

from __future__ import annotations

import asyncio
from ipaddress import IPv4Address

from store.names import Address, peer_address, plain_address

__all__ = ["Arrivals", "origin"]

SHARE = 16  # of the places: what one client may have of them is one part in so many
_NETWORK = 64  # bits: the smallest IPv6 network that a customer gets

Task = asyncio.Task[None]


def origin(address: Address | str) -> bytes:
    """Give what an address has in common with all others of its client.

    >>> origin("2001:db8::1") == origin("2001:db8::2") != origin("192.0.2.1")
    True
    """
    plain = plain_address(peer_address(address))
    return plain.packed if isinstance(plain, IPv4Address) else plain.packed[: _NETWORK // 8]


class Arrivals:
    """Tasks of clients under way, *most* of them, and for one origin a share of these.

    One more, and the oldest is cancelled, of that origin or of all: who says nothing gives way
    to who has just come, and who is quick is through before its turn comes.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._most_of_one = max(1, most // SHARE)
        self._all: dict[Task, bytes | None] = {}  # the oldest first, with their origins
        self._of: dict[bytes, dict[Task, None]] = {}

    def __len__(self) -> int:
        return len(self._all)

    def tasks(self) -> tuple[Task, ...]:
        """List the tasks, the oldest first."""
        return tuple(self._all)

    def add(self, task: Task, whose: bytes | None) -> None:
        """Count in *task*, of the origin *whose*; ``None`` is for those not known yet."""
        if len(self._all) >= self._most:
            self._cut(next(iter(self._all)))
        self._all[task] = None
        task.add_done_callback(self._forget)
        if whose is not None:
            self.name(task, whose)

    def name(self, task: Task, whose: bytes) -> None:
        """Note the origin of *task*, if it is counted and has none."""
        if task not in self._all:
            return
        those = self._of.get(whose, ())
        if len(those) >= self._most_of_one:
            self._cut(next(iter(those)))
        self._all[task] = whose
        self._of.setdefault(whose, {})[task] = None

    def _cut(self, task: Task) -> None:
        self._forget(task)
        task.cancel()

    def _forget(self, task: Task) -> None:
        whose = self._all.pop(task, None)
        if whose is None:
            return
        those = self._of[whose]
        del those[task]
        if not those:
            del self._of[whose]
