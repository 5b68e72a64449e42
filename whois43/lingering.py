"""Clients that have their answer and its end: kept until they end their stream too.

A connection that is closed while its client still sends is reset, and a reset may take the
answer's tail with it (conformance.md 6.1.4). So what comes is read, until the end or a limit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from socket import MSG_DONTWAIT, SocketType

from whois43.deadlines import Deadlines

__all__ = ["MOST_UNREAD", "Lingering"]

# What a client may send after its question and still see a clean end.
MOST_UNREAD = 65536

PERIOD = 0.05  # seconds: nearly all clients are gone by then, and cost one read and no event
_ROOM = 8192  # octets read at a time


class Lingering:
    """Closes clients as soon as they have ended their stream, *seconds* later at the latest.

    It holds *most* of them; one more, and those that are not gone yet are closed. *occupied*
    is called when one comes to nobody, *settled* when there is none left.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        *,
        seconds: float,
        most: int,
        occupied: Callable[[], None],
        settled: Callable[[], None],
    ) -> None:
        self._loop = loop
        self._most = most
        self._occupied = occupied
        self._settled = settled
        self._fresh: list[SocketType] = []  # since the last round
        self._older: list[SocketType] = []  # for a round at least
        self._unread: dict[SocketType, int] = {}  # octets of those waited for
        self._slow: Deadlines[SocketType] = Deadlines(loop, seconds, self._close)
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._fresh) + len(self._older) + len(self._unread)

    def add(self, client: SocketType) -> None:
        """Take over *client*, to which all was sent and our end of the stream."""
        self._fresh.append(client)
        if self._timer is None:
            self._occupied()
            self._timer = self._loop.call_later(PERIOD, self._go_round)
        elif len(self._fresh) > self._most >> 1:
            self._timer.cancel()
            self._go_round()

    def close_all(self) -> None:
        """Close all clients now."""
        for client in (*self._fresh, *self._older):
            client.close()
        self._fresh, self._older = [], []
        for client in tuple(self._unread):
            self._close(client)
        self._slow.stop()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._settled()

    def _go_round(self) -> None:
        """Close who is gone; wait for events of the others, which are few or far away."""
        self._timer = None
        older, self._older, self._fresh = self._older, self._fresh, []
        for client in older:
            if self._ended(client) or len(self._unread) > self._most:
                self._unread.pop(client, None)
                client.close()
                continue
            self._unread.setdefault(client, 0)
            self._slow.add(client)
            self._loop.add_reader(client.fileno(), self._readable, client)
        if self._older:
            self._timer = self._loop.call_later(PERIOD, self._go_round)
        elif not self._unread:
            self._settled()

    def _readable(self, client: SocketType) -> None:
        if self._ended(client):
            self._close(client)

    def _ended(self, client: SocketType) -> bool:
        """Read what is there; tell whether that was the end, or more than may be."""
        try:
            octets = len(client.recv(_ROOM, MSG_DONTWAIT))
        except (BlockingIOError, InterruptedError):
            return False
        except OSError:
            return True
        if octets:
            self._unread[client] = unread = self._unread.get(client, 0) + octets
            return unread > MOST_UNREAD
        return True

    def _close(self, client: SocketType) -> None:
        self._slow.discard(client)
        if self._unread.pop(client, None) is not None:
            self._loop.remove_reader(client.fileno())
        client.close()
        if not len(self):
            self._settled()
