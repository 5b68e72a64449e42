"""How many links that nobody made a client may try (E-29)."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, IPv6Network

__all__ = ["Address", "Guesses"]

Address = IPv4Address | IPv6Address

AT_ONCE = 20
SECONDS = 6.0  # for one more, once those are spent
MOST_CLIENTS = 20_000  # remembered; the one that guessed longest ago goes first
_HOME = 64  # bits of an IPv6 address that are one client's network


class Guesses:
    """Remembers for each client until when its wrong links weigh on it.

    Each adds :data:`SECONDS`; a client with :data:`AT_ONCE` of them weighing waits. A real
    link costs nothing, and with 192 random bits in each nobody finds one by trying: this
    keeps guessers from wearing out the store.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until: OrderedDict[Address | IPv6Network, float] = OrderedDict()

    def wait(self, client: Address | None) -> int:
        """Give the whole seconds that *client* must wait, 0 for none; ``None`` never waits."""
        if client is None:
            return 0
        until = self._until.get(_home(client), -math.inf)
        over = until - self._clock() - (AT_ONCE - 1) * SECONDS
        return math.ceil(over) if over > 0 else 0

    def count(self, client: Address | None) -> None:
        """Note that *client* tried a link that nobody made."""
        if client is None:
            return
        home, now = _home(client), self._clock()
        self._until[home] = max(self._until.get(home, now), now) + SECONDS
        self._until.move_to_end(home)
        if len(self._until) > MOST_CLIENTS:
            self._until.popitem(last=False)


def _home(client: Address) -> Address | IPv6Network:
    if isinstance(client, IPv4Address):
        return client
    return IPv6Network((client, _HOME), strict=False)
